// The key under which every receiver recognises one trouble: stable across restarts, reopenings and moves of a room.

/// `<tenant>:<condition>:<subject>` (Telling, Order).
///
/// PagerDuty's Events API v2 refuses keys over 255 characters. Every part is bounded where it enters the house (tenant
/// names at 63, receiver names at 64 by the configuration, account ids at 64 at the Graph boundary), so no key comes
/// near that and none has to be shortened.
public struct DedupKey: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let text: String

    public init(tenant: TenantName, condition: Condition, subject: Subject) {
        text = "\(tenant.text):\(condition.rawValue):\(subject.text)"
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
