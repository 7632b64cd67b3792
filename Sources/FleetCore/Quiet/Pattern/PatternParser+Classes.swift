// Classes and escapes: where a pattern names sets of characters.

extension PatternParser {
    /// What follows a backslash outside a class.
    mutating func escape() throws(PatternError) -> PatternNode {
        let start = position - 1
        guard let next = peek else { throw PatternError(.trailingBackslash, place: start + 1) }
        if let (set, negated) = perlClass(next) {
            position += 1
            return .scalars(set, negated: negated, ignoresCase: false)
        }
        switch next {
        case "A":
            position += 1
            return .place(.beginning)
        case "z":
            position += 1
            return .place(.end)
        case "b":
            position += 1
            return .place(.wordBoundary)
        case "B":
            position += 1
            return .place(.noWordBoundary)
        default:
            let value = try escapedScalar()
            return .scalars(ScalarSet([value...value]), negated: false, ignoresCase: flags.ignoresCase)
        }
    }

    /// `\d`, `\w`, `\s` and their opposites: ASCII, as in RE2.
    private func perlClass(_ scalar: Unicode.Scalar) -> (ScalarSet, negated: Bool)? {
        switch scalar {
        case "d": (.digits, false)
        case "D": (.digits, true)
        case "w": (.word, false)
        case "W": (.word, true)
        case "s": (.space, false)
        case "S": (.space, true)
        default: nil
        }
    }

    /// A single character after its backslash, which has been read.
    private mutating func escapedScalar() throws(PatternError) -> UInt32 {
        let start = position - 1
        guard peek != nil else { throw PatternError(.trailingBackslash, place: start + 1) }
        let next = advance()
        switch next {
        case "a": return 0x07
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "v": return 0x0B
        case "x": return try hexadecimal(from: start)
        case "0"..."9": throw PatternError(.backReference, place: start + 1)
        case _ where next.isASCII && ScalarSet.posix["punct"]?.contains(next.value) == true: return next.value
        default: throw PatternError(.badEscape(text(start..<position)), place: start + 1)
        }
    }

    /// `\x41` or `\x{1F600}`.
    private mutating func hexadecimal(from start: Int) throws(PatternError) -> UInt32 {
        let isBraced = take("{")
        var value: UInt32 = 0
        var digits = 0
        while let digit = peek.flatMap({ Character($0).hexDigitValue }), peek?.isASCII == true,
            digits < (isBraced ? 6 : 2)
        {
            value = value * 16 + UInt32(digit)
            digits += 1
            position += 1
        }
        let isComplete = isBraced ? digits > 0 && take("}") : digits == 2
        guard isComplete, Unicode.Scalar(value) != nil else {
            throw PatternError(.badEscape(text(start..<position)), place: start + 1)
        }
        return value
    }

    /// A class after its `[`. A `]` in the first place and a `-` wherever it makes no range stand for themselves.
    mutating func characterClass() throws(PatternError) -> PatternNode {
        let opened = position
        let isNegated = take("^")
        let first = position
        var ranges: [ClosedRange<UInt32>] = []
        while position == first || peek != "]" {
            guard peek != nil else { throw PatternError(.unclosedClass, place: opened) }
            if let named = try namedSet() {
                ranges += named.ranges
                continue
            }
            let start = position
            let lower = try classScalar(opened: opened)
            guard peek == "-", let after = peek(1), after != "]" else {
                ranges.append(lower...lower)
                continue
            }
            position += 1
            let upper = try classScalar(opened: opened)
            guard lower <= upper else { throw PatternError(.badRange, place: start + 1) }
            ranges.append(lower...upper)
        }
        position += 1
        return .scalars(ScalarSet(ranges), negated: isNegated, ignoresCase: flags.ignoresCase)
    }

    /// `[:alpha:]`, `[:^alpha:]` or `\d` inside a class.
    private mutating func namedSet() throws(PatternError) -> ScalarSet? {
        if peek == "\\", let (set, negated) = peek(1).flatMap(perlClass) {
            position += 2
            return negated ? set.inverted : set
        }
        guard peek == "[", peek(1) == ":" else { return nil }
        var end = position + 2
        while end + 1 < scalars.count, !(scalars[end] == 0x3A && scalars[end + 1] == 0x5D) { end += 1 }
        guard end + 1 < scalars.count else { return nil }
        let start = position
        var name = text((start + 2)..<end)
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let set = ScalarSet.posix[name] else {
            throw PatternError(.unknownPosixClass(text(start..<(end + 2))), place: start + 1)
        }
        position = end + 2
        return isNegated ? set.inverted : set
    }

    private mutating func classScalar(opened: Int) throws(PatternError) -> UInt32 {
        guard peek != nil else { throw PatternError(.unclosedClass, place: opened) }
        let next = advance()
        return next == "\\" ? try escapedScalar() : next.value
    }
}
