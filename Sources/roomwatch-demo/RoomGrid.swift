// Every room as one cell. The simulator lays its rooms out evenly over the buildings, and so does this grid; whatever the
// ground truth or a notice says about a room's building corrects it.

import FleetAPI
import Foundation

/// The rooms by building, each with what really happens to it and whether it was told.
struct RoomGrid: Sendable {
    /// What a cell shows.
    enum State: Sendable, Hashable, CaseIterable {
        case inService
        /// Dark in Graph, and nobody was told yet.
        case dark
        /// Dark only in its device record: another device keeps the account online.
        case hidden
        /// Dark, and an incident is open.
        case told
        /// Back in Graph; the incident is open until the room has stayed for a while.
        case returning
        /// Graph cannot tell.
        case unknown
    }

    struct Cell: Sendable, Hashable {
        var room: String
        /// Causes that darken presence, and the device record.
        var presenceCauses: Set<Int> = []
        var deviceCauses: Set<Int> = []
        var unknownCauses: Set<Int> = []
        var incidents: Set<String> = []

        var state: State {
            if !incidents.isEmpty {
                return presenceCauses.isEmpty && deviceCauses.isEmpty ? .returning : .told
            }
            if !presenceCauses.isEmpty { return .dark }
            if !unknownCauses.isEmpty { return .unknown }
            return deviceCauses.isEmpty ? .inService : .hidden
        }
    }

    struct Building: Sendable, Hashable {
        var name: String
        var cells: [Cell]
        /// Open incidents that speak for the whole building: rooms that fall later join them without being listed.
        var incidents: Set<String> = []

        func count(_ state: State) -> Int { cells.count { $0.state == state } }
    }

    private(set) var buildings: [Building]

    /// - Parameters:
    ///   - rooms: `Room 1` to this number.
    ///   - count: buildings, `B1` to this number.
    init(rooms: Int, buildings count: Int) {
        let total = max(1, min(count, rooms))
        buildings = (1...total).map { Building(name: "B\($0)", cells: []) }
        for index in 0..<rooms { buildings[index * total / rooms].cells.append(Cell(room: "Room \(index + 1)")) }
    }

    mutating func take(_ record: GroundTruthRecord) {
        guard let room = record.room else { return }
        let name = record.building ?? place(of: room).map { buildings[$0.building].name }
        let speakers = buildings.first { $0.name == name }?.incidents ?? []
        change(room, building: record.building) { cell in
            let cause = record.cause
            switch record.event {
            case "presence_offline":
                cell.presenceCauses.insert(cause)
                cell.incidents.formUnion(speakers)
            case "presence_online": cell.presenceCauses.remove(cause)
            // Where presence tells as well, the device record follows minutes later and says nothing new.
            case "device_offline" where record.expected != .none: cell.deviceCauses.insert(cause)
            case "device_online": cell.deviceCauses.remove(cause)
            case "presence_unknown", "account_disabled", "account_deleted": cell.unknownCauses.insert(cause)
            case "presence_known", "account_enabled": cell.unknownCauses.remove(cause)
            default: break
            }
        }
    }

    mutating func take(_ notice: Notice) {
        guard notice.isOfDarkness else { return }
        let isOver = notice.incident.status == "resolved"
        for place in buildings.indices where notice.speaks(forBuilding: buildings[place].name) {
            if isOver {
                buildings[place].incidents.remove(notice.incident.id)
            } else {
                buildings[place].incidents.insert(notice.incident.id)
            }
            for cell in buildings[place].cells.indices {
                if isOver {
                    buildings[place].cells[cell].incidents.remove(notice.incident.id)
                } else if !buildings[place].cells[cell].presenceCauses.isEmpty {
                    buildings[place].cells[cell].incidents.insert(notice.incident.id)
                }
            }
        }
        for room in notice.incident.rooms {
            change(room.name, building: room.building) { cell in
                if isOver {
                    cell.incidents.remove(notice.incident.id)
                } else {
                    cell.incidents.insert(notice.incident.id)
                }
            }
        }
    }

    private mutating func change(_ room: String, building: String?, _ body: (inout Cell) -> Void) {
        let found = place(of: room)
        guard let name = building ?? found.map({ buildings[$0.building].name }) else { return }
        var cell = found.map { buildings[$0.building].cells[$0.cell] } ?? Cell(room: room)
        body(&cell)
        if let found, buildings[found.building].name == name {
            buildings[found.building].cells[found.cell] = cell
            return
        }
        if let found { buildings[found.building].cells.remove(at: found.cell) }
        if let other = buildings.firstIndex(where: { $0.name == name }) {
            buildings[other].cells.append(cell)
        } else {
            buildings.append(Building(name: name, cells: [cell]))
        }
    }

    private func place(of room: String) -> (building: Int, cell: Int)? {
        for (building, one) in buildings.enumerated() {
            if let cell = one.cells.firstIndex(where: { $0.room == room }) { return (building, cell) }
        }
        return nil
    }
}
