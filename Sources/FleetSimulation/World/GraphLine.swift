// The road between one life of the daemon and the simulated tenant. It adds the time that a road takes, watches whether
// anybody asks again before he was allowed to, and shows the oracle every answer that really reached the daemon.

import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import TenantSimulator
import Timekeeping

/// An `HTTPTransport` to the simulated tenant for one life.
final class GraphLine: HTTPTransport {
    private struct State {
        var dice: Dice
        /// By service: told until when, and when that was told.
        var closed: [String: Duration] = [:]
        var lastBodies: [String: [UInt8]] = [:]
        var lastAnswers: [String: (body: [UInt8], rows: [PresenceRow])] = [:]
        var failing: Set<String> = []
        /// For echoes, so that the road's own slowness is drawn as before.
        var echoDice: Dice
        /// The answer before, by question.
        var earlier: [[UInt8]: HTTPAnswer] = [:]
    }

    /// The road's own slowness: mostly nothing, sometimes seconds, so that answers overtake one another.
    private static let slowChance = 0.01
    /// The same within a spell of echoes, and how often an old answer comes again then.
    private static let spellSlowChance = 0.25
    private static let echoChance = 0.2
    /// Questions whose last answer is remembered.
    private static let mostEarlier = 64

    private let life: Life
    private let tenant: SimulatedTransport
    private let oracle: PresenceOracle
    private let bookings: BookingOracle
    private let echoes: [Range<Duration>]
    private let time: ManualTime
    private let log: RunLog
    private let canary: Canary?
    private let state: Mutex<State>

    init(
        life: Life, tenant: SimulatedTransport, oracle: PresenceOracle, bookings: BookingOracle, plan: RunPlan,
        time: ManualTime, log: RunLog, canary: Canary?
    ) {
        self.life = life
        self.tenant = tenant
        self.oracle = oracle
        self.time = time
        self.log = log
        self.canary = canary
        self.bookings = bookings
        echoes = plan.echoes
        state = Mutex(
            State(
                dice: Dice(seed: plan.seed, purpose: "road \(life.number)"),
                echoDice: Dice(seed: plan.seed, purpose: "echo \(life.number)")))
    }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        let service = Self.service(call.url)
        try life.checkAlive(service)
        let asked = time.now()
        watch(service, at: asked)
        let isSpell = echoes.contains { $0.contains(time.elapsed) }
        let (out, back) = state.withLock { state in
            let isSlow = state.dice.chance(isSpell ? Self.spellSlowChance : Self.slowChance)
            return (
                state.dice.duration(.milliseconds(1), .milliseconds(isSlow ? 4000 : 30)),
                state.dice.duration(.milliseconds(1), .milliseconds(isSlow ? 6000 : 60))
            )
        }
        log.count("requests to \(service)")
        var answer: HTTPAnswer
        do {
            try await life.wait(out, host: service, time: time)
            answer = try await tenant.send(call)
            try await life.wait(back, host: service, time: time)
        } catch {
            if !life.isDead { note(service, "\(error.kind.rawValue)") }
            throw error
        }
        let received = time.now()
        if asked.elapsed(until: received) >= call.limits.total {
            throw HTTPTransportError(.totalTimedOut, host: service, detail: "no answer within the limit")
        }
        if service == "presence", answer.status == 200 { answer = echoed(answer, to: call, isSpell: isSpell) }
        digest(service, answer, at: received)
        note(service, answer.status == 200 ? "" : "\(answer.status)")
        remember(service, answer, at: received)
        if service == "presence", answer.status == 200 { show(call, answer, asked: asked) }
        if service == "calendars", answer.status == 200 { bookings.hear(answer.body, asked: asked, received: received) }
        if let canary { canary.spoil(&answer, of: service) }
        return answer
    }

    /// Within a spell sometimes the answer that was given to the same question before: it came late, or twice.
    private func echoed(_ answer: HTTPAnswer, to call: HTTPCall, isSpell: Bool) -> HTTPAnswer {
        let question = call.body ?? []
        let echo = state.withLock { state -> HTTPAnswer? in
            let before = state.earlier[question]
            if before == nil, state.earlier.count >= Self.mostEarlier { state.earlier = [:] }
            state.earlier[question] = answer
            guard isSpell, state.echoDice.chance(Self.echoChance) else { return nil }
            return before
        }
        if echo != nil { log.count("answers that came again") }
        return echo ?? answer
    }

    /// Whether the daemon respects the last Retry-After of the service.
    private func watch(_ service: String, at now: Moment) {
        let closed = state.withLock { $0.closed[service] }
        if let closed, now.steady < closed {
            log.violate(
                .retryAfter, "\(service) was asked \((closed - now.steady).milliseconds) ms before its Retry-After")
        }
    }

    private func remember(_ service: String, _ answer: HTTPAnswer, at now: Moment) {
        guard answer.status == 429 || answer.status == 503, let text = answer.headerFields[.retryAfter],
            let seconds = Int(text)
        else { return }
        let until = now.steady + .seconds(seconds)
        state.withLock { $0.closed[service] = max(until, $0.closed[service] ?? until) }
    }

    private func digest(_ service: String, _ answer: HTTPAnswer, at now: Moment) {
        log.digest(now.steady.milliseconds)
        log.digest(Int64(answer.status))
        let isNew = state.withLock { state in
            if state.lastBodies[service] == answer.body { return false }
            state.lastBodies[service] = answer.body
            return true
        }
        if isNew { log.digest(answer.body) }
    }

    /// Says when a service begins to fail, and in another way, and when it answers again.
    private func note(_ service: String, _ failure: String) {
        let word = "\(service) \(failure)"
        let isNews = state.withLock { state in
            if failure.isEmpty {
                let before = state.failing.count
                state.failing = state.failing.filter { !$0.hasPrefix(service + " ") }
                return state.failing.count != before
            }
            return state.failing.insert(word).inserted
        }
        if isNews { log.say("graph", failure.isEmpty ? "\(service) answers again" : "\(service): \(failure)") }
    }

    private func show(_ call: HTTPCall, _ answer: HTTPAnswer, asked: Moment) {
        let wanted = PresenceRow.wanted(in: call.body ?? [])
        let key = wanted.count == 1 ? wanted[0] : "\(wanted.count)"
        let known = state.withLock { state in
            state.lastAnswers[key].flatMap { $0.body == answer.body ? $0.rows : nil }
        }
        guard let rows = known ?? PresenceRow.rows(in: answer.body) else { return }
        state.withLock { $0.lastAnswers[key] = (answer.body, rows) }
        oracle.hear(rows, wanted: wanted, asked: asked)
    }

    private static func service(_ url: String) -> String {
        if url.contains("/oauth2/") { return "login" }
        for (mark, service) in [
            ("/communications/", "presence"), ("/teamwork", "teamwork"), ("/places", "places"),
            ("/presence", "presence"), ("/calendar/", "calendars"),
        ] where url.contains(mark) {
            return service
        }
        return "identity"
    }
}

/// One room of a presence answer, read by eyes of our own: the product's reader is what is being watched.
struct PresenceRow: Sendable {
    enum Verdict: Sendable {
        case good, bad, unknown
    }

    var id: String
    var verdict: Verdict
    var stamp: String?

    static func rows(in body: [UInt8]) -> [PresenceRow]? {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any],
            let items = object["value"] as? [[String: Any]]
        else { return nil }
        return items.compactMap { item in
            guard let id = item["id"] as? String else { return nil }
            let verdict: Verdict
            switch item["availability"] as? String {
            case "Offline"?: verdict = .bad
            case "Available"?, "Away"?, "BeRightBack"?, "Busy"?, "DoNotDisturb"?: verdict = .good
            // A word that nobody has seen before says as much as none.
            default: verdict = .unknown
            }
            return PresenceRow(id: id.lowercased(), verdict: verdict, stamp: item["sequenceNumber"] as? String)
        }
    }

    static func wanted(in body: [UInt8]) -> [String] {
        let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
        return (object?["ids"] as? [String] ?? []).map { $0.lowercased() }
    }
}
