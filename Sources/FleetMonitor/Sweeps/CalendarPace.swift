// How often all calendars can be read. The operator asks for an interval; the number of rooms, the budget and the speed
// of Exchange decide whether it can be kept. When it cannot, rounds come later: a budget spent here would be missing
// where a room has just failed.

import FleetGraph
import Timekeeping

/// The interval of the rounds over all calendars.
struct CalendarPace: Sendable, Hashable {
    /// Calls in any ten minutes that rounds may make: three quarters of the own budget of 8,000 for Outlook, which stays
    /// below Microsoft's 10,000 for one application and one mailbox. The mailboxes take turns, so the documented limit
    /// would allow far more; this one bounds our own load.
    static let callsInTenMinutes = 6_000
    /// A round that took most of an interval leaves this much of it, relative to its length, for rooms that fail.
    static let idleShare = 0.25

    /// What limits the interval.
    enum Limit: Sendable, Hashable {
        case asked, budget, speed
    }

    let interval: Duration
    let limit: Limit
    let calls: Int

    /// - Parameters:
    ///   - asked: `poll.calendars`.
    ///   - lastRound: how long the last whole round took.
    init(rooms: Int, asked: Duration, lastRound: Duration?) {
        calls = (rooms + ScheduleReader.mostRooms - 1) / ScheduleReader.mostRooms
        let budget = Duration.seconds(600) * calls / Self.callsInTenMinutes
        let speed = (lastRound ?? .zero) * (1 + Self.idleShare)
        let slowest = max(budget, speed)
        if slowest <= asked {
            (interval, limit) = (asked, .asked)
        } else {
            // Whole seconds, so that the same trouble gives the same line in the log.
            let seconds = Int64(slowest.seconds.rounded(.up))
            (interval, limit) = (.seconds(seconds), budget >= speed ? .budget : .speed)
        }
    }

    /// One line for the operator.
    func text(rooms: Int, asked: Duration) -> String {
        let wish = "every \(Int(asked.seconds)) s, as poll.calendars says"
        switch limit {
        case .asked: return "room calendars are read \(wish): \(rooms) rooms, \(calls) calls a round"
        case .budget:
            return "room calendars are read every \(Int(interval.seconds)) s, not \(wish): \(rooms) rooms need "
                + "\(calls) calls a round, and \(Self.callsInTenMinutes) in ten minutes are allowed"
        case .speed:
            return "room calendars are read every \(Int(interval.seconds)) s, not \(wish): the last round of "
                + "\(calls) calls took Graph that long"
        }
    }
}
