// Answers as they come, for whoever looks at a daemon that may be of another version: the support bundle.

public import HTTPExchange
import HTTPTypes

extension RoomwatchClient {
    /// What an address below `/api/v1/` answers to GET, whatever it says.
    public func raw(_ path: String) async throws(ClientError) -> [UInt8] {
        try await receive(.get, path, limits: Self.limits).body
    }

    /// What a page outside of the API answers, `healthz`, `readyz` or `metrics`; it takes no token.
    public func page(_ path: String) async throws(ClientError) -> HTTPAnswer {
        do throws(HTTPTransportError) {
            return try await transport.send(HTTPCall(.get, "\(base)/\(path)", limits: Self.limits))
        } catch {
            throw unreachable(error)
        }
    }
}
