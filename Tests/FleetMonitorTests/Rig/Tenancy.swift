// A whole simulated tenant under every loop that reads it, as the daemon runs them, with the daemon's Ledger behind.

import FleetCore
import FleetGraph
import FleetSimulation
import FleetStore
import Foundation
import GraphClient
import HTTPExchange
import Synchronization
import TenantSimulator
import Timekeeping

@testable import FleetMonitor

/// The loops of one tenant, and the tenant.
final class Tenancy {
    let stage: Stage
    let time: ManualTime
    let hook: Receiver
    let transport: WatchedTransport
    let tokens: TokenSource
    private let simulated: SimulatedTransport
    /// Cancels the loops one by one.
    private(set) var tasks: [Task<Void, Never>] = []

    init(
        rooms: Int = 20, passwords: PasswordPolicy = PasswordPolicy(), devices: Bool = true, commands: Bool = false,
        _ change: (inout Scenario) -> Void = { _ in }
    ) throws {
        let time = ManualTime()
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try Stage(receivers: [hook], time: time)
        self.time = time
        self.hook = hook
        self.stage = stage
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        var scenario = Scenario.quiet
        // Every seventh token or so is asked for within an hour.
        scenario.token.expiresIn = 1_200
        change(&scenario)
        let identity = TenantIdentity(clientSecret: "secret")
        let tenant = try SimulatedTenant(
            plan: TenantPlan(rooms: rooms, buildings: 2), identity: identity, scenario: scenario, start: time.now())
        simulated = SimulatedTransport(tenant, timeSource: time)
        let transport = WatchedTransport(simulated, time: time)
        self.transport = transport
        let random = RandomSource(SeededGenerator(seed: 1))
        let endpoints = try GraphEndpoints(
            login: "http://login.test", graph: "http://graph.test", scope: "https://graph.microsoft.com/.default")
        let log = stage.journal.logger()
        tokens = TokenSource(
            endpoints: endpoints, tenant: identity.tenantID, clientID: identity.clientID,
            credential: .clientSecret(Secret("secret")), transport: transport, time: time, random: random, logger: log,
            executor: stage.jobs)
        let client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: transport, time: time, random: random, logger: log,
            userAgent: "test")
        var values = LiveSettings.Values.standard
        values.passwords = passwords
        values.readsDevices = devices
        let settings = LiveSettings(values)
        let (ledger, progress, metrics) = (stage.ledger, stage.progress, stage.metrics)
        let reader = PresenceReader(client: client, time: time)
        for lane in TenantFleet.Lane.allCases {
            let sweep = PresenceSweep(
                tenant: contoso, lane: lane, settings: settings, reader: reader, ledger: ledger, time: time,
                progress: progress, metrics: metrics, firstSweeps: FirstSweeps())
            tasks.append(stage.start { await sweep.run() })
        }
        let inventory = InventoryLoop(
            tenant: contoso, settings: settings, client: client, ledger: ledger, time: time, progress: progress,
            log: log)
        let calendars = CalendarLoop(
            tenant: contoso, settings: settings, reader: ScheduleReader(client: client, time: time), rooms: ledger,
            sink: ledger, time: time, progress: progress, log: log)
        let check = TenantCheckLoop(
            tenant: contoso, client: client, ledger: ledger, time: time, progress: progress, log: log)
        let access = AccessLoop(
            tenant: contoso, settings: settings, client: client,
            consentLink: endpoints.adminConsent(tenant: identity.tenantID, clientID: identity.clientID),
            ledger: ledger, time: time, progress: progress, log: log)
        let signIns = SignInLoop(
            tenant: contoso, client: client, ledger: ledger, time: time, progress: progress, log: log)
        stage.perform {
            await ledger.register(calendars)
            await ledger.register(check)
        }
        let health = DeviceHealthLoop(
            tenant: contoso, settings: settings, client: client, ledger: ledger, time: time, progress: progress,
            log: log)
        tasks.append(stage.start { await inventory.run() })
        tasks.append(stage.start { await health.run() })
        tasks.append(stage.start { await calendars.run() })
        tasks.append(stage.start { await check.run() })
        tasks.append(stage.start { await access.run() })
        tasks.append(stage.start { await signIns.run() })
        guard commands else { return }
        let operations = OperationLoop(
            tenant: contoso, settings: settings, commander: DeviceCommander(client: client, time: time), ledger: ledger,
            time: time, progress: progress, drain: stage.drain, log: log)
        stage.perform { await ledger.register(operations) }
        tasks.append(stage.start { await operations.run() })
    }

    /// Every command that reached the tenant, by its own account.
    var submissions: [Submission] { simulated.submissions() }

    var second: Int { Int(time.elapsed.seconds) }

    func live(for seconds: Int) { stage.run(for: .seconds(seconds)) }

    /// Conditions of every incident that anybody was told of, in order, with how often each was told.
    var told: [String] { hook.taken.map { "\($0.word) \($0.condition)" } }

    /// The same without updates, which hold reminders and rising severities as well.
    var turns: [String] { told.filter { !$0.hasPrefix("updated ") } }

    func open() throws -> [Incident] {
        try stage.store.recentIncidents(IncidentQuery(limit: 500)).incidents.filter { $0.status != .resolved }
    }

    func rooms() -> [Room] { stage.perform { [ledger = stage.ledger] in await ledger.listedRooms() } }

    func account(of name: String) -> AccountID? { rooms().first { $0.name == name }?.account }
}

extension Ledger {
    fileprivate func listedRooms() -> [Room] { fleets[contoso]?.rooms ?? [] }
}

/// Notes what was asked for and when, and lets everything through.
final class WatchedTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let time: ManualTime
    private let asked = Mutex<[(url: String, at: Duration)]>([])

    init(_ inner: any HTTPTransport, time: ManualTime) {
        self.inner = inner
        self.time = time
    }

    /// Seconds at which something was asked for.
    func seconds(_ part: String) -> [Int] {
        asked.withLock { asked in asked.filter { $0.url.contains(part) }.map { Int($0.at.seconds) } }
    }

    func urls(_ part: String) -> [String] { asked.withLock { $0.map(\.url).filter { $0.contains(part) } } }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        let now = time.elapsed
        asked.withLock { $0.append((call.url, now)) }
        return try await inner.send(call)
    }
}
