// How soon somebody is told of one room among many: from the answer that confirms the outage to its outbox row on the
// disk, and to the request that leaves for the receiver.

import FleetChannels
import FleetCore
import FleetMonitor
import Foundation
import Synchronization
import Timekeeping

struct LatencyBench {
    let rooms: Int
    /// Single failures that are measured.
    let failures: Int
    let report: Report

    func run() async throws {
        let bench = try await BenchLedger(rooms: rooms, isCorrelated: true)
        let channel = StopwatchChannel()
        let loop = DeliveryLoop(
            channel: channel, ledger: bench.ledger, time: SystemTimeSource(),
            progress: LoopProgress(time: bench.time, log: bench.log), drain: Drain())
        let delivering = Task { await loop.run() }
        var committed: [Double] = []
        var sent: [Double] = []
        let clock = ContinuousClock()
        for number in 0..<failures {
            // Each in a building of its own, so that it is a trouble of its own.
            let room = number * (rooms / failures)
            for answer in 1...3 {
                bench.time.step(by: .seconds(6))
                guard let page = await page(of: room, bench) else { continue }
                let began = clock.now
                await bench.ledger.accept(page, tenant: BenchLedger.tenant)
                guard answer == 3 else { continue }
                committed.append(began.duration(to: clock.now).seconds)
                if let instant = await channel.next(within: .seconds(5)) {
                    sent.append(began.duration(to: instant).seconds)
                }
            }
        }
        delivering.cancel()
        report.row(
            "bad answer to outbox row on the disk, p99 of \(committed.count)", Report.milliseconds(p99(committed)),
            budget: "<= 100 ms")
        report.row(
            "bad answer to request, p99 of \(sent.count)", Report.milliseconds(p99(sent)), budget: "<= 250 ms")
        try await bench.end()
    }

    /// The page on which the room stands, with that room offline and everybody else well.
    private func page(of room: Int, _ bench: BenchLedger) async -> PresencePage? {
        let account = DecodeBench.account(room)
        guard let request = await bench.pages().first(where: { $0.accounts.contains(account) }) else { return nil }
        let now = bench.time.now()
        let answers = request.accounts.map { other in
            PresenceAnswer(
                .value(
                    other == account ? Presence(.offline, text: "Offline") : Presence(.online, text: "Available")))
        }
        return PresencePage(request: request, answers: answers, asked: now, received: now)
    }

    private func p99(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty
            ? .nan : sorted[min(sorted.count - 1, Int((Double(sorted.count) * 0.99).rounded(.up)) - 1)]
    }
}

/// Notes when it is called; a channel's own work is somebody else's bench.
private final class StopwatchChannel: FleetChannels.Channel {
    let receiver = BenchLedger.receiver.name
    var rate: DeliveryRate { ChannelKind.webhook.rate }
    private let calls: AsyncStream<ContinuousClock.Instant>
    private let continuation: AsyncStream<ContinuousClock.Instant>.Continuation

    init() {
        (calls, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    func deliver(_ notification: FleetCore.Notification, at now: Moment) async -> DeliveryResult {
        continuation.yield(ContinuousClock().now)
        return .accepted(detail: "")
    }

    /// The instant of the next call; `nil` when none comes.
    func next(within patience: Duration) async -> ContinuousClock.Instant? {
        await withTaskGroup(of: ContinuousClock.Instant?.self) { group in
            group.addTask { [calls] in await calls.first { _ in true } }
            group.addTask {
                try? await ContinuousClock().sleep(for: patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
