// The loops' side of the watchdog: each promises when it will be heard of next. A loop that cannot be registered is a
// defect of the wiring (two loops of one name, or too many), and runs unwatched rather than not at all.

public import Logging
public import Systemd
public import Timekeeping

/// Hands out promises to loops.
public struct LoopProgress: Sendable {
    /// What a busy machine may add to any promise before it counts as a hang.
    static let slack: Duration = .seconds(10)

    public let feed: WatchdogFeed
    private let log: Logger

    public init(time: any TimeSource, log: Logger) {
        feed = WatchdogFeed(time: time, log: log)
        self.log = log
    }

    /// Registers a loop; its first advance is due within a minute.
    func loop(_ name: String) -> Loop {
        do throws(WatchdogGateError) {
            return Loop(feed: feed, loop: try feed.register(name, within: .seconds(60)))
        } catch {
            log.error("\(error)")
            return Loop(feed: feed, loop: nil)
        }
    }

    /// One loop's promise.
    struct Loop: Sendable {
        fileprivate let feed: WatchdogFeed
        fileprivate let loop: WatchdogGate.Loop?

        /// An iteration ended, with any outcome; the next one ends within `duration`.
        func advance(within duration: Duration) {
            guard let loop else { return }
            feed.advance(loop, within: duration + LoopProgress.slack)
        }

        /// The loop ended on purpose.
        func retire() {
            guard let loop else { return }
            feed.retire(loop)
        }
    }
}
