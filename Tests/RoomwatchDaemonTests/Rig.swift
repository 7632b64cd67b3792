// The parts of a daemon that runs nothing: a real Ledger over a real store, a clock that stands still, a Graph that is
// never reached.

import FleetConfiguration
import FleetCore
import FleetMonitor
import FleetStore
import FleetWeb
import Foundation
import CoreMetrics
import GraphClient
import HTTPExchange
import Logging
@testable import RoomwatchDaemon
import Synchronization
import Systemd
import Timekeeping

/// What the daemon would have told the operator.
final class Journal: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    func lines(with text: String) -> [String] { lines.filter { $0.contains(text) } }

    func logger() -> Logger { Logger(label: "test") { _ in Writer(journal: self) } }

    private struct Writer: LogHandler {
        let journal: Journal
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.level): \(event.message)"
            journal.kept.withLock { $0.append(line) }
        }
    }
}

struct StandingTime: TimeSource {
    /// 2026-11-20 08:00:00 UTC.
    static let moment = Moment(wall: Date(timeIntervalSince1970: 1_795_161_600), steady: .seconds(1000))

    func now() -> Moment { Self.moment }
    func sleep(until deadline: Moment) async throws { throw CancellationError() }
}

struct Unreachable: HTTPTransport, ConnectionProbe {
    func connect(to url: String, within limit: Duration) async throws(ConnectionRefusal) {
        throw ConnectionRefusal(
            HTTPTransportError(.connectRefused, host: "graph.test", detail: "as the test says"))
    }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        throw HTTPTransportError(.brokenConnection, host: "graph.test", detail: "as the test says")
    }
}

/// A daemon that has read its configuration and watches one tenant.
struct Rig {
    let journal = Journal()
    let store: Store
    let ledger: Ledger
    let watch: TenantWatch
    let parts: DaemonParts
    let reload: Reload
    let tokens = AccessTokens()

    init(_ folder: Folder) async throws {
        let configuration = try folder.load()
        let log = journal.logger()
        store = try Store.open(path: configuration.store.path, now: StandingTime.moment.wall, log: log).store
        let metrics = MonitorMetrics(factory: NOOPMetricsHandler.instance)
        ledger = Ledger(
            store: store, tree: configuration.routing, time: StandingTime(), executor: StoreExecutor(), seed: 7,
            log: log, metrics: metrics)
        try await ledger.beginOwn()
        try await ledger.begin(
            tenant: configuration.tenants[0].name, rules: configuration.detection,
            site: configuration.site)
        parts = DaemonParts(
            time: StandingTime(), ledger: ledger, progress: LoopProgress(time: StandingTime(), log: log),
            metrics: metrics,
            firstSweeps: FirstSweeps(), drain: Drain(), log: log)
        watch = try TenantWatch(
            configuration.tenants[0], configuration: configuration, credential: .clientSecret(Secret("secret")),
            transport: Unreachable(), parts: parts)
        reload = Reload(
            path: folder.configuration, environment: [:], running: configuration, watches: [watch], parts: parts,
            notifier: ServiceNotifier(), tokens: tokens)
    }
}
