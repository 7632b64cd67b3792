// Values that are written seldom are kept as the JSON of their Codable conformance; only incidents are many enough to be
// written by hand.

import Foundation

enum JSONColumn {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_: Value.Type, from text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw DamagedRow(reason: "its detail is no \(Value.self): \(error)")
        }
    }
}
