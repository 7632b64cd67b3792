// Timestamps arrive by the thousand and Foundation's formatters are slow and fussy about fractions. The proleptic
// Gregorian calendar is ten lines of integer arithmetic, shared by ISO 8601 timestamps and HTTP dates.

enum CalendarDay {
    /// Seconds from 1970-01-01T00:00:00Z to the given UTC time; `nil` when there is no such date or time.
    static func epochSeconds(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Int64? {
        guard (0...9999) ~= year, (1...12) ~= month, (1...length(ofMonth: month, year: year)) ~= day,
            (0...23) ~= hour, (0...59) ~= minute, (0...60) ~= second
        else { return nil }
        // A leap second is read as the second before it, as POSIX time has no place for it.
        return days(year: year, month: month, day: day) * 86400 + Int64(hour * 3600 + minute * 60 + min(second, 59))
    }

    /// Days since 1970-01-01. Years are counted from March so that the leap day is the last day of its year.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
