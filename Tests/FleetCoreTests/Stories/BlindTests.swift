// Not seen is not down: Graph goes dark, is throttled, or knows nothing, in the middle of everything else.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct BlindTests {
    @Test func graphGoesDarkWhileABuildingFalls() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.darken(Array(1...45), from: 20, over: 300)
        // Suspected and not believed yet: no room has been bad for ten seconds.
        town.live(until: 29)
        town.graph = .failing
        town.live(until: 1800)
        #expect(town.told.map { $0.split(separator: " ")[2] } == ["tenant.blind", "tenant.blind"], "\(town.told)")
        #expect(town.incidents.map(\.condition) == [.tenantBlind])
        town.graph = .well
        town.live(until: 1900)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:B1"])
        #expect(town.placeIncidents.first?.roomsTotal == 45)
        // The first of them stood alone for a second; its page still waited for siblings.
        #expect(town.incidents(.roomOffline).allSatisfy { $0.resolution == .merged })
        #expect(town.pages(.roomOffline).count <= 1)
    }

    /// What was open before stays as it is, for hours.
    @Test func whatWasOpenStaysOpen() {
        var town = Town([("B1", 50), ("B2", 50)])
        town.darken(Array(1...45), from: 20, over: 40, until: 400)
        town.darken(60, from: 20, until: 400)
        town.live(until: 300)
        let before = town.fleet.book.allOpen.map(\.key)
        town.graph = .failing
        town.live(until: 7200)
        #expect(town.fleet.book.allOpen.map(\.key).filter { !$0.text.contains("tenant.blind") } == before)
        town.graph = .well
        town.live(until: 7300)
        #expect(town.fleet.book.allOpen.isEmpty)
        #expect(town.pages(.roomOffline).map(\.incident.scope.name).filter { $0 == "Room 60" }.count == 1)
    }

    /// Nobody saw the building fall: its page says between when and when.
    @Test func aBuildingThatFellUnseenHasASpanForItsBeginning() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.live(until: 60)
        town.graph = .failing
        town.darken(Array(1...45), from: 100, over: 40)
        town.live(until: 600)
        town.graph = .well
        town.live(until: 640)
        let building = try #require(town.placeIncidents.first)
        #expect(building.firstBadAfter == at(60).wall)
        #expect(abs(building.firstBadAt.timeIntervalSince(at(601).wall)) <= 5)
    }

    /// A room that was suspected when sight was lost: the beginning lies after it was last seen well.
    @Test func aSuspectThatWasLostHasASpanForItsBeginning() throws {
        var town = Town([("B1", 50)])
        town.darken(1, from: 58)
        town.live(until: 62)
        town.graph = .failing
        town.live(until: 600)
        town.graph = .well
        town.live(until: 640)
        let room = try #require(town.incidents(.roomOffline).first)
        #expect(try #require(room.firstBadAfter) < at(58).wall)
        #expect(room.firstBadAfter == room.lastGoodAt)
        #expect(room.firstBadAt > at(595).wall)
        // Down, back and down again in plain sight: the span of the first outage is not the second one's.
        town.darken(2, from: 700)
        town.live(until: 740)
        #expect(town.incidents(.roomOffline).last?.firstBadAfter == nil)
    }

    @Test func aThrottledGraphStillShowsTheBuilding() {
        var town = Town([("B1", 50), ("B2", 50)])
        town.graph = .halfFailing
        town.live(until: 60)
        town.darken(Array(1...45), from: 65, over: 40)
        town.live(until: 400)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:B1"])
        #expect(town.placeIncidents.first?.roomsTotal == 45)
        #expect(town.incidents(.roomOffline).allSatisfy { $0.resolution == .merged })
        #expect(town.incidents(.tenantBlind).isEmpty)
    }

    @Test func unknownPresencesPageNoRoom() {
        var town = Town([("B1", 50), ("B2", 50)])
        town.graph = .saysUnknown
        town.live(until: 3600)
        #expect(Set(town.incidents.map(\.condition)) == [.tenantBlind])
    }

    /// Members that stayed down are released while nobody can see them; they are told when they are seen again.
    @Test func membersReleasedUnseenWaitForSight() {
        var town = Town([("B1", 50), ("B2", 50)])
        town.darken(Array(1...43), from: 20, over: 40, until: 600)
        town.darken([44, 45], from: 30, over: 2)
        town.live(until: 700)
        town.graph = .failing
        town.live(until: 2400)
        #expect(town.pages(.roomOffline).filter { $0.second > 600 }.isEmpty)
        town.graph = .well
        town.live(until: 2420)
        #expect(
            town.pages(.roomOffline).filter { $0.second > 600 }.map(\.incident.scope.name) == ["Room 44", "Room 45"])
    }

    /// A wall clock that somebody corrects moves nothing.
    @Test(arguments: [3600.0, -3600])
    func aWallStepMovesNothing(shift: Double) {
        var town = Town([("B1", 50), ("B2", 50)], beginsAt: 7200)
        town.darken(Array(1...45), from: 7220, over: 40, until: 9000)
        town.darken(60, from: 7220)
        town.live(until: 7500)
        let before = town.told
        town.wallShift = shift
        town.live(until: 8900)
        #expect(town.told == before)
        town.live(until: 9100)
        let after = town.told.dropFirst(before.count)
        #expect(after.map { String($0.drop { $0 != " " }) } == [" resolved building.offline B1 recovered"])
    }
}
