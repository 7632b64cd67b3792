// What is still to come, soonest first. A binary heap: background calls of a large tenant keep tens of thousands of
// entries waiting, and the next one is asked for at every request.

/// A priority queue by time; entries of the same time come out in the order they were put in.
struct Agenda<Entry: Sendable>: Sendable {
    private struct Item: Sendable {
        let at: Duration
        let ordinal: Int
        let entry: Entry

        func precedes(_ other: Item) -> Bool { at != other.at ? at < other.at : ordinal < other.ordinal }
    }

    private var items: [Item] = []
    private var issued = 0

    /// When the next entry is due.
    var next: Duration? { items.first?.at }

    mutating func add(_ entry: Entry, at: Duration) {
        issued += 1
        items.append(Item(at: at, ordinal: issued, entry: entry))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].precedes(items[parent]) else { break }
            items.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes the soonest entry that is due by `now`.
    mutating func takeDue(by now: Duration) -> (at: Duration, entry: Entry)? {
        guard let first = items.first, first.at <= now else { return nil }
        let last = items.removeLast()
        if !items.isEmpty {
            items[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
                    if items[child].precedes(items[least]) { least = child }
                }
                if least == parent { break }
                items.swapAt(parent, least)
                parent = least
            }
        }
        return (first.at, first.entry)
    }
}
