// A token bucket lets up to twice its limit through in one window. The documented limits are per window, so the
// client keeps the moments of what it really sent; the limit itself bounds how many that are.

/// The requests of the last window, oldest first.
struct RequestWindowLog {
    private struct Entry {
        let at: Duration
        let cost: Int
    }

    let window: RequestWindow
    private var entries: [Entry] = []
    private var head = 0
    private var used = 0

    init(_ window: RequestWindow) {
        self.window = window
    }

    /// The units in the window that ends now.
    mutating func used(at now: Duration) -> Int {
        // A request exactly one window old still counts: the other side may see it a moment later than we sent it.
        while head < entries.count, entries[head].at + window.per < now {
            used -= entries[head].cost
            head += 1
        }
        if head > 64, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return used
    }

    mutating func record(_ cost: Int, at now: Duration) {
        entries.append(Entry(at: now, cost: cost))
        used += cost
    }

    /// The earliest time at or after `start` at which `cost` fits below `limit`, with `planned` requests counted in.
    ///
    /// `planned` is in order of time and every entry of it is no later than `start`.
    func earliest(_ cost: Int, limit: Int, planned: [(at: Duration, cost: Int)], from start: Duration) -> Duration {
        let past = entries[head...].lazy.map { (at: $0.at, cost: $0.cost) }
        let all = Array(past) + planned
        var free = limit - cost
        // Going back in time: the newest entry that no longer fits beside the request has to leave the window first.
        for entry in all.reversed() {
            guard entry.at + window.per >= start else { break }
            free -= entry.cost
            if free < 0 { return max(start, entry.at + window.per + .milliseconds(1)) }
        }
        return start
    }
}
