// Bookings and calendar troubles that a scenario asks for, beside what stands in the diary.

import Timekeeping

extension Timeline {
    /// How long a booking lasts that does not say.
    private static var usualMeeting: Duration { .seconds(1800) }
    /// Bookings of one room kept from a scenario; the oldest go first.
    private static var maximumBooked: Int { 2_000 }

    mutating func book(_ room: Int, _ event: ScenarioEvent, cause: Int) {
        let start = elapsed + (event.startsIn?.duration ?? .zero)
        let end = start + max(.seconds(1), event.lasts?.duration ?? Self.usualMeeting)
        var entries = booked[room] ?? []
        if entries.count >= Self.maximumBooked { entries.removeFirst() }
        entries.append(DiaryEntry(status: "busy", start: wall(start), end: wall(end), organiser: 1))
        booked[room] = entries
        record(
            "room_booked", room: room, cause: cause, kind: .roomBooked, visible: elapsed,
            detail: "\(Timestamps.text(wall(start))) to \(Timestamps.text(wall(end)))")
    }

    mutating func breakCalendar(of room: Int, code: String, cause: Int) {
        calendarErrors[room] = code
        record("calendar_error", room: room, cause: cause, kind: .calendarError, visible: elapsed, detail: code)
    }

    mutating func mendCalendar(of room: Int, cause: Int) {
        calendarErrors[room] = nil
        record("calendar_known", room: room, cause: cause, kind: .calendarError, visible: elapsed)
    }
}
