// A whole fleet fails at once: every room fires in the same sweep, and each incident has its outbox row on the disk
// before anybody is told.

import FleetCore
import FleetMonitor
import FleetStore
import FleetWeb
import Foundation
import Logging
import Synchronization
import Timekeeping

struct CommitBench {
    let rooms: Int
    let report: Report

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("roomwatch-bench-\(getpid())")
        defer { try? FileManager.default.removeItem(at: directory) }
        let time = SteppedTime()
        let quiet = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        let (store, _) = try Store.open(
            path: directory.appendingPathComponent("bench.sqlite").path, now: time.now().wall, log: quiet)
        let receiver = ReceiverProfile(name: ReceiverName("bench"), isPaging: false)
        let ledger = Ledger(
            store: store,
            tree: RoutingTree(
                routes: [Route(rule: "routes[0]", match: RouteMatch(), receivers: [receiver.name])],
                receivers: [receiver]),
            time: time, executor: StoreExecutor(), seed: 1, log: quiet,
            metrics: MonitorMetrics(factory: MetricRegistry()))
        let tenant = TenantName("contoso")
        try await ledger.begin(tenant: tenant, rules: DetectionRules(), site: SiteRules())
        let accounts = (0..<rooms).map { number in
            AccountRecord(
                id: DecodeBench.account(number), name: "Room \(number)",
                userPrincipalName: "room\(number)@contoso.com", roomLicence: "Microsoft_Teams_Rooms_Pro",
                officeLocation: "B\(number / 200)")
        }
        await ledger.accept(
            InventoryReading(accounts: accounts, devices: nil, places: nil, asked: time.now(), remarks: []),
            tenant: tenant, scope: InventoryScope())

        let good = Spread(await rounds(3, of: .online, every: .seconds(5), ledger, tenant, time))
        let first = await rounds(1, of: .offline, every: .seconds(5), ledger, tenant, time)
        let waiting = await rounds(1, of: .offline, every: .seconds(5), ledger, tenant, time)
        let firing = await rounds(1, of: .offline, every: .seconds(5), ledger, tenant, time)
        report.row("judge a sweep in which all is well", Report.milliseconds(good.median))
        report.row("first bad answers: \(rooms) transitions", Report.milliseconds(first[0]))
        report.row("second bad answers: nothing to write", Report.milliseconds(waiting[0]))
        report.row(
            "third: \(rooms) transitions, incidents and outbox rows", Report.milliseconds(firing[0]),
            budget: "<= 1000 ms for 20,000")
        report.row("outbox rows written", "\(await ledger.backlog())")
        await ledger.finish()
        try store.close()
    }

    /// Hands the ledger whole sweeps and tells how long each took, in seconds.
    private func rounds(
        _ count: Int, of meaning: Presence.Meaning, every step: Duration, _ ledger: Ledger, _ tenant: TenantName,
        _ time: SteppedTime
    ) async -> [Double] {
        let text = meaning == .offline ? "Offline" : "Available"
        var took: [Double] = []
        for _ in 0..<count {
            time.step(by: step)
            let pages = await ledger.pages(of: .steady, tenant: tenant) + ledger.pages(of: .suspect, tenant: tenant)
            let now = time.now()
            let clock = ContinuousClock()
            let began = clock.now
            for page in pages {
                let answer = PresenceAnswer(.value(Presence(meaning, text: text)))
                await ledger.accept(
                    PresencePage(
                        request: page, answers: Array(repeating: answer, count: page.accounts.count), asked: now,
                        received: now), tenant: tenant)
            }
            took.append(began.duration(to: clock.now).seconds)
        }
        return took
    }
}

/// A clock that moves when it is told to.
final class SteppedTime: TimeSource {
    private let moment = Mutex(Moment(wall: Date(timeIntervalSince1970: 1_800_000_000), steady: .seconds(1_000)))

    func now() -> Moment { moment.withLock { $0 } }
    func step(by duration: Duration) { moment.withLock { $0 = $0.advanced(by: duration) } }
    func sleep(until deadline: Moment) async throws { try Task.checkCancellation() }
}
