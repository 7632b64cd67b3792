// What stands in the calendars before anybody asks: a pure function of seed, account and day, so that a tenant of 20,000
// rooms stores nothing and shows the same week every time.

import Foundation

/// One entry of a simulated calendar.
struct DiaryEntry: Sendable, Hashable {
    /// `freeBusyStatus` as the metadata spells it.
    var status: String
    var start: Date
    var end: Date
    /// Who booked it, as Exchange writes it into a room's subject.
    var organiser: Int
}

/// The seeded calendars of a fleet.
struct Diary: Sendable {
    let seed: UInt64
    /// The working day in the building's own time.
    static let opens = 8 * 60
    static let closes = 18 * 60

    /// The entries of an account that overlap the span, by start.
    func entries(account: Int, zone: TimeZone, from: Date, until: Date) -> [DiaryEntry] {
        guard from < until else { return [] }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var found: [DiaryEntry] = []
        // An evening of the day before may reach into the span.
        var day = calendar.startOfDay(for: from.addingTimeInterval(-86_400))
        while day < until {
            found += entries(account: account, day: day, calendar: calendar).filter {
                $0.start < until && $0.end > from
            }
            // Thirty-six hours later it is the next day, also where a day has 23 or 25.
            day = calendar.startOfDay(for: day.addingTimeInterval(36 * 3600))
        }
        return found
    }

    /// A working day: two weekly series at fixed times and, between them, single meetings; many follow on each other.
    private func entries(account: Int, day: Date, calendar: Calendar) -> [DiaryEntry] {
        let weekday = calendar.component(.weekday, from: day)
        guard (2...6).contains(weekday) else { return [] }
        // The day's number in its own zone, the same whatever span was asked for.
        let midnight = day.timeIntervalSince1970 + Double(calendar.timeZone.secondsFromGMT(for: day))
        let number = Int((midnight / 86_400).rounded(.down))
        var spans = series(account: account, weekday: weekday)
        var draws = SeededDraws(seed: seed, purpose: .booking, index: account, round: number)
        var minute = Self.opens + 15 * draws.pick(0...6)
        while minute < Self.closes {
            let length = [30, 30, 30, 60, 60, 90][draws.pick(0...5)]
            let status = ["busy", "busy", "busy", "busy", "busy", "busy", "tentative", "tentative", "oof", "free"]
            let span = Span(
                from: minute, to: minute + length, status: status[draws.pick(0...status.count - 1)],
                organiser: draws.pick(1...200))
            if span.to <= Self.closes, !spans.contains(where: { $0.from < span.to && span.from < $0.to }) {
                spans.append(span)
            }
            // No pause at all every third time.
            minute += length + [0, 0, 30, 60, 60, 120][draws.pick(0...5)]
        }
        return spans.sorted { $0.from < $1.from }.compactMap { span in
            guard let start = date(span.from, on: day, calendar), let end = date(span.to, on: day, calendar) else {
                return nil
            }
            return DiaryEntry(status: span.status, start: start, end: end, organiser: span.organiser)
        }
    }

    /// Minutes of a local day.
    private struct Span {
        var from: Int
        var to: Int
        var status: String
        var organiser: Int
    }

    /// The recurring meetings of a weekday: a daily one in every other room, a weekly one in most.
    private func series(account: Int, weekday: Int) -> [Span] {
        var draws = SeededDraws(seed: seed, purpose: .series, index: account)
        var spans: [Span] = []
        let hasDaily = draws.pick(0...1) == 0
        let daily = 9 * 60 + 15 * draws.pick(0...4)
        if hasDaily { spans.append(Span(from: daily, to: daily + 15, status: "busy", organiser: draws.pick(1...200))) }
        let weekly = (day: draws.pick(2...6), from: 13 * 60 + 30 * draws.pick(0...6))
        if weekly.day == weekday {
            spans.append(Span(from: weekly.from, to: weekly.from + 60, status: "busy", organiser: draws.pick(1...200)))
        }
        return spans
    }

    /// Nine in the morning is nine on the wall, also on the day the clocks change.
    private func date(_ minute: Int, on day: Date, _ calendar: Calendar) -> Date? {
        calendar.date(bySettingHour: minute / 60, minute: minute % 60, second: 0, of: day)
    }
}
