// A credential that ends is said every day for a month before, and not a day earlier.

import FleetSimulation
import Foundation
import Synchronization
import Testing
import Timekeeping

@testable import FleetMonitor

struct CredentialWatchTests {
    /// Every sleep is over at once and moves the clock, a number of times; then the loop is stopped.
    private final class Days: TimeSource {
        private let state: Mutex<(now: Moment, left: Int)>

        init(_ count: Int) { state = Mutex((ManualTime.start, count)) }

        func now() -> Moment { state.withLock { $0.now } }

        func sleep(until deadline: Moment) async throws {
            try state.withLock { state in
                guard state.left > 0 else { throw CancellationError() }
                state.left -= 1
                state.now = state.now.advanced(by: deadline.steady - state.now.steady)
            }
        }
    }

    private func said(days: Double?, watching count: Int) async -> [String] {
        let time = Days(count)
        let journal = Journal()
        let end = days.map { ManualTime.start.wall.addingTimeInterval($0 * 86_400) }
        await CredentialWatch(
            tenant: contoso, time: time, progress: LoopProgress(time: time, log: journal.logger()),
            log: journal.logger()
        ) { CredentialExpiry(.clientSecret, at: end) }.run()
        return journal.lines.filter { $0.contains("credential:") }
    }

    @Test func everyDayOfTheLastMonth() async {
        // The first look comes half a minute after the start; the 33rd is 32 days later, when two days are left.
        let lines = await said(days: 34.5, watching: 33)
        #expect(lines.count == 28)
        #expect(lines.first?.contains("in 29 days") == true && lines.last?.contains("in 2 days") == true)
        #expect(lines.allSatisfy { $0.contains("restart roomwatchd") })
    }

    @Test func nothingIsSaidWhileThereIsTimeOrNobodyKnows() async {
        #expect(await said(days: 400, watching: 40).isEmpty)
        #expect(await said(days: nil, watching: 40).isEmpty)
    }
}
