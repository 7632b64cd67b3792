// The watchdog is fed only while everything that matters advances. The loops report here; the daemon's heart asks.

import Logging
import Synchronization
public import Systemd
public import Timekeeping

/// The promises of all loops of the daemon.
public final class Progress: Sendable {
    private let gate = Mutex(WatchdogGate())
    private let time: any TimeSource

    public init(time: any TimeSource) { self.time = time }

    /// A loop's side of the promise.
    public struct Loop: Sendable {
        fileprivate let progress: Progress
        fileprivate let loop: WatchdogGate.Loop?

        /// An iteration ended, with any outcome; the next one ends within `duration`.
        public func advance(within duration: Duration) {
            guard let loop else { return }
            let now = progress.time.now()
            progress.gate.withLock {
                $0.advance(loop, at: now, nextDeadline: now.advanced(by: duration + Progress.slack))
            }
        }

        /// The loop ended on purpose.
        public func retire() {
            guard let loop else { return }
            progress.gate.withLock { $0.retire(loop) }
        }
    }

    /// What a busy machine may add to any promise before it counts as a hang.
    static let slack: Duration = .seconds(10)

    /// Registers a loop that promises a first advance within a minute.
    ///
    /// A loop that cannot be registered (its name is taken, or there are too many) runs unwatched; the configuration
    /// allows neither.
    public func loop(_ name: String) -> Loop {
        let now = time.now()
        let loop = gate.withLock { gate in
            try? gate.register(name, at: now, deadline: now.advanced(by: .seconds(60)))
        }
        return Loop(progress: self, loop: loop)
    }

    /// The loops that have not kept their word.
    public func overdue() -> [WatchdogGate.Overdue] {
        let now = time.now()
        return gate.withLock { $0.overdue(at: now) }
    }
}
