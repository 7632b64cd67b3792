// Free/busy against scripted answers: what is asked, and what becomes of every kind of answer.

import FleetCore
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@testable import FleetGraph

/// Tuesday, 2026-12-01 08:00:00 UTC, where the test clock stands.
private let eight = Date(timeIntervalSince1970: 1_796_112_000)
private func minutes(_ count: Double) -> Date { eight.addingTimeInterval(count * 60) }

private func room(_ number: Int) -> CalendarRoom {
    CalendarRoom(account: AccountID("id-\(number)"), address: "Room\(number)@contoso.com")
}

private func item(_ status: String, _ start: String, _ end: String, zone: String = #""UTC""#) -> String {
    #"{"status":"\#(status)","start":{"dateTime":"\#(start)","timeZone":\#(zone)},"end":{"dateTime":"\#(end)","timeZone":\#(zone)}}"#
}

private func schedule(_ number: Int, items: String? = "", view: String? = nil, more: String = "") -> String {
    var text = #"{"scheduleId":"room\#(number)@contoso.com""#
    if let items { text += #","scheduleItems":[\#(items)]"# }
    if let view { text += #","availabilityView":"\#(view)""# }
    return text + more + "}"
}

private func answer(_ schedules: String...) -> String { #"{"value":[\#(schedules.joined(separator: ","))]}"# }

/// One room, one answer.
private func read(_ body: String) async throws -> Agenda {
    let rig = try Rig { _ in Rig.json(body) }
    let read = await ScheduleReader(client: rig.client, time: rig.time).read([room(1)], haste: .round)
    return try #require(read.agendas[room(1).account])
}

@Suite("The question") struct ScheduleQuestionTests {
    @Test("addresses, window and time zone go out as the document writes them")
    func question() async throws {
        let rig = try Rig { _ in Rig.json(answer(schedule(1))) }
        _ = await ScheduleReader(client: rig.client, time: rig.time).read([room(1), room(2)], haste: .round)
        let asked = try #require(rig.asked.first)
        #expect(asked.method == "POST")
        #expect(
            ["/v1.0/users/id-1/calendar/getSchedule", "/v1.0/users/id-2/calendar/getSchedule"].contains(asked.target))
        #expect(asked.fields[try #require(HTTPField.Name("Prefer"))] == #"outlook.timezone="UTC""#)
        #expect(
            asked.body
                == #"{"availabilityViewInterval":5,"endTime":{"dateTime":"2026-12-02T08:05:00","timeZone":"UTC"},"#
                + #""schedules":["room1@contoso.com","room2@contoso.com"],"#
                + #""startTime":{"dateTime":"2026-12-01T08:00:00","timeZone":"UTC"}}"#)
    }

    @Test("the window begins with whole five minutes and covers the horizon")
    func window() {
        let window = ScheduleWindow(at: eight.addingTimeInterval(299.9), horizon: .seconds(86_400))
        #expect(window.from == eight && window.steps == 289)
        #expect(ScheduleWindow(at: minutes(5), horizon: .seconds(3600)).from == minutes(5))
    }

    @Test("rooms without a usable address are not sent and say so")
    func addresses() async throws {
        let rig = try Rig { _ in Rig.json(answer(schedule(1))) }
        let bad = ["", "room", "a@b@c", "@contoso.com", "room 1@contoso.com", "r\u{0}@contoso.com", "<r@contoso.com>"]
        let rooms = [room(1)] + bad.enumerated().map { CalendarRoom(account: AccountID("bad-\($0)"), address: $1) }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read(rooms, haste: .round)
        #expect(rig.asked.count == 1 && rig.asked.first?.body.contains(#""schedules":["room1@contoso.com"]"#) == true)
        #expect(read.known == 1 && read.agendas.count == rooms.count)
        #expect(read.agendas[AccountID("bad-0")]?.reading == .unknown(.failed("no_mail_address")))
    }

    @Test("nobody asks when there is nobody to ask for")
    func nobody() async throws {
        let rig = try Rig { _ in Rig.json(answer()) }
        let reader = ScheduleReader(client: rig.client, time: rig.time)
        #expect(await reader.read([], haste: .round).requests == 0)
        #expect(await reader.read([CalendarRoom(account: AccountID("x"), address: "x")], haste: .round).requests == 0)
    }

    @Test("more than twenty rooms are never asked for at once")
    func tooMany() async throws {
        let rig = try Rig { _ in Rig.json(answer(schedule(1))) }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read((1...21).map(room), haste: .round)
        #expect(rig.asked.allSatisfy { $0.body.components(separatedBy: "@contoso.com").count <= 21 })
        #expect(read.agendas[room(21).account]?.reading == .unknown(.failed("too_many_rooms")))
    }

    @Test("two accounts of one mailbox are asked for once and both answered")
    func shared() async throws {
        let rig = try Rig { _ in Rig.json(answer(schedule(1, view: "2"))) }
        let twin = CalendarRoom(account: AccountID("twin"), address: "room1@CONTOSO.com")
        let read = await ScheduleReader(client: rig.client, time: rig.time).read([room(1), twin], haste: .round)
        #expect(rig.asked.first?.body.contains(#""schedules":["room1@contoso.com"]"#) == true)
        #expect(read.known == 2 && read.agendas[twin.account] == read.agendas[room(1).account])
    }

    @Test("the rooms take turns as the mailbox that asks")
    func turns() async throws {
        let rig = try Rig { _ in Rig.json(answer(schedule(1))) }
        let reader = ScheduleReader(client: rig.client, time: rig.time)
        for _ in 0..<4 { _ = await reader.read((1...4).map(room), haste: .round) }
        #expect(Set(rig.asked.map(\.target)).count == 4)
    }
}

@Suite("The answer") struct ScheduleAnswerTests {
    @Test("the document's sample, with names that are never kept")
    func sample() async throws {
        let body = answer(
            schedule(
                1,
                items: #"{"status":"busy","isPrivate":false,"subject":"A. Example","location":"Room 17","#
                    + #""start":{"dateTime":"2026-12-01T09:00:00.0000000","timeZone":"UTC"},"#
                    + #""end":{"dateTime":"2026-12-01T10:00:00.0000000","timeZone":"UTC"}}"#, view: "0000"))
        let agenda = try await read(body)
        #expect(agenda.bookings == [Booking(startsAt: minutes(60), endsAt: minutes(120), status: .busy)])
        #expect(agenda.from == eight && agenda.until == minutes(1445) && agenda.readAt.wall == eight)
        #expect(!"\(agenda)".contains("Example") && !"\(agenda)".contains("17"))
    }

    @Test(
        "status words, in any case",
        arguments: [
            ("Busy", Booking.Status.busy), ("TENTATIVE", .tentative), ("Oof", .outOfOffice),
            ("workingElsewhere", .workingElsewhere), ("free", .free), ("unknown", .unknown(text: "unknown")),
            ("Somewhere\u{202E}", .unknown(text: "Somewhere")),
        ])
    func words(_ word: String, _ status: Booking.Status) {
        #expect(ScheduleJudgement.status(word) == status)
    }

    @Test(
        "times in every clothing",
        arguments: [
            ("2026-12-01T09:00:00.0000000", #""UTC""#), ("2026-12-01T09:00:00", #""Etc/UTC""#),
            ("2026-12-01T09:00:00.000", "null"), ("2026-12-01T09:00:00Z", #""Pacific Standard Time""#),
            ("2026-12-01T10:00:00+01:00", #""UTC""#), ("2026-12-01T01:00:00.0000000", #""Pacific Standard Time""#),
            ("2026-12-01T10:00:00", #""W. Europe Standard Time""#), ("2026-12-01T10:00:00", #""Europe/Berlin""#),
            ("2026-12-01T14:30:00", #""india standard time""#), ("2026-12-01T09:00:00", "7"),
        ])
    func times(_ text: String, _ zone: String) async throws {
        let agenda = try await read(answer(schedule(1, items: item("busy", text, "2026-12-01T23:00:00Z", zone: zone))))
        #expect(agenda.bookings.first?.startsAt == minutes(60))
    }

    @Test("days on which the clocks change")
    func daylight() throws {
        func date(_ text: String, _ zone: String) throws -> String {
            let wire = try JSONDecoder().decode(
                ZonedTimeWire.self, from: Data(#"{"dateTime":"\#(text)","timeZone":"\#(zone)"}"#.utf8))
            return try #require(ZonedTime.date(wire)).ISO8601Format()
        }
        let berlin = "W. Europe Standard Time"
        #expect(try date("2026-03-29T01:59:00", berlin) == "2026-03-29T00:59:00Z")
        #expect(try date("2026-03-29T03:00:00", berlin) == "2026-03-29T01:00:00Z")
        // Skipped by the clocks: as far behind the gap.
        #expect(try date("2026-03-29T02:30:00", berlin) == "2026-03-29T01:30:00Z")
        // Shown twice: the first time.
        #expect(try date("2026-10-25T02:30:00", berlin) == "2026-10-25T00:30:00Z")
        #expect(try date("2026-10-25T03:00:00", berlin) == "2026-10-25T02:00:00Z")
        #expect(try date("2026-03-08T03:00:00", "Pacific Standard Time") == "2026-03-08T10:00:00Z")
        #expect(try date("2026-11-01T01:30:00", "Pacific Standard Time") == "2026-11-01T08:30:00Z")
        #expect(try date("2026-10-04T03:00:00", "AUS Eastern Standard Time") == "2026-10-03T16:00:00Z")
        #expect(try date("2026-07-01T12:00:00", "US Mountain Standard Time") == "2026-07-01T19:00:00Z")
        #expect(try date("2026-07-01T12:00:00", "UTC-11") == "2026-07-01T23:00:00Z")
    }

    @Test("an unknown time zone is no time; the view still knows the meeting")
    func strangeZone() async throws {
        let odd = item("busy", "2026-12-01T09:00:00", "2026-12-01T10:00:00", zone: #""Middle Earth Standard Time""#)
        #expect(try await read(answer(schedule(1, items: odd))).reading == .unknown(.failed("malformed")))
        let view = String(repeating: "0", count: 12) + String(repeating: "2", count: 12)
        #expect(
            try await read(answer(schedule(1, items: odd, view: view))).bookings == [
                Booking(startsAt: minutes(60), endsAt: minutes(120), status: .busy)
            ])
    }

    @Test("items that make no sense are left out, the rest is kept")
    func nonsense() async throws {
        let items = [
            item("busy", "2026-12-01T10:00:00", "2026-12-01T09:00:00"),
            item("busy", "2026-12-01T10:00:00", "2026-12-01T10:00:00"),
            item("busy", "1801-01-02T00:00:00", "1970-01-01T00:00:00"),
            item("busy", "2027-01-01T00:00:00", "2027-01-01T01:00:00"),
            item("busy", "2026-12-01T11:00:00", "2026-12-01T12:00:00"),
            item("busy", "2026-12-01T11:00:00", "2026-12-01T12:00:00"),
            item("busy", "2026-12-01T11:30:00", "2026-12-01T12:30:00"),
        ]
        let agenda = try await read(answer(schedule(1, items: items.joined(separator: ","))))
        #expect(agenda.bookings.map(\.startsAt) == [minutes(180), minutes(210)])
        #expect(agenda.blocks.map(\.endsAt) == [minutes(270)])
    }

    @Test("a block without sensible ends is cut a month away")
    func endless() async throws {
        let agenda = try await read(
            answer(schedule(1, items: item("oof", "1999-01-01T00:00:00", "9999-12-31T23:59:59"))))
        let booking = try #require(agenda.bookings.first)
        #expect(booking.status == .outOfOffice)
        #expect(eight.timeIntervalSince(booking.startsAt) == 31 * 86_400)
        #expect(booking.endsAt.timeIntervalSince(agenda.until) == 31 * 86_400)
    }

    @Test("hidden items show in the view")
    func hidden() async throws {
        let view = "0022" + "11" + "3" + "?" + "40" + "2"
        let agenda = try await read(answer(schedule(1, items: "", view: view)))
        #expect(
            agenda.bookings == [
                Booking(startsAt: minutes(10), endsAt: minutes(20), status: .busy),
                Booking(startsAt: minutes(20), endsAt: minutes(30), status: .tentative),
                Booking(startsAt: minutes(30), endsAt: minutes(35), status: .outOfOffice),
                Booking(startsAt: minutes(50), endsAt: minutes(55), status: .busy),
            ])
        #expect(try await read(answer(schedule(1, items: nil, view: view))).bookings == agenda.bookings)
    }

    @Test("the view adds only what no item tells, and never more than the window")
    func both() async throws {
        let one = item("busy", "2026-12-01T08:12:00", "2026-12-01T08:18:00")
        let agenda = try await read(
            answer(schedule(1, items: one, view: "002200" + String(repeating: "2", count: 5000))))
        #expect(agenda.bookings.count == 2)
        #expect(agenda.bookings.first?.startsAt == minutes(12))
        #expect(agenda.bookings.last?.startsAt == minutes(30) && agenda.bookings.last?.endsAt == agenda.until)
    }

    @Test(
        "answers that say nothing are unknown, not free",
        arguments: [
            (schedule(1, items: nil), UnknownReason.saidUnknown(text: "no_free_busy")),
            (schedule(1, items: nil, view: ""), .saidUnknown(text: "no_free_busy")),
            (schedule(1, items: nil, view: "????"), .saidUnknown(text: "no_free_busy")),
            (
                schedule(1, items: nil, more: #","scheduleItems":"none","availabilityView":7"#),
                .saidUnknown(text: "no_free_busy")
            ),
            (
                schedule(1, more: #","error":{"responseCode":"ErrorMailRecipientNotFound","message":"m"}"#),
                .failed("ErrorMailRecipientNotFound")
            ),
            (schedule(1, more: #","error":{"responseCode":5009}"#), .failed("5009")),
            (schedule(1, more: #","error":{"responseCode":null,"message":"who knows"}"#), .failed("calendar_error")),
            (schedule(2), .missing), ("null", .missing), ("7", .missing), (#"{"scheduleId":null}"#, .missing),
            (schedule(1, items: "{}"), .failed("malformed")),
            (schedule(1, items: item("busy", "0001-01-01T00:00:00Z", "2026-12-01T09:00:00Z")), .failed("malformed")),
            (schedule(1, items: item("busy", "tomorrow", "2026-12-01T09:00:00Z")), .failed("malformed")),
        ])
    func unknown(_ schedule: String, _ reason: UnknownReason) async throws {
        #expect(try await read(answer(schedule)).reading == .unknown(reason))
    }

    @Test("an empty error is none", arguments: ["null", "{}", #"{"responseCode":"NoError"}"#, #""x""#, "[]"])
    func emptyError(_ error: String) async throws {
        #expect(try await read(answer(schedule(1, more: #","error":\#(error)"#))).isKnown)
    }

    @Test(
        "answers that are none",
        arguments: [
            "{}", #"{"value":null}"#, #"{"value":{}}"#, "[]", "7", #""x""#, "null", "", #"{"value":["#,
            "<!DOCTYPE html><html><body>Sign in</body></html>",
        ])
    func none(_ body: String) async throws {
        let rig = try Rig(jumps: true) { _ in Rig.json(body) }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read([room(1), room(2)], haste: .atOnce)
        #expect(read.known == 0 && read.agendas.count == 2)
        guard case .transient = read.capability else {
            Issue.record("\(read.capability)")
            return
        }
    }

    @Test("one mailbox's trouble leaves the others alone; the first answer with contents counts")
    func partial() async throws {
        let broken = #","error":{"responseCode":"ErrorNoFreeBusyAccess"}"#
        let rig = try Rig { _ in
            Rig.json(
                answer(schedule(2, more: broken), schedule(1, view: "2"), schedule(1), "null", schedule(2, view: "1")))
        }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read((1...3).map(room), haste: .round)
        #expect(read.agendas[room(1).account]?.bookings.count == 1)
        #expect(read.agendas[room(2).account]?.bookings.first?.status == .tentative)
        #expect(read.agendas[room(3).account]?.reading == .unknown(.missing))
        #expect(read.capability == .available)
    }

    @Test("every Windows time zone is a place that Foundation knows")
    func windowsZones() {
        for name in [
            "Dateline Standard Time", "FLE Standard Time", "Greenland Standard Time", "Line Islands Standard Time",
        ] {
            #expect(ZonedTime.zone(name) != nil, "\(name)")
        }
        #expect(WindowsTimeZones.all.allSatisfy { ZonedTime.zone($0) != nil })
        #expect(WindowsTimeZones.all.count > 130)
        #expect(ZonedTime.zone("EST") == nil && ZonedTime.zone(String(repeating: "/", count: 100)) == nil)
    }
}

@Suite("Trouble with Exchange") struct ScheduleTroubleTests {
    @Test(
        "a mailbox that cannot ask is left alone for an hour",
        arguments: [(404, "MailboxNotEnabledForRESTAPI"), (404, "ErrorInvalidUser"), (400, "ErrorNonExistentMailbox")])
    func anchors(_ status: Int, _ code: String) async throws {
        let rig = try Rig { asked in
            asked.target.contains("/id-1/") ? Rig.error(status, code) : Rig.json(answer(schedule(1), schedule(2)))
        }
        let reader = ScheduleReader(client: rig.client, time: rig.time)
        for _ in 0..<6 { #expect(await reader.read([room(1), room(2)], haste: .round).known == 2) }
        #expect(rig.asked.count { $0.target.contains("/id-1/") } == 1)
        // Read alone, it is asked for on behalf of the one that works.
        #expect(await reader.read([room(1)], haste: .round).known == 1)
        rig.time.advance(by: .seconds(3600))
        for _ in 0..<2 { _ = await reader.read([room(1), room(2)], haste: .round) }
        #expect(rig.asked.count { $0.target.contains("/id-1/") } == 2)
    }

    @Test("no mailbox asks more than four questions at a time while another can")
    func concurrency() throws {
        let anchors = CalendarAnchors()
        let now = try Rig { _ in Rig.json("{}") }.time.now()
        let accounts = [AccountID("a"), AccountID("b")]
        var calls: [AccountID: Int] = [:]
        for _ in 0..<8 {
            let chosen = try #require(anchors.candidates(accounts, at: now).first)
            anchors.begin(chosen)
            calls[chosen, default: 0] += 1
        }
        #expect(calls == [accounts[0]: 4, accounts[1]: 4])
        anchors.worked(AccountID("c"))
        #expect(anchors.candidates(accounts, at: now) == [AccountID("c")])
        anchors.end(accounts[1])
        #expect(anchors.candidates(accounts, at: now) == [AccountID("b"), AccountID("c")])
    }

    @Test("when nobody can ask, few are tried and the rooms are unknown")
    func nobody() async throws {
        let rig = try Rig { _ in Rig.error(404, "MailboxNotEnabledForRESTAPI") }
        let reader = ScheduleReader(client: rig.client, time: rig.time)
        let read = await reader.read((1...20).map(room), haste: .round)
        #expect(read.requests == 3 && read.capability == .transient("http_404"))
        #expect(read.agendas.values.allSatisfy { $0.reading == .unknown(.failed("http_404")) })
    }

    @Test("an address that spoils the list is found, the others are read")
    func refused() async throws {
        let rig = try Rig { asked in
            if asked.body.contains("room7@") { return Rig.error(400, "ErrorInvalidRequest") }
            let all = (1...20).filter { asked.body.contains(#""room\#($0)@"#) }.map { schedule($0) }
            return Rig.json(#"{"value":[\#(all.joined(separator: ","))]}"#)
        }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read((1...20).map(room), haste: .round)
        #expect(read.known == 19 && read.capability == .available)
        #expect(read.agendas[room(7).account]?.reading == .unknown(.failed("http_400")))
        #expect(read.requests <= ScheduleReader.mostRequests)
    }

    @Test("a service that refuses everything costs a bounded number of requests")
    func refusesAll() async throws {
        let rig = try Rig { _ in Rig.error(400, "ErrorInvalidRequest") }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read((1...20).map(room), haste: .round)
        #expect(read.known == 0 && read.agendas.count == 20 && rig.asked.count <= ScheduleReader.mostRequests)
    }

    @Test("a crowded calendar is asked for a shorter time, alone")
    func crowded() async throws {
        let rig = try Rig { asked in
            let crowded = schedule(2, more: #","error":{"responseCode":"5006"}"#)
            if asked.body.contains(#""dateTime":"2026-12-01T14:05:00""#) {
                return Rig.json(answer(schedule(2, view: "2")))
            }
            return Rig.json(answer(schedule(1), crowded))
        }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read([room(1), room(2)], haste: .round)
        #expect(read.known == 2 && read.requests == 2)
        #expect(read.agendas[room(1).account]?.until == minutes(1445))
        #expect(read.agendas[room(2).account]?.until == minutes(365))
        #expect(rig.asked.last?.body.contains("room1@") == false)
    }

    @Test("a calendar too crowded for an hour is unknown after two more requests")
    func hopelesslyCrowded() async throws {
        let rig = try Rig { _ in Rig.json(answer(schedule(1, more: #","error":{"responseCode":"5006"}"#))) }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read([room(1)], haste: .round)
        #expect(read.agendas[room(1).account]?.reading == .unknown(.failed("too_many_entries")))
        #expect(read.requests == 3)
        let whole = try Rig { _ in Rig.error(400, "5006") }
        let second = await ScheduleReader(client: whole.client, time: whole.time).read([room(1)], haste: .round)
        #expect(second.agendas[room(1).account]?.reading == .unknown(.failed("too_many_entries")))
    }

    /// A token that carries these roles.
    private func rig(roles: [String], _ script: @escaping @Sendable (Rig.Asked) async -> Rig.Reply) throws -> Rig {
        let claims = try JSONEncoder().encode(["roles": roles])
        let payload = claims.base64EncodedString().replacingOccurrences(of: "=", with: "")
        return try Rig(token: "e30.\(payload).x", script)
    }

    @Test("a missing permission is named after one request")
    func notGranted() async throws {
        let rig = try rig(roles: ["Presence.Read.All"]) { _ in Rig.error(403, "ErrorAccessDenied") }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read((1...3).map(room), haste: .round)
        #expect(read.capability == .notGranted && read.requests == 1 && read.known == 0)
        #expect(read.capability.text.contains("Calendars.ReadBasic.All"))
    }

    @Test(
        "a mailbox outside the application's scope costs its turn only",
        arguments: ["Calendars.ReadBasic", "calendars.read"])
    func outOfScope(_ role: String) async throws {
        let rig = try rig(roles: [role]) { asked in
            asked.target.contains("/id-3/") ? Rig.json(answer(schedule(3))) : Rig.error(403, "ErrorAccessDenied")
        }
        let reader = ScheduleReader(client: rig.client, time: rig.time)
        var read = await reader.read((1...3).map(room), haste: .round)
        #expect(read.agendas[room(3).account]?.isKnown == true && read.capability == .available)
        read = await reader.read([room(3)], haste: .round)
        #expect(read.requests == 1)
        let none = try self.rig(roles: [role]) { _ in Rig.error(403, "ErrorAccessDenied") }
        let denied = await ScheduleReader(client: none.client, time: none.time).read((1...9).map(room), haste: .round)
        #expect(denied.capability == .outOfScope && denied.requests == 3)
    }

    @Test("a failing service is asked again, because the question changes nothing")
    func retries() async throws {
        let count = Counter()
        let rig = try Rig(jumps: true) { _ in
            count.next() < 3 ? Rig.error(503) : Rig.json(answer(schedule(1)))
        }
        let read = await ScheduleReader(client: rig.client, time: rig.time).read([room(1)], haste: .round)
        #expect(read.known == 1 && rig.asked.count == 3)
    }

    @Test("a service that stays closed ends in unknown, within the bound")
    func closed() async throws {
        let rig = try Rig(jumps: true) { _ in
            .success(HTTPAnswer(status: 429, headerFields: [.retryAfter: "600"], body: Array("{}".utf8)))
        }
        let began = rig.time.now()
        let read = await ScheduleReader(client: rig.client, time: rig.time).read([room(1)], haste: .round)
        #expect(read.capability == .transient("throttled") && rig.asked.count == 1)
        #expect(read.agendas[room(1).account]?.reading == .unknown(.failed("throttled")))
        #expect(began.elapsed(until: rig.time.now()) <= .seconds(120))
    }
}
