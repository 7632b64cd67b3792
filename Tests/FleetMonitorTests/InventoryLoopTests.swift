// The slow sources against a whole simulated tenant: what is read when, and what a failing one means.

import FleetSimulation
import FleetChannels
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Synchronization
import TenantSimulator
import Testing
import Timekeeping

@Suite struct InventoryLoopTests {
    let time = ManualTime()
    let hook: Receiver
    let stage: Stage

    init() throws {
        hook = Receiver("hook", .webhook, time: time)
        stage = try Stage(receivers: [hook], time: time)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
    }

    private func tenant(
        _ change: (inout Scenario) -> Void = { _ in }, settings: LiveSettings = LiveSettings(.standard)
    ) throws -> CountingTransport {
        var scenario = Scenario.quiet
        change(&scenario)
        let identity = TenantIdentity(clientSecret: "secret")
        let tenant = try SimulatedTenant(
            plan: TenantPlan(rooms: 20, buildings: 2), identity: identity, scenario: scenario, start: time.now())
        let transport = CountingTransport(SimulatedTransport(tenant, timeSource: time), time: time)
        let random = RandomSource(SeededGenerator(seed: 1))
        let endpoints = try GraphEndpoints(
            login: "http://login.test", graph: "http://graph.test", scope: "https://graph.microsoft.com/.default")
        let log = stage.journal.logger()
        let tokens = TokenSource(
            endpoints: endpoints, tenant: identity.tenantID, clientID: identity.clientID,
            credential: .clientSecret(Secret("secret")), transport: transport, time: time, random: random, logger: log,
            executor: stage.jobs)
        let client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: transport, time: time, random: random, logger: log,
            userAgent: "test")
        let loop = InventoryLoop(
            tenant: contoso, settings: settings, client: client, ledger: stage.ledger, time: time,
            progress: stage.progress, log: log)
        stage.start { await loop.run() }
        return transport
    }

    private func fault(
        _ service: GraphFault.Service, at: Duration, lasts: Duration? = nil, status: Int = 503
    ) -> ScenarioEvent {
        var event = ScenarioEvent(.graphFault, at: at)
        var fault = GraphFault(.status, service: service)
        fault.status = status
        event.fault = fault
        event.lasts = lasts.map { DurationText($0) }
        return event
    }

    /// Lets time pass in which presence is seen, so that nothing but the inventory can go wrong.
    private func watch(for seconds: Int) {
        for _ in 0..<seconds / 10 {
            stage.run(for: .seconds(10))
            stage.sweep()
        }
    }

    /// Places allow three requests a second, which would blur the moments that a test asks for.
    private static var withoutPlaces: LiveSettings {
        var values = LiveSettings.Values.standard
        values.readsPlaces = false
        return LiveSettings(values)
    }

    private var rooms: Int { stage.census()?.rooms ?? 0 }

    @Test func theFirstRefreshListsTheRooms() throws {
        _ = try tenant()
        stage.run(for: .seconds(5))
        #expect(rooms == 20)
        #expect(try stage.store.load(tenant: contoso, resolvedSince: time.now().wall).rooms.count == 20)
        #expect(hook.sent.isEmpty)
    }

    @Test func aRefreshFollowsEveryFiveMinutes() throws {
        let transport = try tenant(settings: Self.withoutPlaces)
        watch(for: 1_000)
        let lists = transport.moments { $0.contains("/teamwork/devices?") || $0.hasSuffix("/teamwork/devices") }
        #expect(lists.map { Int($0.seconds) } == [0, 300, 600, 900])
    }

    @Test func aDeviceThatBreaksTheListIsSearchedForOnceAndNotAtEveryRefresh() throws {
        let transport = try tenant({ $0.devices = .poisoned }, settings: Self.withoutPlaces)
        watch(for: 1_000)
        #expect(rooms == 20)
        let whole = transport.moments { $0.contains("/teamwork/devices?") && !$0.contains("filter") }
        // The attempts of the one search lie within its patience.
        #expect(!whole.isEmpty && whole.allSatisfy { $0 < .seconds(61) }, "\(whole)")
        let byType = transport.moments { $0.contains("/teamwork/devices?") && $0.contains("filter") }
        #expect(byType.contains { $0 > .seconds(900) })
    }

    @Test func aShorterIntervalIsTakenUpWhileWaiting() throws {
        let settings = LiveSettings(.standard)
        let transport = try tenant(settings: settings)
        watch(for: 10)
        var values = settings.values
        values.devices = .seconds(60)
        settings.replace(with: values)
        watch(for: 230)
        let lists = transport.moments { $0.contains("/teamwork/devices?") || $0.hasSuffix("/teamwork/devices") }
        #expect(lists.count >= 3)
    }

    @Test func whoIsExcludedByAReloadIsLetGoAtOnceAndComesBackAtOnce() throws {
        let settings = LiveSettings(.standard)
        _ = try tenant(settings: settings)
        watch(for: 20)
        #expect(rooms == 20)
        let known = stage.perform { [ledger = stage.ledger] in await ledger.knownAccounts(tenant: contoso) }
        var values = settings.values
        values.scope = InventoryScope(exclude: [try #require(known.first).text])
        settings.replace(with: values)
        stage.run(for: .seconds(5))
        #expect(rooms == 19)
        settings.replace(with: .standard)
        stage.run(for: .seconds(5))
        #expect(rooms == 20)
    }

    @Test func aReloadThatChangesNothingOfTheListReadsNothing() throws {
        let settings = LiveSettings(.standard)
        let transport = try tenant(settings: settings)
        watch(for: 20)
        let before = transport.moments { _ in true }.count
        var values = settings.values
        values.presence = .seconds(10)
        settings.replace(with: values)
        stage.run(for: .seconds(5))
        #expect(transport.moments { _ in true }.count == before)
    }

    @Test func theRoomsAreWatchedBeforeTheDevicesAreRead() throws {
        var hang = ScenarioEvent(.graphFault, at: .zero)
        var fault = GraphFault(.slow, service: .devices)
        fault.delay = DurationText(.seconds(20))
        hang.fault = fault
        let events = [hang]
        let transport = try tenant({ $0.events = events }, settings: Self.withoutPlaces)
        stage.run(for: .seconds(5))
        #expect(transport.moments { $0.contains("/teamwork/devices") }.count == 1, "the devices are still awaited")
        #expect(rooms >= 19)
    }

    @Test func aDirectoryThatFailsAtTheStartIsAskedAgainSoonThenLater() throws {
        let transport = try tenant(
            { $0.events = [fault(.directory, at: .zero, lasts: .seconds(400), status: 400)] },
            settings: Self.withoutPlaces)
        watch(for: 700)
        #expect(rooms == 20)
        // Each refresh reads the devices: after 10 s, then every 20 s while there is no room to watch.
        let lists = transport.moments { $0.contains("/teamwork/devices?") || $0.hasSuffix("/teamwork/devices") }
        let waits = zip(lists, lists.dropFirst()).map { Int(($1 - $0).seconds) }
        #expect(Array(waits.prefix(5)) == [10, 20, 20, 20, 20])
    }

    @Test func aFailedRefreshKeepsTheList() throws {
        _ = try tenant { $0.events = [fault(.directory, at: .seconds(200), lasts: .seconds(300))] }
        watch(for: 450)
        #expect(rooms == 20)
        watch(for: 600)
        #expect(rooms == 20)
        #expect(hook.sent.isEmpty)
    }

    @Test func aDirectoryThatFailsForLongIsOneIncidentUntilItAnswers() throws {
        _ = try tenant { $0.events = [fault(.directory, at: .seconds(100), lasts: .seconds(3000))] }
        watch(for: 3000)
        #expect(hook.taken.map(\.key) == ["contoso:source.stalled:directory"])
        watch(for: 1200)
        #expect(hook.words == "opened resolved")
        #expect(rooms == 20)
    }

    @Test func aRetiredDeviceAPIIsNoIncident() throws {
        _ = try tenant { $0.devices = .retired }
        watch(for: 3600)
        #expect(rooms >= 19, "licensed rooms are watched without device records")
        #expect(hook.sent.isEmpty)
        #expect(stage.journal.lines(with: "device records:").count == 1, "told once, not at every refresh")
    }

    @Test func aMissingPermissionIsSaidOnceWithWhatItSwitchesOff() throws {
        _ = try tenant { $0.token.roles = ["Presence.Read.All", "User.Read.All", "Place.Read.All", "Mail.Read"] }
        watch(for: 1_000)
        let lines = stage.journal.lines(with: "permissions:")
        #expect(lines.count { $0.contains("TeamworkDevice.Read.All") } == 1)
        #expect(lines.count { $0.contains("Mail.Read") } == 1)
        #expect(rooms >= 19)
    }

    @Test(arguments: [true, false])
    func aGrantForCalendarsIsOfUseAndItsAbsenceIsTheCalendarLoopsToSay(_ isGranted: Bool) throws {
        let roles = ["Presence.Read.All", "User.Read.All", "Place.Read.All", "TeamworkDevice.Read.All"]
        _ = try tenant { $0.token.roles = roles + (isGranted ? ["Calendars.ReadBasic.All"] : []) }
        watch(for: 20)
        #expect(rooms == 20)
        #expect(stage.journal.lines(with: "Calendars").isEmpty, "\(stage.journal.lines)")
    }

    @Test func roomsThatVanishAreKeptForOneRefreshMore() throws {
        var gone = ScenarioEvent(.accountDeleted, at: .seconds(100))
        gone.room = "3"
        let events = [gone]
        _ = try tenant { $0.events = events }
        watch(for: 310)
        #expect(rooms == 20)
        watch(for: 300)
        #expect(rooms == 19)
    }

    // MARK: Weak rooms with a booking

    /// Room 5 is weak: its room system dies at second 60, and the panel goes on saying that all is well.
    private func deadConsole() throws -> CountingTransport {
        var dies = ScenarioEvent(.roomOff, at: .seconds(60))
        dies.room = "5"
        dies.deviceDelay = DurationText(.seconds(5))
        let events = [dies]
        let transport = try tenant({ $0.events = events }, settings: Self.withoutPlaces)
        stage.run(for: .seconds(5))
        stage.sweep()
        return transport
    }

    private func book(_ account: AccountID, startsIn wait: Duration, lasts: Duration = .seconds(3600)) throws {
        let now = time.now()
        let start = now.advanced(by: wait)
        let booking = try #require(
            Booking(startsAt: start.wall, endsAt: start.advanced(by: lasts).wall, status: .busy))
        let agenda = Agenda([booking], from: now.wall, until: now.advanced(by: .seconds(86_400)).wall, readAt: now)
        stage.perform { [ledger = stage.ledger] in await ledger.accept([account: agenda], tenant: contoso) }
    }

    private func weakRooms() -> [Room] {
        stage.perform { [ledger = stage.ledger] in await ledger.rooms(of: contoso).filter(\.isWeak) }
    }

    /// Seconds at which single records of a device were read.
    private func reads(of room: Room, by transport: CountingTransport) throws -> [Int] {
        let device = try #require(room.mainDevice).id
        return transport.moments { $0.hasSuffix("/teamwork/devices/\(device)") }.map { Int($0.seconds) }
    }

    @Test func aDeadConsoleBehindALivingPanelIsFoundWithinTwoReadsDuringABooking() throws {
        let transport = try deadConsole()
        let room = try #require(weakRooms().first { $0.name == "Room 5" })
        try book(room.account, startsIn: .seconds(-600))
        watch(for: 200)
        let pages = try stage.incidents(of: .roomOffline)
        #expect(pages.map(\.scope.name) == ["Room 5"])
        let page = try #require(pages.first)
        #expect(page.severity == .critical, "people sit in front of it")
        #expect(page.evidence.contains { $0.reading == "another device keeps the account online" })
        let told = try reads(of: room, by: transport).filter { $0 > 65 }
        #expect(
            told.count { $0 <= Int(page.openedAt.timeIntervalSince(ManualTime.start.wall)) } == 2,
            "the first read that says offline and the one that confirms it: \(told)")
        #expect(hook.taken.contains { $0.key.hasPrefix("contoso:room.offline:") })
    }

    @Test func weakRoomsAreReadEachMinuteFromAQuarterOfAnHourBeforeTheBookingToItsEnd() throws {
        let transport = try tenant(settings: Self.withoutPlaces)
        stage.run(for: .seconds(5))
        stage.sweep()
        let room = try #require(weakRooms().first { $0.name == "Room 5" })
        let other = try #require(weakRooms().first { $0.name != "Room 5" })
        // From 905 s before: nothing yet at the first round.
        try book(room.account, startsIn: .seconds(900 + 200), lasts: .seconds(300))
        watch(for: 1_800)
        let seconds = try reads(of: room, by: transport)
        #expect(seconds.allSatisfy { $0 >= 200 && $0 <= 1_105 + 300 }, "\(seconds)")
        #expect(seconds.count >= 14, "\(seconds)")
        #expect(zip(seconds, seconds.dropFirst()).allSatisfy { (60...125).contains($1 - $0) }, "\(seconds)")
        #expect(try reads(of: other, by: transport).isEmpty, "nobody has booked it")
        #expect(
            try #require(room.mainDevice).id.isEmpty == false
                && transport.moments { $0.hasSuffix("/health") }.isEmpty, "one request for each")
    }

    @Test func cancellationEndsTheLoopInAnyWait() throws {
        _ = try tenant { $0.events = [fault(.all, at: .zero)] }
        stage.run(for: .seconds(45))
        stage.stop()
        watch(for: 4_000)
        #expect(stage.overdue == 0)
    }
}

extension Ledger {
    fileprivate func rooms(of tenant: TenantName) -> [Room] { fleets[tenant]?.rooms ?? [] }
}

/// Notes when which path was asked for. The simulated tenant has no `$batch`, in which the directory is asked for
/// accounts that no list names any more; here it knows none of them.
final class CountingTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let time: ManualTime
    private let asked = Mutex<[(url: String, at: Duration)]>([])

    init(_ inner: any HTTPTransport, time: ManualTime) {
        self.inner = inner
        self.time = time
    }

    func moments(_ isMeant: (String) -> Bool) -> [Duration] {
        asked.withLock { asked in asked.filter { isMeant($0.url) }.map(\.at) }
    }

    func urls(_ isMeant: (String) -> Bool) -> [String] { asked.withLock { $0.map(\.url).filter(isMeant) } }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        let now = time.elapsed
        asked.withLock { $0.append((call.url, now)) }
        if call.url.hasSuffix("/$batch") { return unknown(in: call.body ?? []) }
        return try await inner.send(call)
    }

    private func unknown(in body: [UInt8]) -> HTTPAnswer {
        let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
        let answers = (object?["requests"] as? [[String: Any]] ?? []).map { request in
            #"{"id":"\#(request["id"] as? String ?? "")","status":404,"headers":{},"#
                + #""body":{"error":{"code":"Request_ResourceNotFound","message":"does not exist"}}}"#
        }
        return HTTPAnswer(
            status: 200, headerFields: [.contentType: "application/json"],
            body: Array(#"{"responses":[\#(answers.joined(separator: ","))]}"#.utf8))
    }
}
