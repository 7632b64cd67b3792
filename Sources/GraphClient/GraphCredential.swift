// The ways an application proves to the login authority who it is, behind one value, so that everything else handles
// "the credential" and never the secret in it.

public import HTTPExchange

/// What the application proves its identity with.
public enum GraphCredential: Sendable, CustomStringConvertible {
    case clientSecret(Secret)
    /// Preferred: the private key never leaves the machine.
    case certificate(CertificateCredential)
    /// A token of another identity provider, read anew for every request: whoever issues it replaces it about hourly.
    case federatedToken(CredentialFile)
    /// The machine vouches for us; no secret is kept at all.
    case managedIdentity(ManagedIdentity)

    public var description: String {
        switch self {
        case .clientSecret: "client secret"
        case .certificate(let certificate): "certificate \(certificate.thumbprint)"
        case .federatedToken: "federated token"
        case .managedIdentity(let identity): "\(identity)"
        }
    }
}

/// A file whose content is asked for when it is needed. Where it lies, and on which thread it is read, is the business
/// of whoever wires it.
public struct CredentialFile: Sendable {
    let read: @Sendable () async throws(CredentialFileError) -> Secret

    public init(_ read: @escaping @Sendable () async throws(CredentialFileError) -> Secret) {
        self.read = read
    }
}

/// Why a file of a credential could not be used.
public struct CredentialFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which file, what is wrong with it, and what to do; never its content.
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
