// One way to write and read JSON for everything of the contract. Keys are sorted so that the same value always has the
// same bytes: a webhook's signature covers them, and a repeated delivery must not differ from the first.

private import Foundation

/// JSON of the outward contract.
public enum WireJSON {
    /// The value as JSON without white space, keys in alphabetical order.
    ///
    /// - Throws: `EncodingError` for a value that JSON cannot say (a number that is not finite).
    public static func bytes(of value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }

    /// - Throws: `DecodingError` naming the field that is missing or of another kind.
    public static func value<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
