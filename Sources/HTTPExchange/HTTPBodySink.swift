// One answer is too large for memory: a copy of the store. Its body goes piece by piece to whoever keeps it.

public import HTTPTypes

/// Takes the body of a good answer (2xx) as it arrives. Every other answer is short and comes back whole.
///
/// Both calls come from the transport's own thread, one after the other, and hold up everything else that the transport
/// carries until they return: the network waits for the disk, and nothing piles up between them.
public protocol HTTPBodySink: Sendable {
    /// Called once, before the first piece.
    func begin(_ headerFields: HTTPFields)

    /// - Returns: whether more is wanted; `false` ends the exchange with ``HTTPTransportError/Kind/cancelled``.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool
}

extension HTTPTransport {
    /// What a transport does that knows no better: the whole answer first, then the body in one piece.
    public func send(_ call: HTTPCall, into sink: any HTTPBodySink) async throws(HTTPTransportError) -> HTTPAnswer {
        var answer = try await send(call)
        guard (200..<300).contains(answer.status) else { return answer }
        sink.begin(answer.headerFields)
        guard answer.body.withUnsafeBytes({ sink.take($0) }) else {
            throw HTTPTransportError(.cancelled, host: "", detail: "the caller gave the request up")
        }
        answer.body = []
        return answer
    }
}
