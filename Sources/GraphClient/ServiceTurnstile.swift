// One turnstile per service and tenant decides whether a request may leave now. It is a value without a clock, so
// that any sequence of answers and arrivals can be tried in a test; ServiceTurnstiles puts the lock around it.

/// The state of one service: closed by the server, full by our own budget, or open.
struct ServiceTurnstile {
    /// What a request that asks to pass is told.
    enum Verdict: Equatable {
        /// Sent now, and counted.
        case pass
        /// Not before this time (steady clock), for this reason; a place in the line is held under the ticket.
        case wait(until: Duration, reason: Reason, ticket: Int)
        /// Not before this time, and no place is held.
        case refuse(until: Duration, reason: Reason)
        /// The line itself is full.
        case lineFull
    }

    enum Reason: Equatable {
        case throttled
        case budget
    }

    /// Requests of low priority may fill only this share of a window: inventory never starves a sweep.
    static let lowPriorityShare = 0.75
    /// The throttled answers in a row after which the backoff no longer grows.
    static let longestRun = 6

    private let places: Int
    private var logs: [RequestWindowLog]
    private var line: [(ticket: Int, at: Duration, cost: Int)] = []
    private var nextTicket = 0
    private(set) var closedUntil: Duration?
    private var throttledInARow = 0
    /// Answers that asked for quiet, and when the newest came.
    private(set) var throttled = 0
    private(set) var lastThrottled: Duration?

    init(_ budget: RequestBudget) {
        logs = budget.windows.map(RequestWindowLog.init)
        places = budget.places
    }

    var waiting: Int { line.count }

    /// Lets a request pass now or says when it may come back.
    ///
    /// A request that will not wait passes whenever the budget has room; one that waits also respects the line.
    /// - Parameter latest: the latest time the caller is ready to wait for; `nil` when it does not wait.
    mutating func enter(cost rawCost: Int, low: Bool, latest: Duration?, ticket: Int?, now: Duration) -> Verdict {
        line.removeAll { $0.ticket == ticket }
        let open = max(now, closedUntil ?? now)
        if open == now { closedUntil = nil }
        var fits = open == now
        for index in logs.indices {
            let cost = min(rawCost, limit(index, low: low))
            if logs[index].used(at: now) + cost > limit(index, low: low) { fits = false }
        }
        // Someone whose time in the line has come goes first, unless this request itself came from the line.
        let isQueued = ticket != nil
        if fits, latest != nil, !isQueued, line.contains(where: { $0.at <= now }) { fits = false }
        if fits {
            for index in logs.indices { logs[index].record(min(rawCost, logs[index].window.limit), at: now) }
            return .pass
        }
        let reason: Reason = open > now ? .throttled : .budget
        guard let latest else {
            return .refuse(until: earliest(rawCost, low: low, from: open, planned: []), reason: reason)
        }
        guard line.count < places else { return .lineFull }
        let start = max(open, line.last?.at ?? open)
        let at = earliest(rawCost, low: low, from: start, planned: line.map { ($0.at, $0.cost) })
        guard at <= latest else { return .refuse(until: at, reason: reason) }
        let mine = ticket ?? nextTicket
        if ticket == nil { nextTicket += 1 }
        line.append((ticket: mine, at: at, cost: rawCost))
        return .wait(until: at, reason: reason, ticket: mine)
    }

    /// Gives a place in the line back.
    mutating func leave(ticket: Int) {
        line.removeAll { $0.ticket == ticket }
    }

    /// Keeps that an answer asked for quiet, for people who ask.
    mutating func noteThrottled(at now: Duration) {
        throttled += 1
        lastThrottled = now
    }

    /// Closes the service until `end`; never shortens an earlier closure.
    mutating func close(until end: Duration) {
        closedUntil = max(end, closedUntil ?? end)
    }

    /// Counts a throttled answer and returns how many came in a row, for the backoff of answers without Retry-After.
    mutating func countThrottled() -> Int {
        throttledInARow = min(throttledInARow + 1, Self.longestRun)
        return throttledInARow
    }

    /// An answer that was not throttled ends the row.
    mutating func countServed() {
        throttledInARow = 0
    }

    /// How much of each window is used by what was sent.
    mutating func uses(at now: Duration) -> [ServiceTraffic.Use] {
        logs.indices.map { ServiceTraffic.Use(window: logs[$0].window, used: logs[$0].used(at: now)) }
    }

    private func limit(_ index: Int, low: Bool) -> Int {
        let full = logs[index].window.limit
        return low ? max(1, Int(Double(full) * Self.lowPriorityShare)) : full
    }

    private func earliest(_ cost: Int, low: Bool, from start: Duration, planned: [(at: Duration, cost: Int)])
        -> Duration
    {
        var at = start
        for index in logs.indices {
            let limit = limit(index, low: low)
            let share = planned.map { (at: $0.at, cost: min($0.cost, limit)) }
            at = logs[index].earliest(min(cost, limit), limit: limit, planned: share, from: at)
        }
        return at
    }
}
