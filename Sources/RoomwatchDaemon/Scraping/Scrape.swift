// What /metrics shows beside the figures that are counted as things happen: levels that exist anyway, and totals that
// another part counts for itself. Labels hold tenants, receivers, services and words of the contract, never a room, so
// that the page has the same size for ten rooms and for twenty thousand.

import FleetAPI
import FleetCore
import FleetMonitor
import FleetStore
import FleetWeb
import Foundation
import GraphClient
import Systemd
import Timekeeping

/// Reads every figure that is not counted, when somebody asks.
struct Scrape: Sendable {
    let parts: DaemonParts
    let watches: [TenantWatch]
    let store: Store
    let synthetic: SyntheticRoom
    /// When the daemon began.
    let started: Moment
    /// Why the daemon is not ready; empty when it is.
    let unready: @Sendable () -> [String]

    func gauges() async -> [Gauge] {
        let now = parts.time.now()
        let figures = await parts.ledger.figures()
        var gauges = ProcessFigures.gauges(start: started)
        gauges.append(Gauge(name: "roomwatch_build_info", labels: [("version", Version.text)], value: 1))
        gauges.append(Gauge(name: "roomwatch_ready", value: unready().isEmpty ? 1 : 0))
        for tenant in figures.tenants { gauges += Self.gauges(of: tenant) }
        for watch in watches {
            gauges += Self.gauges(
                of: watch.name, counters: watch.client.snapshot().counters,
                tokens: await watch.client.tokens.counters)
            gauges += await Self.clocks(of: watch)
            if let expires = watch.expiry().at {
                gauges.append(
                    Gauge(
                        name: "roomwatch_credential_expiry_timestamp_seconds", labels: [("tenant", watch.name.text)],
                        value: expires.timeIntervalSince1970))
            }
        }
        gauges += Self.gauges(of: figures, at: now)
        gauges += Self.gauges(of: store.size())
        return gauges + watching()
    }

    private func watching() -> [Gauge] {
        let feed = parts.progress.feed
        var gauges = [
            Gauge(name: "roomwatch_loops_overdue", value: Double(feed.overdue().count)),
            Gauge(name: "roomwatch_synthetic_room_failing", value: synthetic.trouble == nil ? 0 : 1),
        ]
        if let pulse = feed.lastPulse {
            gauges.append(
                Gauge(
                    name: "roomwatch_watchdog_last_pulse_timestamp_seconds",
                    value: pulse.wall.timeIntervalSince1970))
        }
        if let through = synthetic.lastThrough {
            gauges.append(
                Gauge(
                    name: "roomwatch_synthetic_room_last_success_timestamp_seconds",
                    value: through.wall.timeIntervalSince1970))
        }
        return gauges
    }

    /// By how much the clocks of the login service and of Graph are ahead of ours.
    private static func clocks(of watch: TenantWatch) async -> [Gauge] {
        let clocks = [
            ("login", await watch.client.tokens.serverClock), ("graph", watch.client.snapshot().serverClock),
        ]
        return clocks.compactMap { service, clock in
            clock.map {
                Gauge(
                    name: "roomwatch_clock_offset_seconds",
                    labels: [("tenant", watch.name.text), ("service", service)], value: $0.ahead)
            }
        }
    }

    private static func gauges(of size: StoreSize) -> [Gauge] {
        let figures = [
            ("roomwatch_store_size_bytes", size.database), ("roomwatch_store_wal_size_bytes", size.log),
            ("roomwatch_store_filesystem_free_bytes", size.free),
            ("roomwatch_store_filesystem_size_bytes", size.fileSystem),
        ]
        return figures.compactMap { name, bytes in bytes.map { Gauge(name: name, value: Double($0)) } }
    }
}
