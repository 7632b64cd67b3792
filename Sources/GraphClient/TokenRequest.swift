// One token request as bytes, for each kind of credential, together with the texts that no log may ever show.

import HTTPExchange
import HTTPTypes
import Timekeeping

/// A token request ready to be sent.
struct TokenRequest {
    let call: HTTPCall
    /// What an answer must not echo into a log, as is and percent-encoded.
    let secrets: [String]

    private static let limits = HTTPLimits(
        // A login that takes its time says nothing until it is done.
        total: .seconds(20), stall: .seconds(20), responseBytes: 256 * 1024)

    /// - Throws: ``TokenError`` when the credential cannot produce its proof.
    init(
        _ credential: GraphCredential, endpoints: GraphEndpoints, tenant: String, clientID: String, now: Moment,
        random: RandomSource
    ) async throws(TokenError) {
        let url = endpoints.tokenURL(tenant: tenant)
        let proof: [(name: String, value: String)]
        switch credential {
        case .clientSecret(let secret):
            proof = [("client_secret", secret.withRevealed { $0 })]
        case .certificate(let certificate):
            do {
                proof = Self.assertion(
                    try await certificate.assertion(
                        clientID: clientID, audience: url, now: now, identifier: random.guid()))
            } catch {
                throw TokenError(.certificate, certificate: error)
            }
        case .federatedToken(let file):
            do throws(CredentialFileError) {
                let token = try await file.read().trimmed
                guard !token.isEmpty else { throw CredentialFileError("The file of the federated token is empty") }
                proof = Self.assertion(token.withRevealed { $0 })
            } catch {
                throw TokenError(.federatedTokenFile, file: error)
            }
        case .managedIdentity:
            // Asks the machine and not the login authority: see ManagedIdentityExchange.
            proof = []
        }
        let form = PercentEncoding.form(
            [("client_id", clientID), ("scope", endpoints.scope)] + proof + [("grant_type", "client_credentials")])
        let secret = proof.last?.value ?? ""
        call = HTTPCall(
            .post, url,
            headerFields: [
                .contentType: "application/x-www-form-urlencoded", .accept: "application/json",
                .clientRequestID: random.guid(),
            ],
            body: Array(form.utf8), limits: Self.limits)
        secrets = [secret, PercentEncoding.encode(secret)]
    }

    private static func assertion(_ token: String) -> [(name: String, value: String)] {
        [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", token),
        ]
    }
}
