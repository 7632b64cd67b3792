// Text from outside ends up in log lines, tables and pages. Here it loses what could break a line or hide another
// word, and gets a bound, once, at the boundary.

enum BoundedText {
    /// Names that people read.
    static let name = 256
    /// Ids of accounts, devices and licences (GUIDs have 36 characters).
    static let id = 64
    /// A presence or health word with its evidence.
    static let word = 64
    /// What Graph says about a failure, in its own sentences.
    static let sentence = 512

    /// `text` without control, format and line-separating characters, cut after `limit` characters.
    ///
    /// A character is a Unicode scalar here, so that combining marks cannot grow one "character" without bound.
    static func clean(_ text: String, limit: Int) -> String {
        if isPlain(text, limit: limit) { return text }
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isInvisible(scalar) {
            if kept.count == limit { break }
            kept.append(scalar)
        }
        return trimmed(String(kept))
    }

    /// The cleaned text, or `nil` when nothing is left of it.
    static func clean(_ text: String?, limit: Int) -> String? {
        guard let text else { return nil }
        let cleaned = clean(text, limit: limit)
        return cleaned.isEmpty ? nil : cleaned
    }

    /// An id is only good as a whole: cut or stripped it would name something else.
    static func id(_ text: String?) -> String? {
        guard let text, !text.isEmpty, isPlain(text, limit: id) else { return nil }
        return text
    }

    /// Whether nothing has to be done: printable ASCII without spaces at the ends, within the limit.
    private static func isPlain(_ text: String, limit: Int) -> Bool {
        let bytes = text.utf8
        return bytes.count <= limit && bytes.first != 0x20 && bytes.last != 0x20
            && bytes.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: true
        default: false
        }
    }

    private static func trimmed(_ text: String) -> String {
        let body = text.drop(while: \.isWhitespace)
        guard let last = body.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(body[...last])
    }
}
