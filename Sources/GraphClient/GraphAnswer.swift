// What comes back on success: bytes, not objects, because the hottest page is decoded by somebody faster than
// Foundation, and with the two moments that decide which of two observations is the newer.

public import HTTPTypes
public import Timekeeping

/// A successful answer (2xx).
public struct GraphAnswer: Sendable {
    public let status: Int
    public let headerFields: HTTPFields
    /// The body as received; JSON on the face of it when the request expected JSON.
    public let body: [UInt8]
    /// The URL that was asked: what relative links in the body are resolved against.
    public let url: String
    /// When the successful attempt was sent, and when its answer was complete.
    public let askedAt: Moment
    public let receivedAt: Moment
    public let trace: GraphTrace
}

/// The ids under which both sides logged an exchange.
public struct GraphTrace: Sendable, Hashable {
    /// Ours, fresh for every attempt.
    public let clientRequestID: String
    /// Graph's; empty when it sent none.
    public let requestID: String

    public init(clientRequestID: String = "", requestID: String = "") {
        self.clientRequestID = clientRequestID
        self.requestID = requestID
    }
}
