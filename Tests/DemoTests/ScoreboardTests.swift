// The judge is judged: what it must call told, covered, missed, false and not yet decidable.

import FleetAPI
import Foundation
import Testing

@testable import roomwatch_demo

@Suite struct ScoreboardTests {
    /// 5 + 10 + 1 + 0.25 + 1 seconds.
    private static let deadline = 17.25

    @Test func anOutageThatIsToldInTimeCountsWithItsLatency() throws {
        var board = Scoreboard()
        board.take(try truth("presence_offline", at: 0))
        board.take(notice(.incidentOpened, "m1", at: 12))
        let summary = board.summary(at: at(100))
        #expect(summary.owed == 1 && summary.opened == 1)
        #expect(summary.latencies == [12])
        #expect(summary.isClean)
    }

    @Test(arguments: [(deadline, true), (deadline + 0.01, false)])
    func theDeadlineIsKeptToTheHundredth(seconds: Double, inTime: Bool) throws {
        var board = Scoreboard()
        board.take(try truth("presence_offline", at: 0))
        board.take(notice(.incidentOpened, "m1", at: seconds))
        let summary = board.summary(at: at(100))
        #expect(summary.missed.isEmpty == inTime)
        if !inTime { #expect(try #require(summary.missed.first?.lateBy) < 0.011) }
    }

    @Test func anOutageThatNobodyToldIsMissedOnceItsDeadlineHasPassed() throws {
        var board = Scoreboard()
        board.take(try truth("presence_offline", at: 0))
        #expect(board.summary(at: at(Self.deadline - 1)).unjudged == 1)
        let summary = board.summary(at: at(Self.deadline + 1))
        #expect(summary.missed.map(\.outage.room) == ["Room 1"])
        #expect(summary.missed.first?.lateBy == nil)
        #expect(!summary.isClean)
    }

    @Test func whatWasDarkBeforeTheWatchBeganIsOwedFromThere() throws {
        var board = Scoreboard()
        board.watchingSince = at(60)
        board.take(try truth("presence_offline", at: 0))
        board.take(notice(.incidentOpened, "m1", at: 70))
        #expect(board.summary(at: at(100)).latencies == [70])
    }

    @Test func aDeviceRecordHasTheLaterDeadlineAndAListOfItsOwn() throws {
        var board = Scoreboard()
        board.take(try truth("device_offline", at: 0))
        board.take(notice(.incidentOpened, "m1", at: 120))
        let summary = board.summary(at: at(300))
        #expect(summary.latencies.isEmpty)
        #expect(summary.weakLatencies == [120])
    }

    @Test func aRoomWhoseIncidentIsStillOpenNeedsNoSecondCall() throws {
        var board = Scoreboard()
        board.take(try truth("presence_offline", at: 0))
        board.take(notice(.incidentOpened, "m1", at: 12))
        board.take(try truth("presence_online", at: 20))
        board.take(try truth("presence_offline", at: 30, cause: 2))
        let summary = board.summary(at: at(100))
        #expect(summary.covered == 1)
        #expect(summary.missed.isEmpty)
    }

    @Test func aCallWithoutAnOutageIsFalse() throws {
        var board = Scoreboard()
        board.take(try truth("presence_offline", room: 2, at: 0))
        board.take(notice(.incidentOpened, "m1", room: 1, at: 12))
        #expect(board.summary(at: at(13)).falseCalls.map(\.message) == ["m1"])
    }

    @Test func aCallForAnOutageThatWasOverBeforeIsFalse() throws {
        var board = Scoreboard()
        board.take(try truth("presence_offline", at: 0))
        board.take(try truth("presence_online", at: 5))
        board.take(notice(.incidentOpened, "m1", at: 60, firstBad: 40))
        #expect(board.summary(at: at(61)).falseCalls.count == 1)
    }

    @Test func aCallAboutTheTenantIsFalseUntilGraphItselfFailed() throws {
        let call = notice(.incidentOpened, "m1", at: 100, condition: "tenant.blind", rooms: [])
        var board = Scoreboard()
        board.take(call)
        #expect(board.isFalse(call))
        board.take(try truth("graph_fault", at: 50, expected: "either"))
        #expect(!board.isFalse(call))
    }

    @Test func aRepeatedDeliveryCountsOnce() {
        var board = Scoreboard()
        let isNew = board.take(notice(.incidentOpened, "m1", at: 12))
        let isNewAgain = board.take(notice(.incidentOpened, "m1", at: 13))
        #expect(isNew && !isNewAgain)
        #expect(board.notices.count == 1)
    }

    @Test func anOlderRevisionThatComesLateOpensNothingAgain() {
        var board = Scoreboard()
        board.take(notice(.incidentOpened, "m1", at: 12))
        #expect(board.openIncidents.count == 1)
        board.take(notice(.incidentUpdated, "m3", at: 20, revision: 3))
        board.take(notice(.incidentUpdated, "m2", at: 21, revision: 2))
        #expect(board.openIncidents.map(\.revision) == [3])
        board.take(notice(.incidentResolved, "m4", at: 50, revision: 4))
        #expect(board.openIncidents.isEmpty)
    }

    @Test func latencyOfAResolveIsCountedFromTheReturn() throws {
        var board = Scoreboard()
        board.take(try truth("presence_offline", at: 0))
        board.take(try truth("presence_online", at: 100))
        #expect(board.latency(of: notice(.incidentResolved, "m2", at: 131)) == 31)
        #expect(board.latency(of: notice(.incidentOpened, "m1", at: 12)) == 12)
        #expect(board.latency(of: notice(.incidentUpdated, "m3", at: 13)) == nil)
    }

    @Test func percentilesAreOfTheNearestRank() {
        #expect(Summary.percentile(0.5, of: []) == nil)
        #expect(Summary.percentile(0.5, of: [1, 2, 3, 4]) == 2)
        #expect(Summary.percentile(0.99, of: [1, 2, 3, 4]) == 4)
        #expect(Summary.percentile(0, of: [1, 2]) == 1)
    }
}
