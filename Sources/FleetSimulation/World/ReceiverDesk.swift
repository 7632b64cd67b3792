// The far end of a channel: strict, forgetful of nothing, and in whatever mood the seed gives it. What it took over is
// the truth about who was told; no word of the daemon counts against it.

import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Timekeeping

/// One receiver, across all lives of the daemon.
final class ReceiverDesk: Sendable {
    enum Kind: Sendable {
        case webhook, pagerDuty
    }

    /// A message as the receiver read it.
    struct Message: Sendable {
        /// `webhook-id`; empty for PagerDuty, which knows only the key.
        var id: String
        var word: String
        var key: String
        var incident: String
        var revision: Int
        var rule: String
        var resolution: String
        var body: [UInt8]
        var at: Duration

        var isResolve: Bool { word == "resolved" || word == "resolve" }
        var isTrigger: Bool { word == "opened" || word == "reopened" || word == "trigger" }
    }

    private struct State {
        var dice: Dice
        var taken: [Message] = []
        var bodies: [String: [UInt8]] = [:]
        var revisions: [String: Int] = [:]
        var lastWord: [String: Message] = [:]
        var attempts = 0
        /// Incidents of which anything ever arrived, taken or not.
        var arrived: Set<String> = []
    }

    let name: ReceiverName
    let kind: Kind
    private let spells: [ReceiverMood.Spell]
    private let time: ManualTime
    private let log: RunLog
    private let state: Mutex<State>

    init(_ name: String, _ kind: Kind, spells: [ReceiverMood.Spell], time: ManualTime, log: RunLog, seed: UInt64) {
        self.name = ReceiverName(name)
        self.kind = kind
        self.spells = spells
        self.time = time
        self.log = log
        state = Mutex(State(dice: Dice(seed: seed, purpose: "desk \(name)")))
    }

    /// What was taken over, each message once, in order.
    var taken: [Message] { state.withLock { $0.taken } }
    /// Incidents of which anything ever arrived, taken or not.
    var arrived: Set<String> { state.withLock { $0.arrived } }
    /// The last message of each key.
    var lastWords: [Message] { state.withLock { state in state.lastWord.values.sorted { $0.key < $1.key } } }

    private var mood: ReceiverMood {
        let now = time.elapsed
        return spells.last { $0.from <= now && now < $0.until }?.mood ?? .well
    }

    /// Whether nothing has been wrong with it for a while.
    func hasBeenWell(for duration: Duration) -> Bool {
        let now = time.elapsed
        return !spells.contains { $0.from <= now && now - duration < $0.until }
    }

    /// Whether it believes that something is wrong.
    func believes(_ key: String) -> Bool { state.withLock { $0.lastWord[key].map { !$0.isResolve } ?? false } }

    func answer(_ call: HTTPCall, of life: Life) async throws(HTTPTransportError) -> HTTPAnswer {
        let host = "\(name).contoso.com"
        let message = read(call)
        var mood = mood
        let (out, back, roll) = state.withLock { state in
            state.attempts += 1
            state.arrived.insert(message.incident)
            return (
                state.dice.duration(.milliseconds(1), .milliseconds(80)),
                state.dice.duration(.milliseconds(1), .milliseconds(200)), state.dice.pick(0...11)
            )
        }
        if case .moody = mood {
            mood = [.hangs, .mute, .breaks, .status(500, retryAfter: nil)][min(3, roll)]
            if roll > 3 { mood = .well }
        }
        try await life.wait(out, host: host, time: time)
        switch mood {
        case .well, .moody: take(message)
        case .doubles:
            take(message)
            take(message)
        case .slow(let duration):
            try await life.wait(duration, host: host, time: time)
            take(message)
        case .mute:
            take(message)
            log.say("\(name)", "... and does not answer")
            try await life.wait(call.limits.total, host: host, time: time)
            throw HTTPTransportError(.totalTimedOut, host: host, detail: "no answer within the limit")
        case .hangs:
            log.say("\(name)", "hangs at \(message.word) \(message.key)")
            try await life.wait(call.limits.total, host: host, time: time)
            throw HTTPTransportError(.totalTimedOut, host: host, detail: "no answer within the limit")
        case .breaks:
            log.say("\(name)", "breaks off at \(message.word) \(message.key)")
            throw HTTPTransportError(.brokenConnection, host: host, detail: "the connection ended early")
        case .status(let status, let retryAfter):
            log.say("\(name)", "answers \(status) to \(message.word) \(message.key)")
            try await life.wait(back, host: host, time: time)
            var fields = HTTPFields()
            if let retryAfter { fields[.retryAfter] = String(retryAfter) }
            return HTTPAnswer(status: status, headerFields: fields)
        }
        try await life.wait(back, host: host, time: time)
        return HTTPAnswer(status: 202, body: Array(#"{"status":"success"}"#.utf8))
    }

    private func take(_ message: Message) {
        log.digest(message.at.milliseconds)
        log.digest(message.body)
        var complaints: [(Invariant, String)] = []
        let isFirst = state.withLock { state in
            if !message.id.isEmpty {
                if let known = state.bodies[message.id] {
                    if known != message.body {
                        complaints.append((.sameIDSameBody, "\(name): \(message.id) came again with another body"))
                    }
                    return false
                }
                state.bodies[message.id] = message.body
                // A fallback hears late what another receiver should have heard early; only its own order counts.
                if !message.rule.hasPrefix("fallback:") {
                    let newest = state.revisions[message.incident] ?? 0
                    if message.revision < newest {
                        complaints.append(
                            (
                                .orderWithinKey,
                                "\(name): \(message.key) revision \(message.revision) came after \(newest)"
                            ))
                    }
                    state.revisions[message.incident] = max(newest, message.revision)
                }
            } else if let last = state.taken.last(where: { $0.key == message.key }), last.body == message.body {
                return false
            }
            state.taken.append(message)
            state.lastWord[message.key] = message
            return true
        }
        log.count(isFirst ? "messages taken" : "messages repeated")
        log.say("\(name)", "takes \(message.word) \(message.key)\(isFirst ? "" : " again")")
        for (invariant, text) in complaints { log.violate(invariant, text) }
    }

    private func read(_ call: HTTPCall) -> Message {
        let object = (try? JSONSerialization.jsonObject(with: Data(call.body ?? []))) as? [String: Any] ?? [:]
        let incident = (object["data"] as? [String: Any])?["incident"] as? [String: Any]
        let type = (object["type"] as? String)?.replacing("incident.", with: "")
        return Message(
            id: HTTPField.Name("webhook-id").flatMap { call.headerFields[$0] } ?? "",
            word: type ?? object["event_action"] as? String ?? "?",
            key: incident?["dedup_key"] as? String ?? object["dedup_key"] as? String ?? "?",
            incident: incident?["id"] as? String ?? "", revision: incident?["revision"] as? Int ?? 0,
            rule: (incident?["notification"] as? [String: Any])?["rule"] as? String ?? "",
            resolution: incident?["resolution"] as? String ?? "", body: call.body ?? [], at: time.elapsed)
    }
}

/// The road between one life of the daemon and a receiver.
struct ReceiverLine: HTTPTransport {
    let desk: ReceiverDesk
    let life: Life

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        try life.checkAlive(desk.name.text)
        return try await desk.answer(call, of: life)
    }
}
