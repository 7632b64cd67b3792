// What will be written where, before anything is: so that a dry run, the check for obstacles and the writing itself cannot
// differ.

import Foundation
public import HTTPExchange

/// A file to be written.
public struct PlannedFile: Sendable {
    public var path: String
    /// Never shown when it is secret.
    public var content: Secret
    public var isSecret: Bool
    public var mode: UInt16
    /// Of the folder, where it does not exist yet.
    public var folderMode: UInt16
    /// Whether a file that is there may be replaced without being asked to: one that only this command writes.
    public var isOurs: Bool
    /// Whether one that is there is left as it is: a secret made here, which its receiver may know by now.
    public var keepsExisting: Bool
}

/// Everything that connecting leaves on the disk.
public struct WritingPlan: Sendable {
    /// Where things go.
    public struct Places: Sendable, Hashable {
        public var configuration: String
        public var credentialStore: String
        public var dropIns: String

        public init(configuration: String, credentialStore: String, dropIns: String) {
            self.configuration = configuration
            self.credentialStore = credentialStore
            self.dropIns = dropIns
        }

        public static let usual = Places(
            configuration: "/etc/roomwatch/roomwatch.yaml", credentialStore: "/etc/credstore",
            dropIns: "/etc/systemd/system/roomwatchd.service.d")
    }

    /// The receiver that a first configuration names; its files begin with it.
    static let receiver = "oncall"

    public var files: [PlannedFile]
    /// The tenant's entry, for a configuration that is there already.
    public var stanza: String
    public var configurationPath: String

    /// - Parameters:
    ///   - tenantID: the directory that consented.
    ///   - receiver: who is told, with the secret that it takes; `nil` when the configuration is not written.
    ///   - replacesConfiguration: whether one that is there may be replaced without being asked.
    public init(
        _ plan: ConnectionPlan, tenantID: String, receiver: (plan: ReceiverPlan, secret: Secret?)?, proxy: String = "",
        replacesConfiguration: Bool = false, places: Places
    ) {
        let text = ConfigurationText(plan: plan, tenantID: tenantID)
        stanza = text.stanza
        configurationPath = places.configuration
        var secrets: [(name: String, content: Secret, isMade: Bool)] = []
        switch plan.credential {
        case .secret(let secret): secrets = [("\(plan.name)-secret", secret, false)]
        case .certificate(let certificate, let key):
            secrets = [("\(plan.name)-certificate", certificate, false), ("\(plan.name)-key", key, false)]
        case .federatedToken, .managedIdentity: break
        }
        // Each with a drop-in of its own: a later run for another tenant must not take away what the receiver needs.
        files = Self.files(of: secrets, for: plan.name, places)
        guard let receiver else { return }
        if let name = receiver.plan.secretName, let secret = receiver.secret {
            files += Self.files(of: [(name, secret, !receiver.plan.asksForSecret)], for: Self.receiver, places)
        }
        files.append(
            PlannedFile(
                path: places.configuration, content: Secret(text.document(receiver: receiver.plan, proxy: proxy)),
                isSecret: false, mode: 0o644, folderMode: 0o755, isOurs: replacesConfiguration, keepsExisting: false))
    }

    /// Secrets, and the drop-in that hands them to the daemon.
    private static func files(
        of secrets: [(name: String, content: Secret, isMade: Bool)], for owner: String, _ places: Places
    ) -> [PlannedFile] {
        guard !secrets.isEmpty else { return [] }
        let lines =
            ["# Written by roomctl connect.", "[Service]"]
            + secrets.map { secret in
                // A bare name means systemd's own folder; any other folder has to be named.
                places.credentialStore == Places.usual.credentialStore
                    ? "LoadCredential=\(secret.name)"
                    : "LoadCredential=\(secret.name):\(places.credentialStore)/\(secret.name)"
            }
        return secrets.map { secret in
            PlannedFile(
                path: "\(places.credentialStore)/\(secret.name)", content: secret.content.endingInNewline,
                isSecret: true,
                mode: 0o600, folderMode: 0o700, isOurs: false, keepsExisting: secret.isMade)
        } + [
            PlannedFile(
                path: "\(places.dropIns)/credentials-\(owner).conf",
                content: Secret(lines.joined(separator: "\n") + "\n"), isSecret: false, mode: 0o644, folderMode: 0o755,
                isOurs: true, keepsExisting: false)
        ]
    }

    /// What it would write, for a person; secrets are only named.
    public var preview: String {
        files.map { file in
            let mode = "0" + String(file.mode, radix: 8)
            guard !file.isSecret else { return "\(file.path) (mode \(mode)): a secret, not shown\n" }
            return "\(file.path) (mode \(mode)):\n\(file.content.withRevealed { $0.indented })\n"
        }.joined()
    }
}

extension Secret {
    /// Editors end a file with a newline, and so does every other secret of the store.
    fileprivate var endingInNewline: Secret {
        withRevealed { $0.hasSuffix("\n") ? Secret($0) : Secret($0 + "\n") }
    }
}
