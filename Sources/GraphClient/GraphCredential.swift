// The ways an application proves to the login authority who it is, behind one value, so that everything else handles
// "the credential" and never the secret in it.

public import HTTPExchange

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
}
