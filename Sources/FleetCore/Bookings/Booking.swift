// A meeting as far as a room is concerned: from when to when, and how firmly. Subject and organiser are personal data
// that no decision here needs (Exchange even replaces a room's subjects by the organiser's name), so there is no field
// that could hold them.

public import struct Foundation.Date

/// One entry of a room's calendar. Bookings are in UTC by the wall clock.
public struct Booking: Sendable, Hashable {
    /// Graph's `freeBusyStatus`; words nobody has seen before are kept.
    public enum Status: Sendable, Hashable {
        case free
        case tentative
        case busy
        case outOfOffice
        case workingElsewhere
        /// What Graph said instead; empty when it said nothing.
        case unknown(text: String)

        /// Whether people may come to the room.
        ///
        /// An entry of unknown status is in the calendar for some reason, so it counts: being early with help costs
        /// less than an ignored meeting. Free and working elsewhere are shown as free by Graph itself (Graph facts, Calendars).
        public var holdsRoom: Bool {
            switch self {
            case .busy, .tentative, .outOfOffice, .unknown: true
            case .free, .workingElsewhere: false
            }
        }
    }

    public let startsAt: Date
    /// Later than ``startsAt``.
    public let endsAt: Date
    public let status: Status

    /// - Returns: `nil` for an entry that holds no time: one that ends when or before it starts.
    public init?(startsAt: Date, endsAt: Date, status: Status) {
        guard startsAt < endsAt else { return nil }
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.status = status
    }

    func covers(_ instant: Date) -> Bool { startsAt <= instant && instant < endsAt }

    /// By start; of two with the same start the longer one first.
    static func isEarlier(_ a: Booking, _ b: Booking) -> Bool {
        a.startsAt != b.startsAt ? a.startsAt < b.startsAt : a.endsAt > b.endsAt
    }
}

/// A stretch in which a room is taken without a gap.
public struct BookedBlock: Sendable, Hashable {
    public let startsAt: Date
    public let endsAt: Date

    /// Joins bookings that overlap or follow on each other; `bookings` are sorted by start.
    static func merged(_ bookings: some Sequence<Booking>) -> [BookedBlock] {
        var blocks: [BookedBlock] = []
        for booking in bookings {
            if let last = blocks.last, booking.startsAt <= last.endsAt {
                let end = max(last.endsAt, booking.endsAt)
                blocks[blocks.count - 1] = BookedBlock(startsAt: last.startsAt, endsAt: end)
            } else {
                blocks.append(BookedBlock(startsAt: booking.startsAt, endsAt: booking.endsAt))
            }
        }
        return blocks
    }
}
