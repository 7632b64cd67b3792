// Issues and checks the bearer tokens of the simulated tenant. To a client they are opaque; the signature is an HMAC with a
// key derived from the seed and the secret, so that the same seed gives the same bytes and nobody else's token passes.

import Crypto
import Foundation
import HTTPTypes

/// What a bearer token allows.
struct AccessToken: Sendable, Equatable {
    let roles: [String]
    let expires: Int
}

struct AccessTokens: Sendable {
    private let key: SymmetricKey
    private let tenantID: String
    private let clientID: String
    private let objectID: String
    /// Tokens seen before; checking a signature for every one of thousands of requests would measure only that.
    private var known: [String: AccessToken] = [:]

    private static let maximumKnown = 64

    init(identity: TenantIdentity, seed: UInt64) {
        key = SymmetricKey(data: SHA256.hash(data: Data("roomwatch-simulator \(seed) \(identity.clientSecret)".utf8)))
        tenantID = identity.tenantID
        clientID = identity.clientID
        objectID = GUID(seed: seed, kind: .tenant, index: 1).description
    }

    func issue(roles: [String], now: Int, lifetime: Int, id: String) -> String {
        let header: JSONValue = ["typ": "JWT", "alg": "HS256", "kid": "simulated-tenant"]
        let payload: JSONValue = [
            "aud": "https://graph.microsoft.com", "iss": .string("https://sts.windows.net/\(tenantID)/"),
            "iat": .int(now), "nbf": .int(now), "exp": .int(now + lifetime), "app_displayname": "Roomwatch rehearsal",
            "appid": .string(clientID), "appidacr": "1", "idtyp": "app", "oid": .string(objectID),
            "roles": .array(roles.map(JSONValue.string)), "sub": .string(objectID), "tid": .string(tenantID),
            "uti": .string(id), "ver": "1.0",
        ]
        let signed = Base64URL.encoded(header.bytes) + "." + Base64URL.encoded(payload.bytes)
        return signed + "." + Base64URL.encoded(Array(signature(signed)))
    }

    /// - Throws: ``GraphError`` 401 for a token that is missing, foreign, altered or expired.
    mutating func check(authorization: String?, now: Int) throws(GraphError) -> AccessToken {
        guard let authorization, !authorization.isEmpty else {
            throw Self.refusal("Access token is empty.")
        }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Self.refusal("Access token is empty.")
        }
        let text = String(parts[1])
        let token: AccessToken
        if let seen = known[text] {
            token = seen
        } else {
            token = try read(text)
            if known.count >= Self.maximumKnown { known.removeAll() }
            known[text] = token
        }
        if now >= token.expires {
            throw Self.refusal("Lifetime validation failed, the token is expired.")
        }
        return token
    }

    private func read(_ text: String) throws(GraphError) -> AccessToken {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64URL.decoded(parts[1]), let code = Base64URL.decoded(parts[2]),
            let claims = try? JSONValue(reading: payload)
        else { throw Self.refusal("CompactToken parsing failed with error code: 80049217") }
        let signed = Data((parts[0] + "." + parts[1]).utf8)
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key) else {
            throw Self.refusal("Access token validation failure. Invalid signature.")
        }
        guard claims["tid"]?.string == tenantID, claims["appid"]?.string == clientID, let expires = claims["exp"]?.int
        else { throw Self.refusal("Access token validation failure. Invalid audience.") }
        return AccessToken(roles: claims["roles"]?.array?.compactMap(\.string) ?? [], expires: expires)
    }

    private func signature(_ text: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    }

    private static func refusal(_ message: String) -> GraphError {
        GraphError(
            401, "InvalidAuthenticationToken", message,
            headerFields: [
                .wwwAuthenticate:
                    #"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize""#
            ])
    }
}
