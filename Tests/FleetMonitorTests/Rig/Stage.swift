// A whole monitor without a network: the real Ledger over a real store on a temporary file, receivers that answer as
// the test says, and a clock that the test holds.

import FleetSimulation
import FleetChannels
import FleetCore
@testable import FleetMonitor
@testable import FleetStore
import FleetWeb
import Foundation
import GRDB
import Logging
import Synchronization
import Systemd
import Timekeeping

let contoso = TenantName("contoso")

func account(_ number: Int) -> AccountID {
    let digits = String(number)
    return AccountID("3f0b1c52-6f2e-4a55-9d6c-" + String(repeating: "0", count: 12 - digits.count) + digits)
}

/// A directory of its own, removed when the test lets go of it.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "fleet-monitor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var database: String { url.appending(path: "roomwatch.sqlite").path(percentEncoded: false) }
}

/// A disk on which no database can be opened the usual way until it is freed.
final class FullDisk: Sendable {
    private let isFull = Mutex(true)

    func free() { isFull.withLock { $0 = false } }

    var connect: @Sendable (String, Configuration) throws -> DatabasePool {
        { path, configuration in
            if self.isFull.withLock({ $0 }) { throw DatabaseError(resultCode: .SQLITE_FULL) }
            return try DatabasePool(path: path, configuration: configuration)
        }
    }
}

final class Stage {
    let time: ManualTime
    let jobs = JobQueue()
    let store: Store
    let ledger: Ledger
    let journal = Journal()
    let registry = MetricRegistry()
    let metrics: MonitorMetrics
    let progress: LoopProgress
    let drain = Drain()
    let rules: DetectionRules
    let tree: RoutingTree
    /// What Graph says of each room; absent means available.
    var said: [Int: Presence] = [:]

    private let directory: TemporaryDirectory
    private var tasks: [Task<Void, Never>] = []

    static let offline = Presence(.offline, text: "Offline")
    static let available = Presence(.online, text: "Available")
    static let inCall = Presence(.inUse, text: "Busy/InACall")

    /// Opens the store and begins to watch; the tree sends everything to `receivers` without a grouping wait.
    init(
        receivers: [Receiver] = [], time: ManualTime = ManualTime(), rules: DetectionRules = .alone,
        tree: RoutingTree? = nil, directory: TemporaryDirectory? = nil, disk: FullDisk? = nil, seed: UInt64 = 7
    ) throws {
        self.time = time
        self.rules = rules
        self.directory = try directory ?? TemporaryDirectory()
        let routed = receivers.filter { receiver in !receivers.contains { $0.fallback == receiver.name } }
        self.tree = tree ?? Self.tree(receivers, routed: routed.map(\.name))
        let log = journal.logger()
        store = try Store.open(
            path: self.directory.database, now: time.now().wall, log: log, migrations: Schema.migrations,
            connect: disk?.connect
        ).store
        // A killed daemon is a copy of its files here; no test survives a power cut of the machine that it runs on.
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        metrics = MonitorMetrics(factory: registry)
        progress = LoopProgress(time: time, log: log)
        ledger = Ledger(
            store: store, tree: self.tree, time: time, executor: jobs.serialExecutor(), seed: seed, log: log,
            metrics: metrics)
        let failure: StoreError? = perform { [ledger] () async -> StoreError? in
            do throws(StoreError) {
                try await ledger.beginOwn()
                try await ledger.begin(tenant: contoso, rules: rules, site: SiteRules())
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    deinit { stop() }

    static func tree(
        _ receivers: [Receiver], routed: [ReceiverName], match: RouteMatch = RouteMatch(),
        wait: Duration = .zero
    ) -> RoutingTree {
        RoutingTree(
            routes: [
                Route(
                    rule: "routes[0]", match: match, receivers: routed, grouping: Grouping(wait: wait))
            ],
            receivers: receivers.map {
                ReceiverProfile(name: $0.name, isPaging: $0.kind == .pagerDuty, fallback: $0.fallback)
            })
    }

    // MARK: Running

    /// Runs an asynchronous call to its end without moving the clock.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let answer = Mutex<Value?>(nil)
        let box = Box(answer)
        Task(executorPreference: jobs) {
            let value = await body()
            box.answer.withLock { $0 = value }
        }
        jobs.drain()
        guard let value = box.answer.withLock({ $0 }) else {
            preconditionFailure("the call waits for a time that nobody advances")
        }
        return value
    }

    private final class Box<Value: Sendable>: Sendable {
        let answer: Mutex<Value?>
        init(_ answer: consuming Mutex<Value?>) { self.answer = answer }
    }

    /// Starts a loop that runs until the stage is stopped.
    @discardableResult
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        let task = Task(executorPreference: jobs) { await body() }
        tasks.append(task)
        jobs.drain()
        return task
    }

    /// Starts the delivery loops.
    func deliver(to receivers: Receiver..., bucket: TokenBucket = TokenBucket(interval: .zero, burst: 100)) throws {
        for receiver in receivers {
            let loop = DeliveryLoop(
                channel: try receiver.channel(), bucket: bucket, ledger: ledger, time: time, progress: progress,
                drain: drain)
            start { await loop.run() }
        }
    }

    func startHousekeeping() {
        let housekeeping = Housekeeping(ledger: ledger, retention: RetentionPolicy(), time: time, progress: progress)
        start { await housekeeping.run() }
    }

    /// Lets simulated time pass; everybody who sleeps is woken on the way.
    func run(for duration: Duration) {
        let end = time.now().advanced(by: duration)
        jobs.drain()
        while time.step(upTo: end) { jobs.drain() }
    }

    /// Ends every loop at once, as a kill does.
    func stop() {
        for task in tasks { task.cancel() }
        tasks = []
        jobs.drain()
    }

    /// What a power cut leaves behind: the files as they are now, in another place, opened by another daemon. The
    /// loops of this one are gone.
    func crashed(
        receivers: [Receiver], rules: DetectionRules? = nil, after pause: Duration = .zero
    ) throws -> Stage {
        let copy = try TemporaryDirectory()
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: directory.database + suffix) {
            try FileManager.default.copyItem(atPath: directory.database + suffix, toPath: copy.database + suffix)
        }
        stop()
        run(for: pause)
        let next = try Stage(
            receivers: receivers, time: time, rules: rules ?? self.rules, tree: tree, directory: copy, seed: 8)
        next.said = said
        return next
    }

    /// Another daemon on a backup of this store, restored after a pause. The loops of this one are gone.
    func restored(receivers: [Receiver], after pause: Duration) throws -> Stage {
        let place = try TemporaryDirectory()
        let copy = try store.copy()
        let file = place.database + ".copy"
        try Data(try copy.read(at: 0, upTo: copy.bytes)).write(to: URL(filePath: file))
        stop()
        run(for: pause)
        _ = try Store.restore(
            from: file, to: place.database, by: "anna", now: time.now().wall, log: journal.logger())
        let next = try Stage(receivers: receivers, time: time, rules: rules, tree: tree, directory: place, seed: 9)
        next.said = said
        return next
    }

    // MARK: Observing

    /// Puts rooms 1 to `count` on the list.
    func list(_ count: Int) {
        let asked = time.now()
        let accounts = (1...count).map {
            AccountRecord(
                id: account($0), name: "Room \($0)", userPrincipalName: "room\($0)@contoso.com", roomLicence: "MTR_PREM"
            )
        }
        let reading = InventoryReading(accounts: accounts, devices: nil, places: nil, asked: asked, remarks: [])
        perform { [ledger] in await ledger.accept(reading, tenant: contoso, scope: InventoryScope()) }
    }

    /// Sweeps so far.
    private var sweeps = 0

    /// Two sweeps are never asked at the same instant; the core takes that for the same page heard twice. A microsecond
    /// more for each sweep keeps them apart and shortens no hold between two of them.
    private func instantOfSweep() -> Moment {
        sweeps += 1
        return time.now().advanced(by: .microseconds(sweeps))
    }

    /// One complete sweep of everybody, as it would be answered now.
    func sweep() {
        let words = Dictionary(uniqueKeysWithValues: said.map { (account($0.key), $0.value) })
        let now = instantOfSweep()
        perform { [ledger] in
            var pages: [SweepPage] = []
            for lane in TenantFleet.Lane.allCases { pages += await ledger.pages(of: lane, tenant: contoso) }
            for page in pages {
                let answers = page.accounts.map { PresenceAnswer(.value(words[$0] ?? Stage.available)) }
                await ledger.accept(
                    PresencePage(request: page, answers: answers, asked: now, received: now), tenant: contoso)
            }
            await ledger.endSweep(
                .steady, tenant: contoso, outcome: .complete, began: now, unanswered: 0, reason: "")
        }
    }

    /// Rooms go dark and stay so for as long as it takes to believe it: ten seconds.
    func goDown(_ rooms: Int...) { goDown(Array(rooms)) }

    func goDown(_ rooms: [Int]) {
        for room in rooms { said[room] = Self.offline }
        sweep()
        run(for: .seconds(5))
        sweep()
        run(for: .seconds(5))
        sweep()
    }

    /// Rooms come back and stay so for as long as it takes to believe it: thirty seconds.
    func comeBack(_ rooms: Int...) {
        for room in rooms { said[room] = nil }
        sweep()
        run(for: .seconds(30))
        sweep()
    }

    // MARK: Looking

    /// Loops that broke their promise to the watchdog.
    var overdue: Int { progress.feed.overdue().count }

    /// The incident of a room's outage.
    func incident(of room: Int) throws -> Incident? {
        try incidents(of: DedupKey(tenant: contoso, condition: .roomOffline, subject: .room(account(room)))).last
    }

    func incidents(of key: DedupKey) throws -> [Incident] {
        try store.recentIncidents(IncidentQuery(limit: 500)).incidents.filter { $0.key == key }.sorted { $0.id < $1.id }
    }

    /// How many incidents a condition has had.
    func incidents(of condition: Condition) throws -> [Incident] {
        try store.recentIncidents(IncidentQuery(limit: 500)).incidents.filter { $0.condition == condition }
            .sorted { $0.id < $1.id }
    }

    func rows(of room: Int) throws -> [SentNotification] {
        guard let incident = try incident(of: room) else { return [] }
        return try store.notifications(of: incident.id)
    }

    /// A disk that refuses every write, or takes them again.
    func diskRefuses(_ refuses: Bool) throws {
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = \(refuses ? 1 : 0)") }
    }
}

extension DetectionRules {
    /// The defaults, with every room on its own: what falls together, or often, is the business of other tests.
    static var alone: DetectionRules {
        var rules = DetectionRules()
        rules.correlation.window = .seconds(-1)
        rules.flapping.on = .infinity
        return rules
    }
}
