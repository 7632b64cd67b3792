// The fault matrix of a delivery: it fails, it fails but was applied, it is slow, it comes twice (Design, Proof).

import FleetSimulation
import FleetChannels
import FleetCore
import Foundation
import HTTPExchange
import Testing
import Timekeeping

@Suite struct DeliveryTests {
    let time = ManualTime()

    private func stage(_ receivers: Receiver...) throws -> Stage {
        let stage = try Stage(receivers: receivers, time: time)
        stage.list(4)
        stage.sweep()
        for receiver in receivers { try stage.deliver(to: receiver) }
        return stage
    }

    @Test(arguments: Receiver.Kind.allCases)
    func aRoomThatGoesDarkIsToldAtOnce(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        stage.goDown(1)
        #expect(pager.sent.map(\.at) == [.seconds(10)])
        #expect(pager.sent.first?.key == "contoso:room.offline:\(account(1))")
        stage.comeBack(1)
        #expect(pager.sent.map(\.isResolve) == [false, true])
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted, .accepted])
    }

    @Test(arguments: Receiver.Kind.allCases)
    func aMessageThatFailsComesAgainAfterASecondAndIsTheSame(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        pager.next(.status(503), .accept)
        stage.goDown(1)
        stage.run(for: .seconds(30))
        #expect(pager.sent.map(\.at) == [.seconds(10), .seconds(11)])
        #expect(Set(pager.sent.map(\.id)).count == 1)
        #expect(Set(pager.sent.map(\.body)).count == 1)
        #expect(try stage.rows(of: 1).map(\.attempts) == [2])
    }

    @Test(arguments: Receiver.Kind.allCases)
    func theWaitsBetweenAttemptsFollowTheSchedule(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        pager.answer(.status(503))
        stage.goDown(1)
        stage.run(for: .seconds(108))
        let moments = pager.sent.map { Int($0.at.seconds) - 10 }
        #expect(moments == [0, 1, 3, 8, 18, 48, 108])
    }

    @Test(arguments: Receiver.Kind.allCases)
    func retryAfterIsHonoured(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        pager.next(.status(429, ["Retry-After": "47"]), .accept)
        stage.goDown(1)
        stage.run(for: .seconds(46))
        #expect(pager.sent.count == 1)
        stage.run(for: .seconds(1))
        #expect(pager.sent.count == 2)
    }

    @Test(arguments: Receiver.Kind.allCases)
    func aMessageIsGivenUpAfterADay(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        pager.answer(.fail(.connectRefused))
        stage.goDown(1)
        stage.run(for: .seconds(24 * 3600 - 100))
        #expect(try stage.rows(of: 1).map(\.state) == [.waiting])
        stage.run(for: .seconds(200))
        #expect(try stage.rows(of: 1).map(\.state) == [.failed])
        let last = try #require(pager.sent.last?.at)
        #expect(last <= .seconds(24 * 3600 + 10))
        let count = pager.sent.count
        #expect((1440 - 40...1440 + 40).contains(count))
        stage.run(for: .seconds(3600))
        #expect(pager.sent.count == count)
    }

    @Test(arguments: Receiver.Kind.allCases)
    func aMessageThatWasAppliedUnheardComesAgainUnderTheSameID(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        pager.next(.applyAndBreak, .accept)
        stage.goDown(1)
        stage.run(for: .seconds(1))
        #expect(pager.taken.count == 2)
        #expect(Set(pager.taken.map(\.id)).count == 1)
        #expect(Set(pager.taken.map(\.body)).count == 1)
        stage.comeBack(1)
        #expect(pager.taken.map(\.isResolve) == [false, false, true])
    }

    @Test(arguments: Receiver.Kind.allCases)
    func aTriggerInFlightIsFollowedByItsResolve(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        pager.next(.hold)
        stage.goDown(1)
        stage.comeBack(1)
        #expect(pager.sent.count == 1, "the resolve must not overtake its trigger")
        pager.release(.accept)
        stage.run(for: .zero)
        #expect(pager.taken.map(\.isResolve) == [false, true])
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted, .accepted])
    }

    @Test func aPagingTriggerThatMayHaveBeenHeardIsNotRepeatedButResolved() throws {
        let pager = Receiver("pager", .pagerDuty, time: time)
        let stage = try stage(pager)
        pager.next(.applyAndBreak, .fail(.totalTimedOut))
        pager.answer(.status(503))
        stage.goDown(1)
        stage.comeBack(1)
        pager.answer(.accept)
        stage.run(for: .seconds(60))
        #expect(pager.takenWords == "trigger resolve")
        #expect(try stage.rows(of: 1).map(\.state) == [.withdrawn, .accepted])
    }

    @Test func aLedgerHearsTriggerAndResolveInOrderHoweverLate() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        hook.answer(.status(503))
        stage.goDown(1)
        stage.comeBack(1)
        hook.answer(.accept)
        stage.run(for: .seconds(60))
        #expect(hook.takenWords == "opened resolved")
    }

    @Test func theOrderOfAKeyIsStrictWhileOthersProceed() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        hook.next(.status(429, ["Retry-After": "120"]))
        stage.goDown(1)
        stage.comeBack(1)
        stage.goDown(2)
        let other = "contoso:room.offline:\(account(2))"
        #expect(hook.taken.map(\.key) == [other])
        stage.run(for: .seconds(120))
        #expect(hook.taken.map(\.word) == ["opened", "opened", "resolved"])
        #expect(hook.taken.dropFirst().allSatisfy { $0.key != other })
    }

    @Test func aReceiverThatHangsHoldsUpNobodyElse() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let pager = Receiver("pager", .pagerDuty, time: time)
        let stage = try stage(hook, pager)
        hook.answer(.hold)
        stage.goDown(1, 2, 3)
        #expect(hook.held == 3)
        #expect(pager.taken.count == 3)
        hook.release()
    }

    @Test func atMostEightMessagesAreUnderWayAndTheRestFollow() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(20)
        stage.sweep()
        try stage.deliver(to: hook)
        hook.answer(.hold)
        stage.goDown(Array(1...20))
        #expect(hook.held == 8)
        hook.answer(.accept)
        hook.release()
        stage.run(for: .zero)
        #expect(hook.taken.count == 20)
    }

    @Test func aBucketSpreadsAFlood() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(10)
        stage.sweep()
        try stage.deliver(to: hook, bucket: TokenBucket(interval: .seconds(2), burst: 3))
        stage.goDown(Array(1...10))
        #expect(hook.taken.count == 3)
        stage.run(for: .seconds(4))
        #expect(hook.taken.count == 5)
        stage.run(for: .seconds(10))
        #expect(hook.taken.count == 10)
    }
}
