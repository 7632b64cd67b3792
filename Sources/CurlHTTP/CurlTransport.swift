// The transport every outbound HTTP request takes. It only hands plans to the loop's thread and awaits their ends; all
// state of libcurl's stays on that thread.

public import HTTPExchange
import Synchronization
public import Timekeeping

/// libcurl behind ``HTTPTransport``: HTTP/2 over TLS where the server offers it, kept-alive HTTP/1.1 elsewhere.
///
/// Beyond the protocol's promises: a GET, HEAD, PUT, DELETE or OPTIONS request is repeated once a kept connection turns
/// out dead; any other method never is (RFC 9110, section 9.2.2), it fails with `brokenConnection`, unless an HTTP/2 server said that
/// it had not acted on the request.
/// `headerFields` of an answer are those of the wire: `Content-Length` and `Content-Encoding` describe the body before
/// decompression.
public final class CurlTransport: HTTPTransport {
    let configuration: CurlConfiguration
    private let time: any TimeSource
    private let inbox: TransferInbox

    /// Starts the transport's thread.
    ///
    /// - Parameter time: deadlines and stalls are measured by its steady clock; libcurl measures the connect limit.
    public init(configuration: CurlConfiguration, time: any TimeSource) {
        self.configuration = configuration
        self.time = time
        inbox = TransferInbox(bound: configuration.maximumQueuedTransfers)
        TransferLoop.launch(
            inbox: inbox,
            bounds: LoopBounds(
                concurrentTransfers: configuration.maximumConcurrentTransfers,
                connectionsPerHost: configuration.maximumConnectionsPerHost,
                keptConnections: Self.keptConnections),
            time: time)
    }

    /// Idle connections kept for reuse, over all hosts.
    static let keptConnections = 64

    /// The thread ends by itself; nothing can be outstanding, because every call in flight holds the transport.
    deinit { inbox.requestStop() }

    public func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        try await exchange(call, sink: nil)
    }

    public func send(_ call: HTTPCall, into sink: any HTTPBodySink) async throws(HTTPTransportError) -> HTTPAnswer {
        try await exchange(call, sink: sink)
    }

    private func exchange(
        _ call: HTTPCall, sink: (any HTTPBodySink)?
    ) async throws(HTTPTransportError) -> HTTPAnswer {
        let request = try CheckedRequest(call, configuration: configuration)
        let result = await carry(within: call.limits.total) { deadline, continuation in
            HTTPPlan(request: request, sink: sink, deadline: deadline, continuation: continuation)
        }
        return try result.get()
    }

    /// Hands a plan to the loop and awaits its end, whatever protocol it speaks.
    func carry<Answer: Sendable>(
        within limit: Duration, _ plan: (Duration, CheckedContinuation<Answer, Never>) -> any TransferPlan
    ) async -> Answer {
        let deadline = time.now().steady + limit
        let ticket = CallTicket(inbox: inbox)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { ticket.submit(plan(deadline, $0)) }
        } onCancel: {
            ticket.cancel()
        }
    }

    /// Fails everything outstanding with `transportUnavailable`, closes all connections and ends the thread. Later
    /// calls fail at once. May be called more than once.
    public func shutdown() async {
        inbox.requestStop()
        await inbox.waitForEnd()
    }
}

/// One call's place between its task and the loop. A cancellation can overtake the submission, because the two come
/// from different threads; the ticket puts them in order.
private final class CallTicket: Sendable {
    private enum Stage {
        case new
        case cancelled
        case submitted
    }

    private let stage = Mutex(Stage.new)
    private let inbox: TransferInbox
    private let id: TransferID

    init(inbox: TransferInbox) {
        self.inbox = inbox
        id = inbox.reserveID()
    }

    func submit(_ plan: any TransferPlan) {
        let refusal: TransferEnd? = stage.withLock { stage in
            guard stage == .new else { return .cancelled }
            stage = .submitted
            // Under the lock: a cancellation that comes now must find the plan in the inbox.
            return inbox.submit(plan, as: id)
        }
        if let refusal { plan.neverBegan(refusal) }
    }

    func cancel() {
        let wasSubmitted = stage.withLock { stage in
            defer { stage = .cancelled }
            return stage == .submitted
        }
        if wasSubmitted { inbox.cancel(id) }
    }
}
