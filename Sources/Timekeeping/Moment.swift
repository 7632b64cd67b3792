// Two clocks, one value. Durations must not jump when somebody corrects the wall clock, and people must read wall
// time on their page; so every fact carries both, and each rule says which of them it uses. This lives beneath
// FleetCore because the Graph client needs it as well and must never hear of a room.

public import struct Foundation.Date

/// An instant, read once from both clocks of the machine.
///
/// `steady` is the time since boot, counting suspend (CLOCK_BOOTTIME): hold times, streaks and time-outs use it.
/// `wall` is UTC: schedules, bookings and everything a person reads use it. The two are never mixed in arithmetic.
public struct Moment: Sendable, Hashable {
    /// UTC, for people and for calendars.
    public var wall: Date
    /// Time since boot, counting suspend; negative for moments read from the store that precede this boot.
    public var steady: Duration

    public init(wall: Date, steady: Duration) {
        self.wall = wall
        self.steady = steady
    }

    /// How long before `later` this moment was, by the steady clock; negative when it is in fact later.
    public func elapsed(until later: Moment) -> Duration { later.steady - steady }

    /// The moment `duration` away from this one on both clocks.
    public func advanced(by duration: Duration) -> Moment {
        Moment(wall: wall.addingTimeInterval(duration.seconds), steady: steady + duration)
    }

    /// A moment of which only the wall time survived (read from the store after a restart).
    ///
    /// The steady time is rebuilt from the wall difference to `now`, clamped so that the moment is never in the
    /// future: a wall clock that was set back between two runs must not make a hold negative.
    public init(restoring wall: Date, at now: Moment) {
        let age = Duration.seconds(max(0, now.wall.timeIntervalSince(wall)))
        self.init(wall: wall, steady: now.steady - age)
    }
}

extension Duration {
    /// The duration in seconds, as a floating-point number for people, metrics and Foundation's dates.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The duration in whole milliseconds, rounded toward zero.
    public var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
