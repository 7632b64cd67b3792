// Time is a script here: each sleep moves the clock and plays what the loops do meanwhile.

import Foundation
import Logging
import Synchronization
import Testing
import Timekeeping

@testable import Systemd

@Suite struct WatchdogFeedTests {
    /// A clock that runs only while somebody sleeps, and ends the test by cancelling after `turns` sleeps.
    private final class ScriptedTime: TimeSource {
        private let steady = Mutex(Duration.zero)
        private let turns = Mutex(0)
        private let limit: Int
        let meanwhile = Mutex<(@Sendable (Int) -> Void)?>(nil)

        init(turns: Int) { limit = turns }

        func now() -> Moment {
            let steady = steady.withLock { $0 }
            return Moment(wall: Date(timeIntervalSince1970: 0), steady: steady)
        }

        func sleep(until deadline: Moment) async throws {
            steady.withLock { $0 = max($0, deadline.steady) }
            let turn = turns.withLock { turns in
                turns += 1
                return turns
            }
            if turn >= limit { throw CancellationError() }
            meanwhile.withLock { $0 }?(turn)
        }
    }

    private struct Refused: Error {}

    private final class Told: Sendable {
        let pulses = Mutex<[Duration]>([])
        let statuses = Mutex<[String]>([])
    }

    private func run(
        _ feed: WatchdogFeed, _ time: ScriptedTime, failing: Bool = false
    ) async -> (pulses: [Duration], statuses: [String]) {
        let told = Told()
        await feed.run(every: .seconds(30)) {
            told.pulses.withLock { $0.append(time.now().steady) }
            if failing { throw Refused() }
        } status: { line in
            told.statuses.withLock { $0.append(line) }
        }
        return (told.pulses.withLock { $0 }, told.statuses.withLock { $0 })
    }

    private let silent = Logger(label: "watchdog") { _ in SwiftLogNoOpLogHandler() }

    @Test func aHealthyDaemonPulsesTwicePerInterval() async throws {
        let time = ScriptedTime(turns: 3)
        let feed = WatchdogFeed(time: time, log: silent)
        _ = try feed.register("sweep", within: .seconds(60))
        let told = await run(feed, time)
        #expect(told.pulses == [.zero, .seconds(15), .seconds(30)])
        #expect(told.statuses.isEmpty)
    }

    @Test func aHangingLoopStopsThePulseAndIsNamedOnce() async throws {
        let time = ScriptedTime(turns: 5)
        let feed = WatchdogFeed(time: time, log: silent)
        _ = try feed.register("sweep", within: .seconds(20))
        let told = await run(feed, time)
        #expect(told.pulses == [.zero, .seconds(15)])
        #expect(told.statuses == ["hanging: sweep"])
    }

    @Test func theReturnOfTheLoopBringsThePulseBack() async throws {
        let time = ScriptedTime(turns: 4)
        let feed = WatchdogFeed(time: time, log: silent)
        let sweep = try feed.register("sweep", within: .seconds(5))
        time.meanwhile.withLock { script in
            script = { turn in if turn == 2 { feed.advance(sweep, within: .seconds(60)) } }
        }
        let told = await run(feed, time)
        #expect(told.pulses == [.zero, .seconds(30), .seconds(45)])
    }

    @Test func aPulseThatFailsIsTriedAgain() async throws {
        let time = ScriptedTime(turns: 3)
        let told = await run(WatchdogFeed(time: time, log: silent), time, failing: true)
        #expect(told.pulses.count == 3)
    }

    @Test func aRetiredLoopNoLongerCounts() async throws {
        let time = ScriptedTime(turns: 3)
        let feed = WatchdogFeed(time: time, log: silent)
        let sweep = try feed.register("sweep", within: .seconds(1))
        #expect(throws: WatchdogGateError.alreadyRegistered(name: "sweep")) {
            try feed.register("sweep", within: .seconds(1))
        }
        feed.retire(sweep)
        let told = await run(feed, time)
        #expect(told.pulses.count == 3)
        #expect(feed.overdue().isEmpty)
    }
}
