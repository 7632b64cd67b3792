// What the stream of events says (Contract, HTTP): enough to redraw one room, one incident or one operation, in the order
// in which it was decided. Whoever was away longer than the feed remembers is told to read everything anew.

/// One event of `GET /api/v1/events`.
public struct FeedEvent: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// A room's condition changed its phase.
        case room(RoomChange)
        case incident(IncidentNews)
        /// An operation changed its state, or its room came back or did not.
        case operation(OperationNews)
    }

    /// Counts up from 1 in one run of the daemon.
    public var sequence: UInt64
    public var tenant: String
    public var content: Content

    public init(sequence: UInt64, tenant: String, content: Content) {
        self.sequence = sequence
        self.tenant = tenant
        self.content = content
    }

    public struct RoomChange: Sendable, Hashable, Codable {
        public var tenant: String
        public var room: String
        /// `room.offline`, `room.unseen`, …
        public var condition: String
        /// `clear`, `pending`, `firing` or `recovering`.
        public var from: String
        public var to: String
        public var at: Timestamp

        public init(tenant: String, room: String, condition: String, from: String, to: String, at: Timestamp) {
            self.tenant = tenant
            self.room = room
            self.condition = condition
            self.from = from
            self.to = to
            self.at = at
        }
    }

    public struct IncidentNews: Sendable, Hashable, Codable {
        public var tenant: String
        public var id: String
        public var revision: Int
        public var condition: String
        public var severity: String
        public var status: String
        public var summary: String

        public init(
            tenant: String, id: String, revision: Int, condition: String, severity: String, status: String,
            summary: String
        ) {
            self.tenant = tenant
            self.id = id
            self.revision = revision
            self.condition = condition
            self.severity = severity
            self.status = status
            self.summary = summary
        }
    }

    public struct OperationNews: Sendable, Hashable, Codable {
        public var tenant: String
        public var id: String
        public var command: String
        /// The account id of the room.
        public var room: String
        /// Graph's id of the device.
        public var device: String
        /// One of ``OperationBody/states``.
        public var state: String
        @OrNull public var detail: String?
        public var at: Timestamp

        public init(
            tenant: String, id: String, command: String, room: String, device: String, state: String, detail: String?,
            at: Timestamp
        ) {
            self.tenant = tenant
            self.id = id
            self.command = command
            self.room = room
            self.device = device
            self.state = state
            self.detail = detail
            self.at = at
        }
    }
}

/// What a listener hears at once.
public struct EventBatch: Sendable, Hashable {
    /// The oldest first; empty when nothing happened for a while.
    public var events: [FeedEvent]
    /// Something was missed: everything must be read anew.
    public var isReset: Bool
    /// What to come back with after a break.
    public var lastID: String

    public init(events: [FeedEvent], isReset: Bool, lastID: String) {
        self.events = events
        self.isReset = isReset
        self.lastID = lastID
    }
}

/// Somebody who listens to the feed.
public protocol EventSubscription: Sendable {
    /// Waits for something to happen, for some seconds at the most, or until the task is cancelled.
    func next() async -> EventBatch
}
