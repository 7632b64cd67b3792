// The daemon as the wiring of roomwatchd builds it, with the simulation's clock, executor and roads in place of the
// machine's. One incarnation lives until it is stopped or killed; the next begins with the same file.

import CoreMetrics
import FleetChannels
import FleetCore
import FleetGraph
import FleetMonitor
import FleetStore
import Foundation
import GraphClient
import HTTPExchange
import Logging
import Synchronization
import Systemd
import TenantSimulator
import Timekeeping

/// One run of the real services.
final class Incarnation {
    static let tenant = TenantName("contoso")

    let life: Life
    let disk: Disk
    let ledger: Ledger
    let store: Store
    let progress: LoopProgress
    let intents: LedgerIntents
    private let drain = Drain()
    private let jobs: JobQueue
    private let time: ManualTime
    private var loops: [Task<Void, Never>] = []
    /// What may still bring to an end what it has on the way when the daemon stops.
    private var drained: [Task<Void, Never>] = []

    /// What every incarnation of a run shares.
    struct Surroundings {
        let plan: RunPlan
        let jobs: JobQueue
        let time: ManualTime
        let tenant: SimulatedTransport
        let identity: TenantIdentity
        let oracle: PresenceOracle
        let bookings: BookingOracle
        let desks: [ReceiverDesk]
        let log: RunLog
        let canary: Canary?
    }

    init(number: Int, disk: Disk, in surroundings: Surroundings) throws {
        let plan = surroundings.plan
        let time = surroundings.time
        jobs = surroundings.jobs
        self.time = time
        self.disk = disk
        life = Life(number: number, began: time.now())
        var log = Logger(label: "roomwatchd") { [log = surroundings.log, life, path = disk.database] _ in
            RunJournal(log: log, life: life, path: path)
        }
        log.logLevel = .notice
        var dice = Dice(seed: plan.seed, purpose: "daemon \(number)")
        store = try Store.open(path: disk.database, now: time.now().wall, log: log).store
        // A crash of the process loses nothing that the kernel has, so nobody waits for the platter.
        try store.rehearse("PRAGMA synchronous = OFF")
        for statement in surroundings.canary?.statements ?? [] { try store.rehearse(statement) }
        let metrics = MonitorMetrics(factory: NOOPMetricsHandler.instance)
        progress = LoopProgress(time: time, log: log)
        ledger = Ledger(
            store: store, tree: Self.tree(surroundings.desks), time: time, executor: jobs.serialExecutor(),
            seed: dice.number(), log: log, metrics: metrics)
        var rules = DetectionRules()
        surroundings.canary?.spoil(&rules)
        let site = SiteRules(hours: plan.hours)
        var commands = CommandRules()
        commands.updateIn = .always
        intents = LedgerIntents(
            ledger: ledger, store: store, executor: jobs.serialExecutor(), sender: SenderIdentity(version: "0"),
            kinds: [:], time: time)
        surroundings.oracle.beginLife()
        surroundings.bookings.beginLife()
        let failure: StoreError? = jobs.perform { [ledger, rules, commands] () async -> StoreError? in
            do throws(StoreError) {
                try await ledger.beginOwn()
                try await ledger.begin(tenant: Self.tenant, rules: rules, site: site, commands: commands)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        let line = GraphLine(
            life: life, tenant: surroundings.tenant, oracle: surroundings.oracle, bookings: surroundings.bookings,
            plan: plan, time: time, log: surroundings.log, canary: surroundings.canary)
        let endpoints = try GraphEndpoints(
            login: "https://login.contoso.com", graph: "https://graph.contoso.com",
            scope: "https://graph.microsoft.com/.default")
        let random = RandomSource(SeededGenerator(seed: dice.number()))
        let tokens = TokenSource(
            endpoints: endpoints, tenant: surroundings.identity.tenantID, clientID: surroundings.identity.clientID,
            credential: .clientSecret(Secret(surroundings.identity.clientSecret)), transport: line, time: time,
            random: random, logger: log, executor: jobs)
        let client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: line, time: time, random: random, logger: log,
            userAgent: "NONISV|Roomwatch|Roomwatch/0")
        let settings = LiveSettings(
            LiveSettings.Values(
                presence: rules.sweepInterval, suspect: rules.suspectInterval, devices: .seconds(300),
                places: .seconds(6 * 3600), scope: InventoryScope(), readsDevices: true, readsPlaces: true,
                readsLicences: true))
        let firstSweeps = FirstSweeps()
        let reader = PresenceReader(client: client, time: time)
        for lane in TenantFleet.Lane.allCases {
            let sweep = PresenceSweep(
                tenant: Self.tenant, lane: lane, settings: settings, reader: reader, ledger: ledger, time: time,
                progress: progress, metrics: metrics, firstSweeps: firstSweeps)
            start { await sweep.run() }
        }
        let inventory = InventoryLoop(
            tenant: Self.tenant, settings: settings, client: client, ledger: ledger, time: time, progress: progress,
            log: log)
        start { await inventory.run() }
        let health = DeviceHealthLoop(
            tenant: Self.tenant, settings: settings, client: client, ledger: ledger, time: time, progress: progress,
            log: log)
        start { await health.run() }
        let calendars = CalendarLoop(
            tenant: Self.tenant, settings: settings, reader: ScheduleReader(client: client, time: time), rooms: ledger,
            sink: ledger, time: time, progress: progress, log: log)
        jobs.perform { [ledger] in await ledger.register(calendars) }
        start { await calendars.run() }
        let housekeeping = Housekeeping(ledger: ledger, retention: RetentionPolicy(), time: time, progress: progress)
        start { await housekeeping.run() }
        let operations = OperationLoop(
            tenant: Self.tenant, settings: settings, commander: DeviceCommander(client: client, time: time),
            ledger: ledger, time: time, progress: progress, drain: drain, log: log)
        jobs.perform { [ledger] in await ledger.register(operations) }
        drained.append(Task(executorPreference: jobs) { await operations.run() })
        for desk in surroundings.desks {
            var channel = try Self.channel(desk, life: life)
            if let canary = surroundings.canary { channel = canary.spoil(channel, time: time) }
            let loop = DeliveryLoop(channel: channel, ledger: ledger, time: time, progress: progress, drain: drain)
            drained.append(Task(executorPreference: jobs) { await loop.run() })
        }
    }

    private func start(_ body: @escaping @Sendable () async -> Void) {
        loops.append(Task(executorPreference: jobs) { await body() })
    }

    private static func tree(_ desks: [ReceiverDesk]) -> RoutingTree {
        let paging = desks.filter { $0.kind == .pagerDuty }.map(\.name)
        let ledgers = desks.filter { $0.kind == .webhook }.map(\.name)
        return RoutingTree(
            routes: [
                Route(
                    rule: "routes[0]", match: RouteMatch(severities: [.critical, .error]), receivers: paging,
                    continues: true),
                Route(rule: "routes[1]", match: RouteMatch(), receivers: ledgers),
            ],
            receivers: desks.map { desk in
                ReceiverProfile(
                    name: desk.name, isPaging: desk.kind == .pagerDuty,
                    fallback: desk.kind == .pagerDuty ? ledgers.first : nil,
                    ownsAcknowledgement: desk.kind == .pagerDuty)
            })
    }

    private static func channel(_ desk: ReceiverDesk, life: Life) throws -> any Channel {
        let sender = SenderIdentity(version: "0")
        let line = ReceiverLine(desk: desk, life: life)
        switch desk.kind {
        case .webhook:
            return try WebhookChannel(
                receiver: desk.name, url: Secret("https://\(desk.name).contoso.com/hook"),
                secret: Secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="), sender: sender,
                transport: line)
        case .pagerDuty:
            return try PagerDutyChannel(
                receiver: desk.name, base: "https://\(desk.name).contoso.com",
                routingKey: Secret("key-of-\(desk.name)"), sender: sender, transport: line)
        }
    }

    // MARK: Ends

    /// Ends as a kill does: the files are copied as they are, and then whatever the dead still do is nobody's business.
    func kill(leaving directory: URL) throws -> Disk {
        let left = try disk.copied(to: directory)
        bury()
        return left
    }

    /// Ends as SIGTERM does: the sweeps stop, what is due is sent for a while, and the store is closed.
    ///
    /// - Parameter pass: lets simulated time go by.
    func stop(leaving directory: URL, pass: (Duration) -> Void) throws -> Disk {
        for loop in loops { loop.cancel() }
        jobs.drain()
        drain.begin(at: time.now())
        pass(Drain.patience + .seconds(1))
        for task in drained { task.cancel() }
        jobs.drain()
        jobs.perform { [ledger] in await ledger.finish() }
        let left = try disk.copied(to: directory)
        bury()
        return left
    }

    private func bury() {
        life.end()
        for task in loops + drained { task.cancel() }
        jobs.drain()
        // The lock is given back with the store; the files are gone with the life that wrote them.
        try? store.close()
        disk.abandon()
    }
}

extension JobQueue {
    /// Runs an asynchronous call to its end without moving the clock.
    @discardableResult
    func perform<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let box = AnswerBox<Value>()
        Task(executorPreference: self) {
            let value = await body()
            box.value.withLock { $0 = value }
        }
        drain()
        guard let value = box.value.withLock({ $0 }) else {
            preconditionFailure("the call waits for a time that nobody advances")
        }
        return value
    }

    private final class AnswerBox<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}

/// What the daemon tells the operator, in the event log.
private struct RunJournal: LogHandler {
    let log: RunLog
    let life: Life
    let path: String
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard !life.isDead else { return }
        log.say("daemon", "\(event.level): \(event.message)".replacing(path, with: "roomwatch.sqlite"))
    }
}
