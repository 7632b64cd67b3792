// While a room flaps, one page says so and the many pages of its outages stay quiet. But a flapping room can also die
// for good, and then the quiet must end.

public import Timekeeping

/// What `room.flapping` does to `room.offline` of the same room (Detection, Flapping).
public struct FlapInhibition: Sendable, Hashable {
    /// An outage this long is told although the room flaps.
    public var exception: Duration = .seconds(10 * 60)
    /// The same for a critical one.
    public var criticalException: Duration = .seconds(2 * 60)

    public init() {}

    /// When a continuous outage is told in spite of the flapping. It comes earlier when the severity rises, so ask again
    /// with each change of severity.
    ///
    /// The outage counts from its first bad observation; while it recovers it goes on, because a recovery that fails
    /// belongs to the same outage.
    public func exceptionDue(_ outage: Outage, severity: Severity) -> Moment {
        outage.firstBad.advanced(by: severity == .critical ? criticalException : exception)
    }

    /// Whether the outage's pages are inhibited now.
    public func inhibits(_ outage: Outage, severity: Severity, isFlapping: Bool, at now: Moment) -> Bool {
        isFlapping && now.steady < exceptionDue(outage, severity: severity).steady
    }

    /// The suppression of `room.offline` while the room flaps; `nil` when the outage is to be told.
    public func suppression(
        of outage: Outage, severity: Severity, flapping: FlapPenalty, at now: Moment
    ) -> Suppression? {
        guard inhibits(outage, severity: severity, isFlapping: flapping.isFlapping, at: now) else { return nil }
        return .flapping(until: exceptionDue(outage, severity: severity).wall)
    }
}
