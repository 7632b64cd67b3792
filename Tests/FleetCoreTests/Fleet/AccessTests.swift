// Consent that is taken back, as the fleet judges it: one incident for each revocation.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct AccessTests {
    private func grant(_ name: String, _ isGranted: Bool) -> PermissionGrant {
        PermissionGrant(
            name: name, isGranted: isGranted, isForSight: name == "Presence.Read.All", loss: "\(name) is off.")
    }

    private func reading(
        presence: Bool = true, places: Bool = true, devices: Bool = true, at second: Double
    ) -> AccessReading {
        AccessReading(
            grants: [
                grant("Presence.Read.All", presence), grant("Place.Read.All", places),
                grant("TeamworkDevice.Read.All", devices),
            ], refusal: nil, consentLink: "https://login.test/consent", at: at(second))
    }

    private func seen() -> Watch {
        var watch = Watch(rooms: 3)
        watch.hear(.good, of: [1, 2, 3], from: 5, through: 20)
        watch.fleet.accept(reading(at: 20))
        return watch
    }

    @Test func aLossIsToldAfterAMinuteAndItsEndAtOnce() {
        var watch = seen()
        watch.fleet.accept(reading(places: false, at: 25))
        watch.hear(.good, of: [1, 2, 3], from: 25, through: 80)
        #expect(watch.told == [])
        watch.hear(.good, of: [1, 2, 3], from: 85, through: 100)
        #expect(watch.told == ["opened tenant.permissions contoso warning"])
        watch.fleet.accept(reading(places: false, devices: false, at: 100))
        watch.judge(at: 101)
        #expect(watch.told.last == "updated tenant.permissions contoso warning")
        watch.fleet.accept(reading(at: 105))
        watch.judge(at: 106)
        #expect(watch.told.last == "resolved tenant.permissions contoso recovered")
    }

    @Test func aLossThatLastsSecondsIsToldToNobody() {
        var watch = seen()
        watch.fleet.accept(reading(places: false, at: 25))
        watch.hear(.good, of: [1, 2, 3], from: 25, through: 60)
        watch.fleet.accept(reading(at: 60))
        watch.hear(.good, of: [1, 2, 3], from: 65, through: 300)
        #expect(watch.told == [])
    }

    @Test func whoNeverHadAPermissionLostNone() {
        var watch = Watch(rooms: 3)
        watch.fleet.accept(reading(places: false, devices: false, at: 1))
        watch.hear(.good, of: [1, 2, 3], from: 5, through: 400)
        #expect(watch.told == [])
        #expect(!watch.fleet.wantsFreshToken)
    }

    @Test func presenceAmongTheLostIsTheBusinessOfBlindnessAlone() throws {
        var watch = seen()
        watch.fleet.accept(reading(presence: false, places: false, at: 25))
        #expect(watch.fleet.wantsFreshToken)
        for second in stride(from: 25.0, through: 400, by: 5) {
            watch.hear(
                Dictionary(uniqueKeysWithValues: (1...3).map { ($0, Reading<Presence>.unknown(.failed("http_403"))) }),
                at: second)
            _ = watch.fleet.judgeSight(at: at(second), sweep: .failed, failure: "http_403")
            let decision = watch.fleet.tick(at: at(second))
            #expect(!decision.told.contains { $0.contains("tenant.permissions") })
        }
        let incident = try #require(watch.open(.tenantBlind, .tenant))
        #expect(incident.cause == .account)
        #expect(incident.summary.contains("the application lost Presence.Read.All"))
        #expect(watch.open(.tenantPermissions, .tenant) == nil)
    }

    @Test func aSourceThatIsRefusedIsNotStalled() {
        var watch = seen()
        watch.fleet.noteSource(.places, succeeded: true, interval: .seconds(60), at: at(20))
        for second in stride(from: 60.0, through: 6_000, by: 60) {
            watch.fleet.noteSource(
                .places, succeeded: false, isRefused: true, interval: .seconds(60), at: at(second))
            watch.hear([1: .good, 2: .good, 3: .good], at: second)
            watch.judge(at: second + 0.5, sweep: .complete)
        }
        #expect(watch.told(.sourceStalled) == [])
        // From then on its own failures count, and only those.
        for second in stride(from: 6_060.0, through: 6_600, by: 60) {
            watch.fleet.noteSource(.places, succeeded: false, interval: .seconds(60), at: at(second))
            watch.hear([1: .good, 2: .good, 3: .good], at: second)
            watch.judge(at: second + 0.5, sweep: .complete)
        }
        #expect(watch.told(.sourceStalled) == [])
        for second in stride(from: 6_660.0, through: 7_200, by: 60) {
            watch.hear([1: .good, 2: .good, 3: .good], at: second)
            watch.judge(at: second + 0.5, sweep: .complete)
        }
        #expect(watch.told(.sourceStalled) == ["opened source.stalled places warning"])
    }

    // MARK: Closed by hand

    @Test(arguments: [false, true])
    func whatWasClosedByHandStaysQuietAndAFurtherLossIsNews(_ restarts: Bool) throws {
        var watch = seen()
        watch.fleet.accept(reading(places: false, at: 25))
        watch.hear(.good, of: [1, 2, 3], from: 25, through: 100)
        let first = try #require(watch.open(.tenantPermissions, .tenant))
        watch.close(.tenantPermissions, at: 101)
        watch.hear(.good, of: [1, 2, 3], from: 105, through: 900)
        let told = ["opened tenant.permissions contoso warning", "resolved tenant.permissions contoso manual"]
        #expect(watch.told == told)
        // After a restart as well.
        if restarts { watch = watch.restarted(at: 905, checkpoint: 900) }
        watch.fleet.accept(reading(places: false, at: 906))
        watch.hear(.good, of: [1, 2, 3], from: 910, through: 1_000)
        #expect(watch.told == told)
        watch.fleet.accept(reading(places: false, devices: false, at: 1_001))
        watch.hear(.good, of: [1, 2, 3], from: 1_005, through: 1_080)
        #expect(watch.told == told + [told[0]])
        let second = try #require(watch.open(.tenantPermissions, .tenant))
        #expect(second.id != first.id)
        #expect(second.summary.contains("TeamworkDevice.Read.All") && !second.summary.contains("Place.Read.All"))
        // What is granted again can be lost again.
        watch.fleet.accept(reading(devices: false, at: 1_081))
        watch.judge(at: 1_082)
        watch.fleet.accept(reading(places: false, devices: false, at: 1_085))
        watch.judge(at: 1_086)
        #expect(watch.told.last == "updated tenant.permissions contoso warning")
    }

    // MARK: Blindness keeps its reason

    private static let refused = Reading<Presence>.unknown(.failed("http_403"))

    /// Sweeps that fail in turn as given, one every five seconds.
    private func fail(_ watch: inout Watch, _ failures: [String], from first: Double, through last: Double) {
        for (number, second) in stride(from: first, through: last, by: 5).enumerated() {
            watch.hear([1: Self.refused, 2: Self.refused, 3: Self.refused], at: second)
            watch.judge(at: second + 0.5, sweep: .failed, failure: failures[number % failures.count])
        }
    }

    private func blind(places: Bool = true) throws -> Watch {
        var watch = seen()
        watch.fleet.accept(reading(presence: false, places: places, at: 25))
        fail(&watch, ["http_403"], from: 25, through: 400)
        #expect(watch.told == ["opened tenant.blind contoso error"])
        return watch
    }

    @Test func recoveryFromARevocationIsNotTheProviders() throws {
        var watch = try blind()
        watch.fleet.accept(reading(at: 401))
        fail(&watch, ["http_403"], from: 402, through: 407)
        watch.hear(.good, of: [1, 2, 3], from: 410, through: 500)
        #expect(watch.told == ["opened tenant.blind contoso error", "resolved tenant.blind contoso recovered"])
        let last = try #require(watch.decisions.flatMap(\.events).last?.incident)
        #expect(last.cause == .account && last.quotes(Evidence.access))
    }

    @Test func refusalsThatTakeTurnsWithTimeoutsAreOneReason() throws {
        for isFine in [false, true] {
            var watch = try blind()
            if isFine { watch.fleet.accept(reading(at: 401)) }
            fail(&watch, ["timeout", "timeout", "http_403"], from: 405, through: 800)
            #expect(watch.open(.tenantBlind, .tenant)?.cause == .account)
            let updates = watch.told.filter { $0.hasPrefix("updated") }.count
            #expect(updates <= (isFine ? 1 : 0), "the refusal itself is another one after a consent: \(watch.told)")
        }
    }

    @Test func anotherFailureWhileAccessIsFineTakesTheReasonBack() throws {
        var watch = try blind()
        watch.fleet.accept(reading(at: 401))
        fail(&watch, ["http_503"], from: 405, through: 690)
        #expect(watch.open(.tenantBlind, .tenant)?.cause == .account)
        fail(&watch, ["http_503"], from: 695, through: 720)
        let incident = try #require(watch.open(.tenantBlind, .tenant))
        #expect(incident.cause == .provider && !incident.quotes(Evidence.access))
        #expect(incident.summary.contains("Graph answered 503") && !incident.summary.contains("lost"))
        #expect(watch.told == ["opened tenant.blind contoso error", "updated tenant.blind contoso error"])
    }

    @Test func aRestartWhileConsentIsRevokedSaysNothingAnew() throws {
        var watch = try blind(places: false)
        let before = try #require(watch.open(.tenantBlind, .tenant))
        #expect(before.summary.contains("lost Presence.Read.All"))
        watch = watch.restarted(at: 405, checkpoint: 20)
        fail(&watch, ["http_403"], from: 406, through: 411)
        watch.fleet.accept(reading(presence: false, places: false, at: 412))
        fail(&watch, ["http_403"], from: 415, through: 600)
        #expect(watch.told == ["opened tenant.blind contoso error"])
        let after = try #require(watch.open(.tenantBlind, .tenant))
        #expect(after.summary == before.summary && after.cause == .account)
        // What went with it is remembered as lost, too.
        watch.fleet.accept(reading(places: false, at: 601))
        watch.hear(.good, of: [1, 2, 3], from: 605, through: 800)
        #expect(watch.told.last == "opened tenant.permissions contoso warning")
    }

    @Test func aRestartWithAnExpiredSecretSaysNothingAnew() throws {
        let refusal = AccessReading.Refusal(sentence: "the client secret expired", remedy: "Replace it")
        var watch = seen()
        watch.fleet.accept(AccessReading(grants: nil, refusal: refusal, consentLink: nil, at: at(25)))
        fail(&watch, ["token"], from: 25, through: 400)
        #expect(watch.told == ["opened tenant.blind contoso error"])
        watch = watch.restarted(at: 405, checkpoint: 20)
        fail(&watch, ["token"], from: 406, through: 411)
        watch.fleet.accept(AccessReading(grants: nil, refusal: refusal, consentLink: nil, at: at(412)))
        fail(&watch, ["token"], from: 415, through: 600)
        #expect(watch.told == ["opened tenant.blind contoso error"])
        #expect(watch.open(.tenantBlind, .tenant)?.cause == .account)
    }

    @Test func aManagedIdentityIsAssignedRolesAndHasNoPage() throws {
        var watch = seen()
        var lost = reading(places: false, at: 25)
        lost.consentLink = nil
        watch.fleet.accept(lost)
        watch.hear(.good, of: [1, 2, 3], from: 25, through: 100)
        let incident = try #require(watch.open(.tenantPermissions, .tenant))
        #expect(incident.summary.hasSuffix("Assign their app roles to the managed identity again"))
        #expect(!incident.evidence.contains { $0.reading.contains("consent") })
    }
}
