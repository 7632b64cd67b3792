// What the fleet concludes from one input: rows to write and events to tell of. The Ledger turns it into one
// transaction; a replay compares it with the log.

/// The outcome of one mutation of a ``TenantFleet``.
public struct FleetDecision: Sendable, Hashable {
    public var tracks: [TrackRecord] = []
    public var conditions: [ConditionRecord] = []
    public var transitions: [Transition] = []
    public var events: [IncidentChange] = []
    /// Outages of which nobody is told, each once.
    public var suppressions: [SuppressedNotification] = []
    public var observations = ObservationChange()
    /// What people asked of devices, and how far it is.
    public var commands = CommandChange()
    /// What is remembered of devices.
    public var devices = DeviceChange()
    /// Pending streaks that ended with a good answer.
    public var blips = 0
    /// Answers that were asked before the newest accepted one of their room.
    public var lateAnswers = 0

    public init() {}

    /// Whether something must be written now; runs of observations can wait for the next transaction.
    public var isUrgent: Bool {
        !tracks.isEmpty || !conditions.isEmpty || !transitions.isEmpty || !events.isEmpty
            || !suppressions.isEmpty || !commands.isEmpty || !devices.isEmpty
    }
}

/// Something happened to an incident that people may have to hear of.
public enum IncidentChange: Sendable, Hashable {
    /// - Parameter isUrgent: whether the page must not wait for siblings.
    case opened(Incident, isUrgent: Bool)
    case reopened(Incident, isUrgent: Bool)
    /// A fact changed that receivers should have.
    case updated(Incident)
    /// The severity rose; the acknowledgement of somebody who knew it as less severe ended with that.
    ///
    /// - Parameter isUrgent: whether a page that still waits for siblings must not wait any longer.
    case raised(Incident, endedAcknowledgement: Bool, isUrgent: Bool)
    case resolved(Incident)
    /// It ended because the incident `into` speaks for its rooms now; receivers hear of that one first.
    case merged(Incident, into: UniqueID)
    /// Nobody had been told because of a window, a silence or flapping, and that is over.
    case released(Incident)
    case acknowledged(Incident)
    /// Facts were added that nobody needs to hear of by themselves.
    case noted(Incident)

    public var incident: Incident {
        switch self {
        case .opened(let incident, _), .reopened(let incident, _), .updated(let incident), .resolved(let incident),
            .raised(let incident, _, _), .merged(let incident, _), .released(let incident), .acknowledged(let incident),
            .noted(let incident):
            incident
        }
    }
}
