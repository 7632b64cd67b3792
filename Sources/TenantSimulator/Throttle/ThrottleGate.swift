// Microsoft's published limits as sliding windows, and the count that matters most in a review: how often the client asked
// again before it was allowed to.

/// The throttling limits that apply to one app in one tenant.
enum ThrottledService: String, Sendable, CaseIterable {
    case presence, directory, devices, places, global
    case serviceHealth = "service_health"
    case serviceHealthByHour = "service_health_by_hour"
    case signIns = "sign_ins"

    /// Requests (resource units for the directory) per window, and the window.
    var limit: (count: Int, window: Duration) {
        switch self {
        // The page of the call itself; the limits page of 2026 says 10,000. A client has to live with the lower one.
        case .presence: (1500, .seconds(30))
        case .directory: (8000, .seconds(10))
        case .devices: (30, .seconds(1))
        case .places: (3, .seconds(1))
        case .serviceHealth: (240, .seconds(60))
        case .serviceHealthByHour: (800, .seconds(3600))
        case .signIns: (5, .seconds(10))
        case .global: (130_000, .seconds(10))
        }
    }
}

/// Sliding windows per service.
struct ThrottleGate: Sendable {
    private struct Window: Sendable {
        /// Time and cost of the requests inside the window, oldest first from `head`.
        var entries: [(at: Duration, cost: Int)] = []
        var head = 0
        var used = 0

        mutating func forget(before: Duration) {
            while head < entries.count, entries[head].at <= before {
                used -= entries[head].cost
                head += 1
            }
            if head > 4096, head * 2 > entries.count {
                entries.removeFirst(head)
                head = 0
            }
        }

        /// When the window will have room for `cost`, if nothing more comes in.
        func room(for cost: Int, limit: Int, window: Duration) -> Duration {
            var excess = used + cost - limit
            var index = head
            while excess > 0, index < entries.count {
                excess -= entries[index].cost
                index += 1
            }
            return index > head ? entries[index - 1].at + window : .zero
        }
    }

    /// A request already under way when its sibling was refused has done nothing wrong.
    static let grace = Duration.milliseconds(250)

    let scale: Double
    private var windows: [ThrottledService: Window] = [:]
    private var mailboxes: [Int: Window] = [:]
    /// Ends of the requests that take their time, by mailbox.
    private var underWay: [Int: [Duration]] = [:]
    private var notBefore: [String: (from: Duration, until: Duration)] = [:]
    private(set) var violations: [String: Int] = [:]
    private(set) var refusals: [String: Int] = [:]

    init(scale: Double) {
        self.scale = scale
    }

    /// Counts a request of `cost` units.
    ///
    /// Requests made while throttled count too, as Microsoft says they do.
    /// - Returns: seconds of `Retry-After`, or `nil` when the request may pass.
    mutating func admit(_ service: ThrottledService, cost: Int, at now: Duration) -> Int? {
        let seconds = admit(&windows[service, default: Window()], service.limit, cost: cost, at: now)
        if seconds != nil { refusals[service.rawValue, default: 0] += 1 }
        return seconds
    }

    /// Counts a request on behalf of a mailbox: 10,000 in ten minutes.
    ///
    /// - Returns: seconds of `Retry-After`, or `nil` when the request may pass.
    mutating func admit(mailbox: Int, at now: Duration) -> Int? {
        let seconds = admit(&mailboxes[mailbox, default: Window()], Self.mailboxLimit, cost: 1, at: now)
        if seconds != nil { refusals["calendars", default: 0] += 1 }
        return seconds
    }

    /// Whether four requests on behalf of the mailbox are under way.
    mutating func isBusy(mailbox: Int, at now: Duration) -> Bool {
        guard var ends = underWay[mailbox] else { return false }
        ends.removeAll { $0 <= now }
        underWay[mailbox] = ends.isEmpty ? nil : ends
        return ends.count >= Self.mailboxConcurrency
    }

    /// A request on behalf of the mailbox is under way until `end`.
    mutating func occupy(mailbox: Int, until end: Duration) { underWay[mailbox, default: []].append(end) }

    private static let mailboxConcurrency = 4
    private static let mailboxLimit = (count: 10_000, window: Duration.seconds(600))

    private func admit(
        _ window: inout Window, _ bound: (count: Int, window: Duration), cost: Int, at now: Duration
    ) -> Int? {
        let limit = max(1, Int(Double(bound.count) * scale))
        window.forget(before: now - bound.window)
        let full = window.used + cost > limit
        let room = window.room(for: cost, limit: limit, window: bound.window)
        window.entries.append((now, cost))
        window.used += cost
        return full ? max(1, Int(((room - now) / .seconds(1)).rounded(.up))) : nil
    }

    /// Remembers that the client was told to stay away.
    mutating func tell(_ service: String, retryAfter seconds: Int, at now: Duration) {
        let until = now + .seconds(seconds)
        if let known = notBefore[service], known.until >= until { return }
        notBefore[service] = (now, until)
    }

    /// Counts a request that came before its `Retry-After` was over.
    mutating func watch(_ service: String, at now: Duration) {
        guard let told = notBefore[service] else { return }
        if now >= told.until {
            notBefore[service] = nil
        } else if now > told.from + Self.grace {
            violations[service, default: 0] += 1
        }
    }
}
