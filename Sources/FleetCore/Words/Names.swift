// Names of things, each with a type of its own, so that an account can never be passed where a receiver is meant.

/// The operator's short name of a tenant, `[a-z0-9][a-z0-9-]{0,62}` (Contract, Configuration).
public struct TenantName: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    /// The name under which Roomwatch reports on itself (`channel.down`, `store.degraded`); no tenant may carry it.
    public static let roomwatch = TenantName("roomwatch")

    public static func < (a: TenantName, b: TenantName) -> Bool { a.text < b.text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The directory's object id of an account; kept in lower case because GUIDs compare without case (Graph facts, Ground
/// rules).
public struct AccountID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text.lowercased() }

    public static func < (a: AccountID, b: AccountID) -> Bool { a.text < b.text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The operator's name of a receiver in the configuration.
public struct ReceiverName: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func < (a: ReceiverName, b: ReceiverName) -> Bool { a.text < b.text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Where observations come from.
public enum Source: String, Sendable, Hashable, Codable, CaseIterable {
    case presence
    case devices
    case directory
    case places
    case calendars
}
