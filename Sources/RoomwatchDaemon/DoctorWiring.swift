// Who is handed to the doctor: every tenant, every host that something leaves for, the store, the receivers, and the
// process itself. The daemon has the secrets and the sight, so it looks; what it says holds no secret.

import CurlHTTP
import FleetAPI
import FleetConfiguration
import FleetCore
import FleetMonitor
import FleetStore
import FleetWeb
import Foundation
import Glibc
import GraphClient
import HTTPExchange
import Systemd
import Timekeeping

/// What the doctor looks at beyond what each tenant's watch holds.
struct DoctorWiring {
    let configuration: Configuration
    let environment: [String: String]
    let watches: [TenantWatch]
    let store: Store
    let retention: RetentionPolicy
    let kinds: [ReceiverName: String]
    /// Opens connections as receivers do.
    let outbound: any ConnectionProbe
    /// Path of `http.ca_file`.
    let caFile: String?
    let heartbeat: Heartbeat?
    /// Host of the dead man's switch; its path is as good as a password.
    let heartbeatURL: Secret?
    /// URLs of receivers whose address is a secret, by name.
    let secretURLs: [ReceiverName: Secret]
    let synthetic: SyntheticRoom
    let notifier: ServiceNotifier
    let tokens: AccessTokens
    let startedAt: Moment
    let parts: DaemonParts

    /// A connection takes at most this long.
    private static let connectLimit: Duration = .seconds(5)

    var doctor: Doctor { Doctor(examinations, version: Version.text, time: parts.time) }

    private var examinations: [Examination] {
        let executor = StoreExecutor()
        var all = [service, outboundWay]
        for watch in watches {
            all += Examination.ofTenant(
                watch.name, client: watch.client, settings: watch.settings, ledger: parts.ledger, time: parts.time,
                expiry: watch.expiry)
            all += connections(of: watch)
        }
        all += receiverConnections
        all.append(
            .ofReceivers(store, ledger: parts.ledger, kinds: kinds, executor: executor, time: parts.time))
        all.append(watching)
        all.append(
            .ofStore(store, ledger: parts.ledger, retention: retention, executor: executor, time: parts.time))
        all.append(access)
        return all
    }

    // MARK: The process

    private var service: Examination {
        Examination("the service", area: .service) { [environment, notifier, parts, startedAt] in
            let now = parts.time.now()
            let destination = LogDestination.detect(environment: environment, identifier: "roomwatchd")
            var limit = rlimit()
            let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            return ServiceFacts(
                startedAt: startedAt, isUnit: environment["INVOCATION_ID"] != nil,
                isHeard: environment["NOTIFY_SOCKET"] != nil, watchdog: notifier.watchdogInterval,
                lastPulse: parts.progress.feed.lastPulse, overdue: parts.progress.feed.overdue(),
                logsToJournal: destination == .journal(identifier: "roomwatchd"),
                descriptors: isKnown && limit.rlim_cur != rlim_t.max ? Int(clamping: limit.rlim_cur) : nil
            ).judged(at: now)
        }
    }

    private var watching: Examination {
        Examination("the watch over the watcher", area: .watching) { [configuration, heartbeat, synthetic, parts] in
            WatchingFacts(
                heartbeat: configuration.heartbeat?.every, lastBeat: heartbeat?.lastBeat,
                synthetic: synthetic.lastRound
            ).judged(at: parts.time.now())
        }
    }

    private var access: Examination {
        Examination("the API", area: .api) { [configuration, tokens] in
            let api = configuration.api
            return APIFacts(
                listen: api.listen.description, isLoopback: api.listen.isLoopback, behindProxy: api.behindProxy,
                tokens: api.tokensFile.map { _ in tokens.counts }
            ).judged()
        }
    }

    // MARK: Connections

    private var outboundWay: Examination {
        Examination("the way out", area: .network) { [configuration, environment, caFile] in
            let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            return OutboundFacts(
                proxy: Self.hostAndPort(configuration.http.proxy),
                ignoredVariables: names.filter { !(environment[$0] ?? "").isEmpty }, caFile: caFile
            ).judged()
        }
    }

    private func connections(of watch: TenantWatch) -> [Examination] {
        let endpoints = watch.client.endpoints
        let hosts = [("login service", endpoints.login), ("Microsoft Graph", endpoints.graph)]
        // A simulator, or a proxy in front of both, is one host.
        let distinct =
            endpoints.loginHost == endpoints.graphHost ? [("login service and Graph", endpoints.graph)] : hosts
        return distinct.map { role, url in
            connection(
                Secret(url), role: role, tenant: watch.name.text, importance: .vital, probe: watch.probe,
                usesOwnCertificates: watch.usesOwnCertificates)
        }
    }

    private var receiverConnections: [Examination] {
        var all: [Examination] = []
        for receiver in configuration.receivers {
            let urls: [Secret] =
                switch receiver.channel {
                case .webhook(let url, _): [Secret(url)]
                case .pagerDuty(let url, _): [Secret(url)]
                case .alertmanager(let urls): urls.map { Secret($0) }
                case .teams, .slack: [secretURLs[receiver.name]].compactMap(\.self)
                // Mail never leaves through the web's proxy; its server is asked by `roomctl receivers test`.
                case .email: []
                }
            for url in urls {
                all.append(
                    connection(
                        url, role: "receiver \(receiver.name)", tenant: nil, importance: .vital, probe: outbound,
                        usesOwnCertificates: caFile != nil))
            }
        }
        if let heartbeatURL {
            all.append(
                connection(
                    heartbeatURL, role: "dead man's switch", tenant: nil, importance: .lesser, probe: outbound,
                    usesOwnCertificates: caFile != nil))
        }
        return all
    }

    private func connection(
        _ url: Secret, role: String, tenant: String?, importance: ConnectionFacts.Importance,
        probe: any ConnectionProbe, usesOwnCertificates: Bool
    ) -> Examination {
        let proxy = Self.hostAndPort(configuration.http.proxy)
        let host = url.withRevealed { Self.hostAndPort($0) } ?? "an address that cannot be read"
        // Only what names the host is handed on: paths of webhooks are secrets.
        let origin = url.withRevealed { Self.origin($0) } ?? ""
        return Examination("the way to the \(role)", area: .network, tenant: tenant) {
            var facts = ConnectionFacts(
                tenant: tenant, role: role, host: host,
                scheme: String(origin.prefix { $0 != ":" }), importance: importance, proxy: proxy,
                usesOwnCertificates: usesOwnCertificates, refusal: nil)
            do throws(ConnectionRefusal) {
                try await probe.connect(to: origin, within: Self.connectLimit)
            } catch {
                facts.refusal = error
            }
            return facts.judged()
        }
    }

    /// `https://graph.microsoft.com`
    private static func origin(_ url: String) -> String? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.encodedHost else {
            return nil
        }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }

    /// `graph.microsoft.com`, with the port where one is written; never the user of a proxy.
    private static func hostAndPort(_ url: String?) -> String? {
        guard let url, let parts = URLComponents(string: url), let host = parts.encodedHost else { return nil }
        return host + (parts.port.map { ":\($0)" } ?? "")
    }
}
