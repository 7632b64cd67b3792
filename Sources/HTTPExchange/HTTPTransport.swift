// The port itself. Redirects are never followed and TLS verification cannot be switched off: both would send a token
// to a host that nobody configured.

/// Carries one call out and brings the whole answer back.
///
/// Any HTTP status is an answer, not an error. Redirects are not followed.
public protocol HTTPTransport: Sendable {
    /// - Throws: ``HTTPTransportError`` when no complete answer arrived. Cancelling the calling task ends the transfer
    ///   and throws the kind ``HTTPTransportError/Kind/cancelled``.
    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer

    /// The same, with the body of a good answer going to `sink` instead of the answer, which comes back without it.
    /// ``HTTPLimits/responseBytes`` bounds only what comes back.
    func send(_ call: HTTPCall, into sink: any HTTPBodySink) async throws(HTTPTransportError) -> HTTPAnswer
}

/// Why no complete answer arrived.
public struct HTTPTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, in the terms an operator can act on.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case malformedURL
        case nameNotResolved
        case connectRefused
        case connectTimedOut
        /// The peer's certificate or the TLS handshake was refused. Never retried: it does not heal by itself.
        case tlsRefused
        case totalTimedOut
        case stalled
        /// The connection ended before the whole answer arrived, or the answer was not HTTP.
        case brokenConnection
        case responseTooLarge
        case proxyRefused
        case cancelled
        /// The transport has been shut down or all its places are taken.
        case transportUnavailable

        /// Whether the request may have reached the server and taken effect there although no answer came back.
        public var mayHaveBeenApplied: Bool {
            switch self {
            case .totalTimedOut, .stalled, .brokenConnection, .responseTooLarge, .cancelled: true
            case .malformedURL, .nameNotResolved, .connectRefused, .connectTimedOut, .tlsRefused, .proxyRefused,
                .transportUnavailable:
                false
            }
        }
    }

    public let kind: Kind
    /// Host and port that were spoken to; never path, query or credentials, which may hold secrets.
    public let host: String
    /// The transport's own words, free of secrets.
    public let detail: String

    public init(_ kind: Kind, host: String, detail: String) {
        self.kind = kind
        self.host = host
        self.detail = detail
    }

    public var description: String { "\(kind.rawValue) (\(host)): \(detail)" }
}
