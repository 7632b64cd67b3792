// One request and one answer as the simulated tenant sees them. The shell owns sockets and clocks; these values are all
// that passes between.

public import HTTPTypes

/// A request as it arrived.
public struct SimulatedRequest: Sendable {
    public var method: HTTPRequest.Method
    /// Path and query exactly as sent, percent-encoding included.
    public var target: String
    public var headerFields: HTTPFields
    public var body: [UInt8]
    /// Scheme and authority the client used; absolute links in answers begin with it.
    public var origin: String
    /// Whether it came in on a loopback listener; the administrative paths are closed to all others.
    public var viaLoopback: Bool

    public init(
        _ method: HTTPRequest.Method, _ target: String, headerFields: HTTPFields = [:], body: [UInt8] = [],
        origin: String = "https://graph.microsoft.com", viaLoopback: Bool = true
    ) {
        self.method = method
        self.target = target
        self.headerFields = headerFields
        self.body = body
        self.origin = origin
        self.viaLoopback = viaLoopback
    }
}

/// An answer, with what the road does to it.
public struct SimulatedResponse: Sendable {
    /// How the bytes reach the client.
    public enum Delivery: Sendable, Equatable {
        case complete
        /// Announce the whole length, send this many bytes of the body, then close the connection.
        case truncated(after: Int)
        /// Never answer, keep the connection open.
        case hang
        /// Close the connection at once.
        case reset
    }

    public var status: Int
    public var headerFields: HTTPFields
    public var body: [UInt8]
    public var delivery: Delivery
    /// How long the client waits for the first byte.
    public var delay: Duration

    public init(
        status: Int, headerFields: HTTPFields = [:], body: [UInt8] = [], delivery: Delivery = .complete,
        delay: Duration = .zero
    ) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
        self.delivery = delivery
        self.delay = delay
    }
}
