// Which characters one step of a pattern accepts. Ranges are sorted and merged, so a lookup is a binary search and a
// class of a thousand spellings costs no more than the ranges it covers.

/// A set of Unicode scalars.
struct ScalarSet: Sendable, Hashable {
    /// Sorted, disjoint and not adjacent.
    private(set) var ranges: [ClosedRange<UInt32>]

    init(_ ranges: [ClosedRange<UInt32>] = []) { self.ranges = Self.merged(ranges) }

    init(_ text: String) { self.init(text.unicodeScalars.map { $0.value...$0.value }) }

    static let digits = ScalarSet([0x30...0x39])
    static let lower = ScalarSet([0x61...0x7A])
    static let upper = ScalarSet([0x41...0x5A])
    static let letters = lower.union(upper)
    static let word = letters.union(digits).union(ScalarSet("_"))
    /// What `\s` means in RE2; unlike `[[:space:]]` without the vertical tab.
    static let space = ScalarSet("\t\n\u{0C}\r ")
    static let newline = ScalarSet("\n")
    static let everything = ScalarSet([0...0x10_FFFF])

    /// The ASCII classes of POSIX by name, as RE2 knows them.
    static let posix: [String: ScalarSet] = [
        "alnum": letters.union(digits), "alpha": letters, "ascii": ScalarSet([0...0x7F]), "blank": ScalarSet("\t "),
        "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F]), "digit": digits, "graph": ScalarSet([0x21...0x7E]),
        "lower": lower, "print": ScalarSet([0x20...0x7E]),
        "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        "space": space.union(ScalarSet("\u{0B}")), "upper": upper, "word": word,
        "xdigit": digits.union(ScalarSet([0x41...0x46, 0x61...0x66])),
    ]

    func contains(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            let range = ranges[middle]
            if scalar < range.lowerBound {
                high = middle
            } else if scalar > range.upperBound {
                low = middle + 1
            } else {
                return true
            }
        }
        return false
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10_FFFF { gaps.append(next...0x10_FFFF) }
        return ScalarSet(gaps)
    }

    private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

/// Case without locale: two characters are the same without case when their folded forms are equal.
enum Fold {
    /// The lower case of the upper case, where each is a single scalar (simple folding, near enough to RE2's: it brings
    /// together K, k and the Kelvin sign, and leaves ß alone).
    static func folded(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return (0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar }
        return lower(upper(scalar))
    }

    static func lower(_ scalar: UInt32) -> UInt32 { single(scalar) { $0.properties.lowercaseMapping } }
    static func upper(_ scalar: UInt32) -> UInt32 { single(scalar) { $0.properties.uppercaseMapping } }

    private static func single(_ value: UInt32, _ mapping: (Unicode.Scalar) -> String) -> UInt32 {
        guard let scalar = Unicode.Scalar(value) else { return value }
        let mapped = mapping(scalar).unicodeScalars
        guard mapped.count == 1, let first = mapped.first else { return value }
        return first.value
    }
}
