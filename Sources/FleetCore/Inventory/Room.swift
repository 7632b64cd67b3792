// A monitored room, as far as detection, pages and reports need to know it. The account is the identity: names, mail
// addresses and places change, the object id does not.

/// A room that is watched.
public struct Room: Sendable, Hashable, Codable {
    public let account: AccountID
    public var name: String
    /// Primary mail address, else the user principal name.
    public var email: String
    /// Building as Places names it, else the account's office location; `nil` when neither is known.
    public var building: String?
    public var floor: String?
    public var capacity: Int?
    /// Part number or id of the Teams Rooms licence, `nil` when the room is watched for another reason.
    public var licence: String?
    /// Why the room is watched.
    public var reason: MonitoringReason
    public var devices: [RoomDevice]
    /// What the directory says about the account.
    public var accountState: AccountState

    public init(
        account: AccountID, name: String, email: String, building: String? = nil, floor: String? = nil,
        capacity: Int? = nil, licence: String? = nil, reason: MonitoringReason, devices: [RoomDevice] = [],
        accountState: AccountState = .usable
    ) {
        self.account = account
        self.name = name
        self.email = email
        self.building = building
        self.floor = floor
        self.capacity = capacity
        self.licence = licence
        self.reason = reason
        self.devices = devices
        self.accountState = accountState
    }

    /// The device that makes the room a Teams Room; the first by id when there are several.
    public var mainDevice: RoomDevice? { devices.filter(\.kind.isMain).min { $0.id < $1.id } }

    /// Whether another device signed in with the same account can keep a dead room "Available" (Detection, What Graph
    /// can tell).
    public var isWeak: Bool { mainDevice != nil && devices.count { $0.kind.holdsPresence } > 1 }
}

/// The rule that put a room on the list (Detection, Who is watched).
public enum MonitoringReason: String, Sendable, Hashable, Codable {
    case licence
    case device
    case included
}

/// What the directory says about a room's account.
public enum AccountState: String, Sendable, Hashable, Codable {
    case usable
    case disabled
    case unlicensed
    case deleted
}

/// A Teams device signed in with a room's account.
public struct RoomDevice: Sendable, Hashable, Codable {
    public let id: String
    public var kind: DeviceKind
    public var manufacturer: String?
    public var model: String?

    public init(id: String, kind: DeviceKind, manufacturer: String? = nil, model: String? = nil) {
        self.id = id
        self.kind = kind
        self.manufacturer = manufacturer
        self.model = model
    }
}

/// What kind of device it is, by what it means for a room (Graph facts, Devices).
public enum DeviceKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Teams Rooms on Windows.
    case teamsRoom = "teams_room"
    /// Teams Rooms on Android.
    case collaborationBar = "collaboration_bar"
    case surfaceHub = "surface_hub"
    case panel
    case console
    case phone
    case display
    case other

    /// Whether a device of this kind makes its account a Teams Room.
    public var isMain: Bool {
        switch self {
        case .teamsRoom, .collaborationBar, .surfaceHub: true
        case .panel, .console, .phone, .display, .other: false
        }
    }

    /// Whether a device of this kind, signed in by itself, keeps the account's presence alive. A touch console is an
    /// accessory of its room system, so it does not.
    public var holdsPresence: Bool {
        switch self {
        case .teamsRoom, .collaborationBar, .surfaceHub, .panel, .phone, .display: true
        case .console, .other: false
        }
    }
}
