// Names come from a directory that other people write: a display name may hold line breaks, a whole book, or the marks
// that turn the text around it from right to left. Every text passes here once before any channel words it.

extension String {
    /// The text on one line, without control characters, without marks that change the direction of what follows, and
    /// without white space around it; cut with an ellipsis when it is longer than `limit`.
    ///
    /// - Parameter limit: in UTF-16 units, of which every way of counting characters finds at most as many.
    func oneLine(_ limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        var units = 0
        var isPending = false
        for scalar in unicodeScalars {
            if scalar.isBlank {
                isPending = !kept.isEmpty
                continue
            }
            if scalar.turnsDirection { continue }
            let width = UTF16.width(scalar) + (isPending ? 1 : 0)
            guard units + width <= limit else { return String(kept).clipped(limit - 1) + "…" }
            if isPending { kept.append(" ") }
            isPending = false
            kept.append(scalar)
            units += width
        }
        return String(kept)
    }

    /// The text, or as much of its beginning as fits into `limit` UTF-16 units with an ellipsis at its end.
    func shortened(_ limit: Int) -> String {
        utf16.index(utf16.startIndex, offsetBy: limit + 1, limitedBy: utf16.endIndex) == nil
            ? self : clipped(limit - 1) + "…"
    }

    private func clipped(_ limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        var units = 0
        for scalar in unicodeScalars {
            units += UTF16.width(scalar)
            if units > limit { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}

extension Unicode.Scalar {
    /// White space, line ends and control characters, all of which become one space.
    fileprivate var isBlank: Bool { properties.isWhitespace || properties.generalCategory == .control }

    /// The embeddings, overrides and isolates of the bidirectional algorithm (UAX #9, section 2). Letters that are
    /// written from right to left need none of them; left open, they turn everything behind them.
    fileprivate var turnsDirection: Bool {
        switch value {
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
