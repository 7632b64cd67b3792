// Which rooms a maintenance window is about: the places of the configuration, exact and without patterns, because a plan
// names what it plans for.

/// A choice of rooms by place. A part that is `nil` asks nothing; a part that asks must name the room's own value.
public struct PlaceMatch: Sendable, Hashable, Codable {
    public var tenants: Set<TenantName>?
    public var buildings: Set<String>?
    public var floors: Set<String>?
    /// Account ids or mail addresses (user principal names where a room has no mail), in lower case.
    public var rooms: Set<String>?

    public init(
        tenants: Set<TenantName>? = nil, buildings: Set<String>? = nil, floors: Set<String>? = nil,
        rooms: Set<String>? = nil
    ) {
        self.tenants = tenants
        self.buildings = buildings
        self.floors = floors
        self.rooms = rooms
    }

    /// Whether a room is among them. A room whose building is not known is in none.
    public func covers(_ room: Room, of tenant: TenantName) -> Bool {
        if let tenants, !tenants.contains(tenant) { return false }
        if let buildings, !(room.building.map(buildings.contains) ?? false) { return false }
        if let floors, !(room.floor.map(floors.contains) ?? false) { return false }
        if let rooms, !rooms.contains(room.account.text), !rooms.contains(room.email.lowercased()) { return false }
        return true
    }
}
