// A real Ledger on a real store with many rooms, and nothing else: what the commits cost, without network or clock.

import FleetCore
import FleetMonitor
import FleetStore
import FleetWeb
import Foundation
import Logging
import Timekeeping

final class BenchLedger: Sendable {
    static let tenant = TenantName("contoso")
    static let receiver = ReceiverProfile(name: ReceiverName("bench"), isPaging: false)

    let ledger: Ledger
    let time = SteppedTime()
    let log = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
    private let store: Store
    private let directory: URL

    init(rooms: Int, isCorrelated: Bool) async throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("roomwatch-bench-\(getpid())-\(isCorrelated)")
        store = try Store.open(
            path: directory.appendingPathComponent("bench.sqlite").path, now: time.now().wall, log: log
        ).store
        ledger = Ledger(
            store: store,
            tree: RoutingTree(
                routes: [
                    Route(
                        rule: "routes[0]", match: RouteMatch(), receivers: [Self.receiver.name],
                        grouping: Grouping(wait: .zero))
                ], receivers: [Self.receiver]),
            time: time, executor: StoreExecutor(), seed: 1, log: log, metrics: MonitorMetrics(factory: MetricRegistry())
        )
        var rules = DetectionRules()
        if !isCorrelated { rules.correlation.window = .seconds(-1) }
        try await ledger.begin(tenant: Self.tenant, rules: rules, site: SiteRules())
        let accounts = (0..<rooms).map { number in
            AccountRecord(
                id: DecodeBench.account(number), name: "Room \(number)",
                userPrincipalName: "room\(number)@contoso.com", roomLicence: "Microsoft_Teams_Rooms_Pro",
                officeLocation: "B\(number / 200)")
        }
        await ledger.accept(
            InventoryReading(accounts: accounts, devices: nil, places: nil, asked: time.now(), remarks: []),
            tenant: Self.tenant, scope: InventoryScope())
    }

    /// Every page of a sweep, the fast lane included.
    func pages() async -> [SweepPage] {
        await ledger.pages(of: .steady, tenant: Self.tenant) + ledger.pages(of: .suspect, tenant: Self.tenant)
    }

    func end() async throws {
        await ledger.finish()
        try store.close()
        try? FileManager.default.removeItem(at: directory)
    }
}
