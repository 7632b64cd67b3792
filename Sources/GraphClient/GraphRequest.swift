// A request says what it asks, which bucket it draws on, and what it wants to happen when it cannot be had at once:
// a sweep would rather know now that it is blind, an inventory would rather wait.

public import HTTPExchange
public import HTTPTypes

/// One request to Graph.
public struct GraphRequest: Sendable {
    /// v1.0 is stable; beta may change or vanish any day.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        case v1 = "v1.0"
        case beta
    }

    /// What to do when the service is closed, the budget spent or an attempt failed.
    public enum Patience: Sendable, Hashable {
        /// One attempt now or an error now.
        case failAtOnce
        /// Wait and try again; no attempt begins later than this after the call.
        case wait(upTo: Duration)
    }

    /// Low requests may use only part of a service's budget.
    public enum Priority: String, Sendable, Hashable {
        case low, normal, high
    }

    enum Target: Sendable, Hashable {
        case path(Version, GraphPath)
        /// A link from an answer and the URL of the request it answered, or `nil` for an absolute link from a store.
        case link(String, base: String?, Version)
    }

    public var method: HTTPRequest.Method
    var target: Target
    /// Further header fields, e.g. `Prefer`. `Authorization` and the tracing fields belong to the client.
    public var headerFields: HTTPFields = [:]
    /// A JSON body; an empty one sends `Content-Length: 0`.
    public var body: [UInt8]?
    public var service: GraphService
    /// Units of the service's budget; resource units for ``GraphService/identity``, otherwise 1.
    public var cost = 1
    /// Whether sending it twice does no more than sending it once. Only such requests are ever repeated.
    public var isIdempotent: Bool
    public var patience: Patience = .failAtOnce
    public var priority: Priority = .normal
    public var limits: HTTPLimits
    /// Whether a 200 must carry a JSON body. Switch off for calls documented to answer something else.
    public var expectsJSON = true

    /// A request for a path below the version root. GET is idempotent unless said otherwise, everything else is not.
    public init(
        _ method: HTTPRequest.Method, _ path: GraphPath, version: Version = .v1, service: GraphService,
        body: [UInt8]? = nil, isIdempotent: Bool? = nil, limits: HTTPLimits = HTTPLimits()
    ) {
        self.method = method
        target = .path(version, path)
        self.service = service
        self.body = body
        self.isIdempotent = isIdempotent ?? (method == .get || method == .head)
        self.limits = limits
    }

    /// A GET that follows a link which Graph handed out (`nextLink`, `deltaLink`, `Location`).
    ///
    /// The link is followed only when it leads to the configured Graph origin.
    /// - Parameters:
    ///   - base: the ``GraphAnswer/url`` it came with; `nil` for a stored link, which is then absolute.
    ///   - version: the version root that relative links of some services leave out.
    public init(
        following link: String, from base: String?, version: Version = .v1, service: GraphService,
        limits: HTTPLimits = HTTPLimits()
    ) {
        method = .get
        target = .link(link, base: base, version)
        self.service = service
        isIdempotent = true
        self.limits = limits
    }

    var version: Version {
        switch target {
        case .path(let version, _): version
        case .link(_, _, let version): version
        }
    }
}
