// A wrong key is nearly always a right one misspelt, so the error names the right one.

/// The valid name that was probably meant.
enum NearestName {
    /// The nearest of `candidates` by edit distance; `nil` when none is near enough to be what was meant.
    static func of(_ word: String, among candidates: [String]) -> String? {
        // Longer words cannot be misspelt names, and the distance costs the product of both lengths.
        guard word.count <= 64 else { return nil }
        let word = word.lowercased()
        let ranked = candidates.map { ($0, distance(word, $0.lowercased())) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
        let isPart = best.0.lowercased().hasPrefix(word) || word.hasPrefix(best.0.lowercased())
        return best.1 <= max(2, (min(word.count, best.0.count) + 2) / 3) || (isPart && word.count > 2) ? best.0 : nil
    }

    /// The remedy for an unknown word: the nearest, or all of them.
    static func remedy(for word: String, among candidates: [String]) -> String {
        if let nearest = of(word, among: candidates) { return "did you mean `\(nearest)`?" }
        return "it is one of " + candidates.joined(separator: ", ")
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) between two words.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a)
        let b = Array(b)
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
