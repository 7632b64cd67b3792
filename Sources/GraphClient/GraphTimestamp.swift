// Graph writes UTC timestamps with none to seven fractional digits and spells "no value" as the first second of the
// year 1. Foundation's formatter takes none or exactly three, so a tolerant parser stands here.

public import struct Foundation.Date

/// A timestamp as Graph sent it: a date, no value, or text that is no timestamp.
///
/// Decoding never fails, because one odd timestamp must not lose the object around it.
public struct GraphTimestamp: Sendable, Hashable, Decodable {
    /// The instant; `nil` for the sentinel of the year 1 and for malformed text.
    public let date: Date?
    /// Whether there was text that is no ISO 8601 timestamp.
    public let isMalformed: Bool

    /// Reads `yyyy-MM-ddTHH:mm:ss[.fraction][Z|±hh:mm]`. Without an offset the time is UTC, as everywhere in Graph.
    public init(_ text: String) {
        let seconds = Self.seconds(Array(text.utf8))
        isMalformed = seconds == nil
        // Only the sentinel lies in the first days of the common era; an offset may push it over midnight.
        date = seconds.flatMap { $0 < -62_135_400_000 ? nil : Date(timeIntervalSince1970: $0) }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Whatever is not a string is kept as "malformed": the caller sees it, the object survives.
        self.init((try? container.decode(String.self)) ?? "")
    }

    private static func seconds(_ bytes: [UInt8]) -> Double? {
        guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            let whole = CalendarDay.epochSeconds(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var rest = bytes[19...]
        var fraction = 0.0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !digits.isEmpty, digits.count <= 18 else { return nil }
            var scale = 0.1
            for digit in digits {
                fraction += Double(digit - 48) * scale
                scale /= 10
            }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offset(rest) else { return nil }
        return Double(whole - Int64(offset)) + fraction
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return 0 }
        if first == UInt8(ascii: "Z") || first == UInt8(ascii: "z") { return bytes.count == 1 ? 0 : nil }
        guard first == UInt8(ascii: "+") || first == UInt8(ascii: "-") else { return nil }
        var digits = Array(bytes.dropFirst())
        if digits.count == 5, digits[2] == UInt8(ascii: ":") { digits.remove(at: 2) }
        guard digits.count == 4, let hours = number(digits[0..<2]), let minutes = number(digits[2..<4]), hours <= 14,
            minutes <= 59
        else { return nil }
        return (hours * 3600 + minutes * 60) * (first == UInt8(ascii: "-") ? -1 : 1)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}
