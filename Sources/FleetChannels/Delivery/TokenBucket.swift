// A building that goes dark must not turn into a flood that makes the receiver block us: each channel spends a token
// per message, and tokens come back at a fixed rate.

public import Timekeeping

/// A token bucket, kept as the instant at which it will be full again.
///
/// That is the generic cell rate algorithm (ITU-T I.371): the same verdicts as counting tokens, but with exact
/// durations instead of fractions of tokens that drift.
public struct TokenBucket: Sendable, Hashable {
    /// How long one token takes to come back.
    public let interval: Duration
    /// Tokens in a full bucket.
    public let burst: Int
    /// By the steady clock; the past means that the bucket is full.
    private var full: Duration?

    /// - Parameters:
    ///   - interval: time per message in the long run; `.zero` never holds anything back.
    ///   - burst: messages that may go at once after a pause; at least 1.
    public init(interval: Duration, burst: Int) {
        self.interval = max(.zero, interval)
        self.burst = max(1, burst)
    }

    /// Takes a token: `nil` when there was one, else how long until there will be one; then nothing is taken.
    public mutating func take(at now: Moment) -> Duration? {
        let soonest = max(full ?? now.steady, now.steady)
        let fullAfter = soonest + interval
        let excess = fullAfter - now.steady - interval * burst
        guard excess <= .zero else { return excess }
        full = fullAfter
        return nil
    }
}
