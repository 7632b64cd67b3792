// Quiet always ends, and what is still wrong then is told within a second; what came and went inside stays quiet, with a
// row that says why.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct QuietEndsTests {
    private func window(_ building: String, from first: Double, until last: Double) throws -> MaintenanceWindow {
        MaintenanceWindow(
            name: "works",
            schedule: .once(
                try PlannedInterval(
                    id: UniqueID(stored: "01JWORKS"), startsAt: at(first).wall, endsAt: at(last).wall, author: "desk",
                    reason: "new switches")),
            match: PlaceMatch(buildings: [building]))
    }

    private func silence(_ matchers: String, until last: Double, created: Double = 10) throws -> Silence {
        try Silence(
            id: UniqueID(stored: "01JQUIET"), matchers: try Matchers(parsing: matchers), author: "desk",
            reason: "painting", endsAt: at(last).wall, createdAt: at(created))
    }

    /// The window ends in the middle of a minute, as people plan it.
    @Test func aWindowWithFortyRoomsDownEndsInOnePage() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.adopt(QuietRules(planned: [try window("B1", from: 0, until: 1234)]))
        town.darken(Array(1...40), from: 60, over: 200)
        town.darken(Array(41...45), from: 300, over: 60, until: 700)
        town.live(until: 1233)
        #expect(town.told == [])
        let rows = town.suppressions
        #expect(Set(rows.map(\.key.text)).count == 45)
        #expect(rows.count == 45, "each outage is written down once")
        #expect(rows.allSatisfy { $0.suppression.rule == "window:works (01JWORKS)" })
        town.live(until: 1235)
        #expect(town.told == ["1234 opened building.offline B1 error"])
        #expect(town.placeIncidents.first?.roomsTotal == 40)
        town.live(until: 2400)
        #expect(town.told.count == 1)
    }

    @Test(arguments: [1, 3])
    func aWindowWithAFewRoomsDownEndsInOnePage(rooms: Int) throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.adopt(QuietRules(planned: [try window("B1", from: 0, until: 1200)]))
        town.darken(Array(1...rooms), from: 60, over: 100)
        town.live(until: 1300)
        #expect(town.pages().map(\.second) == [1200])
        #expect(town.pages().first?.incident.roomsTotal == rooms)
    }

    /// A window that begins in the middle of a minute is open from there on.
    @Test func aWindowBeginsToTheSecond() throws {
        var town = Town([("B1", 50)])
        town.live(until: 61)
        town.adopt(QuietRules(planned: [try window("B1", from: 80, until: 1000)]))
        town.darken(1, from: 82)
        town.live(until: 130)
        #expect(town.told == [])
    }

    @Test func aSilenceWithOneRoomDownEndsInItsPage() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.adopt(QuietRules(silences: [try silence("building=B1", until: 1234)]))
        town.darken(1, from: 60)
        town.darken(2, from: 60, until: 400)
        town.live(until: 1233)
        #expect(town.pages().map(\.incident.key.text) == [])
        let quiet = town.incidents(.roomOffline)
        #expect(quiet.map { $0.suppression?.rule } == ["silence:01JQUIET", "silence:01JQUIET"])
        town.live(until: 1300)
        #expect(town.pages().map { "\(Int($0.second)) \($0.incident.scope.name)" } == ["1234 Room 1"])
    }

    /// Somebody lifts the silence.
    @Test func aSilenceThatIsLiftedIsOver() throws {
        var town = Town([("B1", 50)])
        let quiet = try silence("building=B1", until: 3600)
        town.adopt(QuietRules(silences: [quiet]))
        town.darken(1, from: 60)
        town.live(until: 300)
        town.adopt(QuietRules(silences: [quiet.expired(by: "desk", at: at(300))]))
        town.live(until: 302)
        #expect(town.pages().map(\.second) == [301])
    }

    /// A silenced building that goes dark is one trouble of which nobody is told, and one page when the silence ends.
    @Test func aSilencedBuildingIsOnePageAtTheEnd() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.adopt(QuietRules(silences: [try silence("building=B1", until: 1800)]))
        town.darken(Array(1...45), from: 60, over: 40)
        town.live(until: 1799)
        #expect(town.pages().isEmpty)
        town.live(until: 1900)
        #expect(
            town.pages().map { "\(Int($0.second)) \($0.incident.key.text)" } == ["1800 contoso:building.offline:B1"])
    }

    /// The room died before the window and stays quiet inside; afterwards it is told, as before.
    @Test func anOutageFromBeforeAWindowIsReleasedAtItsEnd() throws {
        var town = Town([("B1", 50)])
        town.darken(1, from: 20)
        town.live(until: 100)
        town.adopt(QuietRules(planned: [try window("B1", from: 120, until: 900)]))
        town.live(until: 899)
        #expect(town.fleet.book.allOpen.first?.suppression?.rule == "window:works (01JWORKS)")
        town.live(until: 901)
        #expect(town.told.last == "900 released room.offline room-1")
    }

    /// Nobody looks while Graph is dark, so the end of a window waits for sight.
    @Test func aWindowThatEndsUnseenIsToldWhenSightReturns() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.adopt(QuietRules(planned: [try window("B1", from: 0, until: 900)]))
        town.darken(Array(1...40), from: 60, over: 100)
        town.live(until: 700)
        town.graph = .failing
        town.live(until: 1500)
        #expect(town.told.allSatisfy { $0.contains("tenant.blind") }, "\(town.told)")
        town.graph = .well
        town.live(until: 1520)
        #expect(town.pages(.buildingOffline).map(\.incident.roomsTotal) == [40])
        #expect(town.incidents(.roomOffline).isEmpty)
    }

    /// What is not told survives a restart, and so does the telling at the end.
    @Test func aRestartInsideAWindowForgetsNobody() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.adopt(QuietRules(planned: [try window("B1", from: 0, until: 900)]))
        town.darken(Array(1...40), from: 60, over: 100)
        town.live(until: 500)
        town = town.restarted(after: 30)
        town.live(until: 899)
        #expect(town.told == [])
        town.live(until: 1000)
        #expect(town.told == ["900 opened building.offline B1 error"])
    }
}
