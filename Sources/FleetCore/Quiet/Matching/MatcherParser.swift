// Alertmanager's published rules for matchers (the documentation of its package `labels`, classic syntax): a name, an
// operator, and a value that may be quoted; in the value \" \\ and \n are escapes and any other backslash is itself; a
// list is separated by commas outside quotes, and may end with one. Braces go by pairs here: Alertmanager strips a lone
// one from either end, which would turn room=~B.{3} into a different pattern without a word.

/// Reads matchers from text.
struct MatcherParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var end: Int

    private static let whitespace: Set<Unicode.Scalar> = [" ", "\t", "\n", "\u{0C}", "\r"]

    init(_ text: String) throws(MatcherError) {
        scalars = Array(text.unicodeScalars)
        end = scalars.count
        guard scalars.count <= Matchers.maximumTextLength else {
            throw MatcherError(
                .textTooLong(maximum: Matchers.maximumTextLength), place: Matchers.maximumTextLength + 1, text: "")
        }
    }

    /// Exactly one matcher, without braces or commas around it.
    mutating func single() throws(MatcherError) -> Matcher { try matcher(until: end) }

    /// A list, with or without braces; an empty one is empty.
    mutating func list() throws(MatcherError) -> [Matcher] {
        skipWhitespace()
        while end > position, Self.whitespace.contains(scalars[end - 1]) { end -= 1 }
        if position < end, scalars[position] == "{" {
            guard end - position > 1, scalars[end - 1] == "}" else {
                throw error(.unclosedBrace, at: position)
            }
            position += 1
            end -= 1
        }
        var found: [Matcher] = []
        while position < end {
            let comma = nextComma()
            // After the last comma there may be nothing.
            skipWhitespace()
            if position >= end { break }
            guard found.count < Matchers.maximumCount else {
                throw error(.tooMany(maximum: Matchers.maximumCount), at: position)
            }
            found.append(try matcher(until: comma))
            position = comma + 1
        }
        return found
    }

    /// The next comma outside quotes, else the end.
    private func nextComma() -> Int {
        var isQuoted = false
        var isEscaped = false
        for index in position..<end {
            switch scalars[index] {
            case "," where !isQuoted: return index
            case "\"" where !isEscaped: isQuoted.toggle()
            case "\\":
                isEscaped.toggle()
                continue
            default: break
            }
            isEscaped = false
        }
        return end
    }

    private mutating func matcher(until limit: Int) throws(MatcherError) -> Matcher {
        skipWhitespace()
        let start = position
        while position < limit, Self.isName(scalars[position]) { position += 1 }
        guard position > start else { throw error(.missingLabel, at: start) }
        let name = text(start..<position)
        guard let label = Label(rawValue: name) else { throw error(.unknownLabel(name), at: start) }
        skipWhitespace()
        guard let comparison = comparison(until: limit) else {
            throw error(.missingOperator(label: name), at: position)
        }
        skipWhitespace()
        let valueStart = min(position, limit)
        let value = try value(until: limit)
        do throws(MatcherError) {
            return try Matcher(label, comparison, value)
        } catch {
            throw MatcherError(error.problem, place: valueStart + 1, text: text(valueStart..<limit))
        }
    }

    /// `=~` and `!~` before `=`, because otherwise the tilde would belong to the value.
    private mutating func comparison(until limit: Int) -> Matcher.Operator? {
        for candidate in [Matcher.Operator.matches, .doesNotMatch, .notEqual, .equal] {
            let spelled = Array(candidate.rawValue.unicodeScalars)
            if position + spelled.count <= limit, scalars[position..<(position + spelled.count)].elementsEqual(spelled)
            {
                position += spelled.count
                return candidate
            }
        }
        return nil
    }

    private mutating func value(until limit: Int) throws(MatcherError) -> String {
        var last = limit
        while last > position, Self.whitespace.contains(scalars[last - 1]) { last -= 1 }
        guard position < last else { return "" }
        let start = position
        let isQuoted = scalars[position] == "\""
        if isQuoted { position += 1 }
        var value = String.UnicodeScalarView()
        var isClosed = false
        while position < last {
            let scalar = scalars[position]
            position += 1
            switch scalar {
            case "\\" where position < last && Self.escapes[scalars[position]] != nil:
                value.append(Self.escapes[scalars[position]] ?? scalar)
                position += 1
            case "\"":
                guard isQuoted, position == last else { throw error(.unescapedQuote, at: position - 1, from: start) }
                isClosed = true
            default: value.append(scalar)
            }
        }
        guard isClosed || !isQuoted else { throw error(.unclosedQuote, at: start) }
        return String(value)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = ["\\": "\\", "\"": "\"", "n": "\n"]

    /// The characters of a Prometheus label name.
    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        ScalarSet.word.contains(scalar.value) || scalar == ":"
    }

    private mutating func skipWhitespace() {
        while position < end, Self.whitespace.contains(scalars[position]) { position += 1 }
    }

    private func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }

    private func error(_ problem: MatcherError.Problem, at place: Int, from start: Int? = nil) -> MatcherError {
        MatcherError(problem, place: place + 1, text: text(min(start ?? place, end)..<end))
    }
}
