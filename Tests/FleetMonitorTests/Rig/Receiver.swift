// The far end of a channel: it answers as the test says and keeps what it was sent and what it took.

import FleetSimulation
import FleetChannels
import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Testing
import Timekeeping

final class Receiver: HTTPTransport {
    enum Kind: String, Sendable, CaseIterable {
        case webhook
        case pagerDuty
    }

    enum Answer: Sendable {
        case accept
        case status(Int, [String: String] = [:])
        case fail(HTTPTransportError.Kind)
        /// The receiver takes the message, but its answer never arrives.
        case applyAndBreak
        /// No answer until the test releases it.
        case hold
    }

    struct Message: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(word) \(key) at \(at)" }

        /// `webhook-id`; empty for PagerDuty, which knows only the key.
        var id: String
        /// `opened`, `updated`, `reopened`, `resolved`; for PagerDuty `trigger` and `resolve`.
        var word: String
        var key: String
        var body: [UInt8]
        /// Since the beginning of the test.
        var at: Duration

        var isResolve: Bool { word == "resolved" || word == "resolve" }
        var condition: String { String(key.split(separator: ":", maxSplits: 2)[1]) }
    }

    private struct State {
        var script: [Answer] = []
        var lasting = Answer.accept
        var sent: [Message] = []
        var taken: [Message] = []
        var held: [Int: CheckedContinuation<Answer, Never>] = [:]
        var lastHeld = 0
    }

    let name: ReceiverName
    let kind: Kind
    let fallback: ReceiverName?
    private let time: ManualTime
    private let state = Mutex(State())

    init(_ name: String, _ kind: Kind, time: ManualTime, fallback: String? = nil) {
        self.name = ReceiverName(name)
        self.kind = kind
        self.time = time
        self.fallback = fallback.map { ReceiverName($0) }
    }

    /// Everything that arrived, answered or not.
    var sent: [Message] { state.withLock { $0.sent } }
    /// What the receiver took over, as often as it did.
    var taken: [Message] { state.withLock { $0.taken } }
    /// The conversation in words, `opened resolved`.
    var words: String { sent.map(\.word).joined(separator: " ") }
    var takenWords: String { taken.map(\.word).joined(separator: " ") }
    var held: Int { state.withLock { $0.held.count } }

    /// The next answers, in order; afterwards ``answer(_:)`` holds again.
    func next(_ answers: Answer...) { state.withLock { $0.script += answers } }

    /// What it answers from now on.
    func answer(_ answer: Answer) { state.withLock { $0.lasting = answer } }

    /// Answers everything that is held.
    func release(_ answer: Answer = .accept) {
        let held = state.withLock { state in
            defer { state.held = [:] }
            return state.held.sorted { $0.key < $1.key }.map(\.value)
        }
        for one in held { one.resume(returning: answer) }
    }

    func channel() throws -> any Channel {
        let sender = SenderIdentity(version: "1.0.0")
        switch kind {
        case .webhook:
            return try WebhookChannel(
                receiver: name, url: Secret("https://\(name).contoso.com/hook"),
                secret: Secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="), sender: sender,
                transport: self)
        case .pagerDuty:
            return try PagerDutyChannel(
                receiver: name, base: "https://\(name).contoso.com", routingKey: Secret("key-of-\(name)"),
                sender: sender, transport: self)
        }
    }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        let message = read(call)
        var answer = state.withLock { state in
            state.sent.append(message)
            return state.script.isEmpty ? state.lasting : state.script.removeFirst()
        }
        if case .hold = answer { answer = await hold() }
        switch answer {
        case .accept:
            state.withLock { $0.taken.append(message) }
            return HTTPAnswer(status: 202, body: Array(#"{"status":"success"}"#.utf8))
        case .status(let status, let fields):
            var header = HTTPFields()
            for (name, value) in fields { header[HTTPField.Name(name)!] = value }
            return HTTPAnswer(status: status, headerFields: header)
        case .fail(let kind):
            throw failure(kind)
        case .applyAndBreak:
            state.withLock { $0.taken.append(message) }
            throw failure(.brokenConnection)
        case .hold:
            throw failure(.cancelled)
        }
    }

    private func failure(_ kind: HTTPTransportError.Kind) -> HTTPTransportError {
        HTTPTransportError(kind, host: "\(name).contoso.com", detail: "as the test says")
    }

    /// Waits for the test; a cancelled sender hears `hold`, which nobody can answer with.
    private func hold() async -> Answer {
        let id = state.withLock { state in
            state.lastHeld += 1
            return state.lastHeld
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.held[id] = wake
                    return false
                }
                if isCancelled { wake.resume(returning: .hold) }
            }
        } onCancel: {
            state.withLock { $0.held.removeValue(forKey: id) }?.resume(returning: .hold)
        }
    }

    private func read(_ call: HTTPCall) -> Message {
        let object = (try? JSONSerialization.jsonObject(with: Data(call.body ?? []))) as? [String: Any] ?? [:]
        let incident = (object["data"] as? [String: Any])?["incident"] as? [String: Any]
        let type = (object["type"] as? String)?.replacingOccurrences(of: "incident.", with: "")
        return Message(
            id: call.headerFields[HTTPField.Name("webhook-id")!] ?? "",
            word: type ?? object["event_action"] as? String ?? "?",
            key: incident?["dedup_key"] as? String ?? object["dedup_key"] as? String ?? "?:?:?",
            body: call.body ?? [], at: time.elapsed)
    }
}
