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
}

/// The state of one client at one moment.
public struct GraphSnapshot: Sendable, Hashable {
    public let counters: GraphCounters
    /// Services that are closed now, and until when.
    public let closedUntil: [GraphService: Moment]
    /// What each service was asked lately; only those that were asked at all.
    public let traffic: [GraphService: ServiceTraffic]
    /// How far this machine's clock is from Graph's; `nil` before the first answer.
    public let serverClock: ServerClock?
}

/// What one service was asked lately, and how it took it.
public struct ServiceTraffic: Sendable, Hashable {
    /// One of the windows in which we count ourselves.
    public struct Use: Sendable, Hashable {
        public var window: RequestWindow
        /// Units in the window that ends now.
        public var used: Int

        public init(window: RequestWindow, used: Int) {
            self.window = window
            self.used = used
        }
    }

    public var uses: [Use]
    /// Answers that asked for quiet, since the client was made.
    public var throttled: Int
    public var lastThrottled: Moment?
    /// Requests that stand in line now.
    public var waiting: Int

    public init(uses: [Use], throttled: Int = 0, lastThrottled: Moment? = nil, waiting: Int = 0) {
        self.uses = uses
        self.throttled = throttled
        self.lastThrottled = lastThrottled
        self.waiting = waiting
    }
}
