// Logging must never hold up detection, and must never eat the memory when nobody takes the lines away. So records
// wait in a bounded queue for one writer; what does not fit is counted, and the count is logged once there is room.

import Dispatch
public import Foundation
import Logging
import Synchronization

/// The process's one way out for log records; every ``ServiceLog`` shares it.
public final class LogOutput: Sendable {
    /// The most records that wait for the writer.
    public static let capacity = 2048

    private struct Backlog {
        var waiting = 0
        var lost = 0
    }

    private let time: @Sendable () -> Date
    private let deliver: @Sendable (LogRecord) -> Bool
    private let writer = DispatchQueue(label: "roomwatch.log")
    private let backlog = Mutex(Backlog())

    /// - Parameter time: UTC, for the time of day on a terminal; the journal stamps records itself.
    public convenience init(_ destination: LogDestination, time: @escaping @Sendable () -> Date) {
        self.init(time: time) { destination.write($0) }
    }

    /// - Parameter deliver: writes one record and says whether it arrived; called one at a time.
    init(time: @escaping @Sendable () -> Date, deliver: @escaping @Sendable (LogRecord) -> Bool) {
        self.time = time
        self.deliver = deliver
    }

    var wall: Date { time() }

    /// Queues a record and returns at once.
    func append(_ record: LogRecord) {
        let admitted = backlog.withLock { backlog in
            guard backlog.waiting < Self.capacity else {
                backlog.lost += 1
                return false
            }
            backlog.waiting += 1
            return true
        }
        guard admitted else { return }
        writer.async { self.write(record) }
    }

    /// Waits until everything queued so far is written; `false` when that took longer than `seconds`.
    ///
    /// Blocks its thread. For the last act of `main`, and for tests.
    @discardableResult
    public func flush(seconds: Double = 2) -> Bool {
        let done = DispatchSemaphore(value: 0)
        writer.async { done.signal() }
        return done.wait(timeout: .now() + seconds) == .success
    }

    private func write(_ record: LogRecord) {
        let arrived = deliver(record)
        let lost = backlog.withLock { backlog in
            backlog.waiting -= 1
            if !arrived { backlog.lost += 1 }
            guard arrived else { return 0 }
            defer { backlog.lost = 0 }
            return backlog.lost
        }
        guard lost > 0 else { return }
        let confession = LogRecord(
            wall: time(), level: .warning, logger: "log",
            message: "log records were lost because the journal or terminal did not take them in time",
            metadata: ["lost": "\(lost)"])
        if !deliver(confession) {
            backlog.withLock { $0.lost += lost }
        }
    }
}
