// A hang must cost the pulse and a failure must not: both directions are walked for every rule of the gate.

import Foundation
import Testing
import Timekeeping

@testable import Systemd

@Suite struct WatchdogGateTests {
    private let start = Moment(wall: Date(timeIntervalSince1970: 1_700_000_000), steady: .seconds(100))

    private func after(_ seconds: Int) -> Moment { start.advanced(by: .seconds(seconds)) }

    @Test func anEmptyGateIsHealthy() {
        #expect(WatchdogGate().overdue(at: start).isEmpty)
    }

    @Test func aDeadlineIsKeptUpToItsInstantAndMissedAfterIt() throws {
        var gate = WatchdogGate()
        _ = try gate.register("sweep", at: start, deadline: after(10))
        #expect(gate.overdue(at: after(10)).isEmpty)
        #expect(gate.overdue(at: after(10)).isEmpty)
        #expect(!gate.overdue(at: after(11)).isEmpty)
    }

    @Test func theLoopThatHangsIsNamedWithItsLastSign() throws {
        var gate = WatchdogGate()
        let sweep = try gate.register("sweep", at: start, deadline: after(10))
        _ = try gate.register("outbox", at: start, deadline: after(100))
        gate.advance(sweep, at: after(5), nextDeadline: after(15))
        let overdue = gate.overdue(at: after(20))
        #expect(overdue.map(\.name) == ["sweep"])
        #expect(overdue.first?.lastAdvance == after(5))
        #expect(overdue.first?.deadline == after(15))
    }

    @Test func oneHealthyLoopDoesNotHideAnother() throws {
        var gate = WatchdogGate()
        let sweep = try gate.register("sweep", at: start, deadline: after(10))
        _ = try gate.register("outbox", at: start, deadline: after(10))
        gate.advance(sweep, at: after(9), nextDeadline: after(60))
        #expect(!gate.overdue(at: after(11)).isEmpty)
        #expect(gate.overdue(at: after(11)).map(\.name) == ["outbox"])
    }

    @Test func overdueLoopsComeLongestFirst() throws {
        var gate = WatchdogGate()
        _ = try gate.register("outbox", at: start, deadline: after(8))
        _ = try gate.register("sweep", at: start, deadline: after(3))
        _ = try gate.register("judge", at: start, deadline: after(8))
        #expect(gate.overdue(at: after(9)).map(\.name) == ["sweep", "judge", "outbox"])
    }

    @Test func aLateAdvanceHeals() throws {
        var gate = WatchdogGate()
        let sweep = try gate.register("sweep", at: start, deadline: after(10))
        #expect(!gate.overdue(at: after(30)).isEmpty)
        gate.advance(sweep, at: after(30), nextDeadline: after(40))
        #expect(gate.overdue(at: after(30)).isEmpty)
    }

    @Test func aStepOfTheWallClockChangesNothing() throws {
        var gate = WatchdogGate()
        _ = try gate.register("sweep", at: start, deadline: after(10))
        let stepped = Moment(wall: start.wall.addingTimeInterval(3600), steady: start.steady + .seconds(5))
        #expect(gate.overdue(at: stepped).isEmpty)
        let setBack = Moment(wall: start.wall.addingTimeInterval(-3600), steady: start.steady + .seconds(11))
        #expect(!gate.overdue(at: setBack).isEmpty)
    }

    @Test func aRetiredLoopIsNeitherMissedNorRevived() throws {
        var gate = WatchdogGate()
        let sweep = try gate.register("sweep", at: start, deadline: after(10))
        gate.retire(sweep)
        #expect(gate.overdue(at: after(11)).isEmpty)
        gate.advance(sweep, at: after(11), nextDeadline: after(12))
        #expect(gate.overdue(at: after(13)).isEmpty)
        // The name is free again, and the old registration cannot speak for the new one.
        _ = try gate.register("sweep", at: after(13), deadline: after(14))
        gate.advance(sweep, at: after(14), nextDeadline: after(99))
        #expect(!gate.overdue(at: after(15)).isEmpty)
    }

    @Test func twoLoopsOfOneNameAreRefused() throws {
        var gate = WatchdogGate()
        _ = try gate.register("sweep", at: start, deadline: after(10))
        #expect(throws: WatchdogGateError.alreadyRegistered(name: "sweep")) {
            try gate.register("sweep", at: start, deadline: after(10))
        }
    }

    @Test func theNumberOfLoopsIsBounded() throws {
        var gate = WatchdogGate()
        for number in 0..<WatchdogGate.limit {
            _ = try gate.register("loop \(number)", at: start, deadline: after(10))
        }
        #expect(throws: WatchdogGateError.full(name: "one more")) {
            try gate.register("one more", at: start, deadline: after(10))
        }
    }
}
