// A store from last week in place of the one that was lost: nobody is paged for what is long over, and what is still wrong
// is told again under the name that receivers know.

import FleetCore
@testable import FleetMonitor
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct RestoredTests {
    let time = ManualTime()
    let hook: Receiver
    let pager: Receiver

    init() {
        hook = Receiver("hook", .webhook, time: time)
        pager = Receiver("pager", .pagerDuty, time: time)
    }

    /// A stage with a room that is down, of which the receivers were told or nothing was sent yet.
    private func stage(isTold: Bool = true) throws -> Stage {
        var tree = Stage.tree([hook, pager], routed: [hook.name, pager.name])
        tree.receivers[pager.name]?.ownsAcknowledgement = true
        let stage = try Stage(receivers: [hook, pager], time: time, tree: tree)
        if isTold { try stage.deliver(to: hook, pager) }
        stage.list(5)
        stage.sweep()
        stage.goDown(1)
        stage.run(for: .seconds(2))
        return stage
    }

    /// A week later, so at the same hour of the same day, another daemon on a copy of that store, which watches for ten
    /// minutes.
    private func restored(from stage: Stage, roomIsBack: Bool) throws -> Stage {
        if roomIsBack { stage.said[1] = nil }
        let next = try stage.restored(receivers: [hook, pager], after: .seconds(7 * 86_400))
        try next.deliver(to: hook, pager)
        next.startHousekeeping()
        for _ in 0..<120 {
            next.sweep()
            next.run(for: .seconds(5))
        }
        return next
    }

    @Test func whatWasToldAndIsOverIsOnlyEnded() throws {
        let stage = try stage()
        #expect(hook.takenWords == "opened" && pager.takenWords == "trigger")
        let next = try restored(from: stage, roomIsBack: true)
        #expect(hook.takenWords == "opened resolved", "no reminder of what is long over")
        #expect(pager.takenWords == "trigger resolve")
        #expect(try next.incident(of: 1)?.status == .resolved)
    }

    @Test func whatWaitedAndIsOverPagesNobody() throws {
        let stage = try stage(isTold: false)
        _ = try restored(from: stage, roomIsBack: true)
        #expect(pager.takenWords.isEmpty, "both ends are dropped for who is paged")
        #expect(hook.takenWords == "opened resolved", "a ledger hears both")
    }

    @Test func whatWaitedAndIsStillWrongIsToldUnderItsOwnName() throws {
        let stage = try stage(isTold: false)
        let incident = try #require(try stage.incident(of: 1))
        let next = try restored(from: stage, roomIsBack: false)
        #expect(pager.takenWords == "trigger")
        #expect(hook.taken.first?.word == "opened")
        #expect(try next.incident(of: 1)?.id == incident.id)
        #expect(try next.incident(of: 1)?.status == .open)
    }

    @Test func whatWasToldAndIsStillWrongGoesOn() throws {
        let stage = try stage()
        let incident = try #require(try stage.incident(of: 1))
        let next = try restored(from: stage, roomIsBack: false)
        #expect(try next.incident(of: 1)?.id == incident.id)
        #expect(pager.takenWords == "trigger")
        #expect(hook.taken.filter { $0.word == "opened" }.count == 1)
        #expect(hook.taken.last?.word == "updated", "nobody has acknowledged for a week")
    }
}
