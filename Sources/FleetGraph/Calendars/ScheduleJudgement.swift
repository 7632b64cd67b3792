// What one mailbox's part of an answer says about its room.

import FleetCore
import Foundation
import Timekeeping

enum ScheduleJudgement {
    /// Entries that begin or end further from the window are cut there: nobody needs to know that a block ends in 9999.
    static let farthest: Duration = .seconds(31 * 86_400)

    /// The agenda that `schedule` tells of, or why it tells of none.
    static func agenda(_ schedule: ScheduleWire, _ window: ScheduleWindow, asked: Moment) -> Agenda {
        if let code = failure(schedule) { return Agenda(unknown: .failed(code), readAt: asked) }
        let hasView = AvailabilityView.isTelling(schedule.availabilityView)
        var bookings: [Booking] = []
        var unreadable = 0
        for item in schedule.scheduleItems {
            guard let start = ZonedTime.date(item.start), let end = ZonedTime.date(item.end) else {
                unreadable += 1
                continue
            }
            if let booking = booking(from: start, until: end, status(item.status), window) { bookings.append(booking) }
        }
        if hasView, let view = schedule.availabilityView {
            bookings += AvailabilityView.bookings(
                view, from: window.from, steps: window.steps, besides: bookings.filter(\.status.holdsRoom))
        } else if !schedule.hasItems {
            return Agenda(unknown: .saidUnknown(text: "no_free_busy"), readAt: asked)
        } else if unreadable > 0 {
            // Some meeting is there and nobody knows when; to call the room free would be a guess.
            return Agenda(unknown: .failed(FailureKind.malformed), readAt: asked)
        }
        return Agenda(bookings, from: window.from, until: window.until, readAt: asked)
    }

    /// The code of the mailbox's error; one without code and message is none.
    private static func failure(_ schedule: ScheduleWire) -> String? {
        guard let error = schedule.error else { return nil }
        if let code = BoundedText.clean(error.responseCode, limit: BoundedText.word), code.lowercased() != "noerror" {
            return code
        }
        return BoundedText.clean(error.message, limit: BoundedText.word) == nil ? nil : "calendar_error"
    }

    private static func booking(
        from start: Date, until end: Date, _ status: Booking.Status, _ window: ScheduleWindow
    ) -> Booking? {
        guard start < end, end > window.from, start < window.until else { return nil }
        return Booking(
            startsAt: max(start, window.from.addingTimeInterval(-farthest.seconds)),
            endsAt: min(end, window.until.addingTimeInterval(farthest.seconds)), status: status)
    }

    /// Compared without case: `Busy` occurs where the metadata says `busy` (Graph facts, Calendars).
    static func status(_ word: String?) -> Booking.Status {
        switch word?.lowercased() {
        case "free": .free
        case "tentative": .tentative
        case "busy": .busy
        case "oof": .outOfOffice
        case "workingelsewhere": .workingElsewhere
        default: .unknown(text: BoundedText.clean(word, limit: BoundedText.word) ?? "")
        }
    }
}
