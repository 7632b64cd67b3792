// Ids of incidents and notifications sort by the instant they were made, so a list ordered by id is a list ordered by
// time and a person can compare two by eye.

public import struct Foundation.Date

/// A ULID: 48 bits of milliseconds since 1970 and 80 random bits in Crockford's base 32, 26 characters
/// (the ULID specification, github.com/ulid/spec).
public struct UniqueID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let text: String

    /// - Parameters:
    ///   - wall: the instant that the id sorts by.
    ///   - generator: the randomness; seeded in simulations.
    public init(at wall: Date, using generator: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(max(0, wall.timeIntervalSince1970 * 1000)) & 0xFFFF_FFFF_FFFF
        let high = UInt64.random(in: 0..<(1 << 40), using: &generator)
        let low = UInt64.random(in: 0..<(1 << 40), using: &generator)
        text = Self.base32(milliseconds, count: 10) + Self.base32(high, count: 8) + Self.base32(low, count: 8)
    }

    /// An id read back from the store.
    public init(stored text: String) { self.text = text }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func base32(_ value: UInt64, count: Int) -> String {
        let digits = (0..<count).map { place in alphabet[Int(value >> UInt64(5 * (count - 1 - place)) & 31)] }
        return String(decoding: digits, as: UTF8.self)
    }

    public static func < (a: UniqueID, b: UniqueID) -> Bool { a.text < b.text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
