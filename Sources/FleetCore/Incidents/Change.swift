// What one decision writes, all in one transaction or not at all: the states, the transitions that led there, the
// incidents they belong to and the outbox rows that tell of them (Design, House).

public import struct Foundation.Date
public import Timekeeping

/// The content of one transaction of the Ledger.
public struct Change: Sendable, Hashable {
    public var tracks: [TrackRecord] = []
    public var conditions: [ConditionRecord] = []
    public var transitions: [Transition] = []
    /// Incidents as they are now; each replaces its earlier revision.
    public var incidents: [Incident] = []
    public var notifications: [Notification] = []
    /// Outbox rows that need not be sent any more; they stay in the table with the reason.
    public var withdrawals: [Withdrawal] = []
    /// Outbox rows that wait longer than was decided first.
    public var postponements: [Postponement] = []
    /// Of what nobody was told, and why.
    public var suppressions: [SuppressedNotification] = []
    public var observations = ObservationChange()
    /// What people asked of devices, and how far it is.
    public var commands = CommandChange()
    /// What is remembered of devices.
    public var devices = DeviceChange()

    public init() {}

    public var isEmpty: Bool {
        tracks.isEmpty && conditions.isEmpty && transitions.isEmpty && incidents.isEmpty && notifications.isEmpty
            && withdrawals.isEmpty && postponements.isEmpty && suppressions.isEmpty && observations.isEmpty
            && commands.isEmpty && devices.isEmpty
    }

    /// An outbox row that was not tried yet and is not to be sent before an instant.
    public struct Postponement: Sendable, Hashable {
        public var notification: UniqueID
        public var notBefore: Date

        public init(notification: UniqueID, notBefore: Date) {
            self.notification = notification
            self.notBefore = notBefore
        }
    }

    /// An outbox row that is withdrawn, and why.
    public struct Withdrawal: Sendable, Hashable {
        public var notification: UniqueID
        public var reason: String

        public init(notification: UniqueID, reason: String) {
            self.notification = notification
            self.reason = reason
        }
    }
}

/// A condition's state as it survives a restart: wall time only, because the steady clock begins anew.
public struct StateRecord: Sendable, Hashable, Codable {
    public var phase: ConditionState.Phase
    public var firstBad: Date?
    public var fired: Date?
    public var streakFirst: Date?
    public var streakCount: Int

    public init(_ state: ConditionState) {
        phase = state.phase
        streakCount = 0
        switch state {
        case .clear:
            break
        case .pending(let streak):
            streakFirst = streak.first.wall
            streakCount = streak.count
        case .firing(let outage):
            firstBad = outage.firstBad.wall
            fired = outage.fired.wall
        case .recovering(let outage, let streak):
            firstBad = outage.firstBad.wall
            fired = outage.fired.wall
            streakFirst = streak.first.wall
            streakCount = streak.count
        }
    }

    /// The columns as they were read; ``state(at:)`` judges whether they make sense together.
    public init(
        phase: ConditionState.Phase, firstBad: Date?, fired: Date?, streakFirst: Date?, streakCount: Int
    ) {
        self.phase = phase
        self.firstBad = firstBad
        self.fired = fired
        self.streakFirst = streakFirst
        self.streakCount = streakCount
    }

    /// The live state, or `nil` when the columns contradict the phase (a damaged row).
    public func state(at now: Moment) -> ConditionState? {
        let outage = firstBad.flatMap { bad in
            fired.map { Outage(firstBad: Moment(restoring: bad, at: now), fired: Moment(restoring: $0, at: now)) }
        }
        let streak = streakFirst.map { Streak(first: Moment(restoring: $0, at: now), count: max(1, streakCount)) }
        switch phase {
        case .clear: return .clear
        case .pending: return streak.map(ConditionState.pending)
        case .firing: return outage.map(ConditionState.firing)
        case .recovering:
            guard let outage, let streak else { return nil }
            return .recovering(outage, streak)
        }
    }
}

/// One room's track as it is stored.
public struct TrackRecord: Sendable, Hashable {
    public var tenant: TenantName
    public var account: AccountID
    public var presence: StateRecord
    public var device: StateRecord
    public var lastGood: Date?
    public var lastUsable: Date?
    public var lastGoodProvedUse: Bool
    public var inUseAtFirstBad: Bool
    /// The last good answer before the present bad ones, when sight was lost between them.
    public var firstBadAfter: Date?
    /// When the room fell or was released, as far as sharing a cause is concerned; `nil` while it is up.
    public var onset: Date?
    /// Which incident speaks for the room: ``ownVoice``, or the dedup key of the incident of a place.
    public var voice: String?
    /// How much it has flapped; `nil` when it has not.
    public var flap: FlapPenalty.Record?

    /// The ``voice`` of a room whose own incident is open.
    public static let ownVoice = "own"

    public init(
        tenant: TenantName, account: AccountID, presence: StateRecord, device: StateRecord, lastGood: Date?,
        lastUsable: Date?, lastGoodProvedUse: Bool, inUseAtFirstBad: Bool, firstBadAfter: Date? = nil,
        onset: Date? = nil, voice: String? = nil, flap: FlapPenalty.Record? = nil
    ) {
        self.firstBadAfter = firstBadAfter
        self.onset = onset
        self.voice = voice
        self.flap = flap
        self.tenant = tenant
        self.account = account
        self.presence = presence
        self.device = device
        self.lastGood = lastGood
        self.lastUsable = lastUsable
        self.lastGoodProvedUse = lastGoodProvedUse
        self.inUseAtFirstBad = inUseAtFirstBad
    }
}

/// The state of a condition whose subject is not a room's presence: the tenant, a source, a receiver, the store, and
/// `room.unseen` / `room.never_seen`.
public struct ConditionRecord: Sendable, Hashable {
    public var key: DedupKey
    public var tenant: TenantName
    public var condition: Condition
    public var subject: String
    public var state: StateRecord

    public init(tenant: TenantName, condition: Condition, subject: Subject, state: ConditionState) {
        self.key = DedupKey(tenant: tenant, condition: condition, subject: subject)
        self.tenant = tenant
        self.condition = condition
        self.subject = subject.text
        self.state = StateRecord(state)
    }

    /// A record as it was read from the store.
    public init(key: DedupKey, tenant: TenantName, condition: Condition, subject: String, state: StateRecord) {
        self.key = key
        self.tenant = tenant
        self.condition = condition
        self.subject = subject
        self.state = state
    }
}
