// What the clock on a building's wall reads, in whole seconds and without a calendar object: schedules are asked for
// every room at every tick. A test holds it against Foundation's calendar (BookableHours) in many zones.

import struct Foundation.Date
import struct Foundation.TimeZone

/// Local clock readings of one time zone. Instants are whole seconds since 1970, UTC.
struct LocalClock {
    private let timeZone: TimeZone

    init(_ timeZone: TimeZone) { self.timeZone = timeZone }

    /// A local day and minute.
    struct Reading: Hashable {
        /// Days since 1970-01-01, local.
        var day: Int
        /// Minutes after midnight by the clock.
        var minute: Int

        var weekday: BookableHours.Weekday { Self.weekday(of: day) }
        var yesterday: BookableHours.Weekday { Self.weekday(of: day - 1) }

        /// 1970-01-01 was a Thursday.
        private static func weekday(of day: Int) -> BookableHours.Weekday {
            let number = (day + 4) % 7
            return BookableHours.Weekday(rawValue: (number + 7) % 7 + 1) ?? .sunday
        }
    }

    func offset(at instant: Int) -> Int { timeZone.secondsFromGMT(for: Date(seconds: instant)) }

    func reading(at instant: Int) -> Reading {
        let local = instant + offset(at: instant)
        let day = local.flooredQuotient(by: Self.day)
        return Reading(day: day, minute: (local - day * Self.day) / 60)
    }

    /// Every instant at which the clock comes to read a minute of a day: none where it jumps over it, two where it is
    /// set back behind it. Minute 1,440 is the midnight that ends the day.
    func instants(day: Int, minute: Int) -> [Int] {
        let local = day * Self.day + minute * 60
        let offsets = Set([offset(at: local - Self.day), offset(at: local + Self.day)])
        return offsets.map { local - $0 }.filter { $0 + offset(at: $0) == local }.sorted()
    }

    /// The instant at which the clock is changed on or about a day, where it is.
    func jump(around day: Int) -> Int? {
        var before = day * Self.day - Self.day / 2
        var after = before + 2 * Self.day
        let old = offset(at: before)
        guard offset(at: after) != old else { return nil }
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if offset(at: middle) == old { before = middle } else { after = middle }
        }
        return after
    }

    private static let day = 86_400
}

extension Int {
    fileprivate func flooredQuotient(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}

extension Date {
    init(seconds: Int) { self.init(timeIntervalSince1970: Double(seconds)) }

    /// Whole seconds since 1970, rounded down; instants beyond every calendar are clamped to some 3,000 years around it.
    var wholeSeconds: Int { Int(max(-1e11, min(1e11, timeIntervalSince1970.rounded(.down)))) }
}
