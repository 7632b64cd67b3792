// The daemon is killed in the middle of every phase of a building's outage. Nothing is lost, nothing is told twice.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct RestartedTownTests {
    /// While rooms are suspected, when the first are believed, after the collapse, while it clears, while the last wait.
    @Test(arguments: [28.0, 34, 60, 200, 615, 700, 1000])
    func killedInTheMiddle(second: Double) throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.darken(Array(1...43), from: 20, over: 40, until: 600)
        town.darken([44, 45], from: 25, over: 10)
        town.live(until: second)
        town = town.restarted(after: 20)
        town.live(until: 2400)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:B1"])
        #expect(town.placeIncidents.map(\.resolution) == [.recovered])
        #expect(town.pages(.buildingOffline).count == 1)
        let left = town.fleet.book.allOpen
        #expect(left.map(\.scope.name).sorted() == ["Room 44", "Room 45"], "\(town.told.suffix(8))")
        let late = town.pages(.roomOffline).filter { $0.second > 500 }
        #expect(late.map(\.incident.scope.name).sorted() == ["Room 44", "Room 45"])
        #expect(late.allSatisfy { (1230...1265).contains($0.second) }, "\(late.map(\.second))")
        #expect(town.fleet.scopes.isEmpty)
    }

    @Test func roomsFoundDownAfterAGapAreOnePageOfTheirBuilding() throws {
        var town = Town([("B1", 50), ("B2", 50), ("B3", 50)])
        town.live(until: 100)
        town.darken([1, 2, 3, 51], from: 200, over: 300)
        town = town.restarted(after: 900)
        town.live(until: 1200)
        let open = town.fleet.book.allOpen
        #expect(open.map(\.key.text).sorted() == ["contoso:building.offline:B1", "contoso:room.offline:room-51"])
        for incident in open {
            #expect(
                incident.summary.contains("found after the monitor had not looked for 15 min"), "\(incident.summary)")
        }
        #expect(town.placeIncidents.map(\.roomsTotal) == [3])
    }

    /// While it is dark, and while it comes back.
    @Test(arguments: [200.0, 603])
    func aPlaceThatWasClosedByHandStaysClosedAndEndsOnce(second: Double) throws {
        var town = Town([("B1", 20), ("B2", 20)])
        let rooms = Array(1...20)
        town.darken(rooms, from: 20, over: 40, until: 600)
        town.live(until: 100)
        town.close(DedupKey(tenant: Town.tenant, condition: .buildingOffline, subject: .building("B1")))
        town.live(until: second)
        town = town.restarted(after: 20)
        town.live(until: 1500)
        #expect(town.pages().allSatisfy { $0.second < 100 }, "\(town.told)")
        #expect(town.placeIncidents.map(\.resolution) == [.manual])
        #expect(town.fleet.scopes.isEmpty)
        let rows = town.decisions.flatMap(\.decision.conditions).filter { $0.condition == .buildingOffline }
        #expect(rows.last?.state.phase == .clear)
        let steps = town.decisions.flatMap(\.decision.transitions).filter { $0.condition == .buildingOffline }
        #expect(steps.map(\.to) == [.firing, .clear])
    }

    @Test func aShortGapIsNoGap() {
        var town = Town([("B1", 50)])
        town.live(until: 100)
        town.darken([1, 2], from: 110, over: 5)
        town = town.restarted(after: 60)
        town.live(until: 300)
        #expect(
            town.fleet.book.allOpen.map(\.key.text).sorted() == [
                "contoso:room.offline:room-1", "contoso:room.offline:room-2",
            ])
        #expect(town.fleet.book.allOpen.allSatisfy { !$0.summary.contains("not looked") })
    }
}
