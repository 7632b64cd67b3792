// The two ways an application proves to the login authority who it is, behind one value, so that everything else
// handles "the credential" and never the secret in it.

import Timekeeping

/// What the application proves its identity with.
public enum GraphCredential: Sendable, CustomStringConvertible {
    case clientSecret(Secret)
    /// Preferred: the private key never leaves the machine.
    case certificate(CertificateCredential)

    public var description: String {
        switch self {
        case .clientSecret: "client secret"
        case .certificate(let certificate): "certificate \(certificate.thumbprint)"
        }
    }

    /// The form fields that carry the proof, made freshly for one request.
    func proof(clientID: String, audience: String, now: Moment, random: RandomSource)
        async throws(CertificateError) -> [(name: String, value: String)]
    {
        switch self {
        case .clientSecret(let secret):
            return [("client_secret", secret.withRevealed { $0 })]
        case .certificate(let certificate):
            let assertion = try await certificate.assertion(
                clientID: clientID, audience: audience, now: now, identifier: random.guid())
            return [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion),
            ]
        }
    }
}
