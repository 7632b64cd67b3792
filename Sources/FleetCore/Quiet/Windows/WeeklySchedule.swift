// Windows, quiet hours of routes and nightly restarts recur by the clock on the wall of a building. One definition of
// "inside" carries all of them and survives every night on which that clock jumps: the schedule is open exactly while
// the local clock READS a time inside it.

public import struct Foundation.Date
public import struct Foundation.TimeZone

/// Hours that recur weekly by local clock reading; the zone is given with each question.
///
/// In Europe/Berlin 02:00-03:30 is open for 30 minutes on the night in spring (01:00Z to 01:30Z, because the readings
/// 02:00 to 02:59 do not occur) and for 2 h 30 min on the night in autumn (00:00Z to 02:30Z, because they occur twice).
/// 02:00-02:30 is open twice in autumn, and in spring not at all.
public struct WeeklySchedule: Sendable, Hashable, Codable {
    /// Days on which a stretch begins; what runs past midnight belongs to the day before.
    public var days: Set<BookableHours.Weekday>
    /// Minutes after midnight, inclusive.
    public var fromMinute: Int
    /// Minutes after midnight, exclusive, at most 1,440; smaller than `fromMinute` when it runs past midnight. Equal to
    /// it, the schedule is never open.
    public var toMinute: Int

    public init(
        days: Set<BookableHours.Weekday> = Set(BookableHours.Weekday.allCases), fromMinute: Int, toMinute: Int
    ) {
        self.days = days
        self.fromMinute = fromMinute
        self.toMinute = toMinute
    }

    /// Whether the local clock reads a time inside the schedule.
    public func isOpen(at instant: Date, timeZone: TimeZone) -> Bool {
        isOpen(LocalClock(timeZone).reading(at: instant.wholeSeconds))
    }

    private func isOpen(_ reading: LocalClock.Reading) -> Bool {
        if fromMinute <= toMinute {
            return (fromMinute..<toMinute).contains(reading.minute) && days.contains(reading.weekday)
        }
        if reading.minute >= fromMinute { return days.contains(reading.weekday) }
        return reading.minute < toMinute && days.contains(reading.yesterday)
    }

    /// The real stretch around an instant for which the schedule is open without a break; `nil` when it is closed then.
    ///
    /// A schedule without any break at all begins in the distant past and ends in the distant future.
    public func stretch(containing instant: Date, timeZone: TimeZone) -> Stretch? {
        guard isOpen(at: instant, timeZone: timeZone) else { return nil }
        let clock = LocalClock(timeZone)
        let now = instant.wholeSeconds
        let edges = edges(onDays: -Self.reach...Self.reach, around: now, clock: clock)
        let start = edges.last { $0 <= now && !isOpen(clock.reading(at: $0 - 1)) }
        let end = edges.first { $0 > now && !isOpen(clock.reading(at: $0)) }
        return Stretch(
            start: start.map(Date.init(seconds:)) ?? .distantPast, end: end.map(Date.init(seconds:)) ?? .distantFuture)
    }

    /// The next stretch that begins after an instant; `nil` when there is none within ``horizonDays``.
    public func next(after instant: Date, timeZone: TimeZone) -> Stretch? {
        guard !days.isEmpty, fromMinute != toMinute else { return nil }
        let clock = LocalClock(timeZone)
        let now = instant.wholeSeconds
        for week in 0..<(Self.horizonDays / 7) {
            // A day of overlap, because the edges of neighbouring days can change places where midnight is skipped.
            let edges = edges(onDays: (week * 7 - 1)...(week * 7 + 8), around: now, clock: clock)
            let start = edges.first {
                $0 > now && isOpen(clock.reading(at: $0)) && !isOpen(clock.reading(at: $0 - 1))
            }
            if let start { return stretch(containing: Date(seconds: start), timeZone: timeZone) }
        }
        return nil
    }

    /// How far ahead ``next(after:timeZone:)`` looks: a weekly window can be lost to a clock change, but not for long.
    public static let horizonDays = 28
    /// A weekly schedule that has a break at all has one within this many days.
    private static let reach = 9

    /// Every instant at which the answer can change, in order: where the clock reads `from`, `to` or midnight, and where
    /// it jumps.
    private func edges(onDays range: ClosedRange<Int>, around now: Int, clock: LocalClock) -> [Int] {
        let today = clock.reading(at: now).day
        var edges: Set<Int> = []
        for day in range {
            for minute in [0, fromMinute, toMinute] {
                edges.formUnion(clock.instants(day: today + day, minute: minute))
            }
            if let jump = clock.jump(around: today + day) { edges.insert(jump) }
        }
        return edges.sorted()
    }
}

/// A stretch of real time, the end exclusive.
public struct Stretch: Sendable, Hashable, Codable {
    public var start: Date
    public var end: Date

    public init(start: Date, end: Date) {
        self.start = start
        self.end = end
    }

    public func contains(_ instant: Date) -> Bool { instant >= start && instant < end }
}

extension BookableHours.Weekday: Codable {}
