// What a command would do, room by room, before it is given; and what the guards say of each.

public import Timekeeping

/// What a command would do now. Nothing is written for it and nothing is sent.
public struct CommandPlan: Sendable, Hashable {
    /// One for each room that is meant, by building, floor and name.
    public var rooms: [PlannedRoom]
    /// How long the whole would take by the budget and the usual pace.
    public var estimate: Duration

    public init(rooms: [PlannedRoom], estimate: Duration) {
        self.rooms = rooms
        self.estimate = estimate
    }
}

/// One room of a plan.
public struct PlannedRoom: Sendable, Hashable {
    public var room: Room
    /// The main device, which is asked; `nil` when none is known.
    public var device: RoomDevice?
    public var verdict: GuardVerdict

    public init(room: Room, device: RoomDevice?, verdict: GuardVerdict) {
        self.room = room
        self.device = device
        self.verdict = verdict
    }
}

/// What the guards say of one operation (Commands, Guards).
public enum GuardVerdict: Sendable, Hashable {
    /// It may leave now; what proves it.
    case go(because: [String])
    /// It may not yet. Not before the moment, where that is known.
    case wait(String, notBefore: Moment?)
    case refuse(String)

    /// `go`, `wait` or `refuse`.
    public var word: String {
        switch self {
        case .go: "go"
        case .wait: "wait"
        case .refuse: "refuse"
        }
    }

    /// What proves that it may go, or why it may not.
    public var because: [String] {
        switch self {
        case .go(let reasons): reasons
        case .wait(let reason, let moment?): [reason, "looked at again at \(UTCText.full(moment.wall))"]
        case .wait(let reason, nil), .refuse(let reason): [reason]
        }
    }
}
