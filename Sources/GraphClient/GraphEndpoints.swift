// Microsoft runs four separate clouds; an application and its tokens live in exactly one. The table is configuration,
// not code paths: which features a cloud really has is found out by asking it, never by its name.

/// Where tokens come from, where Graph answers, and for which resource the tokens are.
public struct GraphEndpoints: Sendable, Hashable {
    /// Base URL of the login authority, without a trailing slash.
    public let login: String
    /// Base URL of Graph without version and trailing slash.
    public let graph: String
    /// The resource with `/.default`, exactly (anything else is refused with AADSTS1002012).
    public let scope: String

    /// The only origin a Graph token is ever sent to.
    public let graphOrigin: WebOrigin
    /// The path in front of the version; empty unless a proxy puts Graph below a folder.
    let graphBasePath: String
    let loginOrigin: WebOrigin

    /// The endpoints of `cloud`, with hosts replaced where given (a proxy, a simulator).
    ///
    /// The scope stays the cloud's own: a replaced host stands in for the same resource.
    /// - Throws: ``GraphEndpointsError`` when a replacement is no plain `http` or `https` base URL.
    public init(_ cloud: GraphCloud = .global, login: String? = nil, graph: String? = nil)
        throws(GraphEndpointsError)
    {
        try self.init(
            login: login ?? "https://\(cloud.loginHost)", graph: graph ?? "https://\(cloud.graphHost)",
            scope: "https://\(cloud.graphHost)/.default")
    }

    /// Explicit endpoints.
    ///
    /// - Throws: ``GraphEndpointsError`` when a URL is no plain `http` or `https` base URL.
    public init(login: String, graph: String, scope: String) throws(GraphEndpointsError) {
        let (loginOrigin, loginPath) = try Self.base(login, role: "login")
        let (graphOrigin, graphPath) = try Self.base(graph, role: "graph")
        self.login = "\(loginOrigin)\(loginPath)"
        self.graph = "\(graphOrigin)\(graphPath)"
        self.scope = scope
        self.loginOrigin = loginOrigin
        self.graphOrigin = graphOrigin
        graphBasePath = graphPath
    }

    /// `login.microsoftonline.com`, with the port where it is not the usual one.
    public var loginHost: String { loginOrigin.authority }
    /// `graph.microsoft.com`, with the port where it is not the usual one.
    public var graphHost: String { graphOrigin.authority }

    /// The token endpoint of `tenant` (a GUID or a verified domain).
    func tokenURL(tenant: String) -> String {
        "\(login)/\(PercentEncoding.encode(tenant))/oauth2/v2.0/token"
    }

    /// Where an administrator consents to what the registration of an application lists (Graph facts, Tokens).
    public func adminConsent(tenant: String, clientID: String) -> String {
        "\(login)/\(PercentEncoding.encode(tenant))/adminconsent?client_id=\(PercentEncoding.encode(clientID))"
    }

    private static func base(_ url: String, role: String) throws(GraphEndpointsError) -> (WebOrigin, String) {
        guard let (origin, rest) = WebOrigin.split(url), !rest.contains("?"), !rest.contains("#") else {
            throw GraphEndpointsError(role: role)
        }
        var path = rest[...]
        while path.hasSuffix("/") { path = path.dropLast() }
        return (origin, String(path))
    }
}

/// The national clouds of Microsoft Graph. GCC (moderate) is part of ``global``.
public enum GraphCloud: String, Sendable, Hashable, CaseIterable {
    case global
    case usgov
    case usgovDoD = "usgov-dod"
    case china

    public var loginHost: String {
        switch self {
        case .global: "login.microsoftonline.com"
        case .usgov, .usgovDoD: "login.microsoftonline.us"
        case .china: "login.partner.microsoftonline.cn"
        }
    }

    public var graphHost: String {
        switch self {
        case .global: "graph.microsoft.com"
        case .usgov: "graph.microsoft.us"
        case .usgovDoD: "dod-graph.microsoft.us"
        case .china: "microsoftgraph.chinacloudapi.cn"
        }
    }
}

/// A configured endpoint that cannot be used.
public struct GraphEndpointsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `login` or `graph`.
    public let role: String

    public var description: String {
        "The \(role) endpoint is no plain base URL: write http:// or https://, a host and at most a port and a path, "
            + "without user name, query or fragment."
    }
}
