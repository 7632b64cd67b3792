// Everything a person has decided before anything is asked of Microsoft: which tenant, as whom, and for which modules.

public import FleetCore
public import GraphClient
public import HTTPExchange

/// One tenant to connect.
public struct ConnectionPlan: Sendable {
    /// `[a-z0-9][a-z0-9-]{0,62}`.
    public var name: String
    /// A GUID or a verified domain.
    public var tenant: String
    /// `nil` only for the identity of the machine.
    public var clientID: String?
    public var cloud: GraphCloud
    public var endpoints: EndpointReplacements
    public var modules: Set<FleetModule>
    public var credential: CredentialPlan

    public init(
        name: String, tenant: String, clientID: String?, cloud: GraphCloud, endpoints: EndpointReplacements,
        modules: Set<FleetModule>, credential: CredentialPlan
    ) {
        self.name = name
        self.tenant = tenant
        self.clientID = clientID
        self.cloud = cloud
        self.endpoints = endpoints
        self.modules = modules
        self.credential = credential
    }
}

/// Hosts that replace the cloud's; `nil` leaves them.
public struct EndpointReplacements: Sendable, Hashable {
    public var login: String?
    public var graph: String?
    public var identity: String?
    public var caFile: String?

    public init(login: String? = nil, graph: String? = nil, identity: String? = nil, caFile: String? = nil) {
        self.login = login
        self.graph = graph
        self.identity = identity
        self.caFile = caFile
    }

    var isEmpty: Bool { self == EndpointReplacements() }
}

/// How the daemon will prove who it is, with what has to be stored for it.
public enum CredentialPlan: Sendable {
    case secret(Secret)
    /// Both PEM.
    case certificate(Secret, privateKey: Secret)
    case federatedToken(path: String)
    case managedIdentity(clientID: String?)

    public var isManagedIdentity: Bool {
        if case .managedIdentity = self { true } else { false }
    }
}
