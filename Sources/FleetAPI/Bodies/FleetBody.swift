// The whole at a glance: every tenant with its places, counted, and how well it is seen.

/// The answer of `GET /api/v1/fleet`.
public struct FleetBody: Sendable, Hashable, Codable {
    public var at: Timestamp
    public var tenants: [Tenant]

    public init(at: Timestamp, tenants: [Tenant]) {
        self.at = at
        self.tenants = tenants
    }

    /// How many rooms are in which state.
    public struct Counts: Sendable, Hashable, Codable {
        public var rooms = 0
        public var up = 0
        public var pending = 0
        public var down = 0
        public var recovering = 0
        public var unseen = 0
        public var unknown = 0

        public init() {}

        /// Counts one room by the word of its ``RoomBody/state``.
        public mutating func count(_ state: String) {
            rooms += 1
            switch state {
            case "up": up += 1
            case "pending": pending += 1
            case "down": down += 1
            case "recovering": recovering += 1
            case "unseen": unseen += 1
            default: unknown += 1
            }
        }
    }

    public struct Tenant: Sendable, Hashable, Codable {
        public var name: String
        public var counts: Counts
        /// Rooms where another device can keep the account online.
        public var weak: Int
        /// Whether most rooms give no usable answer, so that states stand still.
        public var blind: Bool
        /// When the newest sweep that asked every room ended.
        @OrNull public var sweptAt: Timestamp?
        /// Why the newest sweep was not complete.
        @OrNull public var sweepFailure: String?
        /// Open incidents by severity.
        public var open: Open
        /// By name; rooms of no known building are under `null`.
        public var buildings: [Building]

        public init(
            name: String, counts: Counts, weak: Int, blind: Bool, sweptAt: Timestamp?, sweepFailure: String?,
            open: Open, buildings: [Building]
        ) {
            self.name = name
            self.counts = counts
            self.weak = weak
            self.blind = blind
            self.sweptAt = sweptAt
            self.sweepFailure = sweepFailure
            self.open = open
            self.buildings = buildings
        }

        private enum CodingKeys: String, CodingKey {
            case name, counts, weak, blind, open, buildings
            case sweptAt = "swept_at"
            case sweepFailure = "sweep_failure"
        }
    }

    public struct Open: Sendable, Hashable, Codable {
        public var critical: Int
        public var error: Int
        public var warning: Int

        public init(critical: Int, error: Int, warning: Int) {
            self.critical = critical
            self.error = error
            self.warning = warning
        }
    }

    public struct Building: Sendable, Hashable, Codable {
        @OrNull public var name: String?
        public var counts: Counts
        public var floors: [Floor]

        public init(name: String?, counts: Counts, floors: [Floor]) {
            self.name = name
            self.counts = counts
            self.floors = floors
        }
    }

    public struct Floor: Sendable, Hashable, Codable {
        @OrNull public var name: String?
        public var counts: Counts

        public init(name: String?, counts: Counts) {
            self.name = name
            self.counts = counts
        }
    }
}

public struct FleetContent: Sendable, Hashable, Codable {
    public var fleet: FleetBody

    public init(fleet: FleetBody) { self.fleet = fleet }
}

/// What Microsoft Graph lets this tenant's monitor do, one source at a time.
public struct CapabilityBody: Sendable, Hashable, Codable {
    public var tenant: String
    /// `presence`, `directory`, `devices`, `places`, `calendars`, …
    public var name: String
    /// `available`, `degraded`, `unavailable`, `retired` or `off`.
    public var state: String
    /// One line for people: what is missing, and what to do about it.
    public var detail: String
    /// When it was last found to be so.
    @OrNull public var checkedAt: Timestamp?

    public init(tenant: String, name: String, state: String, detail: String, checkedAt: Timestamp?) {
        self.tenant = tenant
        self.name = name
        self.state = state
        self.detail = detail
        self.checkedAt = checkedAt
    }

    private enum CodingKeys: String, CodingKey {
        case tenant, name, state, detail
        case checkedAt = "checked_at"
    }
}

public struct CapabilityList: Sendable, Hashable, Codable {
    public var capabilities: [CapabilityBody]

    public init(capabilities: [CapabilityBody]) { self.capabilities = capabilities }
}

/// `{"deliveries": […]}`, newest first.
public struct DeliveryList: Sendable, Hashable, Codable {
    public var deliveries: [NotificationBody]

    public init(deliveries: [NotificationBody]) { self.deliveries = deliveries }
}

/// Which deliveries are asked for; an empty list asks nothing.
public struct DeliveriesQuery: Sendable, Hashable {
    public var receiver: String?
    public var states: [String]
    public var limit: Int

    public static let defaultLimit = 100
    public static let maximumLimit = 1_000

    public init(receiver: String? = nil, states: [String] = [], limit: Int = defaultLimit) {
        self.receiver = receiver
        self.states = states
        self.limit = limit
    }
}
