// The machine's own clocks. On Linux ContinuousClock reads CLOCK_BOOTTIME, which counts suspend, so a laptop or a VM
// that slept does not resume in the middle of a hold as if no time had passed.

import struct Foundation.Date

/// The real clocks. Only executables' wiring and process-level tests make one.
public struct SystemTimeSource: TimeSource {
    private let clock = ContinuousClock()
    private let anchor: ContinuousClock.Instant

    /// Starts counting: steady times are relative to this instant, which is enough because only differences are used.
    public init() {
        anchor = clock.now
    }

    public func now() -> Moment {
        Moment(wall: Date(), steady: anchor.duration(to: clock.now))
    }

    public func sleep(until deadline: Moment) async throws {
        try await clock.sleep(until: anchor.advanced(by: deadline.steady))
    }
}
