// One request for a managed identity's token, with Arc's challenge where it applies. What heals by itself is asked again by
// the source's pause, which backs off to a minute; the metadata service says 410 for up to 70 s while it is updated.

import Foundation
import HTTPExchange
import HTTPTypes
import Timekeeping

struct ManagedIdentityExchange {
    /// The only folder that Arc's agent puts its keys into; a challenge that names another file is not Arc's.
    static let keyFolder = "/var/opt/azcmagent/tokens/"
    /// The largest key that is sent, in bytes.
    static let longestKey = 4096

    private static let limits = HTTPLimits(
        // Nothing but the own machine is asked; the platform itself asks Entra meanwhile.
        connect: .seconds(2), total: .seconds(20), stall: .seconds(20), responseBytes: 256 * 1024)

    let identity: ManagedIdentity
    /// The resource, with the slash that Entra expects at its end.
    let resource: String
    let transport: any HTTPTransport
    let random: RandomSource

    /// Asks once, twice for Arc.
    func answer() async throws(TokenError) -> (answer: HTTPAnswer, secrets: [String]) {
        let answer: HTTPAnswer
        var secrets: [String] = []
        switch identity.platform {
        case .virtualMachine(let base):
            answer = try await send(
                "\(base)/metadata/identity/oauth2/token", version: "2018-02-01", [Self.metadata: "true"])
        case .appService(let endpoint, let header):
            let text = header.withRevealed { $0 }
            secrets = [text]
            answer = try await send(endpoint, version: "2019-08-01", [Self.identityHeader: text])
        case .arc(let endpoint, let readKey):
            let challenge = try await send(endpoint, version: "2020-06-01", [Self.metadata: "true"])
            guard challenge.status == 401 else { return (challenge, []) }
            let key = try await key(of: challenge, readKey)
            secrets = [key]
            answer = try await send(
                endpoint, version: "2020-06-01", [Self.metadata: "true", .authorization: "Basic \(key)"])
        }
        return (answer, secrets)
    }

    private func send(
        _ endpoint: String, version: String, _ fields: HTTPFields
    ) async throws(TokenError) -> HTTPAnswer {
        var query = [("api-version", version), ("resource", resource)]
        if let clientID = identity.clientID { query.append(("client_id", clientID)) }
        var fields = fields
        fields[.accept] = "application/json"
        fields[.clientRequestID] = random.guid()
        do {
            return try await transport.send(
                HTTPCall(
                    .get, "\(endpoint)?\(PercentEncoding.form(query))", headerFields: fields, limits: Self.limits))
        } catch {
            throw TokenError(.identityUnreachable, transport: error)
        }
    }

    /// The key that Arc wants back: whoever can read its file is allowed to have tokens.
    private func key(
        of challenge: HTTPAnswer, _ read: (String) async throws(CredentialFileError) -> Secret
    ) async throws(TokenError) -> String {
        guard let field = challenge.headerFields[.wwwAuthenticate], let path = Self.keyPath(in: field) else {
            throw TokenError(.identityChallenge, status: challenge.status)
        }
        let secret: Secret
        do {
            secret = try await read(path)
        } catch {
            throw TokenError(.identityKey, file: error)
        }
        let text = secret.trimmed.withRevealed { $0 }
        guard !text.isEmpty, text.utf8.count <= Self.longestKey, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw TokenError(
                .identityKey, file: CredentialFileError("The key file \(path) is no key of at most 4096 bytes"))
        }
        return text
    }

    /// The file that a challenge `Basic realm=PATH` names; `nil` when it is not one of Arc's keys.
    static func keyPath(in challenge: String) -> String? {
        let parts = challenge.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
        let parameter = parts[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parameter.count == 2, parameter[0].lowercased() == "realm" else { return nil }
        var path = String(parameter[1]).trimmingASCIIWhitespace()
        if path.hasPrefix("\""), path.hasSuffix("\""), path.utf8.count >= 2 {
            path = String(path.dropFirst().dropLast())
        }
        guard path.hasPrefix(keyFolder), path.hasSuffix(".key"), WebOrigin.isUnambiguous(path) else { return nil }
        let name = path.dropFirst(keyFolder.count)
        guard !name.contains("/"), name.utf8.count > ".key".utf8.count, name.utf8.count <= 255 else { return nil }
        return path
    }

    // The literals are valid field names, so the fallbacks are never taken; they spare an unwrapping that could trap.
    private static let metadata = HTTPField.Name("Metadata") ?? .accept
    private static let identityHeader = HTTPField.Name("X-IDENTITY-HEADER") ?? .accept
}
