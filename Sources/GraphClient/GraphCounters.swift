// What a metrics page shows about one tenant's Graph traffic; plain numbers, so that this target needs no metrics
// system of its own.

public import Timekeeping

/// Counts since the client was made.
public struct GraphCounters: Sendable, Hashable {
    /// Requests handed to the transport, repeats included.
    public var sent = 0
    public var succeeded = 0
    /// Answers other than 2xx, and 2xx that were not Graph's.
    public var failed = 0
    /// Exchanges without an answer.
    public var unanswered = 0
    /// Answers that asked for quiet.
    public var throttled = 0
    public var repeated = 0
    /// Requests that were not sent because a service was closed, the budget spent or the line full.
    public var heldBack = 0
    /// Times a request waited for its turn.
    public var waited = 0
    public var renewedTokens = 0
    /// By the service that was asked; a service that was never asked has none.
    public var services: [GraphService: ServiceCounters] = [:]
}

/// How one service of a tenant answered.
public struct ServiceCounters: Sendable, Hashable {
    /// Answers by the first digit of their status.
    public var answers: [Int: Int] = [:]
    /// Exchanges without an answer.
    public var unanswered = 0
    /// Answers that asked for quiet.
    public var throttled = 0
    /// For how long quiet was asked for; requests that were told so together count once.
    public var quiet: Duration = .zero

    public init() {}
}

/// The state of one client at one moment.
public struct GraphSnapshot: Sendable, Hashable {
    public let counters: GraphCounters
    /// Services that are closed now, and until when.
    public let closedUntil: [GraphService: Moment]
}
