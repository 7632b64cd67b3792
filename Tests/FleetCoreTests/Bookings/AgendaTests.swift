import FleetCore
import Foundation
import Testing
import Timekeeping

/// A morning in minutes after eight.
private func minute(_ minutes: Double) -> Moment {
    Moment(wall: Date(timeIntervalSince1970: 1_796_112_000 + minutes * 60), steady: .seconds(5000 + minutes * 60))
}

private func booking(_ from: Double, _ to: Double, _ status: Booking.Status = .busy) -> Booking? {
    Booking(startsAt: minute(from).wall, endsAt: minute(to).wall, status: status)
}

private func agenda(_ bookings: Booking?..., read: Double = 0, until: Double = 1440) -> Agenda {
    Agenda(bookings.compactMap(\.self), from: minute(read).wall, until: minute(until).wall, readAt: minute(read))
}

@Suite("Bookings of one room") struct AgendaTests {
    @Test("an entry without time is none", arguments: [(10.0, 10.0), (10, 9), (10, -100_000)])
    func withoutTime(_ span: (Double, Double)) {
        #expect(booking(span.0, span.1) == nil)
    }

    @Test("bookings are sorted, each once, and only those that hold the room inside the window")
    func sorted() {
        let found = agenda(
            booking(60, 90), booking(30, 60, .tentative), booking(60, 90), booking(100, 120, .free),
            booking(130, 140, .workingElsewhere), booking(-60, 0), booking(-60, 5), booking(1440, 1500))
        #expect(found.bookings == [booking(-60, 5), booking(30, 60, .tentative), booking(60, 90)])
    }

    @Test(
        "what holds a room",
        arguments: [
            (Booking.Status.busy, true), (.tentative, true), (.outOfOffice, true), (.unknown(text: "mystery"), true),
            (.unknown(text: ""), true), (.free, false), (.workingElsewhere, false),
        ])
    func holds(_ status: Booking.Status, _ expected: Bool) {
        #expect(status.holdsRoom == expected)
        #expect(agenda(booking(10, 20, status)).isBookedNowOrWithin(at: minute(0)) == expected)
    }

    @Test("the current booking begins with its first instant and ends before its last")
    func current() {
        let found = agenda(booking(10, 20), booking(20, 30, .tentative))
        #expect(found.current(at: minute(9.99)) == nil)
        #expect(found.current(at: minute(10)) == booking(10, 20))
        #expect(found.current(at: minute(20)) == booking(20, 30, .tentative))
        #expect(found.current(at: minute(30)) == nil)
    }

    @Test("of overlapping bookings the one that began last is current")
    func overlapping() {
        let found = agenda(booking(0, 600), booking(60, 90), read: 50)
        #expect(found.current(at: minute(55)) == booking(0, 600))
        #expect(found.current(at: minute(70)) == booking(60, 90))
        #expect(found.current(at: minute(90)) == booking(0, 600))
    }

    @Test("the next booking, and how near it is")
    func next() {
        let found = agenda(booking(10, 20), booking(40, 50))
        #expect(found.next(after: minute(0)) == booking(10, 20))
        #expect(found.next(after: minute(10)) == booking(40, 50))
        #expect(found.next(after: minute(45)) == nil)
        #expect(found.startsWithin(.seconds(15 * 60), at: minute(25)) == booking(40, 50))
        #expect(found.startsWithin(.seconds(15 * 60), at: minute(24.9)) == nil)
    }

    @Test("booked now or within fifteen minutes")
    func booked() {
        let found = agenda(booking(60, 90))
        #expect(found.isBookedNowOrWithin(at: minute(44.9)) == false)
        #expect(found.isBookedNowOrWithin(at: minute(45)) == true)
        #expect(found.isBookedNowOrWithin(at: minute(59)) == true)
        #expect(agenda(booking(60, 90), read: 50).isBookedNowOrWithin(at: minute(89.9)) == true)
        #expect(agenda(booking(60, 90), read: 50).isBookedNowOrWithin(at: minute(90)) == false)
    }

    @Test("blocks join what overlaps or follows without a gap")
    func blocks() {
        let found = agenda(booking(0, 30), booking(30, 60), booking(45, 50), booking(61, 70), booking(65, 80))
        #expect(found.blocks.map(\.startsAt) == [minute(0).wall, minute(61).wall])
        #expect(found.blocks.map(\.endsAt) == [minute(60).wall, minute(80).wall])
        #expect(found.takenUntil(at: minute(10)) == minute(60).wall)
        #expect(found.takenUntil(at: minute(60)) == nil)
        #expect(agenda().blocks == [])
    }

    @Test("an agenda is believed for an hour, and steady time counts it")
    func believed() {
        let found = agenda(booking(50, 120))
        #expect(found.current(at: minute(59.9)) != nil)
        #expect(found.current(at: minute(60)) == nil)
        #expect(found.isBookedNowOrWithin(at: minute(60)) == nil)
        #expect(found.takenUntil(at: minute(60)) == nil)
        // The wall clock was set back meanwhile: the agenda is as old as it is.
        let late = Moment(wall: minute(30).wall, steady: minute(61).steady)
        #expect(!found.isBelieved(at: late))
    }

    @Test("beyond the horizon nothing is known")
    func horizon() {
        let found = agenda(booking(40, 45), until: 50)
        #expect(found.isBookedNowOrWithin(at: minute(20)) == false)
        #expect(found.isBookedNowOrWithin(at: minute(30)) == true)
        #expect(agenda(until: 50).isBookedNowOrWithin(at: minute(36)) == nil)
        #expect(agenda(until: 50).isBookedNowOrWithin(at: minute(35)) == false)
        #expect(!found.isBelieved(at: minute(50)))
    }

    @Test("what could not be read says nothing, neither booked nor free")
    func unknown() {
        let found = Agenda(unknown: .failed("http_503"), readAt: minute(0))
        #expect(found.reading == .unknown(.failed("http_503")))
        #expect(found.isBookedNowOrWithin(at: minute(0)) == nil)
        #expect(found.current(at: minute(0)) == nil && found.bookings.isEmpty && !found.isKnown)
    }

    @Test("a calendar without end is cut, and the horizon says where")
    func bounded() {
        let many = (0..<400).map { booking(Double($0), Double($0) + 1) }
        let found = Agenda(
            many.compactMap(\.self), from: minute(0).wall, until: minute(1440).wall, readAt: minute(0))
        #expect(found.bookings.count == Agenda.mostBookings)
        #expect(found.until == minute(Double(Agenda.mostBookings)).wall)
    }
}

@Suite("Agendas of a tenant") struct AgendaBookTests {
    private let room = AccountID("a")

    @Test("a failed read keeps what is believed and replaces what is not")
    func failures() {
        var book = AgendaBook()
        book.accept([room: agenda(booking(10, 20))])
        book.accept([room: Agenda(unknown: .failed("http_503"), readAt: minute(30))])
        #expect(book[room]?.bookings.first == booking(10, 20))
        book.accept([room: Agenda(unknown: .failed("http_503"), readAt: minute(61))])
        #expect(book[room]?.isKnown == false)
        book.accept([room: agenda(booking(70, 80), read: 62)])
        #expect(book[room]?.bookings.first == booking(70, 80))
    }

    @Test("an answer that was asked for earlier changes nothing")
    func overtaken() {
        var book = AgendaBook()
        book.accept([room: agenda(booking(10, 20), read: 5)])
        book.accept([room: agenda(read: 4)])
        #expect(book[room]?.bookings.count == 1)
        book.accept([room: agenda(read: 5)])
        #expect(book[room]?.bookings.count == 0)
    }

    @Test("rooms that are not watched are forgotten")
    func forgets() {
        var book = AgendaBook()
        let other = AccountID("b")
        book.accept([room: agenda(), other: Agenda(unknown: .missing, readAt: minute(0))])
        #expect(book.believed(at: minute(1)) == 1)
        book.keep(only: [other])
        #expect(book[room] == nil && book.count == 1)
    }

    @Test("the book is bounded")
    func bounded() {
        var book = AgendaBook()
        let found = agenda()
        let many = (0..<AgendaBook.capacity).map { (AccountID("\($0)"), found) }
        #expect(book.accept(Dictionary(uniqueKeysWithValues: many)) == 0)
        #expect(book.accept([AccountID("x"): found, AccountID("1"): found]) == 1)
        #expect(book.count == AgendaBook.capacity)
    }
}
