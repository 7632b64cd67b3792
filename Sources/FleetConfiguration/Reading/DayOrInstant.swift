// Until when something holds, as people write it: a day, which means all of it by the clock on the wall, or an instant,
// which is the same everywhere.

import Foundation

/// `2026-12-31` or `2026-12-31T18:00:00+01:00` (RFC 3339 without fractions).
enum DayOrInstant: Hashable {
    case day(year: Int, month: Int, day: Int)
    case instant(Date)

    /// - Returns: `nil` when the text is neither, or names a day or time that does not exist.
    init?(_ text: String) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, Identifiers.isDay(first) else { return nil }
        let date = first.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2 else {
            self = .day(year: date[0], month: date[1], day: date[2])
            return
        }
        guard let (seconds, offset) = Self.time(parts[1]),
            let midnight = Self.midnight(year: date[0], month: date[1], day: date[2], in: .gmt)
        else { return nil }
        self = .instant(midnight.addingTimeInterval(Double(seconds - offset)))
    }

    /// When it begins; a day by UTC, because what is warned of may come too early and not too late.
    var start: Date? {
        switch self {
        case .instant(let instant): instant
        case .day(let year, let month, let day): Self.midnight(year: year, month: month, day: day, in: .gmt)
        }
    }

    /// When it is over: the latest end of the day among `zones`, so that it holds all day in every one of them.
    func end(in zones: [TimeZone]) -> Date? {
        switch self {
        case .instant(let instant): instant
        case .day(let year, let month, let day):
            zones.compactMap { Self.midnight(year: year, month: month, day: day + 1, in: $0) }.max()
        }
    }

    /// The beginning of a day; where the clock jumps over midnight, its first instant. The day after the last of a month
    /// is the first of the next.
    private static func midnight(year: Int, month: Int, day: Int, in zone: TimeZone) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar.date(from: DateComponents(year: year, month: month, day: day))
    }

    /// `HH:MM:SS` with `Z` or an offset such as `+01:00`: seconds after midnight, and the seconds by which the local clock
    /// is ahead.
    private static func time(_ text: String) -> (seconds: Int, offset: Int)? {
        let shape = String(text.map { $0.isASCII && $0.isNumber ? "9" : $0 })
        guard ["99:99:99Z", "99:99:99+99:99", "99:99:99-99:99"].contains(shape) else { return nil }
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers[0] < 24, numbers[1] < 60, numbers[2] < 60 else { return nil }
        let seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
        guard numbers.count == 5 else { return (seconds, 0) }
        guard numbers[3] < 24, numbers[4] < 60 else { return nil }
        let ahead = numbers[3] * 3600 + numbers[4] * 60
        return (seconds, text.contains("-") ? -ahead : ahead)
    }
}
