// A crash at any point repeats a message under its id and loses none; a start says only what is still true.

import FleetSimulation
import FleetChannels
import FleetCore
import Foundation
import HTTPExchange
import Testing
import Timekeeping

@Suite struct CrashTests {
    let time = ManualTime()

    private func stage(_ receivers: Receiver...) throws -> Stage {
        let stage = try Stage(receivers: receivers, time: time)
        stage.list(2)
        stage.sweep()
        return stage
    }

    @Test(arguments: Receiver.Kind.allCases)
    func betweenCommitAndDelivery(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let first = try stage(pager)
        first.goDown(1)
        let planned = try #require(try first.rows(of: 1).first?.id)
        let second = try first.crashed(receivers: [pager])
        try second.deliver(to: pager)
        #expect(pager.taken.count == 1)
        #expect(kind == .pagerDuty || pager.taken.map(\.id) == [planned.text])
        #expect(try second.rows(of: 1).map(\.state) == [.accepted])
    }

    @Test(arguments: Receiver.Kind.allCases)
    func betweenDeliveryAndMark(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let first = try stage(pager)
        try first.deliver(to: pager)
        // The receiver takes the message; the answer is still on its way when the power fails.
        pager.next(.hold)
        first.goDown(1)
        #expect(pager.sent.count == 1)
        let second = try first.crashed(receivers: [pager])
        try second.deliver(to: pager)
        #expect(pager.sent.count == 2)
        #expect(Set(pager.sent.map(\.id)).count == 1)
        #expect(Set(pager.sent.map(\.body)).count == 1)
        #expect(try second.rows(of: 1).map(\.state) == [.accepted])
    }

    @Test func afterTheMarkNothingIsRepeated() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let first = try stage(hook)
        try first.deliver(to: hook)
        first.goDown(1)
        let second = try first.crashed(receivers: [hook])
        try second.deliver(to: hook)
        second.run(for: .seconds(120))
        #expect(hook.words == "opened")
        #expect(try second.incident(of: 1)?.status == .open)
    }

    @Test func aBackoffSurvives() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let first = try stage(hook)
        try first.deliver(to: hook)
        hook.next(.status(429, ["Retry-After": "300"]))
        first.goDown(1)
        let second = try first.crashed(receivers: [hook], after: .seconds(100))
        try second.deliver(to: hook)
        second.run(for: .seconds(199))
        #expect(hook.taken.isEmpty)
        second.run(for: .seconds(1))
        #expect(hook.takenWords == "opened")
    }

    @Test func killedAgainAndAgainNothingIsLostAndNoKeyChanges() throws {
        let hook = Receiver("hook", .webhook, time: time)
        var stage = try stage(hook)
        try stage.deliver(to: hook)
        hook.answer(.applyAndBreak)
        stage.goDown(1)
        for _ in 1...5 {
            stage = try stage.crashed(receivers: [hook], after: .seconds(7))
            try stage.deliver(to: hook)
            stage.sweep()
        }
        hook.answer(.accept)
        stage.run(for: .seconds(120))
        stage.comeBack(1)
        #expect(hook.taken.last?.word == "resolved")
        #expect(Set(hook.taken.dropLast().map(\.id)).count == 1)
        #expect(Set(hook.taken.map(\.key)).count == 1)
        #expect(try stage.incidents(of: .roomOffline).count == 1)
    }

    @Test func anOutageThatIsConfirmedAfterAStartIsToldWhenTheStartHasSettled() throws {
        let pager = Receiver("pager", .pagerDuty, time: time)
        let first = try stage(pager)
        let second = try first.crashed(receivers: [pager], after: .seconds(30))
        try second.deliver(to: pager)
        let began = time.elapsed
        second.goDown(1)
        #expect(try second.incident(of: 1)?.status == .open)
        #expect(pager.sent.isEmpty)
        second.run(for: .seconds(30))
        // offline_hold and two sweeps after the start.
        #expect(pager.sent.map(\.at) == [began + .seconds(20)])
    }

    @Test(arguments: Receiver.Kind.allCases)
    func whatCameAndWentWhileAStartSettles(kind: Receiver.Kind) throws {
        var rules = DetectionRules.alone
        rules.offline.goodHold = .seconds(5)
        let pager = Receiver("pager", kind, time: time)
        let first = try stage(pager)
        let second = try first.crashed(receivers: [pager], rules: rules, after: .seconds(30))
        try second.deliver(to: pager)
        second.goDown(1)
        second.said[1] = nil
        second.sweep()
        second.run(for: .seconds(5))
        second.sweep()
        #expect(try second.incident(of: 1)?.status == .resolved)
        second.run(for: .seconds(60))
        switch kind {
        case .pagerDuty:
            #expect(pager.sent.isEmpty)
            let rows = try second.rows(of: 1)
            #expect(rows.map(\.state) == [.withdrawn])
            #expect(rows.first?.remark?.isEmpty == false, "the row says why nobody was told")
        case .webhook:
            #expect(pager.takenWords == "opened resolved")
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func anOutageThatEndsSoonAfterItsResolveWasToldPagesAgain(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let first = try stage(pager)
        try first.deliver(to: pager)
        first.goDown(1)
        let opened = try #require(try first.incident(of: 1))
        first.comeBack(1)
        let second = try first.crashed(receivers: [pager], after: .seconds(300))
        try second.deliver(to: pager)
        second.goDown(1)
        second.run(for: .seconds(60))
        let reopened = try #require(try second.incident(of: 1))
        #expect(reopened.id == opened.id)
        #expect(reopened.key == opened.key)
        #expect(reopened.reopenedCount == 1)
        #expect(pager.takenWords == (kind == .webhook ? "opened resolved reopened" : "trigger resolve trigger"))
    }

    @Test func afterTenMinutesItIsAnotherIncident() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        try stage.deliver(to: hook)
        stage.goDown(1)
        stage.comeBack(1)
        stage.run(for: .seconds(601))
        stage.goDown(1)
        #expect(hook.words == "opened resolved opened")
        #expect(try stage.incidents(of: .roomOffline).count == 2)
    }

    @Test(arguments: Receiver.Kind.allCases)
    func aReopeningBeforeTheResolveWasSentWithdrawsIt(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let first = try stage(pager)
        try first.deliver(to: pager)
        first.goDown(1)
        // The daemon dies with the resolve committed and unsent.
        first.stop()
        first.comeBack(1)
        let second = try first.crashed(receivers: [pager], after: .seconds(60))
        second.goDown(1)
        try second.deliver(to: pager)
        second.run(for: .seconds(60))
        #expect(pager.sent.count == 1, "the receiver never hears of the interruption")
        #expect(try second.rows(of: 1).map(\.state) == [.accepted, .withdrawn])
        #expect(try second.incident(of: 1)?.status == .open)
    }
}
