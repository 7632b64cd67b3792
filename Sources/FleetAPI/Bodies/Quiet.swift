// Silences, maintenance windows and receivers as the API shows them.

public struct SilenceBody: Sendable, Hashable, Codable {
    public var id: String
    /// In canonical notation.
    public var matchers: [String]
    /// `pending`, `active` or `expired`.
    public var state: String
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var createdAt: Timestamp
    public var author: String
    public var reason: String
    /// Who ended it before its time.
    @OrNull public var expiredBy: String?

    public init(
        id: String, matchers: [String], state: String, startsAt: Timestamp, endsAt: Timestamp, createdAt: Timestamp,
        author: String, reason: String, expiredBy: String?
    ) {
        self.id = id
        self.matchers = matchers
        self.state = state
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.createdAt = createdAt
        self.author = author
        self.reason = reason
        self.expiredBy = expiredBy
    }

    private enum CodingKeys: String, CodingKey {
        case id, matchers, state, author, reason
        case startsAt = "starts_at"
        case endsAt = "ends_at"
        case createdAt = "created_at"
        case expiredBy = "expired_by"
    }
}

public struct SilenceList: Sendable, Hashable, Codable {
    public var silences: [SilenceBody]

    public init(silences: [SilenceBody]) { self.silences = silences }
}

public struct SilenceContent: Sendable, Hashable, Codable {
    public var silence: SilenceBody

    public init(silence: SilenceBody) { self.silence = silence }
}

/// What a silence would match now.
public struct SilencePreview: Sendable, Hashable, Codable {
    /// Rooms and incidents that a preview names at most.
    public static let maximumNamed = 50

    /// In canonical notation.
    public var matchers: [String]
    public var endsAt: Timestamp
    /// Rooms of which some trouble would be hidden; the first fifty by name.
    public var rooms: [IncidentBody.Room]
    public var roomsTotal: Int
    /// Open incidents that would be hidden at once; the first fifty.
    public var incidents: [IncidentBody]
    public var incidentsTotal: Int

    public init(
        matchers: [String], endsAt: Timestamp, rooms: [IncidentBody.Room], roomsTotal: Int, incidents: [IncidentBody],
        incidentsTotal: Int
    ) {
        self.matchers = matchers
        self.endsAt = endsAt
        self.rooms = rooms
        self.roomsTotal = roomsTotal
        self.incidents = incidents
        self.incidentsTotal = incidentsTotal
    }

    private enum CodingKeys: String, CodingKey {
        case matchers, rooms, incidents
        case endsAt = "ends_at"
        case roomsTotal = "rooms_total"
        case incidentsTotal = "incidents_total"
    }
}

public struct PreviewContent: Sendable, Hashable, Codable {
    public var preview: SilencePreview

    public init(preview: SilencePreview) { self.preview = preview }
}

/// A maintenance window.
public struct WindowBody: Sendable, Hashable, Codable {
    /// `null` for the windows of the configuration, which cannot be changed here.
    @OrNull public var id: String?
    public var name: String
    /// `once` or `weekly`.
    public var kind: String
    public var enabled: Bool
    /// `open`, `planned`, `over`, `closed` or `off`.
    public var state: String
    /// When it is open, as people read it.
    public var schedule: String
    /// Of a window planned for once.
    @OrNull public var startsAt: Timestamp?
    @OrNull public var endsAt: Timestamp?
    /// Empty lists ask nothing.
    public var tenants: [String]
    public var buildings: [String]
    public var floors: [String]
    public var rooms: [String]
    /// Rooms that it covers now.
    public var roomsTotal: Int
    @OrNull public var author: String?
    @OrNull public var reason: String?

    public init(
        id: String?, name: String, kind: String, enabled: Bool, state: String, schedule: String,
        startsAt: Timestamp?, endsAt: Timestamp?, tenants: [String], buildings: [String], floors: [String],
        rooms: [String], roomsTotal: Int, author: String?, reason: String?
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.enabled = enabled
        self.state = state
        self.schedule = schedule
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.tenants = tenants
        self.buildings = buildings
        self.floors = floors
        self.rooms = rooms
        self.roomsTotal = roomsTotal
        self.author = author
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, kind, enabled, state, schedule, tenants, buildings, floors, rooms, author, reason
        case startsAt = "starts_at"
        case endsAt = "ends_at"
        case roomsTotal = "rooms_total"
    }
}

public struct WindowList: Sendable, Hashable, Codable {
    public var windows: [WindowBody]

    public init(windows: [WindowBody]) { self.windows = windows }
}

public struct WindowContent: Sendable, Hashable, Codable {
    public var window: WindowBody

    public init(window: WindowBody) { self.window = window }
}

/// A receiver of the configuration.
public struct ReceiverBody: Sendable, Hashable, Codable {
    public var name: String
    /// `webhook`, `pagerduty`, …
    public var kind: String
    /// `ok`, or `down` after it refused a message for good.
    public var state: String
    /// Messages that it has not accepted yet.
    public var backlog: Int
    /// When the oldest of them was decided.
    @OrNull public var waitingSince: Timestamp?
    @OrNull public var fallback: String?

    public init(
        name: String, kind: String, state: String, backlog: Int, waitingSince: Timestamp?, fallback: String?
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.backlog = backlog
        self.waitingSince = waitingSince
        self.fallback = fallback
    }

    private enum CodingKeys: String, CodingKey {
        case name, kind, state, backlog, fallback
        case waitingSince = "waiting_since"
    }
}

public struct ReceiverList: Sendable, Hashable, Codable {
    public var receivers: [ReceiverBody]

    public init(receivers: [ReceiverBody]) { self.receivers = receivers }
}

/// What became of a test message.
public struct ReceiverTestBody: Sendable, Hashable, Codable {
    public var receiver: String
    /// The made-up incident of the message.
    public var incident: String
    /// `accepted`, `failed`, or `withdrawn` when the receiver did not take it in time.
    public var state: String
    public var attempts: Int
    /// From the request to the outcome.
    public var tookMs: Int
    /// The receiver's words, or why it was given up.
    @OrNull public var remark: String?

    public init(receiver: String, incident: String, state: String, attempts: Int, tookMs: Int, remark: String?) {
        self.receiver = receiver
        self.incident = incident
        self.state = state
        self.attempts = attempts
        self.tookMs = tookMs
        self.remark = remark
    }

    private enum CodingKeys: String, CodingKey {
        case receiver, incident, state, attempts, remark
        case tookMs = "took_ms"
    }
}

public struct ReceiverTestContent: Sendable, Hashable, Codable {
    public var test: ReceiverTestBody

    public init(test: ReceiverTestBody) { self.test = test }
}

public struct CommentContent: Sendable, Hashable, Codable {
    public var comment: CommentBody

    public init(comment: CommentBody) { self.comment = comment }
}
