// The network of these tests: a function from the call and its number to an answer, and a record of what was sent and
// when.

import HTTPExchange
import HTTPTypes
import Synchronization
import Timekeeping

final class ScriptedTransport: HTTPTransport {
    struct Sent: Sendable {
        let call: HTTPCall
        let at: Moment
    }

    typealias Reply = Result<HTTPAnswer, HTTPTransportError>
    typealias Script = @Sendable (_ call: HTTPCall, _ number: Int) async -> Reply

    private let time: any TimeSource
    private let graph: Script
    private let login: Script
    private let log = Mutex<(graph: [Sent], login: [Sent])>(([], []))

    /// - Parameters:
    ///   - login: answers token requests; by default with a new token each, valid for an hour.
    ///   - graph: answers everything else; numbers start at 0 in both.
    init(
        time: any TimeSource, login: @escaping Script = { _, number in .token("token-\(number)") },
        graph: @escaping Script
    ) {
        self.time = time
        self.login = login
        self.graph = graph
    }

    var graphSent: [Sent] { log.withLock { $0.graph } }
    var loginSent: [Sent] { log.withLock { $0.login } }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        let sent = Sent(call: call, at: time.now())
        if call.url.hasSuffix("/oauth2/v2.0/token") {
            let number = log.withLock { log in
                log.login.append(sent)
                return log.login.count - 1
            }
            return try await login(call, number).get()
        }
        let number = log.withLock { log in
            log.graph.append(sent)
            return log.graph.count - 1
        }
        return try await graph(call, number).get()
    }
}

extension ScriptedTransport.Reply {
    static func json(_ text: String, status: Int = 200, _ fields: [HTTPField.Name: String] = [:]) -> Self {
        var headerFields: HTTPFields = [.contentType: "application/json"]
        for (name, value) in fields { headerFields[name] = value }
        return .success(HTTPAnswer(status: status, headerFields: headerFields, body: Array(text.utf8)))
    }

    static func status(_ status: Int, code: String = "x", message: String = "", retryAfter: String? = nil) -> Self {
        json(
            #"{"error":{"code":"\#(code)","message":"\#(message)"}}"#, status: status,
            retryAfter.map { [.retryAfter: $0] } ?? [:])
    }

    static func token(_ token: String, lifetime: String = "3600") -> Self {
        json(#"{"token_type":"Bearer","expires_in":\#(lifetime),"access_token":"\#(token)"}"#)
    }

    static func broken(_ kind: HTTPTransportError.Kind) -> Self {
        .failure(HTTPTransportError(kind, host: "graph.microsoft.com", detail: "scripted"))
    }
}

/// Opens once; whoever waits before goes on then.
final class Latch: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// A seeded generator (SplitMix64), so that jitter repeats.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
