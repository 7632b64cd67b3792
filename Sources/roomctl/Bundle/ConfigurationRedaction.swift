// The configuration as the daemon reads it. roomctl has no reader of YAML, and needs none: whatever the document says, its
// words are keys, numbers, lengths, times of the day and names, and only the first four pass. What is a key is told by the
// colon behind it; a comment is dropped. Nothing passes beneath a key that the configuration does not have: a secret that
// somebody wrote into the wrong file stands under such a one.

import Foundation

extension Redaction {
    /// Keys of the configuration under which names of that kind stand.
    private static let namingKeys: [String: Pseudonyms.Kind] = [
        "tenant": .tenant, "tenants": .tenant, "building": .building, "buildings": .building, "floor": .floor,
        "room": .room, "receivers": .receiver, "receiver": .receiver, "fallback": .receiver, "contact": .person,
        "reason": .word, "tenant_id": .id, "client_id": .id, "url": .host, "urls": .host, "from": .mail, "to": .mail,
        "user": .person, "managed_identity": .id,
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
        "client_secret_expires", "federated_token_file", "managed_identity", "password_expiry",
        "password_expiry_on_premises", "password_file", "user",
    ]
    /// Keys directly beneath which the keys are names of buildings.
    private static let namedByKey: Set<String> = ["hours", "buildings"]
    private static let values: Set<String> = [
        "true", "false", "null", "global", "usgov", "usgov-dod", "china", "critical", "error", "warning", "notice",
        "info",
        "debug", "teams_room", "collaboration_bar", "surface_hub", "utc", "nightly", "starttls", "tls", "plain", "mon",
        "tue", "wed", "thu", "fri", "sat", "sun", "system", "never",
    ]

    /// - Returns: the document with its structure, its settings and stand-ins for the rest.
    mutating func configuration(_ text: String) -> String {
        var made: [String] = []
        /// Lines that are deeper than this belong to a text over several lines.
        var blockDepth: Int?
        var place = ConfigurationPlace()
        var depth = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let indent = line.prefix { $0 == " " }.count
            let isBlank = line.allSatisfy(\.isWhitespace)
            if let depth = blockDepth {
                if isBlank || indent > depth { continue }
                blockDepth = nil
            }
            var reader = ConfigurationLine(String(line), depth: depth)
            var out = ""
            while true {
                let column = reader.column
                guard let token = reader.next() else { break }
                switch token {
                case .sign(let sign): out.append(sign)
                case .key(let key):
                    place.enter(key, column: column, depth: reader.depth) { parent in
                        Self.keys.contains(key) || parent.map(Self.namedByKey.contains) ?? false
                    }
                    out += known(key: key)
                case .scalar(let text):
                    place.settle(column: column, depth: reader.depth)
                    out += place.isKnown ? setting(text, of: place.key) : Self.mask
                case .block:
                    out += Self.mask
                    blockDepth = indent
                }
            }
            depth = reader.depth
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
        // What people wrote, and a secret where its file belongs, may look like a number or a time.
        if key == "reason" || key == "contact" || (key.hasSuffix("_file") && !text.hasPrefix("/")) { return Self.mask }
        if Self.values.contains(lower) { return text }
        let isSetting =
            text.wholeMatch(of: /[0-9]{1,6}(\.[0-9]{1,6})?(ms|s|m|h|d)?/) != nil
            || text.wholeMatch(of: /\d{2}:\d{2}/) != nil || text.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil
            || lower.split(whereSeparator: { "-, ".contains($0) }).allSatisfy { Self.values.contains(String($0)) }
        if isSetting, key != "floor", key != "room" { return text }
        if key == "condition" { return self.text(text) }
        if text.contains(":") || text.contains("@") || text.hasPrefix("/") { return self.text(text) }
        if key == "time_zone" { return Self.mask }
        return names.standIn(for: text, Self.namingKeys[key] ?? (key == "name" ? .name : .word))
    }
}

/// Under which keys a scalar stands.
struct ConfigurationPlace {
    private struct Level {
        var key: String
        var isKnown: Bool
        var column: Int
        /// Brackets around it.
        var depth: Int
    }

    private var levels: [Level] = []

    /// The innermost key.
    var key: String { levels.last?.key ?? "" }
    /// Whether the configuration has all the keys.
    var isKnown: Bool { levels.allSatisfy(\.isKnown) && !levels.isEmpty }

    /// - Parameter isKnown: whether the configuration has the key beneath the one that it is given.
    mutating func enter(_ key: String, column: Int, depth: Int, isKnown: (String?) -> Bool) {
        leave { $0.depth == depth ? depth > 0 || $0.column >= column : $0.depth > depth }
        levels.append(Level(key: key, isKnown: isKnown(levels.last?.key), column: column, depth: depth))
    }

    /// Leaves what ended before a scalar at this place. An entry of a list may stand right beneath its key.
    mutating func settle(column: Int, depth: Int) {
        leave { $0.depth > depth || ($0.depth == depth && depth == 0 && $0.column > column) }
    }

    private mutating func leave(_ isOver: (Level) -> Bool) {
        while let last = levels.last, isOver(last) { levels.removeLast() }
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
    /// Brackets that are open.
    private(set) var depth: Int

    /// - Parameter depth: brackets that earlier lines left open.
    init(_ line: String, depth: Int = 0) {
        self.line = line
        self.depth = depth
        rest = self.line[...]
    }

    /// Where the rest begins.
    var column: Int { line.distance(from: line.startIndex, to: rest.startIndex) }

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
            depth = max(0, depth + ("{[".contains(first) ? 1 : "}]".contains(first) ? -1 : 0))
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
