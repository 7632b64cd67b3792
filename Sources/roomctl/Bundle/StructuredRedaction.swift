// Structured data: each key says what its value may be. A key that is in no list keeps numbers and truth values, and its
// texts are masked.

import Foundation

extension Redaction {
    /// Whose values are names, with the kind of stand-in that they get.
    static let naming: [String: Pseudonyms.Kind] = [
        "tenant": .tenant, "tenants": .tenant, "building": .building, "buildings": .building, "floor": .floor,
        "floors": .floor, "room": .room, "email": .mail, "id": .id, "incident": .id, "dedup_key": .id,
        "notification_id": .id, "receiver": .receiver, "receivers": .receiver, "fallback": .receiver, "author": .person,
        "actor": .person, "acknowledged_by": .person, "expired_by": .person, "by": .person, "user": .person,
        "origin": .address, "subject": .id, "account": .id, "device": .id, "host": .host, "cursor": .id,
        "next_cursor": .id,
    ]

    /// Whose values are words of the contract; they are read as texts all the same.
    static let plain: Set<String> = [
        "state", "severity", "condition", "status", "kind", "cause", "source", "reading", "event", "phase", "from",
        "to",
        "observability", "resolution", "rule", "outcome", "capability", "type", "code", "role", "action", "voice",
        "result", "unit", "level", "logger", "check", "verdict", "area", "version",
    ]

    /// Whose values are sentences of the daemon.
    static let sentences: Set<String> = [
        "summary", "detail", "remark", "remedy", "sentence", "error", "sweep_failure", "answer", "title", "message",
        "says", "schedule", "text_of", "advice", "finding", "found", "hint", "cause_text", "line",
    ]

    /// JSON, with its keys sorted; `nil` when it is none.
    mutating func json(_ bytes: [UInt8]) -> String? {
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
            return nil
        }
        let harmless = self.value(value, under: [])
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: harmless,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
        else { return nil }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// - Parameter keys: from the outermost to that of the value.
    mutating func value(_ value: Any, under keys: [String]) -> Any {
        switch value {
        case let object as [String: Any]:
            var made: [String: Any] = [:]
            // Sorted, so that the same answer gets the same stand-ins; `name` waits for what says more.
            for key in object.keys.sorted() {
                guard let inner = object[key] else { continue }
                made[self.key(key)] = self.value(inner, under: keys + [key])
            }
            return made
        case let list as [Any]: return list.map { self.value($0, under: keys) }
        case let text as String: return string(text, under: keys)
        default: return value
        }
    }

    private mutating func key(_ key: String) -> String {
        if Self.naming[key] != nil || Self.plain.contains(key) || Self.sentences.contains(key) { return key }
        return word(key)
    }

    private mutating func string(_ text: String, under keys: [String]) -> String {
        guard let key = keys.last, !text.isEmpty else { return text.isEmpty ? "" : Self.mask }
        // What the doctor looks at, and what Graph offers, have names of the daemon's own.
        if keys.contains("checks") {
            if key == "id" || key == "area" || key == "subject" { return self.text(text) }
            if key == "examples" { return names.standIn(for: text, .room) }
        }
        if key == "name", keys.dropLast().last == "capabilities" { return self.text(text) }
        if key == "name" { return names.standIn(for: text, Self.kindOfName(under: keys.dropLast().last)) }
        if let kind = Self.naming[key] { return names.standIn(for: text, kind) }
        if key == "at" || key.hasSuffix("_at") || key.hasSuffix("_after") || key.hasSuffix("_since") || key == "until" {
            return Self.isTimestamp(text) ? text : Self.mask
        }
        if Self.plain.contains(key) || Self.sentences.contains(key) { return self.text(text) }
        return Self.mask
    }

    static func isTimestamp(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/) != nil
    }

    private static func kindOfName(under parent: String?) -> Pseudonyms.Kind {
        switch parent {
        case "tenants": .tenant
        case "buildings": .building
        case "floors": .floor
        case "rooms", "room", "scope": .room
        case "receivers": .receiver
        default: .name
        }
    }

    // MARK: Figures

    /// Figures in the text format of Prometheus.
    mutating func figures(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { figure(String($0)) }.joined(separator: "\n")
    }

    private mutating func figure(_ line: String) -> String {
        guard let open = line.firstIndex(of: "{"), let close = line.lastIndex(of: "}"), !line.hasPrefix("#") else {
            return line.hasPrefix("#") || line.wholeMatch(of: /[a-z_]*( [0-9eE+.NaInf-]+)?/) != nil ? line : Self.mask
        }
        let labels = line[line.index(after: open)..<close].matches(of: /([a-zA-Z_]+)="((?:[^"\\]|\\.)*)"/).map {
            match in
            let (key, value) = (String(match.output.1), String(match.output.2))
            return "\(key == "le" ? key : word(key))=\"\(label(value, of: key))\""
        }
        return line[...open] + labels.joined(separator: ",") + line[close...]
    }

    private mutating func label(_ value: String, of key: String) -> String {
        if let kind = Self.naming[key] { return names.standIn(for: value, kind) }
        return text(value)
    }
}
