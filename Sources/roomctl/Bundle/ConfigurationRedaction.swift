// The configuration as the daemon reads it. roomctl has no reader of YAML, and needs none: whatever the document says, its
// words are keys, numbers, lengths, times of the day and names, and only the first four pass. What is a key is told by the
// colon behind it; a comment is dropped.

import Foundation

extension Redaction {
    /// Keys of the configuration under which names of that kind stand.
    private static let namingKeys: [String: Pseudonyms.Kind] = [
        "tenant": .tenant, "tenants": .tenant, "building": .building, "buildings": .building, "floor": .floor,
        "room": .room, "receivers": .receiver, "receiver": .receiver, "fallback": .receiver, "contact": .person,
        "reason": .word, "tenant_id": .id, "client_id": .id, "url": .host, "urls": .host, "from": .mail, "to": .mail,
    ]
    private static let keys: Set<String> = [
        "version", "tenants", "name", "tenant_id", "client_id", "cloud", "credential", "client_secret_file",
        "certificate_file", "private_key_file", "endpoints", "login", "graph", "ca_file", "inventory", "devices",
        "places",
        "licences", "include", "exclude", "poll", "presence", "suspect", "calendars", "calls", "detection",
        "offline_after", "offline_hold", "online_after", "online_hold", "blind_after", "correlation", "window", "share",
        "burst", "hours", "default", "days", "from", "to", "time_zone", "holidays", "buildings", "contact", "rooms",
        "match", "room", "building", "floor", "tenant", "vip", "out_of_service", "reason", "until", "maintenance",
        "enabled", "device_types", "return_within", "store", "path", "retention", "observations", "incidents", "api",
        "listen", "socket", "tokens_file", "external_url", "behind_proxy", "http", "proxy", "heartbeat", "url_file",
        "every", "receivers", "webhook", "url", "secret_file", "pagerduty", "routing_key_file", "fallback",
        "alertmanager", "urls", "teams", "slack", "email", "smtp", "routes", "severity", "condition", "grouping",
        "wait",
        "max", "continue", "active", "mute", "escalate", "after", "runbook_url", "log", "level", "reminders", "updates",
    ]
    private static let values: Set<String> = [
        "true", "false", "null", "global", "usgov", "usgov-dod", "china", "critical", "error", "warning", "notice",
        "info",
        "debug", "teams_room", "collaboration_bar", "surface_hub", "utc", "nightly", "starttls", "tls", "plain", "mon",
        "tue", "wed", "thu", "fri", "sat", "sun",
    ]

    /// - Returns: the document with its structure, its settings and stand-ins for the rest.
    mutating func configuration(_ text: String) -> String {
        var made: [String] = []
        /// Lines that are deeper than this belong to a text over several lines.
        var blockDepth: Int?
        var lastKey = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let indent = line.prefix { $0 == " " }.count
            let isBlank = line.allSatisfy(\.isWhitespace)
            if let depth = blockDepth {
                if isBlank || indent > depth { continue }
                blockDepth = nil
            }
            var reader = ConfigurationLine(String(line))
            var out = ""
            while let token = reader.next() {
                switch token {
                case .sign(let sign): out.append(sign)
                case .key(let key):
                    out += known(key: key)
                    lastKey = Self.keys.contains(key) ? key : lastKey
                case .scalar(let text): out += setting(text, of: lastKey)
                case .block:
                    out += Self.mask
                    blockDepth = indent
                }
            }
            while out.last == " " { out.removeLast() }
            if !out.isEmpty { made.append(out) }
        }
        return made.joined(separator: "\n") + "\n"
    }

    private mutating func known(key: String) -> String {
        // Names may be keys: buildings and their hours.
        Self.keys.contains(key) ? key : names.standIn(for: key, .building)
    }

    private mutating func setting(_ text: String, of key: String) -> String {
        let lower = text.lowercased()
        if Self.values.contains(lower) { return text }
        let isSetting =
            text.wholeMatch(of: /[0-9]{1,6}(\.[0-9]{1,6})?(ms|s|m|h|d)?/) != nil
            || text.wholeMatch(of: /\d{2}:\d{2}/) != nil || text.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil
            || lower.split(whereSeparator: { "-, ".contains($0) }).allSatisfy { Self.values.contains(String($0)) }
        if isSetting, key != "floor", key != "room" { return text }
        if key == "condition" { return self.text(text) }
        if text.contains(":") || text.contains("@") || text.hasPrefix("/") { return self.text(text) }
        if key.hasSuffix("_file") || key == "time_zone" || key == "reason" || key == "contact" { return Self.mask }
        return names.standIn(for: text, Self.namingKeys[key] ?? (key == "name" ? .name : .word))
    }
}

/// One line of YAML as signs, keys and scalars.
struct ConfigurationLine {
    enum Token: Hashable {
        case sign(Character)
        case key(String)
        case scalar(String)
        /// A text over several lines begins.
        case block
    }

    private var rest: Substring
    private let line: String
    private var depth = 0

    init(_ line: String) {
        self.line = line
        rest = self.line[...]
    }

    mutating func next() -> Token? {
        guard let first = rest.first else { return nil }
        if first.isWhitespace {
            rest.removeFirst()
            return .sign(" ")
        }
        if first == "#" {
            rest = ""
            return nil
        }
        if "{}[],:".contains(first) {
            rest.removeFirst()
            depth += "{[".contains(first) ? 1 : "}]".contains(first) ? -1 : 0
            return .sign(first)
        }
        if first == "-", rest.dropFirst().first.map(\.isWhitespace) ?? true {
            rest.removeFirst()
            return .sign("-")
        }
        if (first == "|" || first == ">"), depth == 0 {
            rest = ""
            return .block
        }
        let text = first == "\"" || first == "'" ? quoted(first) : bare()
        let after = rest.drop(while: \.isWhitespace)
        return after.first == ":" && (after.dropFirst().first.map { $0.isWhitespace } ?? true)
            ? .key(text) : .scalar(text)
    }

    private mutating func quoted(_ mark: Character) -> String {
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst(), character != mark {
            if mark == "\"", character == "\\" { _ = rest.popFirst() }
            text.append(character)
        }
        return text
    }

    /// To the colon of a key, to a comment, or, within brackets, to a comma or bracket.
    private mutating func bare() -> String {
        var text = ""
        while let character = rest.first {
            let following = rest.dropFirst().first
            if character == ":", following.map(\.isWhitespace) ?? true { break }
            if character == "#", text.last.map(\.isWhitespace) ?? true { break }
            if depth > 0, ",]}[{".contains(character) { break }
            text.append(character)
            rest.removeFirst()
        }
        return text.trimmingCharacters(in: .whitespaces)
    }
}
