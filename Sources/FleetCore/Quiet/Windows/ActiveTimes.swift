// Some people are only to be told in working hours, others only outside them. A route carries the times at which it is
// active and the times at which it is mute, as in Alertmanager (active_time_intervals, mute_time_intervals).

public import struct Foundation.Date
public import struct Foundation.TimeZone

/// Weekly hours in a zone of their own, because a route has no building.
public struct ZonedSchedule: Sendable, Hashable, Codable {
    public var schedule: WeeklySchedule
    public var timeZone: TimeZone

    public init(_ schedule: WeeklySchedule, timeZone: TimeZone) {
        self.schedule = schedule
        self.timeZone = timeZone
    }

    public func isOpen(at instant: Date) -> Bool { schedule.isOpen(at: instant, timeZone: timeZone) }
}

/// When a route tells anybody.
public struct ActiveTimes: Sendable, Hashable, Codable {
    /// The route is active in any of these; without one, always.
    public var active: [ZonedSchedule]
    /// The route is mute in any of these, active or not.
    public var mute: [ZonedSchedule]

    public init(active: [ZonedSchedule] = [], mute: [ZonedSchedule] = []) {
        self.active = active
        self.mute = mute
    }

    public func isActive(at instant: Date) -> Bool {
        (active.isEmpty || active.contains { $0.isOpen(at: instant) }) && !mute.contains { $0.isOpen(at: instant) }
    }

    /// When the route is next active: the instant itself when it is, `nil` when it is not within the horizon of
    /// ``WeeklySchedule/next(after:timeZone:)``.
    public func nextActive(from instant: Date) -> Date? {
        var candidate = instant
        // Each round passes the end of a mute stretch or the start of an active one; there are a few each day.
        for _ in 0..<Self.maximumRounds {
            if isActive(at: candidate) { return candidate }
            let ends = mute.compactMap { $0.schedule.stretch(containing: candidate, timeZone: $0.timeZone)?.end }
            let starts = active.compactMap { $0.schedule.next(after: candidate, timeZone: $0.timeZone)?.start }
            guard let next = (ends + starts).min(), next < .distantFuture else { return nil }
            candidate = next
        }
        return nil
    }

    private static let maximumRounds = 200
}
