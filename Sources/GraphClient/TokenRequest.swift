// One token request as bytes, for each kind of credential, together with the texts that no log may ever show.

import HTTPExchange
import HTTPTypes
import Timekeeping

/// A token request ready to be sent.
struct TokenRequest {
    let call: HTTPCall
    /// What an answer must not echo into a log, as is and percent-encoded.
    let secrets: [String]
    /// The metadata service answers 404 and 410 for a while when it is being updated.
    let isForMetadataService: Bool

    private static let limits = HTTPLimits(total: .seconds(20), responseBytes: 256 * 1024)

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
        case .federatedToken(let read):
            // The reader's own error may quote the file, so only the fact of the failure is passed on.
            guard let token = try? read().withRevealed({ $0.trimmingASCIIWhitespace() }), !token.isEmpty else {
                throw TokenError(.unreadableFederatedToken)
            }
            proof = Self.assertion(token)
        case .managedIdentity(let identity):
            self = Self.metadata(identity, endpoints: endpoints, random: random)
            return
        }
        let form = PercentEncoding.form(
            [("client_id", clientID), ("scope", endpoints.scope)] + proof + [("grant_type", "client_credentials")])
        let secret = proof.last?.value ?? ""
        let call = HTTPCall(
            .post, url,
            headerFields: [
                .contentType: "application/x-www-form-urlencoded", .accept: "application/json",
                .clientRequestID: random.guid(),
            ],
            body: Array(form.utf8), limits: Self.limits)
        self.init(call: call, secrets: [secret, PercentEncoding.encode(secret)], isForMetadataService: false)
    }

    private init(call: HTTPCall, secrets: [String], isForMetadataService: Bool) {
        self.call = call
        self.secrets = secrets
        self.isForMetadataService = isForMetadataService
    }

    private static func metadata(_ identity: ManagedIdentity, endpoints: GraphEndpoints, random: RandomSource)
        -> TokenRequest
    {
        // The metadata service takes a resource where the login service takes a scope.
        let suffix = ".default"
        let resource = endpoints.scope.hasSuffix(suffix) ? endpoints.scope.dropLast(suffix.count) : endpoints.scope[...]
        var url = "\(identity.service)/metadata/identity/oauth2/token?api-version=2018-02-01"
        url += "&resource=\(PercentEncoding.encode(String(resource)))"
        if let clientID = identity.clientID { url += "&client_id=\(PercentEncoding.encode(clientID))" }
        let call = HTTPCall(
            .get, url, headerFields: [.metadata: "true", .clientRequestID: random.guid()], limits: limits)
        return TokenRequest(call: call, secrets: [], isForMetadataService: true)
    }

    private static func assertion(_ token: String) -> [(name: String, value: String)] {
        [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", token),
        ]
    }
}
