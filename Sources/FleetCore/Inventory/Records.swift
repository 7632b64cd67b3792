// What the directory, the device list and Places say, in our words, before anything is concluded from it.

public import Timekeeping

/// An account as the directory describes it.
public struct AccountRecord: Sendable, Hashable {
    public var id: AccountID
    public var name: String
    public var userPrincipalName: String
    /// Primary mail address, when the account has one.
    public var mail: String?
    /// Every other address of the mailbox, without the `smtp:` prefix.
    public var otherAddresses: [String]
    public var isEnabled: Bool
    /// The Teams Rooms licence among the account's licences: part number where known, else the SKU id.
    public var roomLicence: String?
    public var officeLocation: String?
    /// What the directory says about signing in; `nil` where nothing of it was read.
    public var facts: AccountFacts?

    public init(
        id: AccountID, name: String, userPrincipalName: String, mail: String? = nil, otherAddresses: [String] = [],
        isEnabled: Bool = true, roomLicence: String? = nil, officeLocation: String? = nil, facts: AccountFacts? = nil
    ) {
        self.id = id
        self.name = name
        self.userPrincipalName = userPrincipalName
        self.mail = mail
        self.otherAddresses = otherAddresses
        self.isEnabled = isEnabled
        self.roomLicence = roomLicence
        self.officeLocation = officeLocation
        self.facts = facts
    }
}

/// A Teams device as its record describes it.
public struct DeviceRecord: Sendable, Hashable {
    public var device: RoomDevice
    /// The account signed in on it; `nil` when none of the directory is. Never a person's name.
    public var account: AccountID?
    /// Whether anybody is signed in on it; `nil` where Graph does not say. Somebody without an ``account`` is no account of
    /// the directory: a guest, a telephone number.
    public var isSignedIn: Bool?
    public var reading: DeviceReading
    /// Graph's word for its health, in Graph's spelling.
    public var healthWord: String?
    public var activity: DeviceActivity
    public var serialNumber: String?
    /// What the company calls it in its own books.
    public var assetTag: String?

    /// - Parameter isSignedIn: where it is left out, an account says that somebody is, and none says nothing.
    public init(
        device: RoomDevice, account: AccountID?, isSignedIn: Bool? = nil, reading: DeviceReading,
        healthWord: String? = nil, activity: DeviceActivity = .unknown, serialNumber: String? = nil,
        assetTag: String? = nil
    ) {
        self.device = device
        self.account = account
        self.isSignedIn = account == nil ? isSignedIn : true
        self.reading = reading
        self.healthWord = healthWord
        self.activity = activity
        self.serialNumber = serialNumber
        self.assetTag = assetTag
    }
}

/// A room as Places describes it.
public struct PlaceRecord: Sendable, Hashable {
    /// The mailbox's primary address.
    public var email: String
    public var name: String?
    /// The building's name, from the hierarchy where it is enabled, else the room's own text.
    public var building: String?
    public var floor: String?
    public var capacity: Int?

    public init(
        email: String, name: String? = nil, building: String? = nil, floor: String? = nil, capacity: Int? = nil
    ) {
        self.email = email
        self.name = name
        self.building = building
        self.floor = floor
        self.capacity = capacity
    }
}

/// One refresh of the inventory. A part that is `nil` could not be read this time and changes nothing; an empty array
/// was read and is empty.
public struct InventoryReading: Sendable {
    /// Every account that carries a Teams Rooms licence, is signed in on a listed device, or is named in `include`.
    public var accounts: [AccountRecord]?
    public var devices: [DeviceRecord]?
    public var places: [PlaceRecord]?
    public var asked: Moment
    /// Why parts are missing, one line for the operator each.
    public var remarks: [String]
    /// Parts that are missing because a permission or a token is refused.
    public var refused: Set<Source> = []
    /// The list of all devices could not be read and was put together type by type: a kind of which there is none may be
    /// one that could not be read.
    public var listsDevicesByType = false

    public init(
        accounts: [AccountRecord]?, devices: [DeviceRecord]?, places: [PlaceRecord]?, asked: Moment, remarks: [String]
    ) {
        self.accounts = accounts
        self.devices = devices
        self.places = places
        self.asked = asked
        self.remarks = remarks
    }
}

extension DeviceKind {
    /// The kinds that a list which was read type by type speaks of: without every kind of room system there is no such list
    /// (Graph facts, Devices), so of those none is as good as said.
    static func read(in records: [DeviceRecord]) -> Set<DeviceKind> {
        Set(records.map(\.device.kind)).union(allCases.filter(\.isMain))
    }
}
