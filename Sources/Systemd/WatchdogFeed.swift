// The pulse itself. Kept apart from the gate's rules, so that the rules stay a value and this stays too small to fail.

public import Logging
import Synchronization
public import Timekeeping

/// Feeds the systemd watchdog for as long as the loops that it watches keep their word.
///
/// When one does not, the pulse stops, the loop is named in the log and in `systemctl status`, and systemd ends and
/// restarts the process after `WatchdogSec=`.
public final class WatchdogFeed: Sendable {
    private let gate = Mutex(WatchdogGate())
    private let time: any TimeSource
    private let log: Logger
    private let pulsed = Mutex<Moment?>(nil)

    /// When systemd last had a pulse; `nil` before the first.
    public var lastPulse: Moment? { pulsed.withLock { $0 } }

    public init(time: any TimeSource, log: Logger) {
        self.time = time
        self.log = log
    }

    /// Adds a loop that promises to advance within `limit` from now; see ``WatchdogGate/register(_:at:deadline:)``.
    public func register(_ name: String, within limit: Duration) throws(WatchdogGateError) -> WatchdogGate.Loop {
        let now = time.now()
        let result = gate.withLock { gate -> Result<WatchdogGate.Loop, WatchdogGateError> in
            do throws(WatchdogGateError) {
                return .success(try gate.register(name, at: now, deadline: now.advanced(by: limit)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// An iteration of `loop` ended, with any outcome; it will be heard of again within `limit`.
    public func advance(_ loop: WatchdogGate.Loop, within limit: Duration) {
        let now = time.now()
        gate.withLock { $0.advance(loop, at: now, nextDeadline: now.advanced(by: limit)) }
    }

    /// `loop` ended on purpose.
    public func retire(_ loop: WatchdogGate.Loop) {
        gate.withLock { $0.retire(loop) }
    }

    /// The loops that have outstayed their word now; for `/healthz` and metrics.
    public func overdue() -> [WatchdogGate.Overdue] {
        let now = time.now()
        return gate.withLock { $0.overdue(at: now) }
    }

    /// Sends a pulse twice per `interval` until the task is cancelled.
    ///
    /// - Parameters:
    ///   - interval: ``ServiceNotifier/watchdogInterval``.
    ///   - pulse: ``ServiceNotifier/watchdog()``. Its failure is logged; systemd draws the conclusion.
    ///   - status: ``ServiceNotifier/status(_:)``.
    public func run(
        every interval: Duration,
        pulse: @Sendable () throws -> Void,
        status: @Sendable (String) throws -> Void
    ) async {
        // A hang is told once, not at every turn.
        var named: [String] = []
        repeat {
            let overdue = overdue()
            do {
                if overdue.isEmpty {
                    try pulse()
                    let now = time.now()
                    pulsed.withLock { $0 = now }
                } else if overdue.map(\.name) != named {
                    let names = overdue.map(\.name).joined(separator: ", ")
                    log.critical(
                        "the watchdog is not fed: a loop hangs; systemd will restart the daemon",
                        metadata: ["loops": "\(names)"])
                    try status("hanging: \(names)")
                }
            } catch {
                log.error("systemd was not reached", error: error)
            }
            named = overdue.map(\.name)
        } while (try? await time.sleep(for: interval / 2)) != nil
    }
}
