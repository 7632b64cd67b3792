// The cells: where a room stands, and which of the six states it shows.

import FleetAPI
import Foundation
import Testing

@testable import roomwatch_demo

@Suite struct RoomGridTests {
    private func state(_ grid: RoomGrid, _ room: Int = 1) -> RoomGrid.State? {
        grid.buildings.flatMap(\.cells).first { $0.room == "Room \(room)" }?.state
    }

    @Test func roomsAreLaidOutEvenly() {
        let grid = RoomGrid(rooms: 10, buildings: 3)
        #expect(grid.buildings.map(\.name) == ["B1", "B2", "B3"])
        #expect(grid.buildings.map(\.cells.count).reduce(0, +) == 10)
        #expect(grid.buildings.map(\.cells.count).max() == 4)
        #expect(RoomGrid(rooms: 2, buildings: 5).buildings.count == 2)
    }

    @Test func aRoomGoesThroughEveryState() throws {
        var grid = RoomGrid(rooms: 4, buildings: 2)
        #expect(state(grid) == .inService)
        grid.take(try truth("presence_offline", at: 0))
        #expect(state(grid) == .dark)
        grid.take(notice(.incidentOpened, "m1", at: 12))
        #expect(state(grid) == .told)
        grid.take(try truth("presence_online", at: 60))
        #expect(state(grid) == .returning)
        grid.take(notice(.incidentResolved, "m2", at: 91))
        #expect(state(grid) == .inService)
        #expect(state(grid, 2) == .inService)
    }

    @Test func aRoomWithTwoCausesIsDarkUntilBothAreOver() throws {
        var grid = RoomGrid(rooms: 4, buildings: 2)
        grid.take(try truth("presence_offline", at: 0, cause: 1))
        grid.take(try truth("presence_offline", at: 1, cause: 2))
        grid.take(try truth("presence_online", at: 2, cause: 1))
        #expect(state(grid) == .dark)
        grid.take(try truth("presence_online", at: 3, cause: 2))
        #expect(state(grid) == .inService)
    }

    @Test func onlyADeviceRecordThatSomebodyMustHearOfHidesARoom() throws {
        var grid = RoomGrid(rooms: 4, buildings: 2)
        grid.take(try truth("device_offline", at: 0, expected: "none"))
        #expect(state(grid) == .inService)
        grid.take(try truth("device_offline", at: 0))
        #expect(state(grid) == .hidden)
    }

    @Test func whatGraphCannotTellIsUnknown() throws {
        var grid = RoomGrid(rooms: 4, buildings: 2)
        grid.take(try truth("presence_unknown", at: 0, expected: "none"))
        #expect(state(grid) == .unknown)
        grid.take(try truth("presence_known", at: 1, expected: "none"))
        #expect(state(grid) == .inService)
    }

    @Test func aRoomMovesToTheBuildingThatIsNamed() throws {
        var grid = RoomGrid(rooms: 4, buildings: 2)
        #expect(grid.buildings[1].cells.contains { $0.room == "Room 4" })
        grid.take(try truth("presence_offline", room: 4, at: 0))
        #expect(grid.buildings[0].cells.contains { $0.room == "Room 4" })
        #expect(grid.buildings.flatMap(\.cells).count == 4)
    }

    @Test func anIncidentThatIsNotAboutDarknessPaintsNothing() {
        var grid = RoomGrid(rooms: 4, buildings: 2)
        grid.take(notice(.incidentOpened, "m1", at: 0, condition: "room.unseen"))
        #expect(state(grid) == .inService)
    }
}
