// A receiver under load says how long it wants to be left alone (RFC 9110, section 10.2.3): as a number of seconds or
// as a date in one of the three spellings that section 5.6.7 obliges every recipient to accept.

import HTTPTypes
import Timekeeping

import struct FleetAPI.Timestamp

enum RetryAfter {
    /// How long to wait, between nothing and ``ChannelLimits/retryAfter``; `nil` when the field is absent or
    /// unreadable.
    static func wait(in fields: HTTPFields, at now: Moment) -> Duration? {
        guard let value = fields[.retryAfter] else { return nil }
        return wait(value, at: now)
    }

    static func wait(_ value: String, at now: Moment) -> Duration? {
        let words = value.split(whereSeparator: { $0 == " " || $0 == "\t" })
        if words.count == 1, let word = words.first, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // A number too large for the machine is a very long time, not an unreadable one.
            guard let seconds = Int64(word) else { return ChannelLimits.retryAfter }
            return bounded(Double(seconds))
        }
        guard let date = date(words, nowYear: Self.year(of: now)) else { return nil }
        return bounded(Double(date.milliseconds - Timestamp(now.wall).milliseconds) / 1000)
    }

    private static func bounded(_ seconds: Double) -> Duration {
        min(max(.zero, .seconds(min(max(0, seconds), 1e9))), ChannelLimits.retryAfter)
    }

    private static func year(of now: Moment) -> Int {
        Int(Timestamp(now.wall).description.prefix(4)) ?? 1970
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func date(_ words: [Substring], nowYear: Int) -> Timestamp? {
        switch words.count {
        case 6 where words[5] == "GMT":  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
            return instant(year: words[3], month: words[2], day: words[1], time: words[4])
        case 4 where words[3] == "GMT":  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
            let parts = words[1].split(separator: "-")
            guard parts.count == 3, parts[2].utf8.count == 2, let short = Int(parts[2]) else { return nil }
            // Two digits that seem to lie more than 50 years ahead belong to the century before (section 5.6.7).
            var year = nowYear / 100 * 100 + short
            if year > nowYear + 50 { year -= 100 }
            return instant(year: String(year)[...], month: parts[1], day: parts[0], time: words[2])
        case 5:  // asctime: Sun Nov  6 08:49:37 1994
            return instant(year: words[4], month: words[1], day: words[2], time: words[3])
        default:
            return nil
        }
    }

    private static func instant(year: Substring, month: Substring, day: Substring, time: Substring) -> Timestamp? {
        guard let month = months.firstIndex(of: String(month)) else { return nil }
        let monthDigits = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        let dayDigits = day.utf8.count == 1 ? "0\(day)" : String(day)
        return Timestamp("\(year)-\(monthDigits)-\(dayDigits)T\(time)Z")
    }
}
