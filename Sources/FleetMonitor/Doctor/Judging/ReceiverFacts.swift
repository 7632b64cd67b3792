// Whether people would hear of anything: every receiver with what it last took and last refused, and those that no route
// ever reaches.

import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Timekeeping

/// How one receiver stands.
struct ReceiverFacts: Sendable {
    /// A message that waits longer is worth a word; grouping holds first pages for a minute at most.
    static let longWait: Duration = .seconds(120)

    var name: String
    var kind: String
    var isPaging: Bool
    var isDown: Bool
    var waiting: Int
    var waitingSince: Date?
    var record: ReceiverRecord
    /// Whether a route, an escalation or a fallback leads here.
    var isReached: Bool
    /// Who takes over, and who takes over from that one, …
    var fallbacks: [String]

    func judged(at now: Moment) -> [CheckBody] {
        var checks = [delivery(at: now)]
        if !isReached {
            checks.append(
                CheckBody(
                    "receiver.unreached", area: .receivers, subject: name, .warning,
                    "No route, escalation or fallback leads to \(name), so it never hears of anything.",
                    remedy: "Name it in `routes`, or remove it."))
        }
        if isPaging, fallbacks.isEmpty {
            checks.append(
                CheckBody(
                    "receiver.fallback", area: .receivers, subject: name, .notice,
                    "Nobody takes over when \(name) is down.",
                    remedy: "Give it a `fallback` that goes another way, mail beside chat say."))
        }
        return checks
    }

    private func delivery(at now: Moment) -> CheckBody {
        let id = "receiver"
        let way = fallbacks.isEmpty ? nil : "\(fallbacks.joined(separator: ", then ")) takes over when it is down."
        // The sentences that there are.
        func summary(_ sentences: String?...) -> String { sentences.compactMap(\.self).joined(separator: " ") }
        let test = "`roomctl receivers test \(name)` tries the way of every page."
        let failure = record.lastFailed.map { at in
            "It last failed \(Self.age(at, now)) ago\(record.failure.map { ": \($0)" } ?? "")."
        }
        if isDown {
            return CheckBody(
                id, area: .receivers, subject: name, .problem,
                summary("\(name) (\(kind)) refuses messages (channel.down).", failure, way),
                remedy: "Correct its address and secret, restart roomwatchd where a secret changed, then \(test)")
        }
        let isStale =
            waiting > 0 && (waitingSince.map { now.wall.timeIntervalSince($0) > Self.longWait.seconds } ?? false)
        if isStale {
            let since = waitingSince.map { Self.age($0, now) } ?? ""
            return CheckBody(
                id, area: .receivers, subject: name, .problem,
                summary(
                    "\(waiting) \(waiting == 1 ? "message waits" : "messages wait") for \(name) (\(kind)), the oldest for "
                        + "\(since).", failure, way),
                remedy: "See network for its host and look at its own health; what waits is tried for 24 hours. \(test)"
            )
        }
        guard let accepted = record.lastAccepted else {
            return CheckBody(
                id, area: .receivers, subject: name, record.lastFailed == nil ? .notice : .warning,
                summary(
                    "\(name) (\(kind)) has accepted nothing in the last 30 days"
                        + "\(waiting > 0 ? "; \(waiting) wait." : ".")", failure, way), remedy: test)
        }
        if let failed = record.lastFailed, failed > accepted {
            return CheckBody(
                id, area: .receivers, subject: name, .warning,
                summary(
                    "\(name) (\(kind)) accepted its last message \(Self.age(accepted, now)) ago and failed since.",
                    failure, way), remedy: test)
        }
        return CheckBody(
            id, area: .receivers, subject: name, .ok,
            summary(
                "\(name) (\(kind)) accepted its last message \(Self.age(accepted, now)) ago"
                    + "\(waiting > 0 ? ", \(waiting) on the way" : "").", way), checkedAt: Timestamp(accepted))
    }

    private static func age(_ date: Date, _ now: Moment) -> String {
        Duration.seconds(max(0, now.wall.timeIntervalSince(date))).inWords
    }
}

extension RoutingTree {
    /// Receivers that may ever hear of something.
    var reached: Set<ReceiverName> {
        var reached = Set(routes.flatMap { $0.receivers + $0.escalations.flatMap(\.receivers) })
        if let probe { reached.insert(probe.receiver.name) }
        for name in reached { reached.formUnion(fallbacks(of: name)) }
        return reached
    }

    /// Who takes over from a receiver, the first first. The configuration allows no circles, and none is followed.
    func fallbacks(of name: ReceiverName) -> [ReceiverName] {
        var chain: [ReceiverName] = []
        var next = receivers[name]?.fallback
        while let one = next, one != name, !chain.contains(one) {
            chain.append(one)
            next = receivers[one]?.fallback
        }
        return chain
    }
}
