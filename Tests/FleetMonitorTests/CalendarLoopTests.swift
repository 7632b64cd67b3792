// The calendar loop and its reader against a whole simulated tenant: what is read when, by whom, and what a failing
// Exchange means.

import FleetSimulation
import FleetCore
@testable import FleetGraph
@testable import FleetMonitor
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Logging
import Synchronization
import Systemd
import TenantSimulator
import Testing
import Timekeeping

/// Stands where the Ledger will: knows the rooms and keeps what it is told.
final class CalendarDesk: CalendarRooms, AgendaSink {
    struct Note: Equatable {
        var succeeded: Bool
        var isRetired: Bool
        var interval: Duration
    }

    private struct State {
        var roster = CalendarRoster(others: [])
        var book = AgendaBook()
        var order: [[AccountID]] = []
        var notes: [Note] = []
    }

    private let state = Mutex(State())

    var book: AgendaBook { state.withLock { $0.book } }
    var notes: [Note] { state.withLock { $0.notes } }
    /// Accounts of every hand-over, in the order of arrival.
    var order: [[AccountID]] { state.withLock { $0.order } }
    func forget() {
        state.withLock {
            $0.order = []
            $0.notes = []
        }
    }
    func set(_ roster: CalendarRoster) { state.withLock { $0.roster = roster } }

    func calendarRooms(tenant: TenantName) async -> CalendarRoster { state.withLock { $0.roster } }

    func accept(_ agendas: [AccountID: Agenda], tenant: TenantName) async {
        state.withLock { state in
            state.book.accept(agendas)
            state.order.append(agendas.keys.sorted())
        }
    }

    func note(_ capability: Capability, of tenant: TenantName, _ record: CapabilityRecord) async {}

    func noteSource(
        _ source: Source, tenant: TenantName, succeeded: Bool, isRetired: Bool, interval: Duration
    ) async {
        guard source == .calendars else { return }
        state.withLock { $0.notes.append(Note(succeeded: succeeded, isRetired: isRetired, interval: interval)) }
    }
}

/// A tenant, a client, a clock and a desk.
final class CalendarStage {
    let time = ManualTime()
    let jobs = JobQueue()
    let journal = Journal()
    let desk = CalendarDesk()
    let transport: CountingTransport
    let tenant: SimulatedTransport
    let client: GraphClient
    let progress: LoopProgress
    let loop: CalendarLoop
    let rooms: [CalendarRoom]
    private var task: Task<Void, Never>?

    init(
        rooms count: Int = 45, poll: Duration = .seconds(300), _ change: (inout Scenario) -> Void = { _ in }
    ) throws {
        var scenario = Scenario.quiet
        change(&scenario)
        let identity = TenantIdentity(clientSecret: "secret")
        tenant = SimulatedTransport(
            try SimulatedTenant(
                plan: TenantPlan(rooms: count, buildings: 3), identity: identity, scenario: scenario,
                start: time.now()), timeSource: time)
        transport = CountingTransport(tenant, time: time)
        let log = journal.logger()
        let random = RandomSource(SeededGenerator(seed: 1))
        let tokens = TokenSource(
            endpoints: try GraphEndpoints(
                login: "http://login.test", graph: "http://graph.test", scope: "https://graph.microsoft.com/.default"),
            tenant: identity.tenantID, clientID: identity.clientID, credential: .clientSecret(Secret("secret")),
            transport: transport, time: time, random: random, logger: log, executor: jobs)
        client = GraphClient(
            endpoints: try GraphEndpoints(
                login: "http://login.test", graph: "http://graph.test", scope: "https://graph.microsoft.com/.default"),
            tokens: tokens, transport: transport, time: time, random: random, logger: log, userAgent: "test")
        progress = FleetMonitor.LoopProgress(time: time, log: log)
        // User names of a few rooms are in another domain; their mail addresses are not.
        rooms = (1...count).map { number in
            let name = (number - 1) % 12 == 5 ? "room\(number)@contoso.onmicrosoft.com" : "room\(number)@contoso.com"
            return CalendarRoom(account: AccountID(name), address: "room\(number)@contoso.com")
        }
        desk.set(CalendarRoster(others: rooms))
        var values = LiveSettings.Values.standard
        values.calendars = poll
        loop = CalendarLoop(
            tenant: contoso, settings: LiveSettings(values), reader: ScheduleReader(client: client, time: time),
            rooms: desk, sink: desk, time: time, progress: progress, log: log)
    }

    deinit {
        task?.cancel()
        jobs.drain()
    }

    func start() {
        task = Task(executorPreference: jobs) { [loop] in await loop.run() }
        jobs.drain()
    }

    func run(for duration: Duration) {
        let end = time.now().advanced(by: duration)
        jobs.drain()
        while time.step(upTo: end) { jobs.drain() }
    }

    var calls: [Duration] { transport.moments { $0.hasSuffix("getSchedule") } }
}

@Suite struct CalendarLoopTests {
    @Test func everyRoomIsReadEveryFiveMinutes() throws {
        let stage = try CalendarStage()
        stage.start()
        #expect(stage.desk.book.believed(at: stage.time.now()) == 45)
        #expect(stage.calls.count == 3)
        stage.run(for: .seconds(299))
        #expect(stage.calls.count == 3)
        stage.run(for: .seconds(1))
        #expect(stage.calls.count == 6)
        #expect(
            stage.desk.notes == [
                CalendarDesk.Note(succeeded: true, isRetired: false, interval: .seconds(300)),
                CalendarDesk.Note(succeeded: true, isRetired: false, interval: .seconds(300)),
            ])
        #expect(stage.journal.lines(with: "calendars: ") == ["notice: calendars: Room calendars (free/busy) are read."])
    }

    @Test func theReaderAndTheTenantAgreeAboutEveryMeeting() throws {
        let stage = try CalendarStage { scenario in
            var event = ScenarioEvent(.roomBooked)
            event.room = "7"
            event.startsIn = DurationText(.seconds(720))
            event.lasts = DurationText(.seconds(1800))
            scenario.events = [event]
        }
        stage.start()
        let now = stage.time.now()
        let agenda = try #require(stage.desk.book[stage.rooms[6].account])
        let meeting = Booking(
            startsAt: now.advanced(by: .seconds(720)).wall, endsAt: now.advanced(by: .seconds(2520)).wall,
            status: .busy)
        #expect(agenda.bookings.contains { $0 == meeting })
        #expect(agenda.isBookedNowOrWithin(at: now) == true)
        // What a client of another make reads for the same day.
        let total = stage.rooms.reduce(0) { $0 + (stage.desk.book[$1.account]?.bookings.count ?? 0) }
        #expect(total > 45 * 3)
        #expect(stage.rooms.allSatisfy { stage.desk.book[$0.account]?.until == now.wall.addingTimeInterval(86_700) })
        #expect(!"\(stage.desk.book)".contains("Person "))
    }

    @Test func hiddenItemsAndWholeAnswersGiveTheSameMeetingsToFiveMinutes() throws {
        let whole = try CalendarStage()
        whole.start()
        for room in whole.rooms {
            let agenda = try #require(whole.desk.book[room.account])
            let view = AvailabilityView.bookings(
                Self.view(agenda), from: agenda.from, steps: 289, besides: [])
            #expect(view.map(\.startsAt).min() == agenda.bookings.map { max($0.startsAt, agenda.from) }.min())
        }
    }

    private static func view(_ agenda: Agenda) -> String {
        (0..<289).map { step in
            let from = agenda.from.addingTimeInterval(Double(step) * 300)
            return agenda.bookings.contains { $0.startsAt < from.addingTimeInterval(300) && from < $0.endsAt }
                ? "2" : "0"
        }.joined()
    }

    @Test func aRoomThatJustFailedIsReadAtOnce() throws {
        let stage = try CalendarStage()
        stage.start()
        stage.run(for: .seconds(100))
        let before = stage.calls.count
        stage.loop.refresh([stage.rooms[3].account, stage.rooms[3].account, AccountID("stranger")])
        stage.jobs.drain()
        #expect(stage.calls.count == before + 1)
        #expect(stage.desk.order.last == [stage.rooms[3].account])
        #expect(stage.desk.book[stage.rooms[3].account]?.readAt == stage.time.now())
        // Asked again a moment later, what is known is young enough.
        stage.run(for: .seconds(30))
        stage.loop.refresh([stage.rooms[3].account])
        stage.jobs.drain()
        #expect(stage.calls.count == before + 1)
        stage.run(for: .seconds(31))
        stage.loop.refresh([stage.rooms[3].account])
        stage.jobs.drain()
        #expect(stage.calls.count == before + 2)
    }

    @Test func aRoomThatFailsDuringASlowRoundDoesNotWaitForIt() throws {
        let stage = try CalendarStage(rooms: 400) { scenario in
            var event = ScenarioEvent(.graphFault, at: .seconds(1))
            var fault = GraphFault(.slow, service: .calendars)
            fault.delay = DurationText(.seconds(20))
            event.fault = fault
            scenario.events = [event]
        }
        stage.run(for: .seconds(2))
        stage.start()
        stage.run(for: .seconds(5))
        #expect(stage.desk.order.isEmpty && stage.calls.count == CalendarLoop.concurrency)
        stage.loop.refresh([stage.rooms[399].account])
        stage.run(for: .seconds(21))
        #expect(stage.desk.order.contains([stage.rooms[399].account]))
        // 20 calls, eight at a time, 20 s each.
        stage.run(for: .seconds(40))
        #expect(stage.desk.notes.count == 1 && stage.desk.book.count == 400)
    }

    @Test func roomsInTroubleComeFirst() throws {
        let stage = try CalendarStage()
        stage.desk.set(CalendarRoster(inTrouble: [stage.rooms[44]], others: Array(stage.rooms.dropLast())))
        stage.start()
        #expect(stage.desk.order.first?.contains(stage.rooms[44].account) == true)
    }

    @Test func aMissingPermissionIsSaidOnceAndLookedForHourly() throws {
        let stage = try CalendarStage { $0.token.roles = ["Presence.Read.All"] }
        stage.start()
        let first = stage.calls.count
        #expect(first <= 3)
        stage.run(for: .seconds(3599))
        #expect(stage.calls.count == first)
        stage.run(for: .seconds(1))
        #expect(stage.calls.count == first + 1)
        #expect(stage.journal.lines(with: "Calendars.ReadBasic.All").count == 1)
        #expect(stage.desk.notes.map(\.isRetired) == [true, true])
        #expect(stage.desk.book[stage.rooms[0].account]?.reading == .unknown(.failed("http_403")))
        // A room that fails meanwhile does not ask in vain.
        stage.loop.refresh([stage.rooms[0].account])
        stage.run(for: .seconds(60))
        #expect(stage.calls.count == first + 1)
    }

    @Test func twoThousandRoomsAreAHundredCallsOnBehalfOfAHundredMailboxes() throws {
        let stage = try CalendarStage(rooms: 2_000)
        stage.start()
        #expect(stage.calls.count == 100)
        #expect(stage.desk.book.believed(at: stage.time.now()) == 2_000)
        let mailboxes = Set(stage.transport.urls { $0.hasSuffix("getSchedule") })
        #expect(mailboxes.count == 100)
    }

    @Test func noMailboxAsksTooOftenAtATime() throws {
        let stage = try CalendarStage(rooms: 400) { scenario in
            var event = ScenarioEvent(.graphFault)
            var fault = GraphFault(.slow, service: .calendars)
            fault.delay = DurationText(.seconds(9))
            event.fault = fault
            scenario.events = [event]
        }
        stage.start()
        stage.run(for: .seconds(280))
        #expect(stage.desk.book.believed(at: stage.time.now()) == 400)
        #expect(stage.calls.count == 20)
    }

    @Test func oneBrokenCalendarIsThatRoomsTroubleAlone() throws {
        let stage = try CalendarStage { scenario in
            var event = ScenarioEvent(.calendarError)
            event.room = "2"
            event.code = "ErrorNoFreeBusyAccess"
            scenario.events = [event]
        }
        stage.start()
        #expect(stage.desk.book.believed(at: stage.time.now()) == 44)
        #expect(stage.desk.book[stage.rooms[1].account]?.reading == .unknown(.failed("ErrorNoFreeBusyAccess")))
        #expect(stage.desk.notes.map(\.succeeded) == [true])
    }

    @Test func anOutageOfExchangeKeepsWhatIsKnownAndEndsTheRoundEarly() throws {
        let stage = try CalendarStage(rooms: 400) { scenario in
            var event = ScenarioEvent(.graphFault, at: .seconds(200))
            event.fault = GraphFault(.status, service: .calendars)
            event.lasts = DurationText(.seconds(900))
            scenario.events = [event]
        }
        stage.start()
        stage.run(for: .seconds(600))
        #expect(stage.desk.notes.map(\.succeeded).prefix(2) == [true, false])
        #expect(stage.desk.book.believed(at: stage.time.now()) == 400)
        #expect(stage.journal.lines(with: "the next begins with the rest").count >= 1)
        stage.run(for: .seconds(1200))
        #expect(stage.desk.notes.last?.succeeded == true)
    }

    @Test(arguments: [GraphFault.Kind.html, .emptyBody, .nulls, .reset, .truncated])
    func hostileAnswersLeaveTheRoomsUnknown(_ kind: GraphFault.Kind) throws {
        let stage = try CalendarStage { scenario in
            var event = ScenarioEvent(.graphFault)
            event.fault = GraphFault(kind, service: .calendars)
            scenario.events = [event]
        }
        stage.start()
        stage.run(for: .seconds(250))
        #expect(stage.desk.book.believed(at: stage.time.now()) == 0)
        #expect(stage.desk.book.count == 45)
        #expect(
            stage.rooms.allSatisfy { stage.desk.book[$0.account]?.isBookedNowOrWithin(at: stage.time.now()) == nil })
    }

    @Test func withoutRoomsNothingIsAsked() throws {
        let stage = try CalendarStage()
        stage.desk.set(CalendarRoster(others: []))
        stage.start()
        stage.run(for: .seconds(25))
        #expect(stage.calls.isEmpty && stage.desk.notes.isEmpty)
        stage.desk.set(CalendarRoster(others: stage.rooms))
        stage.run(for: .seconds(10))
        #expect(stage.desk.book.count == 45)
    }

    @Test func theLoopKeepsItsPromises() throws {
        let stage = try CalendarStage()
        stage.start()
        for _ in 0..<40 {
            stage.run(for: .seconds(30))
            #expect(stage.progress.feed.overdue().isEmpty)
        }
    }
}

@Suite struct CalendarPaceTests {
    @Test(arguments: [
        (0, 0, 300, CalendarPace.Limit.asked), (1, 1, 300, .asked), (20, 1, 300, .asked), (21, 2, 300, .asked),
        (2_000, 100, 300, .asked), (20_000, 1_000, 300, .asked), (60_000, 3_000, 300, .asked),
        (60_001, 3_001, 301, .budget), (100_000, 5_000, 500, .budget),
    ])
    func theBudgetDecides(_ rooms: Int, _ calls: Int, _ seconds: Int, _ limit: CalendarPace.Limit) {
        let pace = CalendarPace(rooms: rooms, asked: .seconds(300), lastRound: nil)
        #expect(pace.calls == calls && pace.interval == .seconds(seconds) && pace.limit == limit)
    }

    @Test func soDoesTheSpeedOfExchange() {
        #expect(CalendarPace(rooms: 2_000, asked: .seconds(300), lastRound: .seconds(240)).limit == .asked)
        let slow = CalendarPace(rooms: 20_000, asked: .seconds(300), lastRound: .seconds(400))
        #expect(slow.limit == .speed && slow.interval == .seconds(500))
        #expect(slow.text(rooms: 20_000, asked: .seconds(300)).contains("every 500 s, not every 300 s"))
        let small = CalendarPace(rooms: 20_000, asked: .seconds(60), lastRound: .seconds(10))
        #expect(small.limit == .budget && small.interval == .seconds(100))
    }

    @Test func roundsStayWithinTheirShareOfTheBudget() throws {
        let window = try #require(RequestBudget.defaults[.outlook]?.windows.first)
        #expect(window.per == .seconds(600))
        #expect(CalendarPace.callsInTenMinutes * 4 <= window.limit * 3)
    }
}
