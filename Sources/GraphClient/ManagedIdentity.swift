// Azure's managed identities: the platform hands out tokens over a local address, to whoever can reach it from inside the
// machine. Three platforms speak three dialects of one protocol (Graph facts, Managed identity).

public import HTTPExchange

/// The identity of the machine that Roomwatch runs on.
public struct ManagedIdentity: Sendable, CustomStringConvertible {
    /// Who hands out the tokens.
    public enum Platform: Sendable {
        /// The instance metadata service of a virtual machine; a base URL without a slash at its end.
        case virtualMachine(base: String)
        /// App Service and Container Apps, from `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
        case appService(endpoint: String, header: Secret)
        /// Azure Arc, from `IDENTITY_ENDPOINT`. Its challenge names a key file, which `readKey` reads.
        case arc(endpoint: String, readKey: @Sendable (String) async throws(CredentialFileError) -> Secret)
    }

    /// The address at which every virtual machine of Azure finds its metadata service.
    public static let linkLocalBase = "http://169.254.169.254"

    let platform: Platform
    /// The client id of a user-assigned identity; `nil` for that of the machine itself.
    let clientID: String?

    public init(_ platform: Platform, clientID: String? = nil) {
        self.platform = platform
        self.clientID = clientID
    }

    public var description: String {
        let place =
            switch platform {
            case .virtualMachine: "virtual machine"
            case .appService: "App Service"
            case .arc: "Azure Arc"
            }
        return "managed identity \(clientID ?? "of the machine"), \(place)"
    }
}

extension ManagedIdentity.Platform {
    /// What a managed identity's environment variables say about the platform.
    public enum Detection: Error, Sendable, Hashable, CustomStringConvertible {
        case malformedEndpoint
        /// Arc's key would be sent to another machine.
        case arcBeyondLoopback

        public var description: String {
            switch self {
            case .malformedEndpoint:
                "the environment variable IDENTITY_ENDPOINT holds no plain http or https URL; remove it from the unit, "
                    + "or set it as the platform does"
            case .arcBeyondLoopback:
                "the environment variable IDENTITY_ENDPOINT names another machine, and without IDENTITY_HEADER it is "
                    + "Azure Arc's, which answers on this one alone; remove or correct it"
            }
        }
    }

    /// The platform as the environment shows it: Azure sets `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` on App Service and
    /// Container Apps, `IDENTITY_ENDPOINT` alone on Arc, and neither on a virtual machine.
    ///
    /// - Parameter base: the metadata service of a virtual machine; goes before the environment when given.
    public static func detected(
        environment: [String: String], base: String?,
        readKey: @escaping @Sendable (String) async throws(CredentialFileError) -> Secret
    ) throws(Detection) -> Self {
        if let base { return .virtualMachine(base: base) }
        guard let endpoint = environment["IDENTITY_ENDPOINT"], !endpoint.isEmpty else {
            return .virtualMachine(base: ManagedIdentity.linkLocalBase)
        }
        // Whoever sets the daemon's environment owns the daemon, and Azure's own addresses differ from host to host;
        // so only the form is checked.
        guard let (origin, rest) = WebOrigin.split(endpoint), !rest.contains("?"), !rest.contains("#") else {
            throw .malformedEndpoint
        }
        if let header = environment["IDENTITY_HEADER"], !header.isEmpty {
            return .appService(endpoint: endpoint, header: Secret(header))
        }
        guard ["localhost", "127.0.0.1", "[::1]"].contains(origin.host) else { throw .arcBeyondLoopback }
        return .arc(endpoint: endpoint, readKey: readKey)
    }
}
