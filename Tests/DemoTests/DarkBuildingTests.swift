// A building that goes dark: what counts as one page for one cause, and what does not.

import FleetAPI
import Foundation
import Testing

@testable import roomwatch_demo

@Suite struct DarkBuildingTests {
    /// Eight rooms that fall a second apart.
    private func darkBoard() throws -> Scoreboard {
        var board = Scoreboard()
        for room in 1...8 {
            board.take(try truth("presence_offline", room: room, at: Double(room - 1), kind: "building_dark"))
        }
        return board
    }

    @Test func onePageTellsEveryRoomOfTheBuilding() throws {
        var board = try darkBoard()
        board.take(placeNotice(.incidentOpened, "p1", at: 12, rooms: [1, 2, 3]))
        let summary = board.summary(at: at(100))
        #expect(summary.owed == 8 && summary.latencies.count == 8)
        #expect(summary.isClean)
        #expect(summary.buildings.map(\.text) == ["Building B1: 8 rooms dark, one page 12.0 s after the first"])
        #expect(summary.lines.contains { $0.contains("Building B1: 8 rooms dark, one page") })
    }

    @Test func aRoomThatFallsWhileItsBuildingIsToldIsCovered() throws {
        var board = try darkBoard()
        board.take(placeNotice(.incidentOpened, "p1", at: 12, rooms: [1, 2, 3]))
        board.take(try truth("presence_offline", room: 9, at: 20, kind: "building_dark"))
        let summary = board.summary(at: at(100))
        #expect(summary.covered == 1 && summary.missed.isEmpty)
        #expect(summary.isClean)
    }

    @Test func aBuildingOfWhichNobodyWasToldIsMissedEvenIfEveryRoomWas() throws {
        var board = try darkBoard()
        for room in 1...8 {
            board.take(notice(.incidentOpened, "m\(room)", room: room, at: 13, incident: "01J\(room)"))
        }
        #expect(board.summary(at: at(20)).buildings.map(\.verdict) == [.unjudged])
        let summary = board.summary(at: at(100))
        #expect(summary.missed.isEmpty && summary.falseCalls.isEmpty)
        #expect(summary.buildings.map(\.verdict) == [.missed(lateBy: nil)])
        #expect(!summary.isClean)
        #expect(summary.lines.contains { $0.contains("MISSED Building B1") })
    }

    @Test func theBuildingsDeadlineBeginsWithTheFifthRoom() throws {
        var board = try darkBoard()
        board.take(placeNotice(.incidentOpened, "p1", at: 4 + 17.25 + 0.5, rooms: [1]))
        #expect(board.darkBuildings(at: at(100)).map(\.verdict) == [.missed(lateBy: 0.5)])
    }

    @Test(arguments: [true, false])
    func anEarlyPageOfARoomIsRightWhenItIsMerged(isMerged: Bool) throws {
        var board = try darkBoard()
        board.take(notice(.incidentOpened, "m1", room: 1, at: 11, incident: "01J1"))
        board.take(placeNotice(.incidentOpened, "p1", at: 12, rooms: [1, 2, 3]))
        if isMerged {
            var end = notice(.incidentResolved, "m2", room: 1, at: 13, revision: 2, incident: "01J1")
            end.incident.resolution = "merged"
            board.take(end)
        }
        #expect(board.summary(at: at(13)).isClean, "there is time to take it back")
        let summary = board.summary(at: at(100))
        #expect(summary.buildings.map(\.early) == [1])
        #expect(summary.buildings.map(\.merged) == [isMerged ? 1 : 0])
        #expect(summary.isClean == isMerged)
        #expect(summary.lines.contains { $0.contains("WRONG  Room 1") } == !isMerged)
    }

    @Test func aRoomsPageBesideTheBuildingsIsFalse() throws {
        var board = try darkBoard()
        board.take(placeNotice(.incidentOpened, "p1", at: 12, rooms: [1, 2, 3]))
        board.take(notice(.incidentOpened, "m5", room: 5, at: 16, incident: "01J5"))
        let summary = board.summary(at: at(100))
        #expect(summary.falseCalls.map(\.message) == ["m5"])
        #expect(!summary.isClean)
    }

    @Test func aRoomWithACauseOfItsOwnMayHaveAPageOfItsOwn() throws {
        var board = try darkBoard()
        board.take(try truth("presence_offline", room: 5, at: 2, cause: 2, kind: "room_off"))
        board.take(placeNotice(.incidentOpened, "p1", at: 12, rooms: [1, 2, 3]))
        board.take(notice(.incidentOpened, "m5", room: 5, at: 16, incident: "01J5"))
        #expect(board.summary(at: at(100)).isClean)
    }

    @Test func aSecondPageOfTheBuildingIsFalse() throws {
        var board = try darkBoard()
        board.take(placeNotice(.incidentOpened, "p1", at: 12, rooms: [1, 2, 3]))
        board.take(placeNotice(.incidentOpened, "p2", at: 14, incident: "01JQ", rooms: [4, 5]))
        let summary = board.summary(at: at(100))
        #expect(summary.falseCalls.map(\.message) == ["p2"])
        #expect(summary.buildings.map(\.text) == ["Building B1: 8 rooms dark, 2 pages 12.0 s after the first"])
    }

    @Test func anotherBuildingsPageTellsNothingOfThisOne() throws {
        var board = try darkBoard()
        board.take(placeNotice(.incidentOpened, "p1", at: 12, building: "B2", rooms: [40]))
        let summary = board.summary(at: at(100))
        #expect(summary.missed.count == 8)
        #expect(summary.buildings.map(\.verdict) == [.missed(lateBy: nil)])
        #expect(summary.falseCalls.map(\.message) == ["p1"])
    }

    @Test func theGridShowsEveryDarkRoomOfAToldBuildingAsTold() throws {
        var grid = RoomGrid(rooms: 8, buildings: 2)
        for room in 1...3 { grid.take(try truth("presence_offline", room: room, at: 0, kind: "building_dark")) }
        grid.take(placeNotice(.incidentOpened, "p1", at: 12, rooms: [1]))
        grid.take(try truth("presence_offline", room: 4, at: 13, kind: "building_dark"))
        #expect(grid.buildings[0].count(.told) == 4)
        #expect(grid.buildings[1].count(.inService) == 4)
        for room in 1...4 { grid.take(try truth("presence_online", room: room, at: 60, kind: "building_dark")) }
        #expect(grid.buildings[0].count(.returning) == 4)
        grid.take(placeNotice(.incidentResolved, "p2", at: 91, revision: 2, rooms: [1, 2, 3, 4]))
        #expect(grid.buildings[0].count(.inService) == 4)
    }
}
