// The files that the configuration names, read once at the start. Their content goes straight into the types that
// redact themselves; a file that is missing or malformed is a fault of the configuration.

import FleetConfiguration
import FleetChannels
import FleetCore
import Foundation
import GraphClient
import HTTPExchange
import Logging
import Systemd
import Timekeeping

/// Reads secrets and builds what needs them.
struct Secrets {
    let configurationPath: String
    let credentials: Credentials
    let log: Logger

    init(configurationPath: String, environment: [String: String], log: Logger) {
        self.configurationPath = configurationPath
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
        }
    }

    /// The channel of a receiver.
    func channel(
        of receiver: ReceiverConfiguration, sender: SenderIdentity, transport: any HTTPTransport
    ) throws(DaemonError) -> any FleetChannels.Channel {
        let secret = ChannelSecret(try text(of: receiver.secret))
        do throws(ChannelConfigurationError) {
            switch receiver.channel {
            case .webhook(let url, _):
                return try WebhookChannel(
                    receiver: receiver.name, url: ChannelSecret(url), secret: secret, sender: sender,
                    transport: transport)
            case .pagerDuty(let url, _):
                return try PagerDutyChannel(
                    receiver: receiver.name, base: url, routingKey: secret, sender: sender, transport: transport)
            }
        } catch {
            throw fault(receiver.secret, "\(error)")
        }
    }

    private func fault(_ reference: SecretReference, _ text: String) -> DaemonError {
        .configuration(["\(configurationPath):\(reference.line): \(reference.key): \(text)"])
    }
}
