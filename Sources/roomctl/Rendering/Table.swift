// Rows and columns for people, for a terminal of whatever width, and the same with tabs for scripts. Names come from a
// directory that many people write to, so nothing that could steer a terminal gets through.

/// How a cell is meant to look; where there is no colour nothing is lost but the colour.
enum Tone: Sendable, Hashable {
    case plain
    case bold
    case bad
    case doubtful
    case good
    case faint

    fileprivate var code: String {
        switch self {
        case .plain: ""
        case .bold: "1"
        case .bad: "31"
        case .doubtful: "33"
        case .good: "32"
        case .faint: "2"
        }
    }
}

struct Cell: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    var text: String
    var tone: Tone

    init(_ text: String, _ tone: Tone = .plain) {
        self.text = text.harmless
        self.tone = tone
    }

    init(stringLiteral value: String) { self.init(value) }
}

struct Table: Sendable, Hashable {
    struct Column: Sendable, Hashable {
        var title: String
        /// Whether it may be cut when the terminal is narrow; the first such column is cut last.
        var isFlexible = false

        init(_ title: String, isFlexible: Bool = false) {
            self.title = title
            self.isFlexible = isFlexible
        }
    }

    static let narrowest = 8
    private static let gap = 2

    var columns: [Column]
    var rows: [[Cell]] = []
    /// Facts under one another need no titles.
    var hasHead = true

    /// For people.
    ///
    /// - Parameter width: of the terminal; `nil` cuts nothing.
    func text(width: Int?, isColoured: Bool) -> String {
        let widths = widths(within: width)
        let head = hasHead ? [columns.map { Cell($0.title.uppercased(), .faint) }] : []
        return (head + rows).map { row in
            var line = ""
            for (place, cell) in row.enumerated() {
                let cut = cell.text.cut(to: widths[place])
                let isLast = place == row.count - 1
                let padding = isLast ? 0 : widths[place] - cut.columns + Self.gap
                line += Terminal.styled(cut, cell.tone, isColoured) + String(repeating: " ", count: padding)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// For scripts: no head, tabs between fields.
    var plain: String { rows.map { $0.map(\.text).joined(separator: "\t") + "\n" }.joined() }

    private func widths(within width: Int?) -> [Int] {
        var widths = columns.indices.map { place in
            ([hasHead ? columns[place].title.columns : 0] + rows.map { $0[place].text.columns }).max() ?? 0
        }
        guard let width else { return widths }
        let gaps = Self.gap * max(0, columns.count - 1)
        for place in columns.indices.reversed() where columns[place].isFlexible {
            let excess = widths.reduce(gaps, +) - width
            guard excess > 0 else { break }
            widths[place] = max(min(Self.narrowest, widths[place]), widths[place] - excess)
        }
        return widths
    }
}

extension Terminal {
    static func styled(_ text: String, _ tone: Tone, _ isColoured: Bool) -> String {
        isColoured && !tone.code.isEmpty && !text.isEmpty ? "\u{1B}[\(tone.code)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// One line without anything that steers a terminal or turns the direction of writing.
    var harmless: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: " "
                    default: scalar
                    }
                }))
    }

    /// Columns on a terminal: two for wide characters of East Asia and for emoji, none for marks that combine.
    var columns: Int { reduce(0) { $0 + $1.columns } }

    func cut(to limit: Int) -> String {
        guard columns > limit else { return self }
        var kept = ""
        var used = 0
        for character in self {
            guard used + character.columns <= limit - 1 else { break }
            kept.append(character)
            used += character.columns
        }
        return kept + "…"
    }
}

extension Character {
    fileprivate var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.properties.isEmojiPresentation { return 2 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
