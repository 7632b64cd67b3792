// Puts a simulated tenant where a client expects the network, so that services are tested without sockets and with
// whatever clock the test holds.

public import HTTPExchange
import HTTPTypes
import Synchronization
public import Timekeeping

/// An `HTTPTransport` whose far end is a ``SimulatedTenant``.
public final class SimulatedTransport: HTTPTransport {
    private let tenant: Mutex<SimulatedTenant>
    private let time: any TimeSource

    public init(_ tenant: sending SimulatedTenant, timeSource: any TimeSource) {
        self.tenant = Mutex(tenant)
        time = timeSource
    }

    /// Plays everything that has happened by now and hands over the ground truth written since the last call.
    public func groundTruth() -> [GroundTruthRecord] {
        let now = time.now()
        return tenant.withLock { $0.advance(to: now) }
    }

    /// Every command that reached the tenant; see ``SimulatedTenant/submissions``.
    public func submissions() -> [Submission] { tenant.withLock { $0.submissions } }

    public func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        guard let address = SplitURL(call.url) else {
            throw HTTPTransportError(.malformedURL, host: "", detail: "no absolute http or https URL")
        }
        let request = SimulatedRequest(
            call.method, address.target, headerFields: call.headerFields, body: call.body ?? [],
            origin: address.origin)
        let now = time.now()
        let response = tenant.withLock { $0.respond(to: request, at: now) }
        if response.delivery == .hang || response.delay >= call.limits.total {
            try await wait(call.limits.total, host: address.host)
            throw HTTPTransportError(.totalTimedOut, host: address.host, detail: "no answer within the limit")
        }
        if response.delay > .zero { try await wait(response.delay, host: address.host) }
        switch response.delivery {
        case .reset, .truncated:
            throw HTTPTransportError(.brokenConnection, host: address.host, detail: "the connection ended early")
        case .complete, .hang: break
        }
        if response.body.count > call.limits.responseBytes {
            throw HTTPTransportError(.responseTooLarge, host: address.host, detail: "\(response.body.count) bytes")
        }
        return HTTPAnswer(status: response.status, headerFields: response.headerFields, body: response.body)
    }

    private func wait(_ duration: Duration, host: String) async throws(HTTPTransportError) {
        do {
            try await time.sleep(for: duration)
        } catch {
            throw HTTPTransportError(.cancelled, host: host, detail: "cancelled while waiting for an answer")
        }
    }
}

/// An absolute URL in the parts the simulator needs.
struct SplitURL {
    let origin: String
    let host: String
    let target: String

    init?(_ url: String) {
        let scheme: String
        if url.hasPrefix("https://") {
            scheme = "https://"
        } else if url.hasPrefix("http://") {
            scheme = "http://"
        } else {
            return nil
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        host = String(authority)
        origin = scheme + host
        let path = rest.dropFirst(authority.count).prefix { $0 != "#" }
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }
}
