// The log comes with its fields apart. Those say whose name is what, so they are read first, all of them, and the messages
// afterwards.

import Foundation

extension Redaction {
    private static let prefix = "ROOMWATCH_"

    /// Lines of `journalctl --output=json`, as lines of JSON with the time, the priority, the message and our own fields.
    mutating func journal(_ output: Data) -> String {
        let entries = output.split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSONSerialization.jsonObject(with: line)) as? [String: Any]
        }
        for entry in entries {
            for (key, value) in entry where key.hasPrefix(Self.prefix) {
                guard let text = value as? String, let kind = Self.naming[Self.field(key)] else { continue }
                _ = names.standIn(for: text, kind)
            }
        }
        return entries.map { line(of: $0) }.joined()
    }

    private static func field(_ key: String) -> String { String(key.dropFirst(prefix.count)).lowercased() }

    private mutating func line(of entry: [String: Any]) -> String {
        var made: [String: String] = [:]
        if let stamp = entry["__REALTIME_TIMESTAMP"] as? String, let microseconds = Double(stamp) {
            made["at"] = Date(timeIntervalSince1970: microseconds / 1e6).formatted(.iso8601)
        }
        for key in ["PRIORITY", "EXIT_STATUS", "JOB_RESULT"] {
            guard let value = entry[key] as? String else { continue }
            made[key.lowercased()] = text(value)
        }
        // Bytes that are no text come as a list of numbers.
        made["message"] = (entry["MESSAGE"] as? String).map { text($0) } ?? Self.mask
        for key in entry.keys.sorted() where key.hasPrefix(Self.prefix) {
            guard let value = entry[key] as? String else { continue }
            let field = Self.field(key)
            made[word(field)] = Self.naming[field].map { names.standIn(for: value, $0) } ?? text(value)
        }
        guard
            let bytes = try? JSONSerialization.data(
                withJSONObject: made, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return "" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
