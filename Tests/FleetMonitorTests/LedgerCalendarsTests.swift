// The Ledger behind the calendar loop's two doors: whose calendars it names, when it sends for one at once, and what a
// booking does to the page of a room that is down.

import FleetCore
import FleetGraph
@testable import FleetMonitor
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Logging
import Synchronization
import Testing
import Timekeeping

/// An Exchange that knows the meetings the test says, or refuses everybody.
private final class CalendarStub: HTTPTransport {
    private struct State {
        var meetings: [String: (from: Date, to: Date)] = [:]
        var asked: [(addresses: [String], at: Duration)] = []
        var isDenied = false
    }

    private let time: ManualTime
    private let state = Mutex(State())

    init(time: ManualTime) { self.time = time }

    /// The addresses of each call, in the order of arrival.
    var asked: [(addresses: [String], at: Duration)] { state.withLock { $0.asked } }

    func forget() { state.withLock { $0.asked = [] } }
    func deny() { state.withLock { $0.isDenied = true } }
    func book(_ room: Int, in wait: Duration) {
        let from = time.now().advanced(by: wait).wall
        state.withLock { $0.meetings["room\(room)@contoso.com"] = (from, from.addingTimeInterval(3600)) }
    }

    func client(of stage: Stage) throws -> GraphClient {
        let endpoints = try GraphEndpoints(
            login: "http://login.test", graph: "http://graph.test", scope: "graph/.default")
        let random = RandomSource(SeededGenerator(seed: 1))
        let log = stage.journal.logger()
        let tokens = TokenSource(
            endpoints: endpoints, tenant: "contoso.example", clientID: "app",
            credential: .clientSecret(Secret("secret")), transport: self, time: time, random: random, logger: log,
            executor: stage.jobs)
        return GraphClient(
            endpoints: endpoints, tokens: tokens, transport: self, time: time, random: random, logger: log,
            userAgent: "test")
    }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        if call.url.hasPrefix("http://login.test") {
            return json(200, #"{"access_token":"opaque","token_type":"Bearer","expires_in":86000}"#)
        }
        let body = (try? JSONSerialization.jsonObject(with: Data(call.body ?? []))) as? [String: Any]
        let addresses = body?["schedules"] as? [String] ?? []
        let now = time.elapsed
        return state.withLock { state in
            state.asked.append((addresses, now))
            if state.isDenied { return json(403, #"{"error":{"code":"ErrorAccessDenied","message":"no"}}"#) }
            let rows = addresses.map { address in
                let item = state.meetings[address].map { meeting in
                    let (from, to) = (meeting.from.ISO8601Format(), meeting.to.ISO8601Format())
                    return #"{"status":"busy","start":{"dateTime":"\#(from.prefix(19))","timeZone":"UTC"},"#
                        + #""end":{"dateTime":"\#(to.prefix(19))","timeZone":"UTC"}}"#
                }
                return #"{"scheduleId":"\#(address)","scheduleItems":[\#(item ?? "")]}"#
            }
            return json(200, #"{"value":[\#(rows.joined(separator: ","))]}"#)
        }
    }

    private func json(_ status: Int, _ text: String) -> HTTPAnswer {
        HTTPAnswer(
            status: status, headerFields: [.contentType: "application/json"], body: Array(text.utf8))
    }
}

@Suite struct LedgerCalendarsTests {
    let time = ManualTime()
    let hook: Receiver
    let stage: Stage
    private let calendars: CalendarStub

    init() throws {
        hook = Receiver("hook", .webhook, time: time)
        stage = try Stage(receivers: [hook], time: time)
        calendars = CalendarStub(time: time)
        stage.list(30)
        stage.sweep()
        try stage.deliver(to: hook)
    }

    /// Starts the loop as the daemon does.
    private func startLoop() throws {
        let loop = CalendarLoop(
            tenant: contoso, settings: LiveSettings(.standard),
            reader: ScheduleReader(client: try calendars.client(of: stage), time: time), rooms: stage.ledger,
            sink: stage.ledger, time: time, progress: stage.progress, log: stage.journal.logger())
        stage.perform { [ledger = stage.ledger] in await ledger.register(loop) }
        stage.start { await loop.run() }
    }

    /// Lets time pass in which presence is seen.
    private func watch(for seconds: Int) {
        for _ in 0..<seconds / 10 {
            stage.run(for: .seconds(10))
            stage.sweep()
        }
    }

    private func accept(_ agenda: Agenda, of room: Int) {
        stage.perform { [ledger = stage.ledger] in await ledger.accept([account(room): agenda], tenant: contoso) }
    }

    private func agenda(meetingIn wait: Duration) throws -> Agenda {
        let now = time.now()
        let from = now.advanced(by: wait).wall
        let booking = try #require(
            Booking(startsAt: from, endsAt: from.addingTimeInterval(3600), status: .busy))
        return Agenda([booking], from: now.wall, until: now.wall.addingTimeInterval(86_400), readAt: now)
    }

    @Test func aMeetingThatComesNearMakesTheOutageCritical() throws {
        stage.goDown(1, 2)
        #expect(try stage.incident(of: 1)?.severity == .error)
        try accept(agenda(meetingIn: .seconds(600)), of: 1)
        let incident = try #require(try stage.incident(of: 1))
        #expect(incident.severity == .critical)
        #expect(incident.meeting?.startsAt == time.now().wall.addingTimeInterval(600))
        #expect(try stage.incident(of: 2)?.severity == .error, "the other room is free")
        stage.run(for: .seconds(1))
        #expect(hook.words == "opened opened updated")
        #expect(String(decoding: hook.sent[2].body, as: UTF8.self).contains(#""severity":"critical""#))
    }

    @Test func aMeetingFarAwayChangesNothingUntilItComesNear() throws {
        stage.startHousekeeping()
        stage.goDown(1)
        try accept(agenda(meetingIn: .seconds(20 * 60)), of: 1)
        watch(for: 4 * 60)
        #expect(try stage.incident(of: 1)?.severity == .error)
        watch(for: 2 * 60)
        #expect(try stage.incident(of: 1)?.severity == .critical)
        #expect(hook.words == "opened updated")
    }

    @Test func aBookedRoomThatIsUpIsNoIncident() throws {
        try accept(agenda(meetingIn: .zero), of: 1)
        #expect(try stage.incident(of: 1) == nil)
        #expect(hook.sent.isEmpty)
    }

    @Test func roomsInTroubleAreNamedFirst() {
        stage.said[7] = Stage.offline
        stage.sweep()
        stage.goDown(3)
        stage.said[9] = Stage.offline
        stage.sweep()
        let roster = stage.perform { [ledger = stage.ledger] in await ledger.calendarRooms(tenant: contoso) }
        #expect(
            Set(roster.inTrouble)
                == Set([3, 7, 9].map { CalendarRoom(account: account($0), address: "room\($0)@contoso.com") }))
        #expect(roster.others.count == 27)
        let nobody = stage.perform { [ledger = stage.ledger] in
            await ledger.calendarRooms(tenant: TenantName("fabrikam"))
        }
        #expect(nobody == CalendarRoster(others: []))
    }

    @Test func theFirstBadAnswerSendsForTheCalendarSoThatTheFirstPageKnowsIt() throws {
        try startLoop()
        #expect(calendars.asked.map(\.addresses.count) == [20, 10])
        stage.run(for: .seconds(90))
        calendars.forget()
        calendars.book(3, in: .seconds(300))
        let bad = time.elapsed
        stage.goDown(3)
        #expect(calendars.asked.map(\.addresses) == [["room3@contoso.com"]], "asked once, and for this room only")
        #expect(calendars.asked.first?.at == bad)
        stage.run(for: .seconds(1))
        #expect(hook.words == "opened")
        #expect(try stage.incident(of: 3)?.severity == .critical)
        #expect(stage.overdue == 0)
    }

    @Test func withoutPermissionPagesComeAsBeforeAndOneLineSaysSo() throws {
        calendars.deny()
        try startLoop()
        let asked = calendars.asked.count
        stage.goDown(3)
        stage.run(for: .seconds(600))
        #expect(try stage.incident(of: 3)?.severity == .error)
        #expect(hook.words == "opened")
        #expect(calendars.asked.count == asked, "no room that fails asks in vain")
        #expect(stage.journal.lines(with: "calendars").count == 1, "\(stage.journal.lines)")
        #expect(try stage.incidents(of: .sourceStalled).isEmpty)
    }
}
