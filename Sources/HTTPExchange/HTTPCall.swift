// One request and one answer as plain values. Everything that leaves the process goes through this port, so the
// simulation can put a simulated tenant behind it and no service can tell the difference.

public import HTTPTypes

/// A request with everything the transport may need to know to carry it out, bound it and give it up.
public struct HTTPCall: Sendable {
    /// Absolute URL: `http` or `https`, host, optional port, path, query. Never carries credentials.
    public var url: String
    public var method: HTTPRequest.Method
    /// Header fields as sent. `Host`, `Content-Length` and `Accept-Encoding` belong to the transport.
    public var headerFields: HTTPFields
    /// The body; `nil` sends none, an empty array sends `Content-Length: 0`.
    public var body: [UInt8]?
    public var limits: HTTPLimits

    public init(
        _ method: HTTPRequest.Method, _ url: String, headerFields: HTTPFields = [:], body: [UInt8]? = nil,
        limits: HTTPLimits = HTTPLimits()
    ) {
        self.method = method
        self.url = url
        self.headerFields = headerFields
        self.body = body
        self.limits = limits
    }
}

/// How long and how large one exchange may become before it is given up.
public struct HTTPLimits: Sendable, Hashable {
    /// Name resolution, TCP and TLS together.
    public var connect: Duration
    /// The whole exchange, from the call to the last byte.
    public var total: Duration
    /// An exchange that moves less than one byte a second for this long is given up.
    public var stall: Duration
    /// Bytes of body after decompression; a larger answer fails with ``HTTPTransportError/Kind/responseTooLarge``.
    public var responseBytes: Int

    public init(
        connect: Duration = .seconds(5), total: Duration = .seconds(30), stall: Duration = .seconds(10),
        responseBytes: Int = 16 * 1024 * 1024
    ) {
        self.connect = connect
        self.total = total
        self.stall = stall
        self.responseBytes = responseBytes
    }
}

/// A complete answer: status, header fields and the decompressed body.
public struct HTTPAnswer: Sendable {
    public var status: Int
    public var headerFields: HTTPFields
    public var body: [UInt8]

    public init(status: Int, headerFields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
    }
}
