// A whole fleet fails at once: every room fires in the same sweep, and each incident has its outbox row on the disk
// before anybody is told.

import FleetCore
import FleetMonitor
import Foundation
import Synchronization
import Timekeeping

struct CommitBench {
    let rooms: Int
    /// Whether rooms that fall together share an incident, as they do unless correlation is made impossible.
    let isCorrelated: Bool
    let report: Report

    func run() async throws {
        let bench = try await BenchLedger(rooms: rooms, isCorrelated: isCorrelated)
        let good = Spread(await rounds(3, of: .online, every: .seconds(5), bench))
        let first = await rounds(1, of: .offline, every: .seconds(5), bench)
        let waiting = await rounds(1, of: .offline, every: .seconds(5), bench)
        let firing = await rounds(1, of: .offline, every: .seconds(5), bench)
        report.row("judge a sweep in which all is well", Report.milliseconds(good.median))
        report.row("first bad answers: \(rooms) transitions", Report.milliseconds(first[0]))
        report.row("second bad answers: nothing to write", Report.milliseconds(waiting[0]))
        report.row(
            "third: \(rooms) transitions, incidents and outbox rows", Report.milliseconds(firing[0]),
            budget: "<= 1000 ms for 20,000")
        report.row("outbox rows written", "\(await bench.ledger.backlog())")
        try await bench.end()
    }

    /// Hands the ledger whole sweeps and tells how long each took, in seconds.
    private func rounds(
        _ count: Int, of meaning: Presence.Meaning, every step: Duration, _ bench: BenchLedger
    ) async -> [Double] {
        let text = meaning == .offline ? "Offline" : "Available"
        var took: [Double] = []
        for _ in 0..<count {
            bench.time.step(by: step)
            let pages = await bench.pages()
            let now = bench.time.now()
            let clock = ContinuousClock()
            let began = clock.now
            for page in pages {
                let answer = PresenceAnswer(.value(Presence(meaning, text: text)))
                await bench.ledger.accept(
                    PresencePage(
                        request: page, answers: Array(repeating: answer, count: page.accounts.count), asked: now,
                        received: now), tenant: BenchLedger.tenant)
            }
            took.append(began.duration(to: clock.now).seconds)
        }
        return took
    }
}

/// A clock that moves when it is told to.
final class SteppedTime: TimeSource {
    private let moment = Mutex(Moment(wall: Date(timeIntervalSince1970: 1_800_000_000), steady: .seconds(1_000)))

    func now() -> Moment { moment.withLock { $0 } }
    func step(by duration: Duration) { moment.withLock { $0 = $0.advanced(by: duration) } }
    func sleep(until deadline: Moment) async throws { try Task.checkCancellation() }
}
