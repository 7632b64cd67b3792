// One condition of a silence or a route, in the notation that on-call people already know from Alertmanager
// (prometheus.io/docs/alerting/latest/configuration/#matcher).

/// A comparison of one label with a value or a pattern.
///
/// A label may have several texts: a room has its account id, mail address and display name, a room's devices have
/// models. A positive matcher (`=`, `=~`) holds when any of them matches, a negative one (`!=`, `!~`) when none does, so
/// that `!=` is always the opposite of `=`. Account ids and mail addresses are compared without case. `=` and `!=` take
/// two spellings of the same letter (é as one scalar or as two) for equal; patterns go scalar by scalar, as in RE2.
public struct Matcher: Sendable, Hashable, CustomStringConvertible {
    public enum Operator: String, Sendable, Hashable, Codable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case doesNotMatch = "!~"

        /// Whether the value is a regular expression.
        public var isPattern: Bool { self == .matches || self == .doesNotMatch }
        /// Whether the matcher holds when the comparison does not.
        public var isNegative: Bool { self == .notEqual || self == .doesNotMatch }
    }

    public let label: Label
    public let comparison: Operator
    /// The text, or the pattern as it was written.
    public let value: String
    private let pattern: Pattern?

    /// In Unicode scalars.
    public static let maximumValueLength = 500

    /// - Throws: ``MatcherError`` when the value is too long or its pattern is refused.
    public init(_ label: Label, _ comparison: Operator, _ value: String) throws(MatcherError) {
        guard value.unicodeScalars.count <= Self.maximumValueLength else {
            throw MatcherError(.valueTooLong(maximum: Self.maximumValueLength), place: 1, text: label.rawValue)
        }
        self.label = label
        self.comparison = comparison
        self.value = value
        do throws(PatternError) {
            pattern = comparison.isPattern ? try Pattern(value) : nil
        } catch {
            throw MatcherError(.badPattern(error), place: 1, text: value)
        }
    }

    /// Whether the matcher holds for the labels of one room.
    public func matches(_ labels: Labels) -> Bool {
        labels.texts(of: label).contains(where: accepts) != comparison.isNegative
    }

    /// Whether it holds for a label that is absent, and so for everything that lacks it.
    public var matchesAbsence: Bool { accepts(Labels.Text(text: "")) != comparison.isNegative }

    /// The comparison itself, before negation.
    private func accepts(_ text: Labels.Text) -> Bool {
        if let pattern { return pattern.matches(text.text, ignoringCase: text.ignoresCase) }
        return text.ignoresCase ? text.text.lowercased() == value.lowercased() : text.text == value
    }

    /// The canonical text: `building="B2"`, with `\`, `"` and line feeds escaped.
    public var description: String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\(label.rawValue)\(comparison.rawValue)\"\(escaped)\""
    }
}

extension Matcher: Codable {
    /// Stored as its canonical text.
    public init(from decoder: any Decoder) throws { self = try Matcher(parsing: decoder.singleTextValue()) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Decoder {
    fileprivate func singleTextValue() throws -> String { try singleValueContainer().decode(String.self) }
}
