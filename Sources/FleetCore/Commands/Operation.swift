// One command to one device, from the intent to the end: a value that takes what happened and says what to do next. The
// shell that carries it out writes every state before it acts on it, so a daemon that dies anywhere goes on from there.

public import struct Foundation.Date
public import Timekeeping

/// One command to one device.
public struct Operation: Sendable, Hashable {
    public let id: UniqueID
    /// The ``Command`` that it is part of.
    public let command: UniqueID
    public let tenant: TenantName
    public let room: AccountID
    public let device: String
    public let action: DeviceAction
    public var state: OperationState<Moment>
    public var homecoming: Homecoming<Moment>
    /// When the one request left; `nil` while none has, and when it certainly had no effect.
    public var submittedAt: Moment?
    /// Graph's id of it, once it is known.
    public var graphID: String?
    /// An outage of the room that begins between ``submittedAt`` and this is ours, whether the room has been back already
    /// or not: an update restarts it more than once, and presence tells of a restart late.
    public var excusedUntil: Moment?

    /// Whether the room came back from it.
    public enum Homecoming<Instant: Sendable & Hashable>: Sendable, Hashable {
        /// The room did not have to go, or the request never left.
        case notAwaited
        /// It may be away until then.
        case awaited(since: Instant, until: Instant)
        case back(Instant)
        /// It was not back in time.
        case missing(Instant)
    }

    public init(
        id: UniqueID, command: UniqueID, tenant: TenantName, room: AccountID, device: String, action: DeviceAction,
        state: OperationState<Moment> = .waiting(.init()), homecoming: Homecoming<Moment> = .notAwaited,
        submittedAt: Moment? = nil, graphID: String? = nil, excusedUntil: Moment? = nil
    ) {
        self.id = id
        self.command = command
        self.tenant = tenant
        self.room = room
        self.device = device
        self.action = action
        self.state = state
        self.homecoming = homecoming
        self.submittedAt = submittedAt
        self.graphID = graphID
        self.excusedUntil = excusedUntil
    }

    /// Whether nothing more can happen to it.
    public var isOver: Bool {
        guard state.isSettled else { return false }
        if case .awaited = homecoming { return false }
        return true
    }
}

extension Operation.Homecoming: Codable where Instant: Codable {}

extension Operation.Homecoming {
    public func mapped<Other>(_ instant: (Instant) -> Other) -> Operation.Homecoming<Other> {
        switch self {
        case .notAwaited: .notAwaited
        case .awaited(let since, let until): .awaited(since: instant(since), until: instant(until))
        case .back(let at): .back(instant(at))
        case .missing(let at): .missing(instant(at))
        }
    }
}

/// What became of the one request.
public enum SubmissionAnswer: Sendable, Hashable {
    /// 202; the id is the last part of `Location`, where that could be read.
    case accepted(graphID: String?)
    /// 409.
    case alreadyRunning
    /// Graph looked at it and did not take it.
    case refused(String)
    /// It certainly had no effect and may be asked again later: throttled, or the connection was never made.
    case notSent(String, retryAfter: Duration?)
    /// It may or may not have had an effect: no answer, a truncated one, or an error of a gateway.
    case unheard(String)
}

/// An operation as Graph lists it, in our words.
public struct ListedOperation: Sendable, Hashable {
    public var graphID: String
    /// The action, as far as Graph's type can be told.
    public var kind: Kind
    public var progress: Progress
    /// Graph's own word.
    public var word: String
    public var createdAt: Date?

    public enum Kind: Sendable, Hashable {
        case restart
        case updateSoftware
        case runDiagnostics
        /// Something else that Graph does to devices, or a word that did not exist when this was written.
        case other
    }

    /// What a free text of Graph's means.
    public enum Progress: Sendable, Hashable {
        case queued
        case running
        case succeeded
        case failed(code: String, message: String)
        case cancelled
        /// A word that did not exist when this was written: it says nothing.
        case unknown

        /// Whether the device is occupied by it.
        public var isActive: Bool {
            switch self {
            case .queued, .running: true
            case .succeeded, .failed, .cancelled, .unknown: false
            }
        }
    }

    public init(graphID: String, kind: Kind, progress: Progress, word: String, createdAt: Date? = nil) {
        self.graphID = graphID
        self.kind = kind
        self.progress = progress
        self.word = word
        self.createdAt = createdAt
    }
}

extension DeviceAction {
    /// The kind under which Graph lists it.
    public var kind: ListedOperation.Kind {
        switch self {
        case .restart: .restart
        case .updateSoftware: .updateSoftware
        case .runDiagnostics: .runDiagnostics
        }
    }
}
