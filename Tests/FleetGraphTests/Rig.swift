// A Graph client over a scripted network and a clock of the test's own.

import FleetCore
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Logging
import Synchronization
import Timekeeping

/// A clock that stands still until the test moves it, or that jumps to whatever somebody sleeps for.
final class TestTime: TimeSource {
    private struct State {
        var now = Moment(wall: Date(timeIntervalSince1970: 1_796_112_000), steady: .seconds(5000))
        var sleepers: [Int: (deadline: Duration, wake: CheckedContinuation<Void, Never>)] = [:]
        var lastID = 0
        var onSleep: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let jumps: Bool

    init(jumps: Bool) { self.jumps = jumps }

    func now() -> Moment { state.withLock { $0.now } }

    func sleep(until deadline: Moment) async throws {
        if jumps {
            state.withLock { $0.now = $0.now.advanced(by: max(.zero, deadline.steady - $0.now.steady)) }
            return
        }
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (wake: CheckedContinuation<Void, Never>) in
                let (isDue, watcher) = state.withLock { state in
                    if Task.isCancelled || state.now.steady >= deadline.steady {
                        return (true, nil as CheckedContinuation<Void, Never>?)
                    }
                    state.sleepers[id] = (deadline.steady, wake)
                    defer { state.onSleep = nil }
                    return (false, state.onSleep)
                }
                if isDue { wake.resume() }
                watcher?.resume()
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.wake.resume()
        }
        try Task.checkCancellation()
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now.steady }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.wake)
        }
        for wake in due { wake.resume() }
    }

    /// Returns once somebody sleeps.
    func untilSomebodySleeps() async {
        await withCheckedContinuation { (watcher: CheckedContinuation<Void, Never>) in
            let isSleeping = state.withLock { state in
                if state.sleepers.isEmpty { state.onSleep = watcher }
                return !state.sleepers.isEmpty
            }
            if isSleeping { watcher.resume() }
        }
    }
}

struct Rig: Sendable {
    struct Asked: Sendable {
        var method: String
        /// Path below the host and query, percent-decoded.
        var target: String
        var fields: HTTPFields
        var body: String
        var hasBody: Bool
    }

    typealias Reply = Result<HTTPAnswer, HTTPTransportError>

    let time: TestTime
    let client: GraphClient
    private let network: Network

    init(
        jumps: Bool = false, token: String = "opaque-token", _ script: @escaping @Sendable (Asked) async -> Reply
    ) throws {
        time = TestTime(jumps: jumps)
        network = Network(token: token, script)
        let endpoints = try GraphEndpoints(
            login: "http://login.test", graph: "http://graph.test", scope: "graph/.default")
        let random = RandomSource(SeededGenerator(seed: 1))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let tokens = TokenSource(
            endpoints: endpoints, tenant: "contoso.example", clientID: "app",
            credential: .clientSecret(Secret("secret")), transport: network, time: time, random: random, logger: logger)
        client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: network, time: time, random: random, logger: logger,
            userAgent: "test")
    }

    var asked: [Asked] { network.log.withLock { $0 } }

    private final class Network: HTTPTransport {
        let log = Mutex<[Asked]>([])
        private let script: @Sendable (Asked) async -> Reply

        private let token: String

        init(token: String, _ script: @escaping @Sendable (Asked) async -> Reply) {
            self.token = token
            self.script = script
        }

        func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
            if call.url.hasPrefix("http://login.test") {
                return try Rig.json(#"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600}"#).get()
            }
            let target = String(call.url.dropFirst("http://graph.test".count))
            let asked = Asked(
                method: call.method.rawValue, target: target.removingPercentEncoding ?? target,
                fields: call.headerFields, body: String(decoding: call.body ?? [], as: UTF8.self),
                hasBody: call.body != nil)
            log.withLock { $0.append(asked) }
            return try await script(asked).get()
        }
    }

    static func json(_ text: String, status: Int = 200) -> Reply {
        .success(HTTPAnswer(status: status, headerFields: [.contentType: "application/json"], body: Array(text.utf8)))
    }

    static func error(_ status: Int, _ code: String = "X", _ message: String = "") -> Reply {
        json(#"{"error":{"code":"\#(code)","message":"\#(message)"}}"#, status: status)
    }

    /// Answers a `$batch` by asking `answer` for each URL: a status and a body.
    static func batch(_ body: String, _ answer: (String) -> (Int, String)) -> Reply {
        let object = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        let responses = (object?["requests"] as? [[String: Any]] ?? []).map { request -> String in
            let url = (request["url"] as? String ?? "").removingPercentEncoding ?? ""
            let (status, text) = answer(url)
            return #"{"id":"\#(request["id"] as? String ?? "")","status":\#(status),"body":\#(text)}"#
        }
        return json(#"{"responses":[\#(responses.joined(separator: ","))]}"#)
    }
}

/// Counts from one.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
