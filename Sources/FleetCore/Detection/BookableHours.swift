// When a dark room hurts somebody: severity is an error in bookable hours and a warning outside them. Hours are wall
// time in the building's own zone, so they follow daylight saving by themselves.

import Foundation

/// The bookable hours of one building (config `hours`).
public struct BookableHours: Sendable, Hashable {
    public enum Weekday: Int, Sendable, Hashable, CaseIterable {
        case sunday = 1
        case monday, tuesday, wednesday, thursday, friday, saturday
    }

    public var days: Set<Weekday>
    /// Minutes after midnight, inclusive.
    public var fromMinute: Int
    /// Minutes after midnight, exclusive; smaller than `fromMinute` when the hours run past midnight.
    public var toMinute: Int
    /// An identifier of the tz database, `Europe/Berlin`.
    public var timeZone: TimeZone
    /// Days off, as `YYYY-MM-DD` in the building's zone.
    public var holidays: Set<String>

    public init(
        days: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday, .friday], fromMinute: Int = 7 * 60,
        toMinute: Int = 19 * 60, timeZone: TimeZone = .gmt, holidays: Set<String> = []
    ) {
        self.days = days
        self.fromMinute = fromMinute
        self.toMinute = toMinute
        self.timeZone = timeZone
        self.holidays = holidays
    }

    /// Whether rooms of the building can be booked at an instant.
    public func contains(_ wall: Date) -> Bool {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: wall)
        guard let number = parts.weekday, let weekday = Weekday(rawValue: number), let hour = parts.hour,
            let minute = parts.minute
        else { return false }
        let now = hour * 60 + minute
        if fromMinute <= toMinute {
            return isWorkday(weekday, parts) && (fromMinute..<toMinute).contains(now)
        }
        // Hours past midnight belong to the day on which they began.
        if now >= fromMinute { return isWorkday(weekday, parts) }
        guard now < toMinute, let yesterday = calendar.date(byAdding: .day, value: -1, to: wall) else { return false }
        let began = calendar.dateComponents([.year, .month, .day, .weekday], from: yesterday)
        guard let number = began.weekday, let weekday = Weekday(rawValue: number) else { return false }
        return isWorkday(weekday, began)
    }

    private func isWorkday(_ weekday: Weekday, _ parts: DateComponents) -> Bool {
        guard days.contains(weekday), let year = parts.year, let month = parts.month, let day = parts.day else {
            return false
        }
        let date = [(year, 4), (month, 2), (day, 2)].map { number, width in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }.joined(separator: "-")
        return !holidays.contains(date)
    }
}

/// The hours of every building, and of those that have none of their own.
public struct HoursTable: Sendable, Hashable {
    public var byDefault: BookableHours
    public var byBuilding: [String: BookableHours]

    public init(byDefault: BookableHours = BookableHours(), byBuilding: [String: BookableHours] = [:]) {
        self.byDefault = byDefault
        self.byBuilding = byBuilding
    }

    /// The hours of a building, its own or the default.
    public func of(_ building: String?) -> BookableHours { building.flatMap { byBuilding[$0] } ?? byDefault }

    public func isBookable(building: String?, at wall: Date) -> Bool { of(building).contains(wall) }
}
