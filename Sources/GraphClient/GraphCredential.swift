// The ways an application proves to the login authority who it is, behind one value, so that everything else handles
// "the credential" and never the secret in it.

/// What the application proves its identity with.
public enum GraphCredential: Sendable, CustomStringConvertible {
    case clientSecret(Secret)
    /// Preferred where there is no platform identity: the private key never leaves the machine.
    case certificate(CertificateCredential)
    /// Workload identity federation: another authority's token, read anew for every request because it rotates.
    /// Surrounding white space is ignored.
    case federatedToken(read: @Sendable () throws -> Secret)
    /// The machine's own identity in Azure, asked of its metadata service. The token source needs a transport that
    /// uses no proxy.
    case managedIdentity(ManagedIdentity)

    public var description: String {
        switch self {
        case .clientSecret: "client secret"
        case .certificate(let certificate): "certificate \(certificate.thumbprint)"
        case .federatedToken: "federated token"
        case .managedIdentity: "managed identity"
        }
    }
}

/// Which identity of an Azure machine to use.
public struct ManagedIdentity: Sendable, Hashable {
    /// The client id of a user-assigned identity; `nil` for the system-assigned one.
    public let clientID: String?
    /// Base URL of the metadata service.
    public let service: String

    public init(clientID: String? = nil, service: String = "http://169.254.169.254") {
        self.clientID = clientID
        self.service = service
    }
}
