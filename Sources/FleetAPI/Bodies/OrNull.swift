// Every field of an answer is always there; what is not known is `null` (Contract, HTTP). Swift leaves a missing value
// out by itself, so optional fields of answers carry this wrapper.

/// An optional field that is written as `null` when it is empty and read as empty when it is absent.
@propertyWrapper
public struct OrNull<Value: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension KeyedDecodingContainer {
    /// What synthesised code calls for a wrapped field: an older daemon may not write it yet.
    public func decode<Value>(_ type: OrNull<Value>.Type, forKey key: Key) throws -> OrNull<Value> {
        try decodeIfPresent(type, forKey: key) ?? OrNull(wrappedValue: nil)
    }
}

/// `{"data": …}`, the envelope of every answer.
public struct Envelope<Content: Sendable & Codable>: Sendable, Codable {
    public var data: Content

    public init(_ data: Content) { self.data = data }
}
