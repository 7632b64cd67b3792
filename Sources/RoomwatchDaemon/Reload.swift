// SIGHUP: the configuration is read again. A bad one is refused and the old one stays; what only a restart can take up
// is named instead of being half applied.

import FleetConfiguration
import FleetCore
import FleetMonitor
import FleetWeb
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
    let tokens: AccessTokens

    func run(on signals: ProcessSignals) async {
        var adopted = running.routing
        for await signal in signals where signal == .hangup {
            tell { () throws(ServiceNotifierError) in try notifier.reloading() }
            adopted = await reload(routing: adopted)
            tell { () throws(ServiceNotifierError) in try notifier.ready() }
        }
    }

    /// - Parameter routing: the routes in force.
    /// - Returns: the routes in force from now on; the same ones when the new configuration is refused.
    func reload(routing: RoutingTree) async -> RoutingTree {
        do throws(ConfigurationErrors) {
            let fresh = try Configuration.load(path: path, environment: environment)
            return await adopt(fresh, routing: routing)
        } catch {
            parts.log.error("the new configuration is refused, the old one stays: \(error)")
            return routing
        }
    }

    private func adopt(_ fresh: Configuration, routing: RoutingTree) async -> RoutingTree {
        for notice in fresh.notices { parts.log.notice("\(notice)") }
        var cold = running.restartOnlyDifferences(to: fresh)
        // Receivers are built at the start; a route to one that is not running would reach nobody.
        let isServed = Set(fresh.routing.receivers.keys) == Set(running.routing.receivers.keys)
        if !isServed { cold.append("routes") }
        let inForce = isServed ? fresh.routing : routing
        if !cold.isEmpty {
            parts.log.warning("these changes wait for a restart: \(cold.joined(separator: ", "))")
        }
        await parts.ledger.adopt(
            tree: inForce.probed,
            rules: Dictionary(watches.map { ($0.name, fresh.detection) }, uniquingKeysWith: { first, _ in first }),
            site: fresh.site, commands: fresh.commands.rules)
        for watch in watches {
            guard let tenant = fresh.tenants.first(where: { $0.name == watch.name }) else { continue }
            watch.settings.replace(with: TenantWatch.values(of: tenant, in: fresh))
        }
        reloadTokens(fresh)
        parts.log.notice("the configuration was reloaded")
        return inForce
    }

    /// The path of the file waits for a restart; what it holds does not, so that a token can be taken back at once.
    private func reloadTokens(_ fresh: Configuration) {
        guard fresh.api.tokensFile?.name == running.api.tokensFile?.name else { return }
        do throws(DaemonError) {
            let secrets = Secrets(configurationPath: path, environment: environment, log: parts.log)
            tokens.replace(with: try secrets.tokens(of: fresh))
        } catch {
            parts.log.error("the tokens are not changed, the old ones stay: \(error)")
        }
    }

    private func tell(_ say: () throws(ServiceNotifierError) -> Void) {
        do throws(ServiceNotifierError) {
            try say()
        } catch {
            parts.log.warning("\(error)")
        }
    }
}
