// When an undelivered notification is tried again (Telling, Retries). A value without a clock and without randomness of
// its own, so that a simulated day of retries runs in no time and comes out the same every time.

public import Timekeeping

/// The waits between attempts: 1, 2, 5, 10, 30 and 60 s, then about every 60 s until 24 h after the first attempt.
public struct RetrySchedule: Sendable, Hashable {
    /// The waits after the first, second, … failed attempt.
    public var waits: [Duration] = [1, 2, 5, 10, 30, 60].map { .seconds($0) }
    /// The wait after every later one, on average.
    public var lastingWait: Duration = .seconds(60)
    /// The lasting wait varies by up to this much both ways, so that receivers that failed together do not return
    /// together for a day.
    public var jitter: Duration = .seconds(12)
    /// No attempt begins later than this after the first one.
    public var lifetime: Duration = .seconds(24 * 3600)

    public init() {}

    public enum Decision: Sendable, Hashable {
        /// Try again then, not earlier.
        case retry(at: Moment)
        /// The next attempt would begin after the end of the schedule.
        case giveUp(reason: String)
    }

    /// What follows a failed attempt.
    ///
    /// - Parameters:
    ///   - failures: attempts that failed so far, this one included; at least 1.
    ///   - firstAttempt: when the first of them began.
    ///   - now: when this one ended.
    ///   - retryAfter: what the receiver asked for. It can only lengthen the wait, up to ``ChannelLimits/retryAfter``.
    public func decision(
        afterFailures failures: Int, firstAttempt: Moment, now: Moment, retryAfter: Duration?,
        using generator: inout some RandomNumberGenerator
    ) -> Decision {
        var wait = lastingWait
        if waits.indices.contains(failures - 1) {
            wait = waits[failures - 1]
        } else {
            let spread = max(0, jitter.milliseconds)
            wait += .milliseconds(Int64.random(in: -spread...spread, using: &generator))
        }
        if let retryAfter { wait = max(wait, min(retryAfter, ChannelLimits.retryAfter)) }
        guard firstAttempt.elapsed(until: now) + wait <= lifetime else {
            let hours = lifetime.components.seconds / 3600
            return .giveUp(reason: "not accepted within \(hours) h and \(failures) attempts")
        }
        return .retry(at: now.advanced(by: wait))
    }
}
