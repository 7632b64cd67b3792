// What time alone brings about: blindness, silence, rising severities, checkpoints, retention. Once a second, in one
// place, so that no other part of the house needs a timer for it.

import FleetCore
public import FleetStore
public import Timekeeping

/// The daemon's slow clockwork.
public struct Housekeeping: Sendable {
    static let interval: Duration = .seconds(1)
    /// Old rows are deleted this often, in chunks so small that a sweep never waits for one.
    static let retentionInterval: Duration = .seconds(60)

    private let ledger: Ledger
    private let retention: RetentionPolicy
    private let time: any TimeSource
    private let progress: LoopProgress

    public init(ledger: Ledger, retention: RetentionPolicy, time: any TimeSource, progress: LoopProgress) {
        self.ledger = ledger
        self.retention = retention
        self.time = time
        self.progress = progress
    }

    public func run() async {
        let loop = progress.loop("housekeeping")
        var nextRetention = time.now().advanced(by: Self.retentionInterval)
        while !Task.isCancelled {
            await ledger.tick()
            let now = time.now()
            if nextRetention.steady <= now.steady {
                nextRetention = now.advanced(by: Self.retentionInterval)
                await ledger.applyRetention(retention)
            }
            loop.advance(within: Self.interval)
            do {
                try await time.sleep(for: Self.interval)
            } catch {
                break
            }
        }
        loop.retire()
    }
}
