// A consent that is taken back, a secret that ends: one incident each, with what to do, that ends by itself after somebody
// has done it.

import FleetCore
import FleetSimulation
import Foundation
import TenantSimulator
import Testing
import Timekeeping

@testable import FleetMonitor

@Suite struct LostAccessTests {
    private func event(_ kind: ScenarioEvent.Kind, at: Int, lasts: Int? = nil, roles: [String]? = nil) -> ScenarioEvent
    {
        var event = ScenarioEvent(kind, at: .seconds(at))
        event.lasts = lasts.map { DurationText(.seconds($0)) }
        event.roles = roles
        return event
    }

    /// What a story may open, whatever else happens.
    private func conditions(_ tenancy: Tenancy) -> [String] { Set(tenancy.hook.taken.map(\.condition)).sorted() }

    @Test func allConsentTakenBackIsOneBlindnessThatHealsWithinMinutesOfTheConsent() throws {
        // At 600 the token of second 0 lives on until 1,200; its successor knows of the revocation.
        let back = 5_000
        let events = [event(.consentRevoked, at: 600, lasts: back - 600)]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 3_000)
        #expect(tenancy.turns == ["opened tenant.blind"], "\(tenancy.told)")
        let incident = try #require(try tenancy.open().first)
        #expect(incident.cause == .account)
        #expect(incident.summary.contains("the application lost Presence.Read.All"), "\(incident.summary)")
        #expect(incident.summary.contains("admin consent"))
        #expect(
            incident.evidence.contains {
                $0.source == "remedy" && $0.reading.contains("http://login.test/")
                    && $0.reading.contains("adminconsent")
            }, "\(incident.evidence)")
        #expect(incident.evidence.contains { $0.reading == "User.Read.All was lost too" }, "\(incident.evidence)")
        tenancy.live(for: back - 3_000)
        #expect(tenancy.turns == ["opened tenant.blind"], "\(tenancy.told)")
        tenancy.live(for: 600)
        #expect(tenancy.turns == ["opened tenant.blind", "resolved tenant.blind"])
        let ended = try #require(try tenancy.stage.incidents(of: .tenantBlind).last)
        #expect(ended.cause == .account && ended.evidence.contains { $0.source == "access" }, "\(ended)")
        let healed = try #require(tenancy.hook.taken.last?.at.seconds)
        #expect(healed - Double(back) <= 360, "\(healed - Double(back)) s")
        let requests = tenancy.transport.seconds("login.test")
        #expect(zip(requests, requests.dropFirst()).allSatisfy { $1 - $0 >= 300 }, "\(requests)")
        // Modules come back by themselves as well, and nothing else is ever told.
        tenancy.live(for: 3_600)
        #expect(conditions(tenancy) == ["tenant.blind"])
        let kept = tenancy.stage.perform { [ledger = tenancy.stage.ledger] in await ledger.capabilities(of: contoso) }
        #expect(kept.values.allSatisfy { $0.state == .available }, "\(kept)")
    }

    @Test func aModuleTakenBackIsOneWarningThatNamesIt() throws {
        let roles = ["TeamworkDevice.Read.All", "Place.Read.All"]
        let events = [event(.consentRevoked, at: 600, lasts: 6_000, roles: roles)]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 6_500)
        #expect(tenancy.turns == ["opened tenant.permissions"], "\(tenancy.told)")
        let incident = try #require(try tenancy.open().first)
        #expect(incident.severity == .warning)
        for role in roles { #expect(incident.summary.contains(role)) }
        #expect(incident.summary.contains("Device records are off"))
        let back = 6_600
        tenancy.live(for: 700)
        #expect(tenancy.turns == ["opened tenant.permissions", "resolved tenant.permissions"], "\(tenancy.told)")
        #expect(try #require(tenancy.hook.taken.last?.at.seconds) - Double(back) <= 330)
        tenancy.live(for: 3_600)
        #expect(conditions(tenancy) == ["tenant.permissions"])
    }

    @Test func theDirectoryTakenBackIsNoStalledSourceAndRoomsAreWatchedOn() throws {
        let events = [event(.consentRevoked, at: 600, roles: ["User.Read.All"])]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 8_000)
        #expect(tenancy.turns == ["opened tenant.permissions"], "\(tenancy.told)")
        #expect(tenancy.rooms().count == 20)
    }

    /// Half an hour of token changes without a word, while Exchange grants what the token does not show.
    @Test func calendarsThatMoveToExchangeAreNoLoss() throws {
        let events = [event(.consentRevoked, at: 600, roles: ["Calendars.ReadBasic.All"])]
        let tenancy = try Tenancy {
            $0.events = events
            $0.token.exchangeCalendars = true
        }
        tenancy.live(for: 4 * 3_600)
        #expect(tenancy.turns == [], "\(tenancy.told)")
    }

    @Test func calendarsThatAreTakenBackAreALoss() throws {
        let events = [event(.consentRevoked, at: 600, roles: ["Calendars.ReadBasic.All"])]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 3 * 3_600)
        #expect(tenancy.turns == ["opened tenant.permissions"], "\(tenancy.told)")
        #expect(try tenancy.open().first?.summary.contains("Calendars.ReadBasic.All") == true)
    }

    @Test func aPermissionThatWasNeverGrantedIsNoIncident() throws {
        let tenancy = try Tenancy { $0.token.roles = ["Presence.Read.All", "User.Read.All"] }
        tenancy.live(for: 4 * 3_600)
        #expect(tenancy.turns == [])
        #expect(
            tenancy.transport.seconds("login.test").count <= 4 * 3_600 / 900 + 1,
            "no token is asked for early: \(tenancy.transport.seconds("login.test"))")
    }

    @Test(arguments: [false, true])
    func whatWasTakenBackFirstIsMergedWhenPresenceFollows(_ isPresenceBackFirst: Bool) throws {
        let events = [
            event(.consentRevoked, at: 600, lasts: 9_000, roles: ["Place.Read.All"]),
            event(
                .consentRevoked, at: 4_000, lasts: isPresenceBackFirst ? 3_000 : 6_000, roles: ["Presence.Read.All"]),
        ]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 6_000)
        #expect(
            tenancy.turns == ["opened tenant.permissions", "opened tenant.blind", "resolved tenant.permissions"],
            "\(tenancy.told)")
        #expect(try tenancy.open().map(\.condition) == [.tenantBlind])
        #expect(try tenancy.open().first?.evidence.contains { $0.reading == "Place.Read.All was lost too" } == true)
        tenancy.live(for: 6_000)
        #expect(
            Array(tenancy.turns.dropFirst(3)) == ["resolved tenant.blind"]
                + (isPresenceBackFirst ? ["opened tenant.permissions", "resolved tenant.permissions"] : []),
            "\(tenancy.told)")
        #expect(try tenancy.open() == [])
    }

    @Test func anExpiredSecretIsOneBlindnessThatNamesIt() throws {
        let renewed = 9_000
        let events = [event(.secretExpired, at: 600, lasts: renewed - 600)]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 8_000)
        #expect(tenancy.turns == ["opened tenant.blind"], "\(tenancy.told)")
        let incident = try #require(try tenancy.open().first)
        #expect(incident.cause == .account)
        #expect(incident.summary.contains("the client secret expired (AADSTS7000222)"), "\(incident.summary)")
        #expect(incident.summary.contains("replace the secret file"))
        #expect(incident.summary.contains("restart roomwatchd"))
        // Asked again each minute at most.
        let requests = tenancy.transport.seconds("login.test").filter { $0 > 1_200 }
        #expect(zip(requests, requests.dropFirst()).allSatisfy { $1 - $0 >= 60 }, "\(requests)")
        tenancy.live(for: renewed - 8_000 + 200)
        #expect(tenancy.turns == ["opened tenant.blind", "resolved tenant.blind"], "\(tenancy.told)")
        tenancy.live(for: 3_600)
        #expect(conditions(tenancy) == ["tenant.blind"])
    }

    @Test func aReasonThatIsKnownLaterArrivesAsAnUpdate() throws {
        // Graph fails first; while everybody is blind the secret ends as well.
        var outage = ScenarioEvent(.graphFault, at: .seconds(300))
        outage.fault = GraphFault(.status, service: .presence)
        outage.lasts = DurationText(.seconds(4_000))
        let events = [outage, event(.secretExpired, at: 600)]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 700)
        #expect(try tenancy.open().map(\.cause) == [.provider])
        tenancy.live(for: 4_300)
        #expect(try tenancy.open().map(\.cause) == [.account])
        #expect(tenancy.told.prefix(2) == ["opened tenant.blind", "updated tenant.blind"], "\(tenancy.told)")
        #expect(Set(tenancy.told) == ["opened tenant.blind", "updated tenant.blind"])
    }

    @Test func aRestartKeepsTheWarningAndItsEnd() throws {
        let events = [event(.consentRevoked, at: 600, lasts: 9_000, roles: ["Place.Read.All"])]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 3_000)
        let before = try #require(try tenancy.open().first)
        let next = try tenancy.stage.crashed(receivers: [tenancy.hook])
        let access = AccessReading(
            grants: [PermissionGrant(name: "Place.Read.All", isGranted: false, isForSight: false, loss: "Off.")],
            refusal: nil, consentLink: nil, at: next.time.now())
        next.perform { [ledger = next.ledger] in
            await ledger.accept(access, tenant: contoso)
            await ledger.tick()
        }
        #expect(try next.incidents(of: .tenantPermissions).map(\.id) == [before.id])
        next.run(for: .seconds(60))
        let granted = AccessReading(
            grants: [PermissionGrant(name: "Place.Read.All", isGranted: true, isForSight: false, loss: "Off.")],
            refusal: nil, consentLink: nil, at: next.time.now())
        next.perform { [ledger = next.ledger] in
            await ledger.accept(granted, tenant: contoso)
            await ledger.tick()
        }
        #expect(try next.incidents(of: .tenantPermissions).map(\.status) == [.resolved])
    }
}
