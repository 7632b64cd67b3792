// The files that the configuration names, read once at the start. Their content goes straight into the types that
// redact themselves; a file that is missing or malformed is a fault of the configuration.

import FleetConfiguration
import FleetChannels
import FleetCore
import FleetWeb
import Foundation
import GraphClient
import HTTPExchange
import Logging
import MailExchange
import Systemd
import Timekeeping

/// Reads secrets and builds what needs them.
struct Secrets {
    let configurationPath: String
    let credentials: Credentials
    private let environment: [String: String]
    let log: Logger

    init(configurationPath: String, environment: [String: String], log: Logger) {
        self.configurationPath = configurationPath
        self.environment = environment
        let slash = configurationPath.lastIndex(of: "/")
        credentials = Credentials(
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"],
            configurationDirectory: slash.map { String(configurationPath[...$0]) } ?? ".")
        self.log = log
    }

    /// The content of a file that the configuration names.
    ///
    /// - Parameter isPublic: whether everybody may read it, as a certificate.
    func text(of reference: SecretReference, isPublic: Bool = false) throws(DaemonError) -> String {
        do throws(CredentialError) {
            let credential = try credentials.read(reference.name)
            if !isPublic, let warning = credential.warning { log.warning("\(reference.key): \(warning)") }
            return credential.text
        } catch {
            throw fault(reference, "\(error)")
        }
    }

    /// Whether the file is there; without `$CREDENTIALS_DIRECTORY` systemd may still pass it later.
    func isPresent(_ reference: SecretReference) -> Bool {
        credentials.candidates(for: reference.name).contains { FileManager.default.fileExists(atPath: $0) }
    }

    /// The path of a file that a library reads by itself.
    func path(of reference: SecretReference) throws(DaemonError) -> String {
        do throws(CredentialError) {
            return try credentials.read(reference.name).path
        } catch {
            throw fault(reference, "\(error)")
        }
    }

    private var file: RenewedFile { RenewedFile(credentials: credentials) }

    /// How the daemon proves to a tenant who it is.
    func credential(of tenant: TenantConfiguration, at now: Moment) async throws(DaemonError) -> GraphCredential {
        switch tenant.credential {
        case .clientSecret(let reference):
            return .clientSecret(Secret(try text(of: reference)))
        case .certificate(let certificate, let privateKey):
            let certificatePEM = try text(of: certificate, isPublic: true)
            let privateKeyPEM = Secret(try text(of: privateKey))
            do throws(CertificateError) {
                return .certificate(
                    try await CertificateCredential(
                        certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM, now: now))
            } catch {
                throw fault(certificate, "\(error)")
            }
        case .federatedToken(let reference):
            return .federatedToken(
                CredentialFile { () async throws(CredentialFileError) in try await file.read(reference.name) })
        case .managedIdentity(let choice):
            do throws(ManagedIdentity.Platform.Detection) {
                return .managedIdentity(
                    ManagedIdentity(
                        try .detected(
                            environment: environment, base: tenant.endpoints.identity,
                            readKey: { path async throws(CredentialFileError) in try await file.read(path) }),
                        clientID: choice.clientID))
            } catch {
                throw .configuration(["\(configurationPath): tenants.\(tenant.name).credential: \(error)"])
            }
        }
    }

    /// Who may ask the API; nobody with a token when the configuration names no file.
    func tokens(of configuration: Configuration) throws(DaemonError) -> TokenTable {
        guard let reference = configuration.api.tokensFile else { return TokenTable() }
        let text = try text(of: reference)
        do throws(TokenFileError) {
            return try TokenTable(parsing: text, tenants: Set(configuration.tenants.map(\.name.text)))
        } catch {
            throw fault(reference, "\(reference.name), \(error)")
        }
    }

    /// What carries messages out of the machine.
    struct Transports {
        let http: any HTTPTransport
        let mail: any MailTransport
    }

    /// The channel of a receiver.
    func channel(
        of receiver: ReceiverConfiguration, sender: SenderIdentity, transports: Transports
    ) throws(DaemonError) -> any FleetChannels.Channel {
        var secret = ""
        if let reference = receiver.secret { secret = try text(of: reference) }
        do throws(ChannelConfigurationError) {
            return try build(receiver, secret: secret, sender: sender, transports: transports)
        } catch {
            throw fault(of: receiver, "\(error)")
        }
    }

    private func build(
        _ receiver: ReceiverConfiguration, secret: String, sender: SenderIdentity, transports: Transports
    ) throws(ChannelConfigurationError) -> any FleetChannels.Channel {
        let name = receiver.name
        let secretText = Secret(secret)
        switch receiver.channel {
        case .webhook(let url, _):
            return try WebhookChannel(
                receiver: name, url: Secret(url), secret: secretText, sender: sender, transport: transports.http)
        case .pagerDuty(let url, _):
            return try PagerDutyChannel(
                receiver: name, base: url, routingKey: secretText, sender: sender, transport: transports.http)
        case .alertmanager(let urls):
            return try AlertmanagerChannel(receiver: name, urls: urls, sender: sender, transport: transports.http)
        case .teams:
            return try TeamsChannel(receiver: name, url: secretText, sender: sender, transport: transports.http)
        case .slack:
            return try SlackChannel(receiver: name, url: secretText, sender: sender, transport: transports.http)
        case .email(let email):
            return try EmailChannel(
                receiver: name, server: Self.server(of: email, password: secret), from: email.from, to: email.to,
                sender: sender, transport: transports.mail)
        }
    }

    private static func server(of email: EmailConfiguration, password: String) -> MailServer {
        let security: MailServer.Security =
            switch email.security {
            case .tls: .tls
            case .startTLS: .startTLS
            case .plain: .plain
            }
        return MailServer(
            host: email.host, port: email.port, security: security,
            credentials: email.user.map { MailCredentials(user: $0, password: password) })
    }

    /// A receiver without a secret has no line of its own to point at.
    private func fault(of receiver: ReceiverConfiguration, _ text: String) -> DaemonError {
        receiver.secret.map { fault($0, text) } ?? .configuration(["\(configurationPath): \(text)"])
    }

    func fault(_ reference: SecretReference, _ text: String) -> DaemonError {
        .configuration(["\(configurationPath):\(reference.line): \(reference.key): \(text)"])
    }
}
