// An incident is what people work on: one page, one key, however many transitions it absorbs. It carries everything
// that a page must say, so that a notification written now can be sent hours later without asking anybody.

public import struct Foundation.Date

/// One trouble, from the first page to the resolve. The wire form is in FleetAPI.
public struct Incident: Sendable, Hashable, Codable {
    public let id: UniqueID
    /// Counts every change that a receiver may hear of, from 1.
    public var revision: Int
    public let key: DedupKey
    public let condition: Condition
    public let tenant: TenantName
    public var severity: Severity
    public var status: Status
    public var scope: Scope
    /// The rooms affected, the first ``maximumRooms`` of them.
    public private(set) var rooms: [RoomReference]
    /// How many more rooms are affected than ``rooms`` names; absent means none.
    private var furtherRooms: Int?
    public var cause: Cause
    /// One sentence for the lock screen of a phone.
    public var summary: String
    public var firstBadAt: Date
    /// Sight was lost before ``firstBadAt``: the trouble began after this instant, at ``firstBadAt`` at the latest.
    public var firstBadAfter: Date?
    public var lastGoodAt: Date?
    public var openedAt: Date
    public var acknowledgedAt: Date?
    public var acknowledgedBy: String?
    /// How bad it was when somebody acknowledged it; a severity above this one pages again.
    public var acknowledgedSeverity: Severity?
    public var reopenedCount: Int
    public var resolvedAt: Date?
    public var resolution: Resolution?
    /// Why nobody is told of it at present; `nil` while everybody may be.
    public var suppression: Suppression?
    /// The booking that is running or next, of the room or of one of the rooms.
    public var meeting: Meeting?
    /// Whom to call on site, in the operator's words.
    public var contact: String?
    /// Newest last; bounded by ``maximumEvidence``.
    public var evidence: [Evidence]
    /// Absent means nothing.
    private var attempts: [Attempt]?

    /// The contract allows twenty pieces of evidence in a body (Contract, Incident).
    public static let maximumEvidence = 20
    /// An acknowledgement that nobody renewed ends: whoever gave it has gone home.
    public static let acknowledgementHolds: Duration = .seconds(12 * 3600)
    /// ... and fifty rooms. A dark tenant has thousands, and nobody reads them on a page.
    public static let maximumRooms = 50
    /// Of more commands than these the newest are named.
    public static let maximumAttempts = 10

    /// What was tried on the room by a command, oldest first; bounded by ``maximumAttempts``.
    public var tried: [Attempt] {
        get { attempts ?? [] }
        set { attempts = newValue.isEmpty ? nil : Array(newValue.suffix(Self.maximumAttempts)) }
    }

    /// How many rooms are affected, named or not.
    public var roomsTotal: Int { rooms.count + (furtherRooms ?? 0) }

    /// Takes the rooms that are affected now and names as many as a page can carry.
    ///
    /// - Parameter total: how many are affected when not all of them are in the list.
    public mutating func name(_ affected: [RoomReference], total: Int = 0) {
        rooms = Array(affected.prefix(Self.maximumRooms))
        let further = max(affected.count, total) - rooms.count
        furtherRooms = further > 0 ? further : nil
    }

    /// Nobody works on it any more.
    mutating func endAcknowledgement() {
        acknowledgedAt = nil
        acknowledgedBy = nil
        acknowledgedSeverity = nil
        status = .open
    }

    /// Takes over the rooms of another description of the same trouble.
    mutating func take(roomsOf other: Incident) {
        rooms = other.rooms
        furtherRooms = other.furtherRooms
    }

    /// A booking of a room. Its subject is never known to Roomwatch.
    public struct Meeting: Sendable, Hashable, Codable {
        public var startsAt: Date
        public var endsAt: Date

        public init(startsAt: Date, endsAt: Date) {
            self.startsAt = startsAt
            self.endsAt = endsAt
        }
    }

    /// One command to a room's device that left, before the trouble or during it.
    public struct Attempt: Sendable, Hashable, Codable {
        /// ``DeviceAction/word``.
        public var what: String
        /// Who asked for it.
        public var by: String
        /// When it left.
        public var at: Date
        /// The word of its state, ``OperationState/word``; `missing` when the room did not come back from it.
        public var outcome: String

        public init(what: String, by: String, at: Date, outcome: String) {
            self.what = what
            self.by = by
            self.at = at
            self.outcome = outcome
        }
    }

    public enum Status: String, Sendable, Hashable, Codable {
        case open
        case acknowledged
        case resolved
    }

    public enum Resolution: String, Sendable, Hashable, Codable {
        case recovered
        case merged
        case removed
        case manual
    }

    /// How far the trouble reaches.
    public struct Scope: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Hashable, Codable {
            case room
            case floor
            case building
            case tenant
            case receiver
            case command
            case source
            case store
            /// Devices of one model, or with one version of their software.
            case model
        }

        public var kind: Kind
        public var id: String
        public var name: String
        /// Whether only a part of the place is affected.
        public var partial: Bool

        public init(kind: Kind, id: String, name: String, partial: Bool = false) {
            self.kind = kind
            self.id = id
            self.name = name
            self.partial = partial
        }
    }

    /// A room as a page names it.
    public struct RoomReference: Sendable, Hashable, Codable {
        public var id: AccountID
        public var name: String
        public var email: String
        public var building: String?
        public var floor: String?

        public init(id: AccountID, name: String, email: String, building: String?, floor: String?) {
            self.id = id
            self.name = name
            self.email = email
            self.building = building
            self.floor = floor
        }

        public init(_ room: Room) {
            self.init(id: room.account, name: room.name, email: room.email, building: room.building, floor: room.floor)
        }
    }

    public init(
        id: UniqueID, key: DedupKey, condition: Condition, tenant: TenantName, severity: Severity, scope: Scope,
        rooms: [RoomReference], cause: Cause, summary: String, firstBadAt: Date, lastGoodAt: Date?, openedAt: Date,
        evidence: [Evidence]
    ) {
        self.id = id
        self.revision = 1
        self.key = key
        self.condition = condition
        self.tenant = tenant
        self.severity = severity
        self.status = .open
        self.scope = scope
        self.rooms = []
        self.cause = cause
        self.summary = summary
        self.firstBadAt = firstBadAt
        self.lastGoodAt = lastGoodAt
        self.openedAt = openedAt
        self.reopenedCount = 0
        self.evidence = Array(evidence.suffix(Self.maximumEvidence))
        name(rooms)
    }
}

/// What a source said that made us believe something; quoted on the page.
public struct Evidence: Sendable, Hashable, Codable {
    public var source: String
    /// In the source's own words.
    public var reading: String
    public var observedAt: Date

    public init(source: String, reading: String, observedAt: Date) {
        self.source = source
        self.reading = reading
        self.observedAt = observedAt
    }
}
