// Sending before a Retry-After has passed makes throttling worse and can get an application suspended. The header has
// two forms (RFC 9110, section 10.2.3), and gateways send nonsense in it; both must end in a sane wait.

import Foundation
import HTTPTypes
import Timekeeping

enum RetryAfter {
    /// Nobody is made to wait longer than this by one header; beyond it, asking once an hour is polite enough.
    static let longest: Duration = .seconds(3600)

    /// How long the server asked to wait: the longest of several headers, between 0 and ``longest``.
    ///
    /// A date is measured against the answer's own `Date`, so that a wrong clock on either side does not matter;
    /// without one, against `now`. Nonsense counts as no header.
    static func delay(_ fields: HTTPFields, now: Moment) -> Duration? {
        let serverNow = fields[.date].flatMap(HTTPDate.epochSeconds) ?? Int64(now.wall.timeIntervalSince1970)
        let delays = fields[values: .retryAfter].compactMap { value in delay(value, serverNow: serverNow) }
        return delays.max()
    }

    private static func delay(_ value: String, serverNow: Int64) -> Duration? {
        let text = value.trimmingASCIIWhitespace()
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            // More digits than an Int64 holds still mean "very long".
            return min(longest, .seconds(min(Int64(text) ?? .max, 1_000_000)))
        }
        guard let then = HTTPDate.epochSeconds(text) else { return nil }
        return max(.zero, min(longest, .seconds(then - serverNow)))
    }
}

/// The three spellings of a date that RFC 9110, section 5.6.7 tells a recipient to accept.
enum HTTPDate {
    static func epochSeconds(_ text: String) -> Int64? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        if words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = year(words[3]) {
            return seconds(day: day, month: words[2], year: year, time: words[4])
        }
        // asctime: Sun Nov  6 08:49:37 1994
        if words.count == 5, let day = Int(words[2]), let year = Int(words[4]) {
            return seconds(day: day, month: words[1], year: year, time: words[3])
        }
        return nil
    }

    /// Four digits, or RFC 850's two, which can only mean this century here.
    private static func year(_ text: String) -> Int? {
        guard let number = Int(text), number >= 0 else { return nil }
        return text.utf8.count == 2 ? 2000 + number : number
    }

    private static func seconds(day: Int, month: String, year: Int, time: String) -> Int64? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = time.split(separator: ":", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard let index = months.firstIndex(of: month), parts.count == 3 else { return nil }
        return CalendarDay.epochSeconds(
            year: year, month: index + 1, day: day, hour: parts[0], minute: parts[1], second: parts[2])
    }
}

extension String {
    func trimmingASCIIWhitespace() -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let bytes = Array(utf8.drop(while: isSpace))
        let length = (bytes.lastIndex { !isSpace($0) } ?? -1) + 1
        return String(decoding: bytes[..<length], as: UTF8.self)
    }
}
