// The bell is the one place of the monitor where threads race for one continuation: it must
// neither lose a ring nor keep a waiter.

import FleetSimulation
import FleetMonitor
import Foundation
import Synchronization
import Testing
import Timekeeping

@Suite struct BellTests {
    @Test func aRingWakesWhoWaits() throws {
        let stage = try Stage()
        let bell = Bell()
        let count = Count()
        let far = stage.time.now().advanced(by: .seconds(3600))
        stage.start { [time = stage.time] in
            await bell.wait(until: far, time: time)
            count.add()
        }
        #expect(count.value == 0)
        bell.ring()
        stage.run(for: .zero)
        #expect(count.value == 1)
    }

    @Test func aRingBeforeTheWaitIsRememberedOnce() throws {
        let stage = try Stage()
        let bell = Bell()
        let count = Count()
        let far = stage.time.now().advanced(by: .seconds(3600))
        bell.ring()
        bell.ring()
        stage.start { [time = stage.time] in
            await bell.wait(until: far, time: time)
            count.add()
            await bell.wait(until: far, time: time)
            count.add()
        }
        #expect(count.value == 1)
        stage.run(for: .seconds(3600))
        #expect(count.value == 2)
    }

    @Test func theDeadlineEndsTheWait() throws {
        let stage = try Stage()
        let count = Count()
        let deadline = stage.time.now().advanced(by: .seconds(5))
        stage.start { [time = stage.time] in
            await Bell().wait(until: deadline, time: time)
            count.add()
        }
        stage.run(for: .milliseconds(4_999))
        #expect(count.value == 0)
        stage.run(for: .milliseconds(1))
        #expect(count.value == 1)
    }

    /// A ring while the waiter is busy elsewhere is not lost, whatever the threads do.
    @Test(.timeLimit(.minutes(1)))
    func noRingIsLost() async throws {
        let time = ManualTime()
        let bell = Bell()
        let posted = Count()
        let total = 20_000
        let far = time.now().advanced(by: .seconds(3600))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Each time it wakes it looks at everything that was posted; it must see the last one.
                while posted.value < total { await bell.wait(until: far, time: time) }
            }
            for _ in 0..<4 {
                group.addTask {
                    for number in 0..<total / 4 {
                        posted.add()
                        bell.ring()
                        if number.isMultiple(of: 64) { await Task.yield() }
                    }
                }
            }
        }
        #expect(posted.value == total)
    }

    /// Waits that are cancelled at any moment end, with several waiters on one bell as well.
    @Test(.timeLimit(.minutes(1)))
    func aCancelledWaitAlwaysEnds() async throws {
        let time = ManualTime()
        let far = time.now().advanced(by: .seconds(3600))
        for round in 0..<3_000 {
            let bell = Bell()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { await bell.wait(until: far, time: time) } }
                if round.isMultiple(of: 3) { await Task.yield() }
                if round.isMultiple(of: 5) { bell.ring() }
                group.cancelAll()
            }
        }
    }
}

final class Count: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}
