// Every instant of the outward contract has one spelling, RFC 3339 in UTC with milliseconds, whatever locale,
// calendar or time zone the machine is set to. Receivers sort and compare these texts, so the width never changes.

public import struct Foundation.Date

/// An instant as the API and the webhook write it: `2026-11-20T08:00:01.250Z`.
///
/// Reading is wider than writing: any RFC 3339 date-time is taken, with an offset and with any number of fraction
/// digits; what is finer than a millisecond is dropped.
public struct Timestamp: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let milliseconds: Int64

    /// The first and the last instant that four digits of year can spell.
    private static let spellable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// Rounds to the nearest millisecond. A date beyond the years 0000 to 9999 becomes the nearest one that can be
    /// spelled, and one that is no number becomes 1970, because a page with an absurd date is better than no page.
    public init(_ date: Date) {
        let exact = (date.timeIntervalSince1970 * 1000).rounded()
        guard !exact.isNaN else {
            milliseconds = 0
            return
        }
        let bounded = min(max(exact, Double(Self.spellable.lowerBound)), Double(Self.spellable.upperBound))
        milliseconds = Int64(bounded)
    }

    /// `nil` for what lasts until somebody switches it off.
    public init?(finite date: Date) {
        guard date < .distantFuture else { return nil }
        self.init(date)
    }

    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// The text of the contract.
    public var description: String {
        let (days, rest) = milliseconds.flooredDivision(by: Self.millisecondsPerDay)
        let (year, month, day) = CivilDay.date(daysSince1970: days)
        let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { Self.padded($0, 2) }
        let date = [Self.padded(year, 4), Self.padded(month, 2), Self.padded(day, 2)]
        return "\(date.joined(separator: "-"))T\(time.joined(separator: ":")).\(Self.padded(rest % 1000, 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads an RFC 3339 date-time (section 5.6); `nil` when the text is none.
    public init?(_ text: String) {
        var reader = FieldReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2)
        else { return nil }
        var thousandths: Int64 = 0
        if reader.take(".") {
            guard let fraction = reader.thousandths() else { return nil }
            thousandths = fraction
        }
        guard let offset = reader.offsetMinutes(), reader.isAtEnd else { return nil }
        // RFC 3339 allows second 60 for a leap second; it reads as the first instant of the next minute.
        guard (1...12).contains(month), (1...CivilDay.daysOfMonth(month, year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let days = CivilDay.daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + (hour * 60 + minute - offset) * 60 + second
        let total = seconds * 1000 + thousandths
        guard Self.spellable.contains(total) else { return nil }
        milliseconds = total
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let read = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an RFC 3339 date-time like 2026-11-20T08:00:01.250Z")
        }
        self = read
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin on the first of March.
private enum CivilDay {
    static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = marchYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (daysSince1970 + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    static func daysOfMonth(_ month: Int64, _ year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Takes a text apart from left to right.
private struct FieldReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func digit() -> Int64? {
        guard let first = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
        rest = rest.dropFirst()
        return Int64(first - UInt8(ascii: "0"))
    }

    /// Exactly `width` digits.
    mutating func number(_ width: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<width {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    /// One digit or more; only the first three count.
    mutating func thousandths() -> Int64? {
        guard var value = digit() else { return nil }
        var digits = 1
        while let next = digit() {
            if digits < 3 {
                value = value * 10 + next
                digits += 1
            }
        }
        while digits < 3 {
            value *= 10
            digits += 1
        }
        return value
    }

    /// `Z` or `±HH:MM`, in minutes east of UTC.
    mutating func offsetMinutes() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

extension Int64 {
    /// Quotient rounded toward negative infinity, and a remainder that is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
