// A silence that says something else than its author meant hides a page. So nothing is guessed: what cannot be read is
// refused, at the character, with what to write instead.

/// Why a matcher or a list of matchers is refused.
public struct MatcherError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Problem: Sendable, Hashable {
        case missingLabel
        case unknownLabel(String)
        case missingOperator(label: String)
        case unescapedQuote
        case unclosedQuote
        case unclosedBrace
        case tooMany(maximum: Int)
        case textTooLong(maximum: Int)
        case valueTooLong(maximum: Int)
        case badPattern(PatternError)
    }

    public var problem: Problem
    /// The place in the whole text, in Unicode scalars, counted from 1. For a bad pattern the place where its value
    /// begins.
    public var place: Int
    /// What stands there, shortened.
    public var text: String

    public init(_ problem: Problem, place: Int, text: String) {
        self.problem = problem
        self.place = place
        self.text = text.count > 40 ? text.prefix(39) + "…" : text
    }

    /// What is wrong, where, and the remedy, in one line.
    public var description: String { "matcher, character \(place): \(complaint); \(remedy)" }

    public var complaint: String {
        switch problem {
        case .missingLabel: "a label is expected at '\(text)'"
        case .unknownLabel(let name): "'\(name)' is no label"
        case .missingOperator(let label): "no operator follows '\(label)'"
        case .unescapedQuote: "a quote stands in the middle of the value \(text)"
        case .unclosedQuote: "the quote that opens \(text) is never closed"
        case .unclosedBrace: "the list is opened with '{' and never closed"
        case .tooMany(let maximum): "there are more than \(maximum) matchers"
        case .textTooLong(let maximum): "the text is longer than \(maximum) characters"
        case .valueTooLong(let maximum): "the value is longer than \(maximum) characters"
        case .badPattern(let error): "the pattern \(text) is refused: \(error)"
        }
    }

    public var remedy: String {
        switch problem {
        case .missingLabel: "write matchers as building=\"B2\", separated by single commas"
        case .unknownLabel:
            "the labels are " + Label.allCases.map(\.rawValue).joined(separator: ", ") + ", in lower case"
        case .missingOperator: "write =, !=, =~ or !~ and a value after it"
        case .unescapedQuote: "put the whole value into quotes and write \\\" for a quote inside"
        case .unclosedQuote: "add a quote at its end, and write \\\" for a quote inside"
        case .unclosedBrace: "add '}' at its end, or leave out both"
        case .tooMany, .textTooLong: "make several silences of it"
        case .valueTooLong: "use a shorter value, or a pattern with =~"
        case .badPattern: "patterns follow RE2 and match the whole value"
        }
    }
}
