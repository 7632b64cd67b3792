// Presence in our words. Graph's spelling stays in `text`, for the evidence on the page; the verdict about what a
// spelling means is made once, at the Graph boundary, from a table (Graph facts, Presence words).

/// What Graph said about an account, and what it means for a room.
public struct Presence: Sendable, Hashable {
    /// What a presence proves about the room system behind the account.
    public enum Meaning: String, Sendable, Hashable, Codable {
        /// Some endpoint of the account is alive.
        case online
        /// Alive, and people are in a call or presenting. `InAMeeting` does not count: it comes from the calendar.
        case inUse = "in_use"
        /// No endpoint of the account is alive: signed out, powered off, network gone, or "appear offline".
        case offline
    }

    public let meaning: Meaning
    /// Availability and activity as Graph spelled them, `Busy/InACall`; one word when both are the same.
    public let text: String

    public init(_ meaning: Meaning, text: String) {
        self.meaning = meaning
        self.text = text
    }
}

/// What a source claimed about a subject, or why it claimed nothing.
public enum Reading<Value: Sendable & Hashable>: Sendable, Hashable {
    case value(Value)
    case unknown(UnknownReason)
}

/// Why an answer says nothing. None of these is evidence of an outage (Detection, What Graph can tell).
public enum UnknownReason: Sendable, Hashable {
    /// The source itself says that it cannot tell (`PresenceUnknown`, or a word nobody has seen before).
    case saidUnknown(text: String)
    /// The subject was asked for and is not in the answer.
    case missing
    /// The request failed; the text is the kind of failure, `http_503` or `timed_out`.
    case failed(String)
    /// The answer is older than one already accepted.
    case outdated

    /// One word or pair for tables, metrics and evidence.
    public var text: String {
        switch self {
        case .saidUnknown(let text): text
        case .missing: "missing"
        case .failed(let kind): "failed:\(kind)"
        case .outdated: "outdated"
        }
    }
}
