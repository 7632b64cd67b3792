// A room as lists and pages show it: where it is, how it stands, and what is being said about it.

/// One watched room, in `GET /api/v1/rooms` and in the events of the stream.
public struct RoomBody: Sendable, Hashable, Codable {
    /// The directory's object id of the room's account.
    public var id: String
    public var tenant: String
    public var name: String
    public var email: String
    @OrNull public var building: String?
    @OrNull public var floor: String?
    /// Seats, as Places gives them.
    @OrNull public var capacity: Int?
    /// The model of the main device.
    @OrNull public var model: String?
    /// `up`, `pending`, `down`, `recovering`, `unseen`, or `unknown` before the first usable answer.
    public var state: String
    /// `strong`, or `weak` where another device can keep the account online.
    public var observability: String
    /// What presence said last, in the source's own words.
    @OrNull public var reading: String?
    /// When that was asked.
    @OrNull public var askedAt: Timestamp?
    /// Since when it is down.
    @OrNull public var firstBadAt: Timestamp?
    @OrNull public var lastGoodAt: Timestamp?
    /// The open incident that speaks for the room: its own, or that of its place.
    @OrNull public var incident: String?
    /// The booking that is running or next.
    @OrNull public var meeting: IncidentBody.Meeting?
    /// What keeps the room's account from signing in, now or soon; empty when nothing does.
    public var account: [AccountFindingBody]

    public init(
        id: String, tenant: String, name: String, email: String, building: String? = nil, floor: String? = nil,
        capacity: Int? = nil, model: String? = nil, state: String, observability: String, reading: String? = nil,
        askedAt: Timestamp? = nil, firstBadAt: Timestamp? = nil, lastGoodAt: Timestamp? = nil, incident: String? = nil,
        meeting: IncidentBody.Meeting? = nil, account: [AccountFindingBody] = []
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.email = email
        self.building = building
        self.floor = floor
        self.capacity = capacity
        self.model = model
        self.state = state
        self.observability = observability
        self.reading = reading
        self.askedAt = askedAt
        self.firstBadAt = firstBadAt
        self.lastGoodAt = lastGoodAt
        self.incident = incident
        self.meeting = meeting
        self.account = account
    }

    private enum CodingKeys: String, CodingKey {
        case id, tenant, name, email, building, floor, capacity, model, state, observability, reading, incident, meeting
        case account
        case askedAt = "asked_at"
        case firstBadAt = "first_bad_at"
        case lastGoodAt = "last_good_at"
    }
}

/// One thing that is wrong with a room's account, now or soon.
public struct AccountFindingBody: Sendable, Hashable, Codable {
    /// `disabled`, `no_licence`, `wrong_licence`, `licence_error`, `basic_limit` or `password_expiry`.
    public var finding: String
    /// What is so, as the end of a sentence: `its account is disabled`.
    public var sentence: String
    /// What to do about it.
    public var remedy: String
    /// When it begins, or began, where that is known.
    @OrNull public var at: Timestamp?
    /// When the directory said so.
    public var observedAt: Timestamp

    public init(finding: String, sentence: String, remedy: String, at: Timestamp?, observedAt: Timestamp) {
        self.finding = finding
        self.sentence = sentence
        self.remedy = remedy
        self.at = at
        self.observedAt = observedAt
    }

    private enum CodingKeys: String, CodingKey {
        case finding, sentence, remedy, at
        case observedAt = "observed_at"
    }
}

/// `{"rooms": […], "rooms_total": …, "next_cursor": …}`: one page, by tenant, building, floor and name.
public struct RoomList: Sendable, Hashable, Codable {
    public var rooms: [RoomBody]
    /// Rooms that match, on this page and on the others.
    public var roomsTotal: Int
    /// What to ask for the next page with; `null` on the last one.
    @OrNull public var nextCursor: String?

    public init(rooms: [RoomBody], roomsTotal: Int, nextCursor: String?) {
        self.rooms = rooms
        self.roomsTotal = roomsTotal
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case rooms
        case roomsTotal = "rooms_total"
        case nextCursor = "next_cursor"
    }
}

public struct RoomContent: Sendable, Hashable, Codable {
    public var room: RoomBody

    public init(room: RoomBody) { self.room = room }
}

/// Which rooms are asked for; an empty list asks nothing.
public struct RoomsQuery: Sendable, Hashable {
    public var tenant: String?
    public var building: String?
    public var floor: String?
    public var states: [String]
    /// A part of the name or the mail address, in whatever case.
    public var text: String?
    /// The `next_cursor` of the page before.
    public var cursor: String?
    public var limit: Int

    public static let defaultLimit = 100
    public static let maximumLimit = 1_000

    public init(
        tenant: String? = nil, building: String? = nil, floor: String? = nil, states: [String] = [],
        text: String? = nil, cursor: String? = nil, limit: Int = defaultLimit
    ) {
        self.tenant = tenant
        self.building = building
        self.floor = floor
        self.states = states
        self.text = text
        self.cursor = cursor
        self.limit = limit
    }
}
