// A device as lists and pages show it: what it is, where it stands, what is wrong with it and what runs on it.

/// One Teams device, in `GET /api/v1/devices`.
public struct DeviceBody: Sendable, Hashable, Codable {
    /// Graph's id of the device.
    public var id: String
    public var tenant: String
    /// `teams_room`, `collaboration_bar`, `surface_hub`, `panel`, `console`, `phone`, `display` or `other`.
    public var kind: String
    @OrNull public var manufacturer: String?
    @OrNull public var model: String?
    @OrNull public var serialNumber: String?
    @OrNull public var assetTag: String?
    /// The room whose account is signed in on it; `null` when nobody is, or somebody who is no room.
    @OrNull public var room: RoomReference?
    /// `healthy`, `non_urgent`, `critical`, `offline`, `unknown`, or another word of Graph's as it came.
    public var health: String
    /// `busy`, `idle`, `unavailable` or `unknown`.
    public var activity: String
    /// What is wrong with it now, as far as its records say; empty when nothing is known to be.
    public var problems: [DeviceProblemBody]
    /// Versions and updates, one for each piece of software that its health names.
    public var software: [SoftwareBody]
    /// When the back end last changed its record.
    @OrNull public var modifiedAt: Timestamp?
    /// When the list was last read that it was on.
    @OrNull public var listedAt: Timestamp?
    /// When its health was last read; `null` when that never succeeded.
    @OrNull public var examinedAt: Timestamp?
    /// The id of the operation that is under way.
    @OrNull public var operation: String?

    public init(
        id: String, tenant: String, kind: String, manufacturer: String? = nil, model: String? = nil,
        serialNumber: String? = nil, assetTag: String? = nil, room: RoomReference? = nil, health: String,
        activity: String, problems: [DeviceProblemBody] = [], software: [SoftwareBody] = [],
        modifiedAt: Timestamp? = nil, listedAt: Timestamp? = nil, examinedAt: Timestamp? = nil, operation: String? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.kind = kind
        self.manufacturer = manufacturer
        self.model = model
        self.serialNumber = serialNumber
        self.assetTag = assetTag
        self.room = room
        self.health = health
        self.activity = activity
        self.problems = problems
        self.software = software
        self.modifiedAt = modifiedAt
        self.listedAt = listedAt
        self.examinedAt = examinedAt
        self.operation = operation
    }

    private enum CodingKeys: String, CodingKey {
        case id, tenant, kind, manufacturer, model, room, health, activity, problems, software, operation
        case serialNumber = "serial_number"
        case assetTag = "asset_tag"
        case modifiedAt = "modified_at"
        case listedAt = "listed_at"
        case examinedAt = "examined_at"
    }

    /// The room of a device.
    public struct RoomReference: Sendable, Hashable, Codable {
        public var id: String
        public var name: String
        @OrNull public var building: String?
        @OrNull public var floor: String?

        public init(id: String, name: String, building: String? = nil, floor: String? = nil) {
            self.id = id
            self.name = name
            self.building = building
            self.floor = floor
        }
    }
}

/// One thing that is wrong with a device.
public struct DeviceProblemBody: Sendable, Hashable, Codable {
    /// `device.offline`, `device.peripheral`, `device.login`, `device.software`, `device.hardware` or
    /// `device.unexpected_user`.
    public var condition: String
    /// `the microphone is not connected`.
    public var sentence: String
    /// Since when Graph says so.
    @OrNull public var since: Timestamp?
    /// The incident that speaks of it.
    @OrNull public var incident: String?

    public init(condition: String, sentence: String, since: Timestamp? = nil, incident: String? = nil) {
        self.condition = condition
        self.sentence = sentence
        self.since = since
        self.incident = incident
    }
}

/// One piece of software on a device.
public struct SoftwareBody: Sendable, Hashable, Codable {
    /// `teams_client`, `admin_agent`, `operating_system`, `firmware`, `partner_agent` or `company_portal`.
    public var software: String
    /// `latest`, `update_available` or `unknown`.
    public var freshness: String
    @OrNull public var current: String?
    @OrNull public var available: String?

    public init(software: String, freshness: String, current: String? = nil, available: String? = nil) {
        self.software = software
        self.freshness = freshness
        self.current = current
        self.available = available
    }
}

/// `{"devices": […], "devices_total": …, "next_cursor": …}`: one page, by tenant, building, floor, room and id.
public struct DeviceList: Sendable, Hashable, Codable {
    public var devices: [DeviceBody]
    /// Devices that match, on this page and on the others.
    public var devicesTotal: Int
    @OrNull public var nextCursor: String?

    public init(devices: [DeviceBody], devicesTotal: Int, nextCursor: String?) {
        self.devices = devices
        self.devicesTotal = devicesTotal
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case devices
        case devicesTotal = "devices_total"
        case nextCursor = "next_cursor"
    }
}

/// One device with its past.
public struct DeviceDetail: Sendable, Hashable, Codable {
    /// Stretches and operations that an answer carries at most.
    public static let maximumStretches = 200
    public static let maximumOperations = 50

    public var device: DeviceBody
    /// What its records said, oldest first: one stretch for as long as nothing changed.
    public var history: [Stretch]
    /// Newest first.
    public var operations: [OperationBody]

    public init(device: DeviceBody, history: [Stretch], operations: [OperationBody]) {
        self.device = device
        self.history = history
        self.operations = operations
    }

    public struct Stretch: Sendable, Hashable, Codable {
        /// `healthy`, or what was wrong: `offline`, `peripheral: microphone`.
        public var reading: String
        public var firstAt: Timestamp
        /// `null` while it lasts.
        @OrNull public var lastAt: Timestamp?

        public init(reading: String, firstAt: Timestamp, lastAt: Timestamp?) {
            self.reading = reading
            self.firstAt = firstAt
            self.lastAt = lastAt
        }

        private enum CodingKeys: String, CodingKey {
            case reading
            case firstAt = "first_at"
            case lastAt = "last_at"
        }
    }
}

/// Which devices are asked for; an empty list asks nothing.
public struct DevicesQuery: Sendable, Hashable {
    public var tenant: String?
    public var building: String?
    public var floor: String?
    public var model: String?
    public var kinds: [String]
    /// Only devices with a problem of one of these conditions; `any` for all of them.
    public var problems: [String]
    /// A part of the room's name or mail address, of the model, the serial number or the asset tag, in whatever case.
    public var text: String?
    public var cursor: String?
    public var limit: Int

    public static let defaultLimit = 100
    public static let maximumLimit = 1_000

    public init(
        tenant: String? = nil, building: String? = nil, floor: String? = nil, model: String? = nil,
        kinds: [String] = [], problems: [String] = [], text: String? = nil, cursor: String? = nil,
        limit: Int = defaultLimit
    ) {
        self.tenant = tenant
        self.building = building
        self.floor = floor
        self.model = model
        self.kinds = kinds
        self.problems = problems
        self.text = text
        self.cursor = cursor
        self.limit = limit
    }
}
