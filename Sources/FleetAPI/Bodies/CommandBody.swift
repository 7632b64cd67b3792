// Commands over rooms and the operations that came of them, as the API takes and shows them.

/// The body of `POST /api/v1/commands` and `/commands/preview`.
public struct CommandRequest: Sendable, Hashable, Codable {
    /// Matchers and rooms that one request names at most.
    public static let maximumMatchers = 20
    public static let maximumRooms = 1_000
    public static let maximumReasonLength = 500
    /// The longest that operations may wait for their turn.
    public static let longestWait = 7 * 24 * 3600

    /// `restart`, `update_software` or `run_diagnostics`.
    public var action: String
    /// With `update_software`: what is updated, `teams_client` when absent.
    public var software: String?
    /// With `update_software`: the version; the one that each device is offered when absent.
    public var version: String?
    /// Rooms by account id, mail address or a name that only one room has.
    public var rooms: [String]?
    /// Rooms by label, as in silences: `building="B2"`, `model=~"Bar.*"`, `state="down"`. All of them must match.
    public var matchers: [String]?
    /// Why; needed with ``force``.
    public var reason: String?
    /// Whether the guards are overridden; needs the role admin.
    public var force: Bool?
    /// For how many seconds operations may wait for their turn; as long as the budget needs when absent.
    public var waitSeconds: Int?

    public init(
        action: String, software: String? = nil, version: String? = nil, rooms: [String]? = nil,
        matchers: [String]? = nil, reason: String? = nil, force: Bool? = nil, waitSeconds: Int? = nil
    ) {
        self.action = action
        self.software = software
        self.version = version
        self.rooms = rooms
        self.matchers = matchers
        self.reason = reason
        self.force = force
        self.waitSeconds = waitSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case action, software, version, rooms, matchers, reason, force
        case waitSeconds = "wait_seconds"
    }
}

/// What a command would do now; nothing is written and nothing is sent.
public struct CommandPreview: Sendable, Hashable, Codable {
    public var action: String
    /// One for each room that was meant, in the order of their places and names.
    public var rooms: [Planned]
    /// How many would go at once, later, and not at all.
    public var goes: Int
    public var waits: Int
    public var refused: Int
    /// How long the whole would take by the budget, in seconds.
    public var estimateSeconds: Int

    public init(
        action: String, rooms: [Planned], goes: Int, waits: Int, refused: Int, estimateSeconds: Int
    ) {
        self.action = action
        self.rooms = rooms
        self.goes = goes
        self.waits = waits
        self.refused = refused
        self.estimateSeconds = estimateSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case action, rooms, goes, waits, refused
        case estimateSeconds = "estimate_seconds"
    }

    /// One room of a plan.
    public struct Planned: Sendable, Hashable, Codable {
        public var room: DeviceBody.RoomReference
        /// Graph's id of the device that would be asked; `null` when the room has none.
        @OrNull public var device: String?
        @OrNull public var model: String?
        /// `go`, `wait` or `refuse`.
        public var verdict: String
        /// Why not now, or what proves that it may go: `idle: presence Available, no booking before 14:00`.
        public var because: [String]

        public init(
            room: DeviceBody.RoomReference, device: String?, model: String?, verdict: String, because: [String]
        ) {
            self.room = room
            self.device = device
            self.model = model
            self.verdict = verdict
            self.because = because
        }
    }
}

/// One command and how far it is.
public struct CommandBody: Sendable, Hashable, Codable {
    public var id: String
    public var tenant: String
    public var action: String
    @OrNull public var software: String?
    @OrNull public var version: String?
    /// Who asked.
    public var author: String
    @OrNull public var reason: String?
    public var forced: Bool
    /// The rooms in the words in which they were asked for.
    public var selection: String
    public var requestedAt: Timestamp
    public var progress: CommandProgress

    public init(
        id: String, tenant: String, action: String, software: String?, version: String?, author: String,
        reason: String?, forced: Bool, selection: String, requestedAt: Timestamp, progress: CommandProgress
    ) {
        self.id = id
        self.tenant = tenant
        self.action = action
        self.software = software
        self.version = version
        self.author = author
        self.reason = reason
        self.forced = forced
        self.selection = selection
        self.requestedAt = requestedAt
        self.progress = progress
    }

    private enum CodingKeys: String, CodingKey {
        case id, tenant, action, software, version, author, reason, forced, selection, progress
        case requestedAt = "requested_at"
    }
}

/// How many operations of a command are where.
public struct CommandProgress: Sendable, Hashable, Codable {
    public var operations: Int
    /// Not sent yet.
    public var waiting: Int
    /// Sent, and not over.
    public var running: Int
    public var succeeded: Int
    /// Failed, refused, cancelled, already running.
    public var failed: Int
    /// Of which nobody can say what became.
    public var unknown: Int
    public var withdrawn: Int
    /// Rooms that did not come back in time.
    public var missing: Int
    /// When it will be over by the present pace; `null` when it is, or nothing can be said.
    @OrNull public var estimatedEnd: Timestamp?

    public init(
        operations: Int, waiting: Int, running: Int, succeeded: Int, failed: Int, unknown: Int, withdrawn: Int,
        missing: Int, estimatedEnd: Timestamp?
    ) {
        self.operations = operations
        self.waiting = waiting
        self.running = running
        self.succeeded = succeeded
        self.failed = failed
        self.unknown = unknown
        self.withdrawn = withdrawn
        self.missing = missing
        self.estimatedEnd = estimatedEnd
    }

    private enum CodingKeys: String, CodingKey {
        case operations, waiting, running, succeeded, failed, unknown, withdrawn, missing
        case estimatedEnd = "estimated_end"
    }
}

/// One command to one device.
public struct OperationBody: Sendable, Hashable, Codable {
    public var id: String
    public var command: String
    public var tenant: String
    public var action: String
    public var room: DeviceBody.RoomReference
    public var device: String
    /// `waiting`, `submitting`, `unconfirmed`, `accepted`, `succeeded`, `failed`, `cancelled`, `refused`,
    /// `already_running`, `unknown` or `withdrawn`; the last seven are final.
    public var state: String
    /// Why it waits, what Graph says, or how it ended.
    @OrNull public var detail: String?
    /// Graph's id of it.
    @OrNull public var graphID: String?
    /// `not_awaited`, `awaited`, `back` or `missing`: whether the room came back from it.
    public var homecoming: String
    /// Until when the room may be away.
    @OrNull public var awaitedUntil: Timestamp?
    public var author: String
    public var requestedAt: Timestamp
    /// When the request left.
    @OrNull public var submittedAt: Timestamp?
    @OrNull public var settledAt: Timestamp?

    public init(
        id: String, command: String, tenant: String, action: String, room: DeviceBody.RoomReference, device: String,
        state: String, detail: String?, graphID: String?, homecoming: String, awaitedUntil: Timestamp?, author: String,
        requestedAt: Timestamp, submittedAt: Timestamp?, settledAt: Timestamp?
    ) {
        self.id = id
        self.command = command
        self.tenant = tenant
        self.action = action
        self.room = room
        self.device = device
        self.state = state
        self.detail = detail
        self.graphID = graphID
        self.homecoming = homecoming
        self.awaitedUntil = awaitedUntil
        self.author = author
        self.requestedAt = requestedAt
        self.submittedAt = submittedAt
        self.settledAt = settledAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, command, tenant, action, room, device, state, detail, homecoming, author
        case graphID = "graph_id"
        case awaitedUntil = "awaited_until"
        case requestedAt = "requested_at"
        case submittedAt = "submitted_at"
        case settledAt = "settled_at"
    }
}

public struct CommandContent: Sendable, Hashable, Codable {
    public var command: CommandBody

    public init(command: CommandBody) { self.command = command }
}

/// Newest first.
public struct CommandList: Sendable, Hashable, Codable {
    public var commands: [CommandBody]
    @OrNull public var nextCursor: String?

    public init(commands: [CommandBody], nextCursor: String?) {
        self.commands = commands
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case commands
        case nextCursor = "next_cursor"
    }
}

/// Newest first.
public struct OperationList: Sendable, Hashable, Codable {
    public var operations: [OperationBody]
    @OrNull public var nextCursor: String?

    public init(operations: [OperationBody], nextCursor: String?) {
        self.operations = operations
        self.nextCursor = nextCursor
    }

    private enum CodingKeys: String, CodingKey {
        case operations
        case nextCursor = "next_cursor"
    }
}

/// One operation and every step that it took.
public struct OperationDetail: Sendable, Hashable, Codable {
    public var operation: OperationBody
    /// Oldest first.
    public var steps: [Step]

    public init(operation: OperationBody, steps: [Step]) {
        self.operation = operation
        self.steps = steps
    }

    public struct Step: Sendable, Hashable, Codable {
        public var at: Timestamp
        public var state: String
        @OrNull public var detail: String?

        public init(at: Timestamp, state: String, detail: String?) {
            self.at = at
            self.state = state
            self.detail = detail
        }
    }
}

/// Which operations are asked for; an empty list asks nothing.
public struct OperationsQuery: Sendable, Hashable {
    public var tenant: String?
    public var command: String?
    /// An account id.
    public var room: String?
    public var device: String?
    public var states: [String]
    /// Only what can still change.
    public var isOpen: Bool
    public var cursor: String?
    public var limit: Int

    public static let defaultLimit = 100
    public static let maximumLimit = 1_000

    public init(
        tenant: String? = nil, command: String? = nil, room: String? = nil, device: String? = nil,
        states: [String] = [], isOpen: Bool = false, cursor: String? = nil, limit: Int = defaultLimit
    ) {
        self.tenant = tenant
        self.command = command
        self.room = room
        self.device = device
        self.states = states
        self.isOpen = isOpen
        self.cursor = cursor
        self.limit = limit
    }
}
