// A watchdog that is fed by a timer only proves that the timer runs. Here the pulse is allowed only while every loop
// that matters keeps its own word: a loop states until when it may be silent, and silence beyond that is a hang.

public import Timekeeping

/// Decides whether the systemd watchdog may be fed: yes, as long as no registered loop has overstayed the deadline
/// that it stated itself.
///
/// A loop advances when an iteration ends with *any* outcome, failures included, and states when it will be heard of
/// next: the end of its coming wait plus the longest that an iteration may take. All comparisons use steady time.
public struct WatchdogGate: Sendable {
    /// The most loops at one time. The daemon has about a dozen per tenant.
    public static let limit = 256

    /// Proof of registration; only the gate that made it knows it.
    public struct Loop: Sendable, Hashable {
        fileprivate let number: UInt64
    }

    /// A loop that has outstayed its deadline.
    public struct Overdue: Sendable, Hashable {
        public let name: String
        /// When the loop last advanced, or was registered.
        public let lastAdvance: Moment
        public let deadline: Moment
    }

    private struct Promise: Sendable {
        var name: String
        var lastAdvance: Moment
        var deadline: Moment
    }

    private var promises: [Loop: Promise] = [:]
    private var registrations: UInt64 = 0

    public init() {}

    /// Adds a loop that promises to advance before `deadline`.
    ///
    /// - Parameter name: unique among the registered loops, for example `sweep contoso`.
    public mutating func register(
        _ name: String, at now: Moment, deadline: Moment
    ) throws(WatchdogGateError) -> Loop {
        if promises.values.contains(where: { $0.name == name }) { throw .alreadyRegistered(name: name) }
        if promises.count >= Self.limit { throw .full(name: name) }
        registrations += 1
        let loop = Loop(number: registrations)
        promises[loop] = Promise(name: name, lastAdvance: now, deadline: deadline)
        return loop
    }

    /// Records that an iteration of `loop` ended, with any outcome, and until when it may now be silent.
    ///
    /// Without effect for a loop that was retired: it has nothing left to prove.
    public mutating func advance(_ loop: Loop, at now: Moment, nextDeadline: Moment) {
        promises[loop]?.lastAdvance = now
        promises[loop]?.deadline = nextDeadline
    }

    /// Removes a loop that ended on purpose. A loop that crashed must stay registered, so that the watchdog bites.
    public mutating func retire(_ loop: Loop) {
        promises[loop] = nil
    }

    /// The loops that have not kept their word at `now`, the longest overdue first; empty while the watchdog may be fed.
    /// A deadline is kept up to and including its instant.
    public func overdue(at now: Moment) -> [Overdue] {
        promises.values
            .filter { $0.deadline.steady < now.steady }
            .sorted { ($0.deadline.steady, $0.name) < ($1.deadline.steady, $1.name) }
            .map { Overdue(name: $0.name, lastAdvance: $0.lastAdvance, deadline: $0.deadline) }
    }
}

/// A loop could not be registered.
public enum WatchdogGateError: Error, Sendable, Hashable, CustomStringConvertible {
    case alreadyRegistered(name: String)
    case full(name: String)

    public var description: String {
        switch self {
        case .alreadyRegistered(let name):
            "the loop \"\(name)\" is already watched; two loops need two names, or one would hide the other's hang"
        case .full(let name):
            "the loop \"\(name)\" cannot be watched: \(WatchdogGate.limit) loops are the limit; "
                + "configure fewer tenants in this daemon"
        }
    }
}
