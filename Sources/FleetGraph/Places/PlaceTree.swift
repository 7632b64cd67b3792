// Buildings and floors by walking upwards from a room. The hierarchy is made by people: it has orphans, and nothing
// promises that it has no cycle.

import FleetCore
import GraphClient

struct PlaceTree {
    enum Kind {
        case building, floor, section
    }

    private struct Node {
        let kind: Kind
        let name: String?
        let parent: String?
    }

    /// Building, floor, section, and room to spare.
    private static let mostSteps = 16

    private var nodes: [String: Node] = [:]

    mutating func add(_ wires: [PlaceWire], as kind: Kind) {
        for wire in wires {
            let node = Node(
                kind: kind, name: BoundedText.clean(wire.displayName, limit: BoundedText.name),
                parent: wire.parentId?.lowercased())
            // A parentId may hold either of the two; for old places they differ (Graph facts, Places).
            for key in [wire.placeId, wire.id].compactMap({ $0?.lowercased() }) where nodes[key] == nil {
                nodes[key] = node
            }
        }
    }

    /// The names of the nearest floor and building above; `nil` where the way up ends before one.
    func names(above parent: String?) -> (building: String?, floor: String?) {
        var next = parent?.lowercased()
        var visited: Set<String> = []
        var found: (building: String?, floor: String?) = (nil, nil)
        while let key = next, visited.count < Self.mostSteps, visited.insert(key).inserted, let node = nodes[key] {
            switch node.kind {
            case .building: found.building = found.building ?? node.name
            case .floor: found.floor = found.floor ?? node.name
            case .section: break
            }
            next = node.parent
        }
        return found
    }

    /// A room in our words; `nil` for one without an address, which no account can be matched to.
    func record(_ wire: RoomWire) -> PlaceRecord? {
        guard let email = BoundedText.clean(wire.emailAddress, limit: BoundedText.name) else { return nil }
        let above = names(above: wire.parentId)
        let floor =
            above.floor ?? BoundedText.clean(wire.floorLabel, limit: BoundedText.name)
            ?? wire.floorNumber?.integer.map { "\($0)" }
        return PlaceRecord(
            email: email, name: BoundedText.clean(wire.displayName, limit: BoundedText.name),
            building: above.building ?? BoundedText.clean(wire.building, limit: BoundedText.name), floor: floor,
            // Exchange reports 0 for a room nobody gave a capacity.
            capacity: wire.capacity?.integer.flatMap { $0 > 0 && $0 <= 1_000_000 ? Int($0) : nil })
    }
}
