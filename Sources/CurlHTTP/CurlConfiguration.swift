// What an operator may choose about the way out of the machine. What is not here is fixed on purpose: TLS is always
// verified, redirects are never followed, and the environment's proxy variables are never read.

/// How a ``CurlTransport`` reaches the network.
public struct CurlConfiguration: Sendable, Hashable {
    /// Transfers in flight at once.
    public static let defaultConcurrentTransfers = 256
    /// Calls that may wait for a place; one more fails with `transportUnavailable`.
    public static let defaultQueuedTransfers = 1024
    /// Connections to one host. One suffices with HTTP/2; over HTTP/1.1 a sweep's pages need some at once.
    public static let defaultConnectionsPerHost = 8

    /// A PEM file of certificate authorities. Only these are trusted then; `nil` trusts the system's.
    public var caFile: String?
    /// Proxy as libcurl writes it, such as `http://proxy.contoso.com:3128`; `nil` and empty mean none. It may carry
    /// credentials, so it is never part of an error or a description.
    public var proxy: String?
    /// Every connection goes to this Unix socket instead of the URL's host.
    public var unixSocketPath: String?
    public var userAgent: String
    public var maximumConcurrentTransfers: Int
    public var maximumQueuedTransfers: Int
    public var maximumConnectionsPerHost: Int

    public init(
        caFile: String? = nil, proxy: String? = nil, unixSocketPath: String? = nil, userAgent: String = "roomwatch",
        maximumConcurrentTransfers: Int = defaultConcurrentTransfers,
        maximumQueuedTransfers: Int = defaultQueuedTransfers,
        maximumConnectionsPerHost: Int = defaultConnectionsPerHost
    ) {
        self.caFile = caFile
        self.proxy = proxy
        self.unixSocketPath = unixSocketPath
        self.userAgent = userAgent
        self.maximumConcurrentTransfers = maximumConcurrentTransfers
        self.maximumQueuedTransfers = maximumQueuedTransfers
        self.maximumConnectionsPerHost = maximumConnectionsPerHost
    }
}

extension CurlConfiguration: CustomStringConvertible {
    /// Leaves the proxy out, which may hold credentials.
    public var description: String {
        """
        CurlConfiguration(caFile: \(caFile ?? "system"), proxy: \(usedProxy == nil ? "none" : "set"), \
        unixSocketPath: \(unixSocketPath ?? "none"), userAgent: \(userAgent))
        """
    }

    var usedProxy: String? {
        guard let proxy, !proxy.isEmpty else { return nil }
        return proxy
    }
}
