// A second opinion on detection, written from the document (Detection) and not from the code: it sees the answers
// that reached the daemon and says for each of them what may, and what must, follow from it.

import Foundation
import Synchronization
import Timekeeping

/// What the answers so far entitle the daemon to, room by room.
final class PresenceOracle: Sendable {
    static let holdBad = (count: 3, hold: Duration.seconds(10))
    static let holdGood = (count: 2, hold: Duration.seconds(30))
    static let unseenAfter: Duration = .seconds(120)
    static let distrust: Duration = .seconds(60)
    /// Answers of a room that are kept until the store tells what was made of them. It tells within seconds, but on a full
    /// disk only when there is space again: minutes, with an answer a second.
    private static let keptMarks = 1_024

    /// What one answer means.
    struct Mark: Sendable {
        /// Whole milliseconds since 1970, as the store keeps instants.
        var wall: Int64
        var steady: Duration
        var mayFire = false
        var mayClear = false
        /// Known from answers to this life of the daemon alone, so that it has no excuse.
        var mustFire = false
        var mustClear = false
    }

    private struct Streak {
        var first: Duration
        var count: Int
    }

    private struct Room {
        var newestAsked: Duration?
        var lastUsable: Duration?
        var bad: Streak?
        var good: Streak?
        /// The same since the daemon started.
        var ownBad: Streak?
        var ownGood: Streak?
        var stamp: String?
        var stampLowerSince: Duration?
        var marks: [Mark] = []
        /// The newest answer, where it leaves only one phase possible.
        var owed: Mark?
    }

    private let rooms = Mutex<[String: Room]>([:])
    private let dark = Mutex<Duration?>(nil)

    /// When an answer last ended a time in which fewer than half of the rooms were seen, however short it was.
    var lastDark: Duration? { dark.withLock { $0 } }

    /// A new life of the daemon begins: it knows what it stored and no more.
    func beginLife() {
        rooms.withLock { rooms in
            for id in rooms.keys {
                rooms[id]?.ownBad = nil
                rooms[id]?.ownGood = nil
                rooms[id]?.newestAsked = nil
                rooms[id]?.stamp = nil
                rooms[id]?.stampLowerSince = nil
                rooms[id]?.owed = nil
            }
        }
    }

    /// One answer reached the daemon.
    func hear(_ rows: [PresenceRow], wanted: [String], asked: Moment) {
        let before = seen(within: Self.unseenAfter, before: asked.steady)
        if before.seen * 2 < before.known { dark.withLock { $0 = asked.steady } }
        rooms.withLock { rooms in
            var answered: Set<String> = []
            for row in rows {
                // A foreign id in an answer says nothing about anybody.
                guard answered.insert(row.id).inserted else { continue }
                Self.take(row, asked: asked, into: &rooms[row.id, default: Room()])
            }
            for id in wanted where !answered.contains(id) {
                Self.take(
                    PresenceRow(id: id, verdict: .unknown, stamp: nil), asked: asked,
                    into: &rooms[id, default: Room()])
            }
        }
    }

    private static func take(_ row: PresenceRow, asked: Moment, into room: inout Room) {
        let now = asked.steady
        if let newest = room.newestAsked, now <= newest { return }
        if row.verdict != .unknown, let stamp = row.stamp {
            if let baseline = room.stamp, stamp < baseline {
                let since = room.stampLowerSince ?? now
                if now - since <= distrust {
                    room.stampLowerSince = since
                    return
                }
            }
            room.stamp = stamp
            room.stampLowerSince = nil
        }
        room.newestAsked = now
        guard row.verdict != .unknown else { return }
        if let last = room.lastUsable, now - last >= unseenAfter {
            room.bad = nil
            room.ownBad = nil
            room.good?.first += now - last
            room.ownGood?.first += now - last
        }
        room.lastUsable = now
        var mark = Mark(wall: Int64((asked.wall.timeIntervalSince1970 * 1000).rounded()), steady: now)
        if row.verdict == .bad {
            room.good = nil
            room.ownGood = nil
            mark.mayFire = grow(&room.bad, at: now, to: holdBad)
            mark.mustFire = grow(&room.ownBad, at: now, to: holdBad)
        } else {
            room.bad = nil
            room.ownBad = nil
            mark.mayClear = grow(&room.good, at: now, to: holdGood)
            mark.mustClear = grow(&room.ownGood, at: now, to: holdGood)
        }
        if room.marks.count >= keptMarks { room.marks.removeFirst(keptMarks / 2) }
        room.marks.append(mark)
        room.owed = mark.mustFire || mark.mustClear ? mark : nil
    }

    private static func grow(_ streak: inout Streak?, at now: Duration, to bound: (count: Int, hold: Duration)) -> Bool
    {
        let grown = Streak(first: streak?.first ?? now, count: (streak?.count ?? 0) + 1)
        streak = grown
        return grown.count >= bound.count && now - grown.first >= bound.hold
    }

    /// The answer of a room that was asked at an instant of the store's clock.
    func mark(of id: String, wall: Int64) -> Mark? {
        rooms.withLock { $0[id]?.marks.last { $0.wall == wall } }
    }

    /// Rooms whose newest answer leaves only one phase possible, in the order of their ids.
    func owed() -> [(id: String, mark: Mark)] {
        rooms.withLock { rooms in
            rooms.compactMap { id, room in room.owed.map { (id, $0) } }.sorted { $0.id < $1.id }
        }
    }

    /// Whether the room had a usable answer that was asked within `window` before `now`.
    func sees(_ id: String, within window: Duration, before now: Duration) -> Bool {
        rooms.withLock { rooms in rooms[id]?.lastUsable.map { now - $0 < window } ?? false }
    }

    /// How many of the rooms ever seen had a usable answer that was asked within `window` before `now`.
    func seen(within window: Duration, before now: Duration) -> (seen: Int, known: Int) {
        rooms.withLock { rooms in
            let usable = rooms.values.compactMap(\.lastUsable)
            return (usable.count { now - $0 < window }, usable.count)
        }
    }
}
