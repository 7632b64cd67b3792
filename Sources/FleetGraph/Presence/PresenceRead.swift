// What one request for presences brought, ready to be judged as it arrives.

import FleetCore
public import Timekeeping

/// The answers for one list of accounts.
public struct PresenceRead: Sendable, Hashable {
    /// When the first request left; holds are measured between these.
    public var asked: Moment
    /// When the last answer was here.
    public var received: Moment
    /// One answer for each account, in the order of the accounts asked for.
    public var answers: [PresenceAnswer]
    /// Why nothing at all was learned (`http_503`, `timed_out`, `throttled`, `malformed`, …); every answer is then
    /// `.unknown(.failed(_))` with the same word.
    public var failure: String?
    /// Bytes of the answers' bodies.
    public var bytes: Int
    /// Requests sent: more than one after a lost connection or while a refused id was looked for.
    public var requests: Int

    public init(
        asked: Moment, received: Moment, answers: [PresenceAnswer], failure: String? = nil, bytes: Int = 0,
        requests: Int = 0
    ) {
        self.asked = asked
        self.received = received
        self.answers = answers
        self.failure = failure
        self.bytes = bytes
        self.requests = requests
    }

    /// Whether Graph answered for every account that could be asked for; ids that it refuses do not count.
    public var isComplete: Bool {
        failure == nil
            && answers.allSatisfy {
                guard case .unknown(.failed(let kind)) = $0.reading else { return true }
                return kind == FailureKind.rejectedID
            }
    }
}
