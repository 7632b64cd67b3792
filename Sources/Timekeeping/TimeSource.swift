// The only door to a clock. The daemon's wiring makes one and hands it down; simulations hand down another. A test
// greps the rest of the house for `Date()`, `.now` and `ContinuousClock()`.

/// Reads both clocks and sleeps on the steady one.
public protocol TimeSource: Sendable {
    /// The present, on both clocks.
    func now() -> Moment

    /// Returns once the steady clock has reached `deadline`; at once when it already has.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func sleep(until deadline: Moment) async throws
}

extension TimeSource {
    /// Sleeps for `duration` of steady time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func sleep(for duration: Duration) async throws {
        try await sleep(until: now().advanced(by: duration))
    }
}
