// Where rooms are, as far as falling together is concerned: a tenant has buildings, a building has floors. The names
// are those of Places, which people on call know; a renamed building is another building.

/// A place whose rooms can fall together.
public enum Place: Sendable, Hashable, Codable {
    case tenant
    case building(String)
    case floor(building: String, floor: String)

    /// What is wrong when rooms of the place fall together.
    public var condition: Condition {
        switch self {
        case .tenant: .tenantOffline
        case .building: .buildingOffline
        case .floor: .floorOffline
        }
    }

    public var subject: Subject {
        switch self {
        case .tenant: .tenant
        case .building(let name): .building(name)
        case .floor(let building, let floor): .floor(building: building, floor: floor)
        }
    }

    /// The building that the place is or lies in.
    public var building: String? {
        switch self {
        case .tenant: nil
        case .building(let name), .floor(let name, _): name
        }
    }

    /// The place that an incident is about; `nil` for incidents of something else.
    init?(_ scope: Incident.Scope, of condition: Condition) {
        switch condition {
        case .tenantOffline: self = .tenant
        case .buildingOffline: self = .building(scope.id)
        case .floorOffline:
            guard let slash = scope.id.lastIndex(of: "/") else { return nil }
            self = .floor(
                building: String(scope.id[..<slash]), floor: String(scope.id[scope.id.index(after: slash)...]))
        case .roomOffline, .roomFlapping, .roomUnseen, .roomNeverSeen, .roomAccount, .deviceOffline, .devicePeripheral,
            .deviceLogin, .deviceSoftware, .deviceHardware,
            .deviceUnexpectedUser, .commandFailed, .tenantBlind, .tenantPermissions,
            .sourceStalled, .inventoryShrunk, .channelDown, .storeDegraded:
            return nil
        }
    }

    /// Whether a room is in the place.
    public func contains(_ room: Room) -> Bool {
        switch self {
        case .tenant: true
        case .building(let name): room.building == name
        case .floor(let building, let floor): room.building == building && room.floor == floor
        }
    }

    /// The places that a room is in, from the tenant down.
    public static func around(_ room: Room) -> [Place] {
        guard let building = room.building else { return [.tenant] }
        guard let floor = room.floor else { return [.tenant, .building(building)] }
        return [.tenant, .building(building), .floor(building: building, floor: floor)]
    }

    /// How far the place reaches, as an incident says it.
    public func scope(tenant: TenantName, partial: Bool) -> Incident.Scope {
        switch self {
        case .tenant: Incident.Scope(kind: .tenant, id: tenant.text, name: tenant.text, partial: partial)
        case .building(let name): Incident.Scope(kind: .building, id: name, name: name, partial: partial)
        case .floor(let building, let floor):
            Incident.Scope(
                kind: .floor, id: subject.text, name: "\(building), \(floor.asLevel)", partial: partial)
        }
    }
}

extension String {
    /// A floor as people say it: Places carries labels ("Floor 3", "Ground floor") as well as numbers.
    var asLevel: String { lowercased().contains("floor") ? self : "floor \(self)" }
}
