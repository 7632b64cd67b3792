// What can be wrong, with what, and how bad it is. The raw texts are the outward contract (Detection and Contract):
// they appear in keys, payloads, tables and metrics and never change.

/// A named thing that can be wrong with a subject.
public enum Condition: String, Sendable, Hashable, Codable, CaseIterable {
    case roomOffline = "room.offline"
    /// Rooms of one place that fell together.
    case floorOffline = "floor.offline"
    case buildingOffline = "building.offline"
    case tenantOffline = "tenant.offline"
    /// A room that keeps falling and coming back.
    case roomFlapping = "room.flapping"
    case roomUnseen = "room.unseen"
    case roomNeverSeen = "room.never_seen"
    case tenantBlind = "tenant.blind"
    /// Permissions were taken back while Roomwatch ran, and presence is not among them.
    case tenantPermissions = "tenant.permissions"
    /// Accounts of rooms that cannot sign in, or soon will not.
    case roomAccount = "room.account"
    /// A device of a room that is off the air.
    case deviceOffline = "device.offline"
    /// A required camera, microphone, speaker or display that is not connected.
    case devicePeripheral = "device.peripheral"
    /// A device that is not signed in to Teams or Exchange.
    case deviceLogin = "device.login"
    /// Updates that are offered and not taken; one incident for the tenant.
    case deviceSoftware = "device.software"
    case deviceHardware = "device.hardware"
    /// Somebody else than the room's account is signed in on its main device.
    case deviceUnexpectedUser = "device.unexpected_user"
    /// A command to devices that is over and did not do what was asked.
    case commandFailed = "command.failed"
    case sourceStalled = "source.stalled"
    case inventoryShrunk = "inventory.shrunk"
    case channelDown = "channel.down"
    case storeDegraded = "store.degraded"

    /// Whether one incident of the tenant lists several troubles, of which each is known or news by itself.
    var hasMembers: Bool { self == .tenantPermissions || self == .roomAccount || self == .deviceSoftware }

    /// Whether it is judged device by device.
    public var isOfDevice: Bool { Self.ofDevice.contains(self) }

    /// Whether it is about devices, one by one or together.
    public var isAboutDevices: Bool { isOfDevice || self == .deviceSoftware }

    /// The conditions of which a device has one each.
    static let ofDevice: [Condition] = [
        .deviceOffline, .devicePeripheral, .deviceLogin, .deviceHardware, .deviceUnexpectedUser,
    ]
}

/// What a condition is about.
public enum Subject: Sendable, Hashable {
    case room(AccountID)
    case tenant
    /// By the name that Places gives it.
    case building(String)
    case floor(building: String, floor: String)
    case source(Source)
    case receiver(ReceiverName)
    case command(UniqueID)
    case store
    /// By Graph's id, in lower case.
    case device(String)
    /// What devices share that lost the same thing.
    case deviceModel(DeviceCohort)

    /// The last part of a dedup key.
    public var text: String {
        switch self {
        case .room(let account): account.text
        case .tenant: "tenant"
        case .building(let name): name
        case .floor(let building, let floor): "\(building)/\(floor)"
        case .source(let source): source.rawValue
        case .receiver(let receiver): receiver.text
        case .command(let id): id.text
        case .store: "store"
        case .device(let id): id.lowercased()
        case .deviceModel(let cohort): cohort.text
        }
    }
}

/// How urgently somebody must act; ordered from warning to critical.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case warning
    case error
    case critical

    public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .warning: 0
        case .error: 1
        case .critical: 2
        }
    }
}

/// Why a room is believed to be down (Detection, Weak rooms). `unknown` is an honest answer.
public enum Cause: String, Sendable, Hashable, Codable, CaseIterable {
    case networkOrPower = "network_or_power"
    case signedOut = "signed_out"
    case account
    case appDown = "app_down"
    case peripheral
    case calendar
    case provider
    case didNotReturn = "did_not_return"
    case unknown
}
