// Patterns come from people and from the API, and they run inside the one writer. Swift's own Regex backtracks: a pattern
// such as (a+)+b against thirty a's would stop paging for the whole fleet. This one cannot: its time is bounded by the
// length of the text times the number of its states, and both are bounded.

/// A regular expression in the subset of RE2 that people use, always matched against the whole text (Alertmanager wraps
/// what is written in `^(?:…)$`).
///
/// Supported: characters, `.`, classes with ranges and `[[:alpha:]]`, `\d \w \s` and opposites (ASCII), escapes, groups
/// of every kind (nothing is captured), `|`, `* + ? {m} {m,} {m,n}` greedy or lazy, `^ $ \A \z \b \B`, `(?i)` and `(?s)`.
/// Refused by name: look-around, back-references, `\p{…}`, `\Q…\E`, `(?m)`. Texts are compared scalar by scalar, not
/// normalised, as RE2 does.
public struct Pattern: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    public let text: String
    private let program: PatternProgram

    /// In Unicode scalars.
    public static let maximumLength = 500
    /// After repetitions are written out; room for a list of forty room names. The worst pattern of this size takes some
    /// 5 µs for each character of a text, so a name of 64 characters costs a third of a millisecond.
    public static let maximumStates = 600

    /// - Throws: ``PatternError`` that names the place and the remedy.
    public init(_ text: String) throws(PatternError) {
        self.text = text
        var parser = PatternParser(text)
        program = PatternProgram(try parser.parse().node)
    }

    /// Whether the whole of `text` matches.
    ///
    /// - Parameter ignoringCase: as if the pattern began with `(?i)`, for texts in which case means nothing.
    public func matches(_ text: String, ignoringCase: Bool = false) -> Bool {
        program.matches(text, ignoringCase: ignoringCase)
    }

    /// How many states it has; the cost of each character of a text.
    public var states: Int { program.instructions.count }

    public static func == (a: Pattern, b: Pattern) -> Bool {
        a.text.unicodeScalars.elementsEqual(b.text.unicodeScalars)
    }
    public func hash(into hasher: inout Hasher) { for scalar in text.unicodeScalars { hasher.combine(scalar) } }
    public var description: String { text }
}
