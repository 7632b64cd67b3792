// A request may name a thousand rooms out of twenty thousand. Looking through the list for each of them would keep the one
// writer from its work for seconds, so the names are read once and looked up.

import FleetAPI
import FleetCore

/// Watched rooms by what people call them: account id, mail address or display name, in whatever case.
struct RoomNames {
    typealias Place = (tenant: TenantName, room: Room)

    private let fleets: [(tenant: TenantName, fleet: TenantFleet)]
    private lazy var byEmail = index { $0.email }
    private lazy var byName = index { $0.name }

    init(_ fleets: [TenantName: TenantFleet]) {
        self.fleets = fleets.sorted { $0.key < $1.key }.map { (tenant: $0.key, fleet: $0.value) }
    }

    /// - Throws: ``Refusal`` when no room, or more than one, is called so.
    mutating func room(called text: String) throws(Refusal) -> Place {
        let account = AccountID(text)
        for (tenant, fleet) in fleets {
            if let room = fleet.room(of: account) { return (tenant, room) }
        }
        let wanted = text.lowercased()
        if let place = byEmail[wanted]?.first { return room(at: place) }
        let named = byName[wanted] ?? []
        if named.count == 1 { return room(at: named[0]) }
        guard named.isEmpty else {
            let choices = named.prefix(5).map { place in
                let room = room(at: place).room
                return "\(room.placedName) <\(room.email)>"
            }.joined(separator: ", ")
            throw Refusal(
                .conflict, "\(named.count) rooms are called \(text)",
                remedy: "give the mail address or the account id of one: \(choices)")
        }
        throw Refusal(
            .notFound, "no watched room has the account id, mail address or name \(text)",
            remedy: "check the spelling; a room that is not watched may be missing a licence or be excluded")
    }

    private typealias Spot = (fleet: Int, slot: Int)

    private func room(at spot: Spot) -> Place {
        (fleets[spot.fleet].tenant, fleets[spot.fleet].fleet.rooms[spot.slot])
    }

    private func index(by name: (Room) -> String) -> [String: [Spot]] {
        var found: [String: [Spot]] = [:]
        for (number, one) in fleets.enumerated() {
            for (slot, room) in one.fleet.rooms.enumerated() {
                found[name(room).lowercased(), default: []].append((number, slot))
            }
        }
        return found
    }
}
