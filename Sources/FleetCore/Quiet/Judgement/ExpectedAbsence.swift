// A room that we restart ourselves goes dark, and so does one that restarts itself at night. Both are excused for a
// while; a room that does not come back from it is worse than one that merely went dark, because somebody did it.

public import struct Foundation.Date
public import Timekeeping

/// An absence of one room that has a known reason and should end by itself. Durations are steady time.
public struct ExpectedAbsence: Sendable, Hashable {
    /// Outages that began earlier are not excused.
    public var from: Moment
    /// By then the room is to be back; outages that begin later are not excused either.
    public var until: Moment
    /// For people: "restart by …".
    public var reason: String
    public var source: Source

    public enum Source: Sendable, Hashable, Codable {
        /// A command of ours; the id of its operation.
        case command(UniqueID)
        /// A maintenance window by name.
        case window(String)

        /// `operation 01J…` or `window nightly`.
        public var text: String {
            switch self {
            case .command(let id): "operation \(id)"
            case .window(let name): "window \(name)"
            }
        }
    }

    /// What is allowed (Detection, Expected outages) for our own restart and update.
    public static let restartAllowance: Duration = .seconds(10 * 60)
    public static let updateAllowance: Duration = .seconds(45 * 60)

    /// Moments that were stored and restored differ by rounding.
    static let tolerance: Duration = .seconds(1)

    public init(from: Moment, allowance: Duration, reason: String, source: Source) {
        self.from = from
        self.until = from.advanced(by: allowance)
        self.reason = reason
        self.source = source
    }

    public enum Verdict: Sendable, Hashable {
        /// The outage has nothing to do with it.
        case unrelated
        /// Still excused; nobody is told, and a return in time leaves no flap penalty.
        case within
        /// It did not return in time.
        case overdue(Overdue)
    }

    /// An outage that lasted longer than was expected.
    public struct Overdue: Sendable, Hashable {
        public var source: Source
        /// When it should have been back.
        public var since: Moment
        public var reason: String

        public let cause = Cause.didNotReturn

        /// One step higher than the room's own severity (Detection, Expected outages).
        public func severity(raising own: Severity) -> Severity { own.raised }

        /// For the page's summary: `did not return from operation 01J…: firmware update`.
        public var sentence: String { "did not return from \(source.text): \(reason)" }
    }

    /// What it means for an outage that is going on.
    ///
    /// - Parameter firstBad: the first bad observation of the outage. A room that returned and went dark again while
    ///   the absence lasts is still excused: an update restarts it more than once.
    public func verdict(outageSince firstBad: Moment, at now: Moment) -> Verdict {
        guard firstBad.steady >= from.steady - Self.tolerance, firstBad.steady < until.steady else { return .unrelated }
        guard now.steady >= until.steady else { return .within }
        return .overdue(Overdue(source: source, since: until, reason: reason))
    }

    /// The suppression of everything about the room's absence while it is excused.
    public func suppression(outageSince firstBad: Moment, at now: Moment) -> Suppression? {
        guard verdict(outageSince: firstBad, at: now) == .within else { return nil }
        return .expected(by: source, until: until.wall, reason: reason)
    }

    /// The verdict of several absences of one room: excused while any excuses it; overdue when one that applied has run
    /// out, the latest of them.
    public static func verdict(
        of absences: [ExpectedAbsence], outageSince firstBad: Moment, at now: Moment
    ) -> Verdict {
        var overdue: Overdue?
        for absence in absences {
            switch absence.verdict(outageSince: firstBad, at: now) {
            case .within: return .within
            case .overdue(let late) where late.since.steady >= overdue?.since.steady ?? late.since.steady:
                overdue = late
            case .overdue, .unrelated: break
            }
        }
        return overdue.map(Verdict.overdue) ?? .unrelated
    }
}

extension Severity {
    /// One step higher; critical stays critical.
    public var raised: Severity {
        switch self {
        case .warning: .error
        case .error, .critical: .critical
        }
    }
}

/// An expected absence as it survives a restart: wall time only.
public struct ExpectedAbsenceRecord: Sendable, Hashable, Codable {
    public var from: Date
    public var until: Date
    public var reason: String
    public var source: ExpectedAbsence.Source

    public init(_ absence: ExpectedAbsence) {
        from = absence.from.wall
        until = absence.until.wall
        reason = absence.reason
        source = absence.source
    }

    /// The live absence. Its length is that of the record, measured from its restored beginning.
    public func absence(at now: Moment) -> ExpectedAbsence {
        ExpectedAbsence(
            from: Moment(restoring: from, at: now),
            allowance: .seconds(max(0, until.timeIntervalSince(from))), reason: reason, source: source)
    }
}
