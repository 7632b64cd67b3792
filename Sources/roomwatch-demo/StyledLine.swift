// A line of the picture: pieces of text with a meaning, not with escape codes, so that the same picture can be drawn
// with colours, without them, and compared in a test.

/// A line of text whose pieces may be coloured.
struct StyledLine: Sendable, Hashable {
    /// Colours by what they mean.
    enum Style: Sendable, Hashable {
        case plain, faint, strong, good, warning, alarm, violet, note

        /// The parameters of SGR (ECMA-48, 8.3.117).
        var parameters: String {
            switch self {
            case .plain: "0"
            case .faint: "2"
            case .strong: "1"
            case .good: "32"
            case .warning: "1;33"
            case .alarm: "1;31"
            case .violet: "1;35"
            case .note: "36"
            }
        }
    }

    private(set) var pieces: [(text: String, style: Style)] = []

    init(_ text: String = "", _ style: Style = .plain) { add(text, style) }

    mutating func add(_ text: String, _ style: Style = .plain) {
        if !text.isEmpty { pieces.append((text, style)) }
    }

    /// The width in columns; every character that is drawn takes one.
    var width: Int { pieces.reduce(0) { $0 + $1.text.count } }

    /// The line, cut at `width`; then `mark` stands in its last column.
    func cut(to width: Int, mark: String) -> StyledLine {
        guard self.width > width else { return self }
        var line = StyledLine()
        var left = max(0, width - mark.count)
        for piece in pieces where left > 0 {
            let text = String(piece.text.prefix(left))
            line.add(text, piece.style)
            left -= text.count
        }
        line.add(mark, .faint)
        return line
    }

    /// The line as text.
    func text(colour: Bool) -> String {
        pieces.map { piece in
            colour && piece.style != .plain ? "\u{1B}[\(piece.style.parameters)m\(piece.text)\u{1B}[0m" : piece.text
        }.joined()
    }

    static func == (a: StyledLine, b: StyledLine) -> Bool {
        a.pieces.elementsEqual(b.pieces) { $0.text == $1.text && $0.style == $1.style }
    }

    func hash(into hasher: inout Hasher) {
        for piece in pieces {
            hasher.combine(piece.text)
            hasher.combine(piece.style)
        }
    }
}
