// How the application will prove who it is: the four kinds, each with where its secret comes from.

import ArgumentParser
import Foundation
import GraphClient
import HTTPExchange
import TenantConnection
import Timekeeping

struct ConnectCredential: ParsableArguments {
    @Option(help: "PEM certificate, with --key; the best kind where there is no managed identity.", completion: .file())
    var certificate: String?

    @Option(help: "PEM private key of --certificate.", completion: .file())
    var key: String?

    @Option(help: "A file with the client secret; without it the secret is asked for.", completion: .file())
    var secretFile: String?

    @Flag(help: "Read the client secret from standard input.")
    var secretStdin = false

    @Option(help: "A file that another identity provider renews its token in (workload identity federation).")
    var federatedTokenFile: String?

    @Option(help: "system for the identity of this machine, or the client id of a user-assigned one.")
    var managedIdentity: String?

    enum Kind: Sendable, Hashable {
        case certificate
        case secret
        case federatedToken
        case managedIdentity(clientID: String?)
    }

    /// More than this is no secret and no certificate.
    private static let longestFile = 64 * 1024

    func validate() throws {
        guard kinds.count < 2 else { throw ValidationError("Give one kind of credential.") }
        if (certificate == nil) != (key == nil) { throw ValidationError("--certificate and --key go together.") }
        if let managedIdentity, managedIdentity != "system", !Words.isGUID(managedIdentity) {
            throw ValidationError("--managed-identity is system, or the client id of a user-assigned identity.")
        }
        if let federatedTokenFile, !federatedTokenFile.hasPrefix("/") {
            throw ValidationError("--federated-token-file is no absolute path.")
        }
    }

    private var kinds: [Kind] {
        var kinds: [Kind] = []
        if certificate != nil || key != nil { kinds.append(.certificate) }
        if secretFile != nil { kinds.append(.secret) }
        if secretStdin { kinds.append(.secret) }
        if federatedTokenFile != nil { kinds.append(.federatedToken) }
        if let managedIdentity {
            kinds.append(.managedIdentity(clientID: managedIdentity == "system" ? nil : managedIdentity.lowercased()))
        }
        return kinds
    }

    func kind(_ questions: Questions) throws -> Kind {
        if let kind = kinds.first { return kind }
        let words = ["certificate", "secret", "federated", "managed"]
        let answer = try questions.text(
            nil, "--certificate, --secret-file, --secret-stdin, --federated-token-file or --managed-identity",
            "How does Roomwatch sign in? certificate (the better way), secret, federated, or managed (on Azure)",
            usual: "certificate", check: words.contains, "is none of \(words.joined(separator: ", "))")
        switch answer {
        case "secret": return .secret
        case "federated": return .federatedToken
        case "managed":
            let identity = try questions.text(
                nil, "--managed-identity", "system, or the client id of a user-assigned identity", usual: "system",
                check: { $0 == "system" || Words.isGUID($0) }, "is neither system nor a GUID")
            return .managedIdentity(clientID: identity == "system" ? nil : identity.lowercased())
        default: return .certificate
        }
    }

    func plan(_ kind: Kind, name: String, _ questions: Questions) throws -> CredentialPlan {
        switch kind {
        case .managedIdentity(let clientID): return .managedIdentity(clientID: clientID)
        case .federatedToken:
            let path = try questions.text(
                federatedTokenFile, "--federated-token-file", "Absolute path of the token's file",
                usual: ProcessInfo.processInfo.environment["AZURE_FEDERATED_TOKEN_FILE"],
                check: { $0.hasPrefix("/") && !$0.hasSuffix("/") }, "is no absolute path of a file")
            return .federatedToken(path: path)
        case .certificate:
            if certificate == nil {
                questions.console.say(
                    "Where there is no certificate yet, make one in another terminal:\n\n"
                        + RegistrationGuide.certificateCommand(name: name))
            }
            let certificate = try questions.text(certificate, "--certificate", "File of the certificate (PEM)")
            let key = try questions.text(key, "--key", "File of its private key (PEM)")
            return .certificate(try Self.text(of: certificate), privateKey: try Self.text(of: key))
        case .secret:
            let secret = try secret(questions)
            if secret.withRevealed(Words.isGUID) {
                questions.console.say(
                    "Note: this looks like the id of a secret. Entra shows the value only once, when it is created.")
            }
            return .secret(secret)
        }
    }

    private func secret(_ questions: Questions) throws -> Secret {
        let secret: Secret
        if let secretFile {
            secret = try Self.text(of: secretFile)
        } else if secretStdin {
            let bytes = FileHandle.standardInput.readDataToEndOfFile().prefix(Self.longestFile)
            secret = Secret(String(decoding: bytes, as: UTF8.self))
        } else {
            secret = try questions.hidden("--secret-file or --secret-stdin", "Value of the client secret (not shown)")
        }
        let trimmed = secret.trimmed
        guard !trimmed.isEmpty, trimmed.withRevealed({ !$0.contains(where: \.isNewline) }) else {
            throw ValidationError("The client secret is empty or has more than one line.")
        }
        return trimmed
    }

    static func text(of path: String) throws -> Secret {
        guard let handle = FileHandle(forReadingAtPath: path),
            let bytes = try? handle.read(upToCount: longestFile + 1)
        else { throw ValidationError("\(path) cannot be read.") }
        guard bytes.count <= longestFile, let text = String(validating: bytes, as: UTF8.self) else {
            throw ValidationError("\(path) is too long, or no text.")
        }
        return Secret(text)
    }

    /// The credential as the client uses it.
    static func live(_ plan: ConnectionPlan, now: Moment) async throws -> GraphCredential {
        switch plan.credential {
        case .secret(let secret): return .clientSecret(secret)
        case .certificate(let certificate, let key):
            do throws(CertificateError) {
                return .certificate(
                    try await CertificateCredential(
                        certificatePEM: certificate.withRevealed { $0 }, privateKeyPEM: key, now: now))
            } catch {
                throw ValidationError("\(error)")
            }
        case .federatedToken(let path):
            return .federatedToken(CredentialFile { () async throws(CredentialFileError) in try read(path) })
        case .managedIdentity(let clientID):
            let platform: ManagedIdentity.Platform
            do throws(ManagedIdentity.Platform.Detection) {
                platform = try .detected(
                    environment: ProcessInfo.processInfo.environment, base: plan.endpoints.identity,
                    readKey: { path async throws(CredentialFileError) in try read(path) })
            } catch {
                throw ValidationError("\(error)")
            }
            return .managedIdentity(ManagedIdentity(platform, clientID: clientID))
        }
    }

    private static func read(_ path: String) throws(CredentialFileError) -> Secret {
        do {
            return try text(of: path)
        } catch {
            throw CredentialFileError("\(path) cannot be read as text of at most 64 KiB")
        }
    }
}
