// Graph's fields vanish, become null or change type without notice, and one odd field must cost that field and nothing
// beside it. So every wire type decodes through these, and none of them throws for a field.

extension KeyedDecodingContainer {
    /// The value, or `nil` where it is absent, null or of another type.
    func lenient<Value: Decodable>(_ key: Key) -> Value? {
        (try? decodeIfPresent(Value.self, forKey: key)) ?? nil
    }

    /// The elements that could be read; `nil` where the array is absent, null or odd.
    func lenientOptionalList<Value: Decodable>(_ key: Key) -> [Value]? {
        let elements: [LenientElement<Value>]? = lenient(key)
        return elements?.compactMap(\.value)
    }

    /// The elements that could be read; an absent or odd array is empty.
    func lenientList<Value: Decodable>(_ key: Key) -> [Value] {
        let elements: [LenientElement<Value>]? = lenient(key)
        return elements?.compactMap(\.value) ?? []
    }
}

private struct LenientElement<Value: Decodable>: Decodable {
    let value: Value?
    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}

/// A type of Graph's as far as it is used here; a test holds the names against the official schema.
protocol WireType: Decodable, Sendable {
    associatedtype CodingKeys: CodingKey & CaseIterable
    /// The type's name in the schema, without `microsoft.graph.`.
    static var schemaName: String { get }
}

/// An object that some services wrap once more: `{"value":{…}}` (Graph facts, Devices).
struct MaybeWrapped<Value: WireType>: Decodable {
    let object: Value

    private enum Wrapper: String, CodingKey {
        case value
    }

    init(from decoder: any Decoder) throws {
        let wrapped = try? decoder.container(keyedBy: Wrapper.self).decodeIfPresent(Value.self, forKey: .value)
        object = try wrapped ?? Value(from: decoder)
    }
}
