// The key under which every receiver recognises one trouble: stable across restarts, reopenings and moves of a room.

/// `<tenant>:<condition>:<subject>` (Telling, Order).
///
/// PagerDuty's Events API v2 refuses keys over 255 characters. Accounts, tenants and receivers have short names; a
/// building and its floor may be named at such length that the end of the key is replaced by a digest of the whole.
public struct DedupKey: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let text: String

    public init(tenant: TenantName, condition: Condition, subject: Subject) {
        let whole = "\(tenant.text):\(condition.rawValue):\(subject.text)"
        text = whole.unicodeScalars.count <= Self.maximumLength ? whole : Self.shortened(whole)
    }

    static let maximumLength = 255

    /// The beginning of a text that is too long, and FNV-1a (64 bits) of all of it: two names that differ only at their
    /// end keep different keys, and the same name has the same key after every restart.
    private static func shortened(_ whole: String) -> String {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in whole.utf8 { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let tail = String(digest, radix: 16)
        var start = String.UnicodeScalarView()
        start.append(contentsOf: whole.unicodeScalars.prefix(maximumLength - 17))
        return String(start) + "~" + String(repeating: "0", count: 16 - tail.count) + tail
    }

    /// A key read back from the store.
    public init(stored text: String) { self.text = text }

    public static func < (a: DedupKey, b: DedupKey) -> Bool { a.text < b.text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
