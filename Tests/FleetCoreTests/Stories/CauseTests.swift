// Evidence beside presence arrives before, while or long after rooms fall. It changes what the page says and never when
// it is sent.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct CauseTests {
    private static let all = Array(1...60)

    /// Three buildings that fall within 40 s.
    private func town() -> Town {
        var town = Town([("B1", 20), ("B2", 20), ("B3", 20)])
        town.darken(Self.all, from: 20, over: 40)
        return town
    }

    private func tenantIncident(_ town: Town) throws -> Incident {
        try #require(town.incidents(.tenantOffline).first)
    }

    private func readings(_ incident: Incident, _ source: String) -> [String] {
        incident.evidence.filter { $0.source == source }.map(\.reading)
    }

    @Test func aPostThatIsKnownStandsOnTheFirstPage() throws {
        var town = town()
        town.post(.value([.teams()]))
        town.live(until: 120)
        let page = try #require(town.pages(.tenantOffline).first).incident
        #expect(page.cause == .provider)
        #expect(readings(page, "service_health") == ["TM123456 (serviceDegradation): Users may be unable to sign in"])
    }

    @Test func theEvidenceNeverChangesWhenSomebodyIsTold() {
        var with = town()
        with.post(.value([.teams()]))
        with.signIn(.failing)
        with.live(until: 300)
        var without = town()
        without.live(until: 300)
        #expect(with.pages().map(\.second) == without.pages().map(\.second))
        #expect(with.pages(.tenantOffline).count == 1)
    }

    @Test func aPostThatComesLaterArrivesAsOneUpdate() throws {
        var town = town()
        town.post(.value([]))
        town.live(until: 400)
        #expect(try tenantIncident(town).cause == .unknown)
        #expect(readings(try tenantIncident(town), "service_health") == ["Microsoft posts no recent Teams incident"])
        let before = town.told(.tenantOffline)
        town.post(.value([.teams()]))
        town.live(until: 405)
        #expect(try tenantIncident(town).cause == .provider)
        #expect(town.told(.tenantOffline) == before + ["401 updated tenant.offline contoso error"])
        // Every minute the same answer is no news.
        for minute in 1...5 {
            town.post(.value([.teams()]))
            town.live(until: 405 + 60 * Double(minute))
        }
        #expect(town.told(.tenantOffline).count == before.count + 1)
        #expect(readings(try tenantIncident(town), "service_health").count == 1)
        #expect(town.pages(.tenantOffline).count == 1, "an update rings nobody")
    }

    @Test func aDarkBuildingIsThePowersBusinessOnceItsDevicesAreGone() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.post(.value([.teams()]))
        town.darken(Array(town.rooms(of: "B1").prefix(45)), from: 20, over: 40)
        town.live(until: 120)
        #expect(try #require(town.pages(.buildingOffline).first).incident.cause == .provider)
        let sample = town.fleet.devicesInTrouble(limit: 100).compactMap { Int($0.account.text.dropFirst(5)) }
        town.readDevices(of: sample, isOffline: true)
        town.live(until: 200)
        let incident = try #require(town.incidents(.buildingOffline).first)
        #expect(incident.cause == .networkOrPower)
        #expect(readings(incident, "device_sample") == ["20 of 20 device records say offline, 0 say well"])
        #expect(readings(incident, "service_health").count == 1, "the post stays on the page")
        #expect(town.told(.buildingOffline).filter { $0.contains("updated") }.count <= 3)
        #expect(town.pages(.buildingOffline).count == 1)
    }

    @Test func devicesThatAreWellUnderADarkTenantAreSignedOut() throws {
        var town = town()
        town.post(.value([]))
        town.live(until: 120)
        town.readDevices(of: Array(1...20), isOffline: false)
        town.live(until: 125)
        #expect(try tenantIncident(town).cause == .signedOut)
        town.signIn(.failing, detail: "unavailable, HTTP 503")
        town.live(until: 130)
        #expect(try tenantIncident(town).cause == .provider, "nobody can sign in")
        #expect(readings(try tenantIncident(town), "token_endpoint") == ["failing: unavailable, HTTP 503"])
    }

    @Test func roomsThatJoinDoNotPushThePostOffThePage() throws {
        var town = Town([("B1", 30), ("B2", 30), ("B3", 30)])
        town.post(.value([.teams()]))
        town.darken(Array(1...90), from: 20, over: 280)
        town.live(until: 400)
        let incident = try #require(town.placeIncidents.last { $0.status == .open })
        #expect(incident.evidence.count <= Incident.maximumEvidence)
        #expect(readings(incident, "service_health").count == 1)
        #expect(incident.evidence.contains { $0.source == "presence" })
    }

    @Test(arguments: [true, false])
    func aSingleRoomQuotesThePostAndKeepsItsCause(_ isKnownBefore: Bool) throws {
        var town = Town([("B1", 20)])
        if isKnownBefore { town.post(.value([.teams()])) }
        town.darken(3, from: 20)
        town.live(until: 60)
        if !isKnownBefore {
            town.post(.value([.teams()]))
            town.live(until: 62)
        }
        let incident = try #require(town.incidents(.roomOffline).first)
        #expect(readings(incident, "service_health").count == 1)
        #expect(incident.cause == .unknown, "one room of a tenant that is well is not Microsoft's outage")
        #expect(town.told.count == 1)
    }

    @Test func anAdvisoryOrAFailedReadIsOnNoPage() throws {
        var town = Town([("B1", 20)])
        town.post(.value([.teams(.advisory)]))
        town.darken(3, from: 20)
        town.live(until: 60)
        town.post(.unknown(.failed("http_503")))
        town.live(until: 62)
        #expect(readings(try #require(town.incidents(.roomOffline).first), "service_health").isEmpty)
    }

    @Test(arguments: [
        (TokenEndpointReading.Outcome.refused, Cause.account), (.unreachable, .networkOrPower), (.failing, .provider),
        (.answered, .provider),
    ])
    func blindnessSaysWhoseItIs(_ outcome: TokenEndpointReading.Outcome, _ cause: Cause) throws {
        var town = Town([("B1", 20)])
        town.graph = .failing
        town.live(until: 200)
        #expect(town.fleet.needsTenantCheck)
        town.signIn(outcome, detail: "so")
        town.live(until: 202)
        let incident = try #require(town.incidents(.tenantBlind).first)
        #expect(incident.cause == cause)
        #expect(readings(incident, "token_endpoint") == ["\(outcome.rawValue): so"])
        town.post(.value([.teams()]))
        town.live(until: 204)
        let posted = try #require(town.incidents(.tenantBlind).first)
        #expect(posted.cause == (outcome == .refused ? .account : .provider))
        #expect(readings(posted, "service_health").count == 1)
    }

    @Test func theCheckIsWantedWhileAPlaceIsDark() {
        var town = town()
        #expect(!town.fleet.needsTenantCheck)
        town.live(until: 100)
        #expect(town.fleet.needsTenantCheck)
    }

    @Test func aDarkTenantIsSampledFromEndToEnd() {
        var town = town()
        town.live(until: 120)
        let sample = town.fleet.devicesInTrouble(limit: 100).compactMap { Int($0.account.text.dropFirst(5)) }
        #expect(sample.count == 20)
        #expect(Set(sample.map { town.homes[$0 - 1].building }).count == 3, "not twenty rooms of the first building")
    }
}
