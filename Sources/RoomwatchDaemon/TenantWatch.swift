// Everything that runs for one tenant: its client, its sweeps, its inventory, its calendars.

import CurlHTTP
import FleetAPI
import FleetConfiguration
import FleetCore
import FleetGraph
import FleetMonitor
import Foundation
import GraphClient
import HTTPExchange
import Logging
import Timekeeping

/// One watched tenant.
struct TenantWatch {
    let name: TenantName
    let client: GraphClient
    let settings: LiveSettings
    let sweeps: [PresenceSweep]
    let inventory: InventoryLoop
    let deviceHealth: DeviceHealthLoop
    let calendars: CalendarLoop
    let check: TenantCheckLoop
    let access: AccessLoop
    let signIns: SignInLoop
    let operations: OperationLoop
    /// When the credential ends, as it is known now.
    let expiry: @Sendable () -> CredentialExpiry
    /// Opens connections as the client does.
    let probe: any ConnectionProbe
    /// Whether certificates are checked against a file instead of the system's.
    let usesOwnCertificates: Bool
    /// Says of which tenant it speaks.
    let log: Logger

    init(
        _ tenant: TenantConfiguration, configuration: Configuration, credential: GraphCredential,
        transport: any HTTPTransport & ConnectionProbe, tokenTransport: (any HTTPTransport)? = nil, parts: DaemonParts
    ) throws(DaemonError) {
        name = tenant.name
        probe = transport
        usesOwnCertificates = tenant.endpoints.caFile != nil || configuration.http.caFile != nil
        var log = parts.log
        log[metadataKey: "tenant"] = "\(tenant.name)"
        self.log = log
        let endpoints: GraphEndpoints
        do throws(GraphEndpointsError) {
            endpoints = try GraphEndpoints(
                GraphCloud(tenant.cloud), login: tenant.endpoints.login, graph: tenant.endpoints.graph)
        } catch {
            throw .configuration(["tenants.\(tenant.name).endpoints: \(error)"])
        }
        let random = RandomSource()
        let tokens = TokenSource(
            endpoints: endpoints, tenant: tenant.tenantID, clientID: tenant.clientID ?? "",
            credential: credential, transport: tokenTransport ?? transport, time: parts.time, random: random,
            logger: log
        )
        client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: transport, time: parts.time, random: random, logger: log,
            userAgent: "NONISV|Roomwatch|Roomwatch/\(Version.text)")
        let settings = LiveSettings(Self.values(of: tenant, in: configuration))
        self.settings = settings
        expiry = { credential.expiry(secretExpires: settings.values.secretExpires) }
        let reader = PresenceReader(client: client, time: parts.time)
        sweeps = TenantFleet.Lane.allCases.map { lane in
            PresenceSweep(
                tenant: tenant.name, lane: lane, settings: settings, reader: reader, ledger: parts.ledger,
                time: parts.time, progress: parts.progress, metrics: parts.metrics, firstSweeps: parts.firstSweeps)
        }
        inventory = InventoryLoop(
            tenant: tenant.name, settings: settings, client: client, ledger: parts.ledger, time: parts.time,
            progress: parts.progress, log: log)
        deviceHealth = DeviceHealthLoop(
            tenant: tenant.name, settings: settings, client: client, ledger: parts.ledger, time: parts.time,
            progress: parts.progress, log: log)
        calendars = CalendarLoop(
            tenant: tenant.name, settings: settings, reader: ScheduleReader(client: client, time: parts.time),
            rooms: parts.ledger, sink: parts.ledger, time: parts.time, progress: parts.progress, log: log)
        check = TenantCheckLoop(
            tenant: tenant.name, client: client, ledger: parts.ledger, time: parts.time, progress: parts.progress,
            log: log)
        access = AccessLoop(
            tenant: tenant.name, settings: settings, client: client,
            consentLink: credential.isConsentedTo
                ? tenant.clientID.map { endpoints.adminConsent(tenant: tenant.tenantID, clientID: $0) } : nil,
            ledger: parts.ledger, time: parts.time, progress: parts.progress, log: log)
        signIns = SignInLoop(
            tenant: tenant.name, client: client, ledger: parts.ledger, time: parts.time, progress: parts.progress,
            log: log)
        operations = OperationLoop(
            tenant: tenant.name, settings: settings, commander: DeviceCommander(client: client, time: parts.time),
            ledger: parts.ledger, time: parts.time, progress: parts.progress, drain: parts.drain, log: log)
    }

    /// What a reload may change.
    static func values(of tenant: TenantConfiguration, in configuration: Configuration) -> LiveSettings.Values {
        LiveSettings.Values(
            presence: configuration.detection.sweepInterval, suspect: configuration.detection.suspectInterval,
            devices: configuration.poll.devices, places: configuration.poll.places,
            scope: InventoryScope(include: tenant.inventory.include, exclude: tenant.inventory.exclude),
            readsDevices: tenant.inventory.devices, readsPlaces: tenant.inventory.places,
            readsLicences: tenant.inventory.licences, calendars: configuration.poll.calendars,
            secretExpires: tenant.secretExpires, passwords: tenant.inventory.passwords,
            commands: configuration.commands.isEnabled.map { $0 ? .wanted : .off } ?? .ifGranted)
    }
}

/// What every part of the daemon is handed.
struct DaemonParts: Sendable {
    let time: any TimeSource
    let ledger: Ledger
    let progress: LoopProgress
    let metrics: MonitorMetrics
    let firstSweeps: FirstSweeps
    /// Lets what is on its way end when the daemon stops.
    let drain: Drain
    let log: Logger
}

extension GraphCredential {
    /// Whether an administrator grants permissions on a page; to a managed identity roles are assigned instead.
    var isConsentedTo: Bool {
        if case .managedIdentity = self { false } else { true }
    }

    /// When it ends: a certificate says so itself, a client secret only where the configuration does.
    fileprivate func expiry(secretExpires: Date?) -> CredentialExpiry {
        if case .certificate(let certificate) = self { return CredentialExpiry(.certificate, at: certificate.notAfter) }
        if case .clientSecret = self { return CredentialExpiry(.clientSecret, at: secretExpires) }
        return CredentialExpiry(.keyless, at: nil)
    }
}

extension GraphCloud {
    fileprivate init(_ cloud: TenantConfiguration.Cloud) {
        switch cloud {
        case .global: self = .global
        case .usgov: self = .usgov
        case .usgovDoD: self = .usgovDoD
        case .china: self = .china
        }
    }
}
