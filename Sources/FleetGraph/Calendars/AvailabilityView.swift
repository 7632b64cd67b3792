// The second telling of the same calendar: one character for each five minutes, without names, dates or zones. It
// stands in where items are hidden by the calendar's permissions or cannot be read.

import FleetCore
import Foundation
import Timekeeping

enum AvailabilityView {
    /// The finest step Graph offers; a booking known from the view alone is at most this much too long on either side.
    static let step: Duration = .seconds(300)

    /// The status of one step; `nil` for "no data" and for characters nobody has documented.
    private static func status(_ character: Character) -> Booking.Status? {
        switch character {
        case "0": .free
        case "1": .tentative
        case "2": .busy
        case "3": .outOfOffice
        case "4": .workingElsewhere
        default: nil
        }
    }

    /// Whether the view tells anything.
    static func isTelling(_ view: String?) -> Bool { view?.contains { status($0) != nil } ?? false }

    /// The bookings that the view shows from `start` on and `items` do not: runs of one status, each step of which
    /// touches none of the items.
    static func bookings(_ view: String, from start: Date, steps: Int, besides items: [Booking]) -> [Booking] {
        var found: [Booking] = []
        var run: (status: Booking.Status, from: Int)?
        func close(at index: Int) {
            if let run,
                let booking = Booking(
                    startsAt: start.addingTimeInterval(Double(run.from) * step.seconds),
                    endsAt: start.addingTimeInterval(Double(index) * step.seconds), status: run.status)
            {
                found.append(booking)
            }
            run = nil
        }
        var length = 0
        for (index, character) in view.prefix(steps).enumerated() {
            length = index + 1
            let begins = start.addingTimeInterval(Double(index) * step.seconds)
            let ends = begins.addingTimeInterval(step.seconds)
            let status = status(character)
            let isTold = items.contains { $0.startsAt < ends && begins < $0.endsAt }
            guard let status, status.holdsRoom, !isTold else {
                close(at: index)
                continue
            }
            if let current = run, current.status == status { continue }
            close(at: index)
            run = (status, index)
        }
        close(at: length)
        return found
    }
}
