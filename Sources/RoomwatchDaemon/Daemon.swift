// The wiring: the only place that makes a clock, an executor and a transport. It starts things in order and leaves the
// rest to them.

import CurlHTTP
import FleetAPI
import FleetConfiguration
import FleetChannels
import FleetCore
import FleetMonitor
import FleetStore
import FleetWeb
import Foundation
import GraphClient
import HTTPExchange
public import Logging
import ServiceLifecycle
import Systemd
import Timekeeping
import UnixSignals

/// One run of the daemon.
public struct Daemon: Sendable {
    private let path: String
    let environment: [String: String]
    let configuration: Configuration
    let log: Logger
    let time = SystemTimeSource()

    /// - Parameters:
    ///   - path: of the configuration file, read again on SIGHUP.
    ///   - environment: the process's environment.
    public init(configuration: Configuration, path: String, environment: [String: String], log: Logger) {
        self.configuration = configuration
        self.path = path
        self.environment = environment
        self.log = log
    }

    /// Reads and checks every secret that is there, as a start would; nothing is opened and nothing is sent.
    public func check() async throws(DaemonError) {
        let secrets = Secrets(configurationPath: path, environment: environment, log: log)
        let transport = CurlTransport(configuration: CurlConfiguration(), time: time)
        let mail = CurlMailTransport(configuration: CurlConfiguration(), time: time)
        for receiver in configuration.receivers where receiver.secret.map(secrets.isPresent) ?? true {
            _ = try secrets.channel(
                of: receiver, sender: sender, transports: Secrets.Transports(http: transport, mail: mail))
        }
        for tenant in configuration.tenants {
            let files: [SecretReference] =
                switch tenant.credential {
                case .clientSecret(let secret): [secret]
                case .certificate(let certificate, let privateKey): [certificate, privateKey]
                case .federatedToken(let token): [token]
                case .managedIdentity: []
                }
            guard files.allSatisfy(secrets.isPresent) else { continue }
            if case .federatedToken(let token) = tenant.credential { _ = try secrets.text(of: token) }
            _ = try await secrets.credential(of: tenant, at: time.now())
        }
        if configuration.api.tokensFile.map(secrets.isPresent) ?? false {
            _ = try secrets.tokens(of: configuration)
        }
        await transport.shutdown()
        await mail.shutdown()
    }

    /// Runs until SIGTERM or SIGINT.
    public func run() async throws(DaemonError) {
        for notice in configuration.notices { log.notice("\(notice)") }
        let now = time.now()
        let secrets = Secrets(configurationPath: path, environment: environment, log: log)
        let outbound = CurlTransport(
            configuration: try curl(secrets, caFile: configuration.http.caFile), time: time)
        let channels = try channels(secrets, transport: outbound)
        // A managed identity's address means this very machine, so no proxy may stand between.
        let machine = CurlTransport(
            configuration: CurlConfiguration(userAgent: "Roomwatch/\(Version.text)"), time: time)
        let doctored = try doctored(secrets, outbound: outbound, startedAt: now)
        var credentials: [TenantName: GraphTenant] = [:]
        for tenant in configuration.tenants {
            let transport =
                tenant.endpoints.caFile == nil
                ? outbound
                : CurlTransport(configuration: try curl(secrets, caFile: tenant.endpoints.caFile), time: time)
            credentials[tenant.name] = GraphTenant(
                credential: try await secrets.credential(of: tenant, at: now), transport: transport,
                tokenTransport: tenant.credential.isManagedIdentity ? machine : transport)
        }

        let (store, remarks) = try openStore(at: now)
        for remark in remarks { log.log(level: remark.isAlarming ? .warning : .notice, "store: \(remark)") }
        let registry = MetricRegistry()
        let metrics = MonitorMetrics(factory: registry)
        let ledger = Ledger(
            store: store, tree: configuration.routing.probed, time: time, executor: StoreExecutor(),
            seed: UInt64.random(in: .min ... .max), log: log, metrics: metrics)
        let parts = DaemonParts(
            time: time, ledger: ledger, progress: LoopProgress(time: time, log: log), metrics: metrics,
            firstSweeps: FirstSweeps(), drain: Drain(), log: log)
        do throws(StoreError) {
            try await ledger.beginOwn()
            for tenant in configuration.tenants {
                try await ledger.begin(
                    tenant: tenant.name, rules: configuration.detection, site: configuration.site,
                    commands: configuration.commands.rules)
            }
        } catch {
            throw .store(error)
        }

        var watches: [TenantWatch] = []
        for tenant in configuration.tenants {
            guard let graph = credentials[tenant.name] else { continue }
            let watch = try TenantWatch(
                tenant, configuration: configuration, credential: graph.credential, transport: graph.transport,
                tokenTransport: graph.tokenTransport, parts: parts)
            await ledger.register(watch.calendars)
            await ledger.register(watch.check)
            await ledger.register(watch.operations)
            watches.append(watch)
        }
        let loopback = LoopbackChannel()
        let synthetic = SyntheticRoom(
            ledger: ledger, channel: loopback, progress: parts.progress, time: time, log: log)
        var watching: [any Service] = [LoopService(name: "synthetic room") { await synthetic.run() }]
        let heartbeat = try heartbeat(secrets, transport: outbound, synthetic: synthetic, parts: parts)
        if let heartbeat { watching.append(LoopService(name: "heartbeat") { await heartbeat.run() }) }
        try await serve(
            store: store, registry: registry, channels: channels + [loopback], watches: watches, watching: watching,
            watcher: Watcher(heartbeat: heartbeat, synthetic: synthetic), doctored: doctored, parts: parts)
    }

    /// Who watches the watcher.
    private struct Watcher {
        let heartbeat: Heartbeat?
        let synthetic: SyntheticRoom
    }

    /// What the doctor needs of the secrets and of the way out: where things go, for their hosts alone.
    private struct Doctored {
        let outbound: CurlTransport
        let caFile: String?
        let heartbeatURL: Secret?
        let secretURLs: [ReceiverName: Secret]
        let startedAt: Moment
    }

    private func doctored(
        _ secrets: Secrets, outbound: CurlTransport, startedAt: Moment
    ) throws(DaemonError) -> Doctored {
        var urls: [ReceiverName: Secret] = [:]
        for receiver in configuration.receivers {
            switch receiver.channel {
            case .teams(let url), .slack(let url): urls[receiver.name] = Secret(try secrets.text(of: url))
            default: break
            }
        }
        var caFile: String?
        if let file = configuration.http.caFile { caFile = try secrets.path(of: file) }
        var heartbeat: Secret?
        if let file = configuration.heartbeat?.urlFile { heartbeat = Secret(try secrets.text(of: file)) }
        return Doctored(
            outbound: outbound, caFile: caFile, heartbeatURL: heartbeat, secretURLs: urls, startedAt: startedAt)
    }

    /// The dead man's switch, when one is configured.
    private func heartbeat(
        _ secrets: Secrets, transport: any HTTPTransport, synthetic: SyntheticRoom, parts: DaemonParts
    ) throws(DaemonError) -> Heartbeat? {
        guard let settings = configuration.heartbeat else { return nil }
        let url = try secrets.text(of: settings.urlFile)
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.contains(where: \.isWhitespace) else {
            throw secrets.fault(settings.urlFile, "holds no http or https URL; write the URL to call and nothing else")
        }
        let feed = parts.progress.feed
        return Heartbeat(
            url: Secret(url), every: settings.every, transport: transport, progress: parts.progress,
            metrics: parts.metrics, time: time, log: log
        ) {
            let overdue = feed.overdue().map(\.name)
            if !overdue.isEmpty { return "a loop hangs: \(overdue.joined(separator: ", "))" }
            return synthetic.trouble.map { "the synthetic room did not get through: \($0)" }
        }
    }

    private struct GraphTenant {
        let credential: GraphCredential
        let transport: CurlTransport
        let tokenTransport: CurlTransport
    }

    private func serve(
        store: Store, registry: MetricRegistry, channels: [any FleetChannels.Channel], watches: [TenantWatch],
        watching: [any Service], watcher: Watcher, doctored: Doctored, parts: DaemonParts
    ) async throws(DaemonError) {
        let notifier = ServiceNotifier()
        let listeners = try listeners()
        let readiness = Readiness(expected: listeners.count, notifier: notifier, log: log)
        let tokens = AccessTokens(try tokenTable(of: configuration))
        let retention = RetentionPolicy(
            observations: configuration.store.observations, incidents: configuration.store.incidents)
        let kinds = Dictionary(
            configuration.receivers.map { ($0.name, $0.channel.kind.rawValue) }, uniquingKeysWith: { first, _ in first }
        )
        let doctor = DoctorWiring(
            configuration: configuration, environment: environment, watches: watches, store: store,
            retention: retention, kinds: kinds, outbound: doctored.outbound, caFile: doctored.caFile,
            heartbeat: watcher.heartbeat, heartbeatURL: doctored.heartbeatURL, secretURLs: doctored.secretURLs,
            synthetic: watcher.synthetic, notifier: notifier, tokens: tokens, startedAt: doctored.startedAt,
            parts: parts
        ).doctor
        let intents = LedgerIntents(
            ledger: parts.ledger, store: store, executor: StoreExecutor(), copier: StoreExecutor(), sender: sender,
            kinds: kinds, doctor: doctor, time: time)
        let pages: PageRoutes
        do {
            pages = try PageRoutes(
                intents: intents, tokens: tokens, externalURL: configuration.api.externalURL, time: time)
        } catch {
            throw .listener("the pages cannot be drawn: \(error); please report this as a bug")
        }
        let router = WebApplication.router(
            registry: registry,
            sources: sources(parts: parts, watches: watches, store: store, synthetic: watcher.synthetic),
            api: APIRoutes(intents: intents, tokens: tokens), pages: pages)
        let signals = await ProcessSignals.trapping([.hangup])

        var services: [any Service] = [StoreService(store: store, ledger: parts.ledger, log: log)]
        services += listeners.map { listener in
            WebServer(listener: listener, router: router, log: quiet(log)) { address in
                await readiness.opened(address)
            }
        }
        let loops = channels.map { channel in
            DeliveryLoop(
                channel: channel, ledger: parts.ledger, time: time, progress: parts.progress, drain: parts.drain)
        }
        services.append(
            DeliveryService(loops: loops, operations: watches.map(\.operations), drain: parts.drain, time: time))
        for channel in channels.compactMap({ $0 as? AlertmanagerChannel }) {
            services.append(
                LoopService(name: "refresh \(channel.receiver)") {
                    await RefreshLoop(
                        channel: channel, ledger: parts.ledger, time: parts.time, progress: parts.progress,
                        log: parts.log
                    ).run()
                })
        }
        services.append(
            LoopService(name: "housekeeping") {
                await Housekeeping(
                    ledger: parts.ledger, retention: retention, time: parts.time, progress: parts.progress
                ).run()
            })
        for watch in watches {
            services.append(LoopService(name: "inventory \(watch.name)") { await watch.inventory.run() })
            services.append(LoopService(name: "device health \(watch.name)") { await watch.deviceHealth.run() })
            services.append(LoopService(name: "calendars \(watch.name)") { await watch.calendars.run() })
            services.append(LoopService(name: "check \(watch.name)") { await watch.check.run() })
            services.append(LoopService(name: "access \(watch.name)") { await watch.access.run() })
            services.append(LoopService(name: "sign-ins \(watch.name)") { await watch.signIns.run() })
            services.append(
                LoopService(name: "credential \(watch.name)") {
                    await CredentialWatch(
                        tenant: watch.name, time: parts.time, progress: parts.progress, log: watch.log,
                        expiry: watch.expiry
                    ).run()
                })
            services += watch.sweeps.map { sweep in
                LoopService(name: "sweep \(watch.name)") { await sweep.run() }
            }
        }
        services += watching
        let reload = Reload(
            path: path, environment: environment, running: configuration, watches: watches, parts: parts,
            notifier: notifier, tokens: tokens)
        services.append(LoopService(name: "reload") { await reload.run(on: signals) })
        services.append(StatusService(notifier: notifier, parts: parts))
        services.append(PulseService(notifier: notifier, feed: parts.progress.feed, log: log))

        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(log)))
        do {
            try await group.run()
        } catch let error as DaemonError {
            throw error
        } catch {
            throw .listener("\(error)")
        }
        log.notice("stopped")
    }

    // MARK: Parts

    private func openStore(at now: Moment) throws(DaemonError) -> (Store, [OpenRemark]) {
        do throws(StoreError) {
            return try Store.open(path: configuration.store.path, now: now.wall, log: log)
        } catch {
            throw .store(error)
        }
    }

    private func curl(_ secrets: Secrets, caFile: SecretReference?) throws(DaemonError) -> CurlConfiguration {
        var path: String?
        if let caFile { path = try secrets.path(of: caFile) }
        return CurlConfiguration(
            caFile: path, proxy: configuration.http.proxy, userAgent: "Roomwatch/\(Version.text)")
    }

    private func channels(
        _ secrets: Secrets, transport: CurlTransport
    ) throws(DaemonError) -> [any FleetChannels.Channel] {
        let mail = CurlMailTransport(
            configuration: try curl(secrets, caFile: configuration.http.caFile), time: time)
        let transports = Secrets.Transports(http: transport, mail: mail)
        var channels: [any FleetChannels.Channel] = []
        for receiver in configuration.receivers {
            channels.append(try secrets.channel(of: receiver, sender: sender, transports: transports))
        }
        return channels
    }

    private var sender: SenderIdentity {
        SenderIdentity(
            version: Version.text, externalURL: configuration.api.externalURL, runbookURL: configuration.runbookURL)
    }

    private func tokenTable(of configuration: Configuration) throws(DaemonError) -> TokenTable {
        try Secrets(configurationPath: path, environment: environment, log: log).tokens(of: configuration)
    }

    private func listeners() throws(DaemonError) -> [Listener] {
        var listeners: [Listener] = [.address(host: configuration.api.listen.host, port: configuration.api.listen.port)]
        do throws(ListeningSocketsError) {
            let inherited = try ListeningSockets.inherit()
            listeners += inherited.map { .inherited(fileDescriptor: $0.fileDescriptor, name: $0.name) }
            if inherited.isEmpty { listeners.append(.socket(path: configuration.api.socket)) }
        } catch {
            throw .listener("\(error)")
        }
        return listeners
    }

    private func sources(
        parts: DaemonParts, watches: [TenantWatch], store: Store, synthetic: SyntheticRoom
    ) -> WebSources {
        let names = watches.map(\.name)
        let unready: @Sendable () -> [String] = {
            parts.firstSweeps.includes(names) ? [] : ["no sweep has been attempted yet"]
        }
        let scrape = Scrape(
            parts: parts, watches: watches, store: store, synthetic: synthetic,
            started: parts.time.now(), unready: unready)
        return WebSources(unready: unready, gauges: { await scrape.gauges() })
    }

    /// Libraries talk at info; the journal belongs to what the operator must know.
    private func quiet(_ log: Logger) -> Logger {
        var log = log
        log.logLevel = max(log.logLevel, .warning)
        return log
    }
}

extension ReceiverConfiguration.Channel {
    /// The word of the configuration.
    fileprivate var kind: ChannelKind {
        switch self {
        case .webhook: .webhook
        case .pagerDuty: .pagerduty
        case .alertmanager: .alertmanager
        case .teams: .teams
        case .slack: .slack
        case .email: .email
        }
    }
}

/// Says READY=1 once every listener is open, whatever Graph does (Contract, Commands).
private actor Readiness {
    private var missing: Int
    private let notifier: ServiceNotifier
    private let log: Logger

    init(expected: Int, notifier: ServiceNotifier, log: Logger) {
        missing = expected
        self.notifier = notifier
        self.log = log
    }

    func opened(_ address: String) {
        log.notice("listening on \(address)")
        missing -= 1
        guard missing == 0 else { return }
        do throws(ServiceNotifierError) {
            try notifier.ready(status: "watching")
        } catch {
            log.error("\(error)")
        }
    }
}
