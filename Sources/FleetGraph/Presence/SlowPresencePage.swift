// simdjson refuses a number beyond 64 bits although it is valid JSON, and one such number in a field that nobody reads
// must not blind 650 rooms. Those pages, and only those, are read again by Foundation.

import FleetCore
import Foundation

enum SlowPresencePage {
    static func decode(_ body: [UInt8], asked: [AccountID]) -> Result<[PresenceAnswer], PresencePageError> {
        guard let document = try? JSONSerialization.jsonObject(with: Data(body)) else { return .failure(.malformed) }
        guard let object = document as? [String: Any], let rows = object["value"] as? [Any] else {
            return .failure(.noRows)
        }
        var table = AnswerTable(asked: asked)
        for case let row as [String: Any] in rows {
            guard let id = row["id"] as? String else { continue }
            let stamp = (row["sequenceNumber"] as? String).flatMap { AnswerTable.isStamp($0.utf8) ? $0 : nil }
            table.accept(id: id, reading: reading(row), stamp: stamp)
        }
        return .success(table.finished())
    }

    private static func reading(_ row: [String: Any]) -> Reading<Presence> {
        guard let availability = text(row["availability"]), let activity = text(row["activity"]) else {
            return .unknown(.saidUnknown(text: "malformed"))
        }
        return PresenceWords.reading(availability: availability, activity: activity)
    }

    /// Empty where absent or null, `nil` where it is no string.
    private static func text(_ field: Any?) -> String? {
        guard let field, !(field is NSNull) else { return "" }
        return field as? String
    }
}
