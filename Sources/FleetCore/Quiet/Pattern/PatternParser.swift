// The subset of RE2's syntax that people write in matchers (github.com/google/re2/wiki/Syntax), read by hand. What RE2
// accepts and we do not is refused by name; nothing is silently read as something else.

/// Reads a pattern into nodes.
struct PatternParser {
    /// The parts of the syntax that `(?…)` switches.
    struct Flags {
        var ignoresCase = false
        var dotMatchesNewline = false
    }

    /// Deeper groups than this would only exercise the stack.
    static let maximumDepth = 32
    /// As in RE2.
    static let maximumRepetition = 1_000

    let scalars: [UInt32]
    var position = 0
    var flags = Flags()
    private var depth = 0

    init(_ text: String) { scalars = text.unicodeScalars.map(\.value) }

    mutating func parse() throws(PatternError) -> SizedNode {
        guard scalars.count <= Pattern.maximumLength else {
            throw PatternError(.tooLong(maximum: Pattern.maximumLength), place: Pattern.maximumLength + 1)
        }
        let node = try alternatives()
        guard position == scalars.count else { throw error(.unopenedGroup) }
        return node
    }

    /// Alternatives up to the end or to the `)` that closes the group; the caller takes the `)`.
    private mutating func alternatives() throws(PatternError) -> SizedNode {
        var found: [SizedNode] = []
        repeat { found.append(try sequence()) } while take("|")
        return try bounded(.either(found), at: position)
    }

    private mutating func sequence() throws(PatternError) -> SizedNode {
        var parts: [SizedNode] = []
        while let next = peek, next != "|", next != ")" {
            let start = position
            guard let atom = try atom() else { continue }
            parts.append(try repetition(of: atom, from: start))
        }
        return try bounded(.sequence(parts), at: position)
    }

    /// One thing that can be repeated; `nil` for a `(?i)` that only sets flags.
    private mutating func atom() throws(PatternError) -> SizedNode? {
        switch advance() {
        case "(": return try group()
        case "[": return SizedNode(try characterClass())
        case ".": return dot
        case "^": return SizedNode(.place(.beginning))
        case "$": return SizedNode(.place(.end))
        case "\\": return SizedNode(try escape())
        case "*", "+", "?": throw error(.nothingToRepeat, back: 1)
        case "{":
            position -= 1
            let start = position
            if try counts() != nil { throw PatternError(.nothingToRepeat, place: start + 1) }
            position = start + 1
            return literal(0x7B)
        case let scalar: return literal(scalar.value)
        }
    }

    private var dot: SizedNode {
        SizedNode(
            .scalars(
                flags.dotMatchesNewline ? ScalarSet() : .newline, negated: true, ignoresCase: false))
    }

    private func literal(_ value: UInt32) -> SizedNode {
        SizedNode(.scalars(ScalarSet([value...value]), negated: false, ignoresCase: flags.ignoresCase))
    }

    // MARK: Groups

    private mutating func group() throws(PatternError) -> SizedNode? {
        let opened = position
        guard depth < Self.maximumDepth else { throw error(.tooDeep(maximum: Self.maximumDepth), back: 1) }
        let outer = flags
        if take("?"), try groupHead() == .flagsOnly { return nil }
        depth += 1
        let inside = try alternatives()
        depth -= 1
        guard take(")") else { throw PatternError(.unclosedGroup, place: opened) }
        flags = outer
        // An empty group can be repeated like any other.
        return inside
    }

    private enum Head { case group, flagsOnly }

    /// What follows `(?`: `:`, flags, a name, or something that is not supported.
    private mutating func groupHead() throws(PatternError) -> Head {
        let start = position
        switch peek {
        case "=", "!": throw PatternError(.lookAround, place: start - 1)
        case "P" where peek(1) == "<": position += 2
        case "<" where peek(1) == "=" || peek(1) == "!": throw PatternError(.lookAround, place: start - 1)
        case "<": position += 1
        default: return try flagList()
        }
        while let next = peek, ScalarSet.word.contains(next.value) { position += 1 }
        guard take(">") else { throw unsupported(from: start) }
        return .group
    }

    private mutating func flagList() throws(PatternError) -> Head {
        let start = position
        var value = true
        while let next = peek {
            position += 1
            switch next {
            case "i": flags.ignoresCase = value
            case "s": flags.dotMatchesNewline = value
            case "U": break
            case "-" where value: value = false
            case ":": return .group
            case ")": return .flagsOnly
            default: throw unsupported(from: start)
            }
        }
        throw PatternError(.unclosedGroup, place: start - 1)
    }

    private func unsupported(from start: Int) -> PatternError {
        let end = min(scalars.count, max(start + 1, position))
        return PatternError(.unsupportedGroup("(?" + text(start..<end)), place: start - 1)
    }

    // MARK: Repetition

    private mutating func repetition(of atom: SizedNode, from start: Int) throws(PatternError) -> SizedNode {
        guard let (minimum, maximum) = try counts() else { return atom }
        // A lazy repetition accepts the same texts; only what a group captures would differ.
        _ = take("?")
        let end = position
        if try counts() != nil { throw PatternError(.stackedRepetition, place: end + 1) }
        return try bounded(atom.repeated(minimum: minimum, maximum: maximum), at: start)
    }

    /// `*`, `+`, `?`, `{m}`, `{m,}` or `{m,n}` where one stands; a brace that is none of these is a character.
    private mutating func counts() throws(PatternError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{"), let minimum = number() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = peek == "}" ? nil : number() ?? -1 }
        guard take("}"), maximum != -1 else {
            position = start
            return nil
        }
        guard minimum <= Self.maximumRepetition, maximum ?? minimum <= Self.maximumRepetition,
            minimum <= maximum ?? minimum
        else { throw PatternError(.badRepetition(maximum: Self.maximumRepetition), place: start + 1) }
        return (minimum, maximum)
    }

    /// A number in decimal digits, saturating just above what a repetition may count.
    private mutating func number() -> Int? {
        var value: Int?
        while let next = peek, ScalarSet.digits.contains(next.value) {
            value = min((value ?? 0) * 10 + Int(next.value - 0x30), Self.maximumRepetition + 1)
            position += 1
        }
        return value
    }

    private func bounded(_ node: SizedNode, at place: Int) throws(PatternError) -> SizedNode {
        guard node.states <= Pattern.maximumStates else {
            throw PatternError(.tooLarge(maximum: Pattern.maximumStates), place: min(place + 1, scalars.count))
        }
        return node
    }
}

// MARK: Reading

extension PatternParser {
    var peek: Unicode.Scalar? { peek(0) }

    func peek(_ ahead: Int) -> Unicode.Scalar? {
        position + ahead < scalars.count ? Unicode.Scalar(scalars[position + ahead]) : nil
    }

    /// The next scalar; callers have looked that there is one.
    mutating func advance() -> Unicode.Scalar {
        let next = peek ?? "\0"
        position += 1
        return next
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars[range].compactMap(Unicode.Scalar.init)))
    }

    /// An error at the scalar about to be read, or `back` before it.
    func error(_ problem: PatternError.Problem, back: Int = 0) -> PatternError {
        PatternError(problem, place: max(1, position + 1 - back))
    }
}
