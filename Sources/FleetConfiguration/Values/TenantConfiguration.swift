// One Microsoft 365 tenant: who we are there, where its services answer, and what is read from it.

import FleetCore
public import struct Foundation.Date

/// One entry of `tenants`.
public struct TenantConfiguration: Sendable, Hashable {
    /// `[a-z0-9][a-z0-9-]{0,62}`, unique, never `roomwatch`.
    public var name: TenantName
    /// A GUID in lower case, or a verified domain of the tenant (Graph facts, Tokens).
    public var tenantID: String
    /// The application's GUID in lower case.
    public var clientID: String
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

    var secretReferences: [SecretReference] {
        credential.references + [endpoints.caFile].compactMap(\.self)
    }
}

/// How the daemon proves to the tenant who it is.
public enum CredentialConfiguration: Sendable, Hashable {
    case clientSecret(SecretReference)
    /// Both PEM.
    case certificate(SecretReference, privateKey: SecretReference)

    var references: [SecretReference] {
        switch self {
        case .clientSecret(let secret): [secret]
        case .certificate(let certificate, let privateKey): [certificate, privateKey]
        }
    }
}

/// Hosts that replace the cloud's. A part that is `nil` is the cloud's.
public struct EndpointConfiguration: Sendable, Hashable {
    /// Base URL of the login service without a slash at its end; plain http only on loopback.
    public var login: String?
    /// Base URL of Graph without a version and without a slash at its end; plain http only on loopback.
    public var graph: String?
    /// PEM certificates to trust for these hosts.
    public var caFile: SecretReference?

    public init(login: String? = nil, graph: String? = nil, caFile: SecretReference? = nil) {
        self.login = login
        self.graph = graph
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
