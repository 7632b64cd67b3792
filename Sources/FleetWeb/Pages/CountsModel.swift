// Parts of a whole as a bar and as words: the rooms of a place by their state, the operations of a command by theirs.

import FleetAPI

/// How many of what are in each state.
struct CountsModel {
    /// A single room of thousands is still a visible piece of the bar, of a hundred.
    static let leastShare = 1.5

    var parts: [Part]
    var sentence: String

    struct Part {
        var state: String
        var count: Int
        /// Where its piece of the bar begins and how long it is, of a hundred.
        var start: String
        var share: String
    }

    /// - Parameters:
    ///   - counts: from left to right.
    ///   - none: what is said when there is nothing.
    init(_ counts: [(state: String, count: Int)], of total: Int, none: String) {
        let present = counts.filter { $0.count > 0 }
        let whole = Double(max(1, total))
        var shares = present.map { max(Self.leastShare, Double($0.count) / whole * 100) }
        // What the small pieces got too much, the largest one gives.
        if let largest = shares.indices.max(by: { shares[$0] < shares[$1] }) {
            shares[largest] -= shares.reduce(0, +) - 100
        }
        var start = 0.0
        parts = zip(present, shares).map { part, share in
            defer { start += share }
            return Part(state: part.state, count: part.count, start: Self.text(start), share: Self.text(share))
        }
        sentence = present.isEmpty ? none : present.map { "\($0.count) \($0.state)" }.joined(separator: ", ")
    }

    /// Rooms, what is wrong first.
    init(_ counts: FleetBody.Counts) {
        self.init(
            [
                ("down", counts.down), ("pending", counts.pending), ("recovering", counts.recovering),
                ("unseen", counts.unseen), ("unknown", counts.unknown), ("up", counts.up),
            ], of: counts.rooms, none: "no rooms")
    }

    private static func text(_ share: Double) -> String { String((share * 100).rounded() / 100) }
}
