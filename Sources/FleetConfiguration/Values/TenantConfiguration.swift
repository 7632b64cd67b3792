// One Microsoft 365 tenant: who we are there, where its services answer, and what is read from it.

import FleetCore
public import struct Foundation.Date

/// One entry of `tenants`.
public struct TenantConfiguration: Sendable, Hashable {
    /// `[a-z0-9][a-z0-9-]{0,62}`, unique, never `roomwatch`.
    public var name: TenantName
    /// A GUID in lower case, or a verified domain of the tenant (Graph facts, Tokens).
    public var tenantID: String
    /// The application's GUID in lower case; `nil` only where a managed identity speaks for itself.
    public var clientID: String?
    public var cloud: Cloud
    public var credential: CredentialConfiguration
    /// When the client secret ends, as the app registration shows it: the beginning of that day, or an instant.
    public var secretExpires: Date?
    public var endpoints: EndpointConfiguration
    public var inventory: InventoryConfiguration

    /// The national clouds (Graph facts, Clouds).
    public enum Cloud: String, Sendable, Hashable, CaseIterable {
        case global
        case usgov
        case usgovDoD = "usgov-dod"
        case china
    }

    /// The files that must be there at the start. A federated token may come later: it is read for every request.
    var secretReferences: [SecretReference] {
        credential.references + [endpoints.caFile].compactMap(\.self)
    }
}

/// How the daemon proves to the tenant who it is.
public enum CredentialConfiguration: Sendable, Hashable {
    case clientSecret(SecretReference)
    /// Both PEM.
    case certificate(SecretReference, privateKey: SecretReference)
    /// A token of another identity provider, which replaces the file about hourly (workload identity federation).
    case federatedToken(SecretReference)
    case managedIdentity(ManagedIdentityChoice)

    var references: [SecretReference] {
        switch self {
        case .clientSecret(let secret): [secret]
        case .certificate(let certificate, let privateKey): [certificate, privateKey]
        case .federatedToken, .managedIdentity: []
        }
    }
}

/// Which of the machine's managed identities is used.
public enum ManagedIdentityChoice: Sendable, Hashable {
    /// That of the machine itself.
    case system
    /// A user-assigned one, by its client id: a GUID in lower case.
    case user(clientID: String)
}

/// Hosts that replace the cloud's. A part that is `nil` is the cloud's.
public struct EndpointConfiguration: Sendable, Hashable {
    /// Base URL of the login service without a slash at its end; plain http only on loopback.
    public var login: String?
    /// Base URL of Graph without a version and without a slash at its end; plain http only on loopback.
    public var graph: String?
    /// Base URL of the metadata service that gives a managed identity its tokens, for a rehearsal; plain http only on
    /// loopback. `nil` is the address that Azure gives the machine.
    public var identity: String?
    /// PEM certificates to trust for these hosts.
    public var caFile: SecretReference?

    public init(
        login: String? = nil, graph: String? = nil, identity: String? = nil, caFile: SecretReference? = nil
    ) {
        self.login = login
        self.graph = graph
        self.identity = identity
        self.caFile = caFile
    }
}

/// What is read to know the rooms. Detection itself needs none of the three.
public struct InventoryConfiguration: Sendable, Hashable {
    public var devices: Bool
    public var places: Bool
    public var licences: Bool
    /// Account ids, user principal names or mail addresses, in lower case.
    public var include: [String]
    public var exclude: [String]
    /// How long passwords of room accounts live.
    public var passwords: PasswordPolicy

    public init(
        devices: Bool = true, places: Bool = true, licences: Bool = true, include: [String] = [],
        exclude: [String] = [], passwords: PasswordPolicy = PasswordPolicy()
    ) {
        self.devices = devices
        self.places = places
        self.licences = licences
        self.include = include
        self.exclude = exclude
        self.passwords = passwords
    }
}

extension CredentialConfiguration {
    public var isManagedIdentity: Bool {
        if case .managedIdentity = self { true } else { false }
    }
}

extension ManagedIdentityChoice {
    /// `nil` for that of the machine itself.
    public var clientID: String? {
        switch self {
        case .system: nil
        case .user(let clientID): clientID
        }
    }
}
