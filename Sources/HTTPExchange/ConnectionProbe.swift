// Whether a host can be reached is a question of its own: name, port, proxy and certificate are answered before any
// request is sent, so nobody's webhook hears of the question and no secret takes part in it.

/// Opens connections and says how that went; nothing is ever sent over them.
public protocol ConnectionProbe: Sendable {
    /// Connects to the host of a URL the way requests would, TLS and proxy included, and hangs up.
    ///
    /// - Parameters:
    ///   - url: absolute, `http` or `https`; only its scheme, host and port are used.
    ///   - limit: for name resolution, TCP, proxy and TLS together.
    /// - Throws: ``ConnectionRefusal`` for everything that would keep a request from leaving.
    func connect(to url: String, within limit: Duration) async throws(ConnectionRefusal)
}

/// Why no connection came about.
public struct ConnectionRefusal: Error, Sendable, Hashable {
    public var error: HTTPTransportError
    /// Who issued the certificate that was not trusted, as far as the peer showed it; bounded, without control characters.
    public var issuer: String?

    public init(_ error: HTTPTransportError, issuer: String? = nil) {
        self.error = error
        self.issuer = issuer
    }
}
