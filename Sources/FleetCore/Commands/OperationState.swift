// Where one operation stands. Graph's commands are not idempotent and cannot be taken back, so the one thing that must
// never be lost is whether the request may already have left: the state says so before it does.

/// The state of an operation. `Instant` is ``Timekeeping/Moment`` while it is judged and `Date` where it is stored.
public enum OperationState<Instant: Sendable & Hashable>: Sendable, Hashable {
    /// Nothing left the house yet. It goes when the guards let it.
    case waiting(Wait)
    /// Written before the request goes out. Found at a start of the daemon, it means that nobody knows.
    case submitting(Submission)
    /// The request left and no answer told what became of it. It is looked up, and never sent again.
    case unconfirmed(Submission, Watch, why: String)
    /// Graph took it.
    case accepted(Submission, Watch)
    case settled(OperationOutcome, at: Instant)

    public struct Wait: Sendable, Hashable {
        /// Why it does not go yet, in words for the person who asked; `nil` when nobody looked yet.
        public var why: String?
        /// Not looked at again before this.
        public var notBefore: Instant?

        public init(why: String? = nil, notBefore: Instant? = nil) {
            self.why = why
            self.notBefore = notBefore
        }
    }

    /// The one time that the request leaves the house.
    public struct Submission: Sendable, Hashable {
        public var at: Instant
        /// Ids of the operations that Graph listed for the device immediately before: whatever else appears there is new.
        public var known: [String]

        public init(at: Instant, known: [String]) {
            self.at = at
            self.known = known
        }
    }

    /// How it is followed.
    public struct Watch: Sendable, Hashable {
        /// Graph's id of the operation, once it is known.
        public var graphID: String?
        /// Graph's own word for where it stands.
        public var word: String?
        /// Looks so far, answered or not.
        public var looks: Int
        public var nextLook: Instant

        public init(graphID: String? = nil, word: String? = nil, looks: Int = 0, nextLook: Instant) {
            self.graphID = graphID
            self.word = word
            self.looks = looks
            self.nextLook = nextLook
        }
    }

    /// The word of the state in the API and in metrics.
    public var word: String {
        switch self {
        case .waiting: "waiting"
        case .submitting: "submitting"
        case .unconfirmed: "unconfirmed"
        case .accepted: "accepted"
        case .settled(let outcome, _): outcome.word
        }
    }

    public var isSettled: Bool {
        if case .settled = self { true } else { false }
    }

    /// The same state on another clock.
    public func mapped<Other>(_ instant: (Instant) -> Other) -> OperationState<Other> {
        func map(_ watch: Watch) -> OperationState<Other>.Watch {
            .init(graphID: watch.graphID, word: watch.word, looks: watch.looks, nextLook: instant(watch.nextLook))
        }
        func map(_ submission: Submission) -> OperationState<Other>.Submission {
            .init(at: instant(submission.at), known: submission.known)
        }
        return switch self {
        case .waiting(let wait): .waiting(.init(why: wait.why, notBefore: wait.notBefore.map(instant)))
        case .submitting(let submission): .submitting(map(submission))
        case .unconfirmed(let submission, let watch, let why): .unconfirmed(map(submission), map(watch), why: why)
        case .accepted(let submission, let watch): .accepted(map(submission), map(watch))
        case .settled(let outcome, let at): .settled(outcome, at: instant(at))
        }
    }
}

extension OperationState: Codable where Instant: Codable {}
extension OperationState.Wait: Codable where Instant: Codable {}
extension OperationState.Submission: Codable where Instant: Codable {}
extension OperationState.Watch: Codable where Instant: Codable {}

/// How an operation ended.
public enum OperationOutcome: Sendable, Hashable, Codable {
    case succeeded
    /// Graph carried it out and it failed there; the texts are Graph's.
    case failed(code: String, message: String)
    case cancelled
    /// Graph did not take it, for a reason that asking again does not change.
    case refused(String)
    /// 409: one was queued already, by whomever.
    case alreadyRunning
    /// Nobody can say. The text says why.
    case unknown(String)
    /// It never left the house: a guard, a person, or the end of its patience.
    case withdrawn(String)

    public var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .refused: "refused"
        case .alreadyRunning: "already_running"
        case .unknown: "unknown"
        case .withdrawn: "withdrawn"
        }
    }

    /// What a person should know beside the word.
    public var detail: String? {
        switch self {
        case .succeeded, .cancelled: nil
        case .failed(let code, let message): [code, message].filter { !$0.isEmpty }.joined(separator: ": ")
        case .alreadyRunning: "the device had an operation queued already"
        case .refused(let text), .unknown(let text), .withdrawn(let text): text
        }
    }
}
