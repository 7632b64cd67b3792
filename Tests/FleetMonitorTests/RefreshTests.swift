// A receiver that forgets: what is open is repeated each minute, what was resolved lately is repeated as resolved, and
// what it was never told is not.

import FleetSimulation
import FleetChannels
import FleetCore
import Foundation
import Logging
import Synchronization
import Testing
import Timekeeping

@testable import FleetMonitor

/// Keeps what it is told and what is repeated to it.
private final class Forgetful: RefreshingChannel {
    static let refreshInterval: Duration = .seconds(60)
    static let resolvedRetention: Duration = .seconds(900)
    static let refreshLimit: Duration = .seconds(60)

    let receiver = ReceiverName("ledger")
    let rate = ChannelKind.alertmanager.rate
    let repeated = Mutex<[(at: Duration, incidents: [Incident])]>([])
    let answer = Mutex(DeliveryResult.accepted(detail: "ok"))

    func deliver(_ notification: FleetCore.Notification, at now: Moment) async -> DeliveryResult {
        answer.withLock { $0 }
    }

    func refresh(_ incidents: [Incident], at now: Moment) async -> DeliveryResult {
        repeated.withLock { $0.append((now.steady, incidents)) }
        return answer.withLock { $0 }
    }

    /// The newest repetition, as keys and states.
    var last: [String] {
        repeated.withLock { ($0.last?.incidents ?? []).map { "\($0.key.text.suffix(4)) \($0.status.rawValue)" } }
    }
}

@Suite struct RefreshTests {
    let time = ManualTime()

    private func stage(_ channel: Forgetful) throws -> Stage {
        let stage = try Stage(receivers: [Receiver("ledger", .webhook, time: time)], time: time)
        stage.list(4)
        stage.sweep()
        let delivery = DeliveryLoop(
            channel: channel, ledger: stage.ledger, time: time, progress: stage.progress, drain: stage.drain)
        stage.start { await delivery.run() }
        let refresh = RefreshLoop(
            channel: channel, ledger: stage.ledger, time: time, progress: stage.progress,
            log: Logger(label: "refresh"))
        stage.start { await refresh.run() }
        return stage
    }

    @Test func whatIsOpenIsRepeatedEachMinuteAndWhatIsResolvedForAWhile() throws {
        let channel = Forgetful()
        let stage = try stage(channel)
        #expect(channel.repeated.withLock { $0.map(\.incidents.count) } == [0])
        stage.goDown(1)
        stage.goDown(2)
        stage.run(for: .seconds(61))
        #expect(channel.last.map { $0.split(separator: " ").last } == ["open", "open"])
        stage.comeBack(1)
        stage.run(for: .seconds(61))
        #expect(channel.last.map { $0.split(separator: " ").last } == ["resolved", "open"])
        stage.run(for: .seconds(16 * 60))
        #expect(channel.last.map { $0.split(separator: " ").last } == ["open"])
        let gaps = channel.repeated.withLock { list in zip(list.dropFirst(), list).map { $0.at - $1.at } }
        #expect(gaps.count > 15 && gaps.allSatisfy { $0 == .seconds(60) })
    }

    @Test func whatItWasNeverToldIsNotRepeated() throws {
        let channel = Forgetful()
        channel.answer.withLock { $0 = .retry(reason: "down", retryAfter: nil) }
        let stage = try stage(channel)
        stage.goDown(1)
        stage.run(for: .seconds(61))
        #expect(channel.last == [] && channel.repeated.withLock { $0.count } >= 2)
        channel.answer.withLock { $0 = .accepted(detail: "ok") }
        stage.run(for: .seconds(121))
        #expect(channel.last.count == 1)
    }
}
