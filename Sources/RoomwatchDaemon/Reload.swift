// SIGHUP: the configuration is read again. A bad one is refused and the old one stays; what only a restart can take up
// is named instead of being half applied.

import FleetConfiguration
import FleetCore
import FleetMonitor
import Logging
import Systemd
import Timekeeping

/// Reloads the configuration whenever systemd asks.
struct Reload {
    let path: String
    let environment: [String: String]
    let running: Configuration
    let watches: [TenantWatch]
    let parts: DaemonParts
    let notifier: ServiceNotifier

    func run(on signals: ProcessSignals) async {
        var current = running
        for await signal in signals where signal == .hangup {
            tell { () throws(ServiceNotifierError) in try notifier.reloading() }
            do throws(ConfigurationErrors) {
                let fresh = try Configuration.load(path: path, environment: environment)
                await adopt(fresh, instead: current)
                current = fresh
            } catch {
                parts.log.error("the new configuration is refused, the old one stays: \(error)")
            }
            tell { () throws(ServiceNotifierError) in try notifier.ready() }
        }
    }

    private func adopt(_ fresh: Configuration, instead current: Configuration) async {
        for notice in fresh.notices { parts.log.notice("\(notice)") }
        let cold = running.restartOnlyDifferences(to: fresh)
        if !cold.isEmpty {
            parts.log.warning("these changes wait for a restart: \(cold.joined(separator: ", "))")
        }
        var routing = fresh.routing
        // Receivers are built at the start; a route to one that is not running keeps its old meaning until the restart.
        let known = running.routing.receivers
        if Set(routing.receivers.keys) != Set(known.keys) { routing = current.routing }
        await parts.ledger.adopt(
            tree: routing,
            rules: Dictionary(watches.map { ($0.name, fresh.detection) }, uniquingKeysWith: { first, _ in first }),
            hours: fresh.hours)
        for watch in watches {
            guard let tenant = fresh.tenants.first(where: { $0.name == watch.name }) else { continue }
            watch.settings.replace(with: TenantWatch.values(of: tenant, in: fresh))
        }
        parts.log.notice("the configuration was reloaded")
    }

    private func tell(_ say: () throws(ServiceNotifierError) -> Void) {
        do throws(ServiceNotifierError) {
            try say()
        } catch {
            parts.log.warning("\(error)")
        }
    }
}
