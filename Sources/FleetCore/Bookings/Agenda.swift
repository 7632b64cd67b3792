// What is known of one room's bookings, with the two bounds of that knowledge: until when it was asked for, and for how
// long an answer may be believed. Severity asks here whether somebody needs the room, and "not known" is an answer.

public import Timekeeping

public import struct Foundation.Date

/// The near future of one room's calendar, as one read told it.
public struct Agenda: Sendable, Hashable {
    /// An agenda older than this proves nothing about the present.
    ///
    /// Rooms are often booked at short notice, so within an hour a calendar may have become another; shorter than that,
    /// one quarter of an hour without Exchange would already take the meetings off every page.
    public static let believedFor: Duration = .seconds(3600)
    /// A booking this near makes a room's outage critical (Detection, Severity).
    public static let nearby: Duration = .seconds(15 * 60)
    /// Bookings kept; a day of five-minute meetings has 288.
    public static let mostBookings = 300

    /// The bookings that hold the room, sorted by start, or why they are not known.
    public let reading: Reading<[Booking]>
    /// What was asked for begins here …
    public let from: Date
    /// … and ends here: nothing is known of bookings that begin later.
    public let until: Date
    /// When it was asked for.
    public let readAt: Moment

    /// An agenda of known bookings: those that hold the room between `from` and `until`, each once.
    ///
    /// Of more than ``mostBookings`` the earliest are kept and ``until`` moves to the first that is not.
    public init(_ bookings: [Booking], from: Date, until: Date, readAt: Moment) {
        let inside = Set(bookings.filter { $0.status.holdsRoom && $0.endsAt > from && $0.startsAt < until })
        let sorted = inside.sorted(by: Booking.isEarlier)
        reading = .value(Array(sorted.prefix(Self.mostBookings)))
        self.from = from
        self.until = sorted.count > Self.mostBookings ? sorted[Self.mostBookings].startsAt : until
        self.readAt = readAt
    }

    /// An agenda that could not be read.
    public init(unknown reason: UnknownReason, readAt: Moment) {
        reading = .unknown(reason)
        from = readAt.wall
        until = readAt.wall
        self.readAt = readAt
    }

    /// The bookings that hold the room; empty when none do or nothing is known.
    public var bookings: [Booking] {
        if case .value(let bookings) = reading { bookings } else { [] }
    }

    public var isKnown: Bool {
        if case .value = reading { true } else { false }
    }

    /// Stretches without a gap, overlapping and adjacent bookings joined.
    public var blocks: [BookedBlock] { BookedBlock.merged(bookings) }

    /// Whether the agenda says anything about `now`: known, young enough, and asked for this time.
    public func isBelieved(at now: Moment) -> Bool {
        isKnown && readAt.elapsed(until: now) < Self.believedFor && from <= now.wall && now.wall < until
    }

    /// The booking that runs now; of several the one that began last. `nil` when none does or it is not known.
    public func current(at now: Moment) -> Booking? {
        guard isBelieved(at: now) else { return nil }
        return bookings.last { $0.covers(now.wall) }
    }

    /// The first booking that begins after now; `nil` when none does before ``until`` or it is not known.
    public func next(after now: Moment) -> Booking? {
        guard isBelieved(at: now) else { return nil }
        return bookings.first { $0.startsAt > now.wall }
    }

    /// The first booking that begins after now and within `duration`.
    public func startsWithin(_ duration: Duration, at now: Moment) -> Booking? {
        next(after: now).flatMap { $0.startsAt <= now.advanced(by: duration).wall ? $0 : nil }
    }

    /// Whether people are in the room or about to come.
    ///
    /// - Returns: `nil` when it is not known; that is no reason for calm and none for alarm.
    public func isBookedNowOrWithin(_ duration: Duration = Self.nearby, at now: Moment) -> Bool? {
        guard isBelieved(at: now) else { return nil }
        if current(at: now) != nil || startsWithin(duration, at: now) != nil { return true }
        return now.advanced(by: duration).wall <= until ? false : nil
    }

    /// The end of the stretch without a gap that the room is in now; `nil` when it is free or that is not known.
    public func takenUntil(at now: Moment) -> Date? {
        guard isBelieved(at: now) else { return nil }
        return blocks.first { $0.startsAt <= now.wall && now.wall < $0.endsAt }?.endsAt
    }
}
