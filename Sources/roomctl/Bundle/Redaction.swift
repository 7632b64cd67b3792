// What goes into a bundle, string by string. The rule is the same everywhere: what is known to be harmless stays, a name
// gets its stand-in, and everything else is masked. Nothing gets in because nobody thought of it.

import Foundation

/// Takes what is private out of texts.
struct Redaction {
    static let mask = "<masked>"

    var names = Pseudonyms()

    /// Hosts that the products of everybody have in common.
    static let commonHosts: Set<String> = [
        "login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn",
        "graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn",
        "events.pagerduty.com", "events.eu.pagerduty.com", "localhost",
    ]
    /// Where files of a service of this name are on every machine.
    private static let commonFolders = [
        "/etc/roomwatch", "/var/lib/roomwatch", "/run/roomwatch", "/usr/bin", "/usr/lib",
    ]

    // MARK: Texts

    /// A text that a program wrote: names that are known get their stand-ins, and so does each word that the programs
    /// have no use for themselves.
    mutating func text(_ text: String) -> String {
        var made = ""
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                made.append(first.isNewline ? "\n" : " ")
                rest.removeFirst()
                continue
            }
            if let (name, end) = knownName(at: rest) {
                made += name
                rest = rest[end...]
                continue
            }
            let end = rest.firstIndex(where: \.isWhitespace) ?? rest.endIndex
            // A name that begins in the middle of what has no space, as in `(Room 17`, is looked for again from there.
            let (piece, next) = chunk(rest, until: end)
            made += piece
            rest = rest[next...]
        }
        return made
    }

    /// The longest known name that begins here and ends where a word ends.
    private func knownName(at text: Substring) -> (standIn: String, end: Substring.Index)? {
        var ends: [Substring.Index] = []
        var place = text.startIndex
        while place < text.endIndex, ends.count < Pseudonyms.mostWords, !text[place].isNewline {
            var end = place
            while end < text.endIndex, Self.isPartOfWord(text[end]) { end = text.index(after: end) }
            if end > place { ends.append(end) }
            while end < text.endIndex, !Self.isPartOfWord(text[end]), !text[end].isNewline {
                end = text.index(after: end)
            }
            if end == place { break }
            place = end
        }
        for end in ends.reversed() {
            if let known = names.known(text[..<end]) { return (known, end) }
        }
        return nil
    }

    private static func isPartOfWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    /// What has no space in it.
    ///
    /// - Returns: its harmless form, and where to go on.
    private mutating func chunk(_ text: Substring, until end: Substring.Index) -> (String, Substring.Index) {
        let whole = text[..<end]
        if let first = whole.first, !Self.isPartOfWord(first), first != "/" {
            // One sign at a time, so that what comes behind a bracket or a quotation mark is seen from its beginning.
            return (first.isASCII ? String(first) : "?", text.index(after: text.startIndex))
        }
        var core = whole
        while let last = core.last, !Self.isPartOfWord(last), last != "/" { core.removeLast() }
        guard !core.isEmpty else { return (String(whole.first ?? " "), text.index(after: text.startIndex)) }
        if let known = special(String(core)) { return (known, core.endIndex) }
        var word = core.startIndex
        while word < core.endIndex, Self.isPartOfIdentifier(core[word]) { word = core.index(after: word) }
        if word == core.startIndex { return ("/", core.index(after: word)) }
        var identifier = core[..<word]
        while let last = identifier.last, !Self.isPartOfWord(last) { identifier.removeLast() }
        return (self.word(String(identifier)), identifier.endIndex)
    }

    private static func isPartOfIdentifier(_ character: Character) -> Bool {
        isPartOfWord(character) || "._-".contains(character)
    }

    /// Addresses, ids and instants, which are looked at as a whole.
    private mutating func special(_ text: String) -> String? {
        if Self.isInstant(text) { return text }
        if let colon = text.range(of: "://") {
            let scheme = text[..<colon.lowerBound].lowercased()
            let host = text[colon.upperBound...].prefix { !"/?#".contains($0) }
            let bare = host.split(separator: "@").last.map(String.init) ?? ""
            return "\(Vocabulary.words.contains(scheme) ? scheme : "scheme")://\(self.host(bare))/…"
        }
        if text.contains("@") { return names.standIn(for: text, .mail) }
        if text.hasPrefix("/") { return Self.path(text) }
        if text.wholeMatch(of: /[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{20,40}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-fA-F]{12,}/) != nil {
            return names.standIn(for: text, .id)
        }
        if text.wholeMatch(of: /\d{1,3}(\.\d{1,3}){3}(:\d+)?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/) != nil,
            text.wholeMatch(of: /\d{2}:\d{2}:\d{2}/) == nil
        {
            return names.standIn(for: text, .address)
        }
        return nil
    }

    private static func isInstant(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?/) != nil
            || text.wholeMatch(of: /\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?/) != nil
    }

    private mutating func host(_ text: String) -> String {
        let name = text.split(separator: ":").first.map { $0.lowercased() } ?? ""
        return Self.commonHosts.contains(name) ? name : names.standIn(for: text, .host)
    }

    private static func path(_ text: String) -> String {
        guard text != "/" else { return text }
        let folder = commonFolders.first { text == $0 || text.hasPrefix($0 + "/") }
        return folder.map { $0 == text ? $0 : $0 + "/…" } ?? (text.count > 1 ? "/…" : text)
    }

    /// One word, or words that are joined by dots, hyphens or underscores.
    mutating func word(_ text: String) -> String {
        if let known = names.known(text) { return known }
        if Self.commonHosts.contains(text.lowercased()) { return text }
        let parts = text.split { "._-".contains($0) }
        if parts.allSatisfy({ Self.isHarmless($0) }) { return text }
        return names.standIn(for: text, text.contains(".") ? .host : .word)
    }

    /// A word of the programs' own, or a short number with or without a unit.
    private static func isHarmless(_ part: Substring) -> Bool {
        if Vocabulary.words.contains(part.lowercased()) { return true }
        return part.wholeMatch(of: /[0-9]{1,12}(ms|s|m|h|d|[kKMG]?B|%)?/) != nil || part.count == 1
    }
}
