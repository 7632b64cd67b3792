// One cause, one page: a building that went dark is judged as one trouble beside the verdicts on its rooms. Room by room
// everything may be told in time and the on-call person still be called fifty times.

import FleetAPI
import Foundation

/// A building whose rooms went dark together, and what was told of it.
struct DarkBuilding: Sendable, Hashable {
    enum Verdict: Sendable, Hashable {
        /// Seconds from the first dark room to the page.
        case told(after: Double)
        case missed(lateBy: Double?)
        /// The deadline has not come.
        case unjudged
    }

    var name: String
    var rooms: Int
    var firstDarkAt: Date
    var verdict: Verdict
    /// Pages of single rooms before their building's; right, as long as they are taken back.
    var early = 0
    /// How many of those are taken back.
    var merged = 0
    /// Pages beside the one.
    var excess: [Notice] = []
    /// Rooms whose early page stands although the building was told.
    var unmerged: [String] = []

    /// One line in plain words.
    var text: String {
        let fate =
            switch verdict {
            case .told(let seconds):
                (excess.isEmpty ? "one page" : "\(1 + excess.count) pages") + " \(seconds.tenths) s after the first"
            case .missed(let lateBy): lateBy.map { "told \($0.tenths) s too late" } ?? "the building was not told"
            case .unjudged: "not told yet"
            }
        let early =
            early > 0 ? "; \(early) \(early == 1 ? "room" : "rooms") told early, \(merged) merged into it" : ""
        return "Building \(name.printable): \(rooms) \(rooms == 1 ? "room" : "rooms") dark, \(fate)\(early)"
    }

    var isClean: Bool {
        if case .missed = verdict { return false }
        return excess.isEmpty && unmerged.isEmpty
    }
}

extension Scoreboard {
    /// So many rooms of one building share a page however large it is (Detection, Scope collapse: the burst rule).
    private static let crowd = 5
    /// The simulator's word for the cause.
    private static let causeKind = "building_dark"

    /// The buildings that went dark, as things stood at `end`, in the order in which they did.
    func darkBuildings(at end: Date) -> [DarkBuilding] {
        let owed = outages.filter { $0.causeKind == Self.causeKind && $0.expected == .incident && $0.visibleAt <= end }
        return Dictionary(grouping: owed, by: \.cause).values
            .filter { $0.count >= Self.crowd }.map { judge($0, at: end) }.sorted { $0.firstDarkAt < $1.firstDarkAt }
    }

    private func judge(_ rooms: [Outage], at end: Date) -> DarkBuilding {
        let dark = rooms.map(\.visibleAt).sorted()
        var building = DarkBuilding(
            name: rooms[0].building, rooms: rooms.count, firstDarkAt: dark[0], verdict: .unjudged)
        let due = max(dark[Self.crowd - 1], watchingSince ?? dark[0]).addingTimeInterval(deadlines.presence)
        let pages = notices.filter { notice in
            notice.isCall && notice.isOfPlace && rooms.contains { isAbout(notice, $0) }
        }.sorted { $0.receivedAt < $1.receivedAt }
        if let page = pages.first {
            let late = page.receivedAt.timeIntervalSince(due)
            building.verdict =
                late > 0 ? .missed(lateBy: late) : .told(after: page.receivedAt.timeIntervalSince(dark[0]))
        } else if due < end {
            building.verdict = .missed(lateBy: nil)
        }
        building.excess = Array(pages.dropFirst())
        judgeRoomPages(of: rooms, beside: pages.first, at: end, into: &building)
        return building
    }

    private func isAbout(_ notice: Notice, _ outage: Outage) -> Bool {
        guard notice.speaks(forBuilding: outage.building) || notice.accounts.contains(outage.account) else {
            return false
        }
        return isCause(outage, of: notice)
    }

    /// Pages of single rooms that the building's trouble alone explains.
    private func judgeRoomPages(
        of rooms: [Outage], beside page: Notice?, at end: Date, into building: inout DarkBuilding
    ) {
        guard let page else { return }
        for outage in rooms {
            let theirs = notices(for: outage).filter { !$0.isOfPlace }
            for call in theirs where call.isCall && isCause(outage, of: call) {
                let hasOwnCause = outages(of: outage.account).contains {
                    $0.causeKind != Self.causeKind && isCause($0, of: call)
                }
                if hasOwnCause { continue }
                guard call.incident.openedAt.date < page.incident.openedAt.date else {
                    building.excess.append(call)
                    continue
                }
                building.early += 1
                let isMerged = theirs.contains {
                    $0.incident.id == call.incident.id && $0.incident.resolution == "merged"
                }
                if isMerged {
                    building.merged += 1
                } else if end.timeIntervalSince(page.receivedAt) > deadlines.merge {
                    building.unmerged.append(outage.room)
                }
            }
        }
    }
}
