// Graph writes timestamps in several widths; clients must read all of them. Written by hand because Foundation's
// formatter costs more than the rest of an answer and because the width is part of what is simulated.

public import struct Foundation.Date

/// ISO 8601 UTC text as Graph writes it.
public enum Timestamps {
    /// `2026-05-04T08:00:00Z`, with as many fraction digits as asked for (0 to 7).
    public static func text(_ date: Date, fractionDigits: Int = 0) -> String {
        let ticks = Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
        let milliseconds = Int(((ticks % 1000) + 1000) % 1000)
        let seconds = (ticks - Int64(milliseconds)) / 1000
        let day = Int((seconds - ((seconds % 86_400) + 86_400) % 86_400) / 86_400)
        let second = Int(((seconds % 86_400) + 86_400) % 86_400)
        let (year, month, dayOfMonth) = civil(day)
        var output = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2)
        output += "T" + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
        if fractionDigits > 0 {
            output += "." + (padded(milliseconds, 3) + "0000").prefix(fractionDigits)
        }
        return output + "Z"
    }

    /// Days since Monday 5 January 1970, so that the remainder by 7 is the weekday with Monday as 0.
    static func isWeekend(_ date: Date) -> Bool {
        let day = Int((date.timeIntervalSince1970 / 86_400).rounded(.down))
        return ((day + 3) % 7 + 7) % 7 >= 5
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Proleptic Gregorian calendar from the number of days since 1970-01-01; years start in March while computing so
    /// that the leap day comes last.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Timestamps {
    /// IMF-fixdate (RFC 9110, section 5.6.7), the other form `Retry-After` may take.
    static func httpDate(_ date: Date) -> String {
        let iso = text(date)
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = Int((date.timeIntervalSince1970 / 86_400).rounded(.down))
        let parts = iso.split { "-T".contains($0) }
        let month = (Int(parts[1]) ?? 1) - 1
        return "\(days[((day + 3) % 7 + 7) % 7]), \(parts[2]) \(months[month]) \(parts[0]) \(parts[3].dropLast()) GMT"
    }
}
