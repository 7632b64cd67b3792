// What people send. A field that nobody knows is refused instead of being ignored: a silence whose end was misspelt must
// not become another silence.

/// The body of a request, with the fields it may have.
public protocol RequestFields: Sendable, Hashable, Codable {
    static var fields: Set<String> { get }
}

/// The optional remark that goes with an acknowledgement or a resolve.
public struct NoteRequest: RequestFields {
    public static let fields: Set<String> = ["comment"]

    public var comment: String?

    public init(comment: String? = nil) { self.comment = comment }
}

public struct CommentRequest: RequestFields {
    public static let fields: Set<String> = ["text"]

    public static let maximumLength = 2_000

    public var text: String

    public init(text: String) { self.text = text }
}

/// A silence to be created or previewed.
public struct SilenceRequest: RequestFields {
    public static let fields: Set<String> = ["matchers", "starts_at", "ends_at", "reason", "author"]

    /// Each in Alertmanager's notation, `building="B2"`; all of them must hold.
    public var matchers: [String]
    /// Absent means now.
    public var startsAt: Timestamp?
    public var endsAt: Timestamp
    public var reason: String
    /// Absent means whoever asks.
    public var author: String?

    public init(
        matchers: [String], startsAt: Timestamp? = nil, endsAt: Timestamp, reason: String, author: String? = nil
    ) {
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.reason = reason
        self.author = author
    }

    private enum CodingKeys: String, CodingKey {
        case matchers, reason, author
        case startsAt = "starts_at"
        case endsAt = "ends_at"
    }
}

/// A maintenance window to be planned for once. At least one of the four lists says what it is about.
public struct WindowRequest: RequestFields {
    public static let fields: Set<String> = [
        "name", "reason", "author", "starts_at", "ends_at", "tenants", "buildings", "floors", "rooms",
    ]

    public static let maximumNameLength = 64
    /// Entries of each list.
    public static let maximumPlaces = 500

    public var name: String
    public var reason: String
    /// Absent means whoever asks.
    public var author: String?
    /// Absent means now.
    public var startsAt: Timestamp?
    public var endsAt: Timestamp
    public var tenants: [String]?
    public var buildings: [String]?
    public var floors: [String]?
    /// Account ids, mail addresses or names that only one room has.
    public var rooms: [String]?

    public init(
        name: String, reason: String, author: String? = nil, startsAt: Timestamp? = nil, endsAt: Timestamp,
        tenants: [String]? = nil, buildings: [String]? = nil, floors: [String]? = nil, rooms: [String]? = nil
    ) {
        self.name = name
        self.reason = reason
        self.author = author
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.tenants = tenants
        self.buildings = buildings
        self.floors = floors
        self.rooms = rooms
    }

    private enum CodingKeys: String, CodingKey {
        case name, reason, author, tenants, buildings, floors, rooms
        case startsAt = "starts_at"
        case endsAt = "ends_at"
    }
}
