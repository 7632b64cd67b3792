// What time alone brings about, and what a reload changes while everything runs.

import FleetSimulation
import FleetChannels
import FleetCore
import FleetMonitor
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct HousekeepingTests {
    let time = ManualTime()
    let hook: Receiver

    init() { hook = Receiver("hook", .webhook, time: time) }

    @Test func observationsAndCheckpointsAreWrittenEveryTenSeconds() throws {
        let stage = try Stage(time: time)
        stage.list(2)
        stage.startHousekeeping()
        // The first sight of a room is written at once, with the runs that it begins; what follows waits.
        stage.sweep()
        let start = ManualTime.start.wall
        #expect(try stage.store.runs(tenant: contoso, from: start, to: start.addingTimeInterval(60)).count == 2)
        stage.run(for: .seconds(5))
        stage.said[1] = Presence(.inUse, text: "Busy/InACall")
        stage.sweep()
        #expect(try stage.store.runs(tenant: contoso, from: start, to: start.addingTimeInterval(60)).count == 2)
        stage.run(for: .seconds(10))
        #expect(try stage.store.runs(tenant: contoso, from: start, to: start.addingTimeInterval(60)).count == 3)
        let known = try stage.store.load(tenant: contoso, resolvedSince: start)
        #expect(known.checkpoints[.presence]?.completedAt == start.addingTimeInterval(5))
        #expect(known.checkpoints[.presence]?.count == 2)
    }

    @Test func aSilentRoomIsAWarningAfterAQuarterOfAnHour() throws {
        let graph = GraphStub(time: time)
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(3)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        try stage.sweep(graph)
        stage.run(for: .seconds(60))
        graph.hide(1)
        stage.run(for: .seconds(15 * 60 - 10))
        #expect(hook.sent.isEmpty)
        stage.run(for: .seconds(20))
        #expect(hook.taken.map(\.key) == ["contoso:room.unseen:\(account(1))"])
        graph.hide()
        stage.run(for: .seconds(10))
        #expect(hook.words == "opened resolved")
    }

    @Test func oldRowsAreDeletedOnceAMinute() throws {
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(1)
        try stage.deliver(to: hook)
        stage.goDown(1)
        stage.comeBack(1)
        #expect(try stage.incidents(of: .roomOffline).count == 1)
        let housekeeping = Housekeeping(
            ledger: stage.ledger, retention: RetentionPolicy(observations: .seconds(60), incidents: .seconds(60)),
            time: time, progress: stage.progress)
        stage.start { await housekeeping.run() }
        stage.run(for: .seconds(59))
        #expect(try stage.incidents(of: .roomOffline).count == 1)
        stage.run(for: .seconds(62))
        #expect(try stage.incidents(of: .roomOffline).isEmpty)
    }

    @Test func itKeepsItsPromiseToTheWatchdogAndEndsWhenCancelled() throws {
        let stage = try Stage(time: time)
        stage.startHousekeeping()
        stage.run(for: .seconds(600))
        #expect(stage.overdue == 0)
        stage.stop()
        stage.run(for: .seconds(600))
        #expect(stage.overdue == 0)
    }

    // MARK: Reload

    @Test func aReloadedTreeDecidesWhoHearsOfTheNextIncident() throws {
        let other = Receiver("other", .webhook, time: time)
        let stage = try Stage(
            receivers: [hook, other], time: time, tree: Stage.tree([hook, other], routed: [hook.name]))
        stage.list(2)
        stage.sweep()
        try stage.deliver(to: hook, other)
        stage.goDown(1)
        let tree = Stage.tree([hook, other], routed: [other.name])
        let rules = stage.rules
        stage.perform { [ledger = stage.ledger] in
            await ledger.adopt(tree: tree, rules: [contoso: rules], site: SiteRules())
        }
        stage.goDown(2)
        stage.comeBack(1)
        #expect(hook.takenWords == "opened resolved", "who was told hears the end of it")
        #expect(other.taken.map(\.key) == ["contoso:room.offline:\(account(2))"])
    }

    @Test func reloadedRulesJudgeARunningStreak() throws {
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(1)
        stage.sweep()
        try stage.deliver(to: hook)
        stage.said[1] = Stage.offline
        stage.sweep()
        var rules = stage.rules
        rules.offline.badHold = .seconds(2)
        rules.offline.badCount = 2
        stage.perform { [ledger = stage.ledger, rules] in
            await ledger.adopt(
                tree: Stage.tree([], routed: []), rules: [contoso: rules], site: SiteRules())
        }
        stage.run(for: .seconds(2))
        stage.sweep()
        #expect(try stage.incident(of: 1)?.status == .open)
        #expect(hook.sent.isEmpty, "the new tree knows no receiver")
    }

    @Test func reloadedHoursRaiseASeverityAndTellWhoWasTold() throws {
        var night = HoursTable()
        night.byDefault.days = []
        let stage = try Stage(receivers: [hook], time: time)
        let rules = stage.rules
        let tree = stage.tree
        let adopt: (HoursTable) -> Void = { hours in
            stage.perform { [ledger = stage.ledger] in
                await ledger.adopt(tree: tree, rules: [contoso: rules], site: SiteRules(hours: hours))
            }
        }
        adopt(night)
        stage.list(1)
        stage.sweep()
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        stage.goDown(1)
        #expect(try stage.incident(of: 1)?.severity == .warning)
        adopt(HoursTable())
        stage.run(for: .seconds(60))
        #expect(try stage.incident(of: 1)?.severity == .error)
        #expect(hook.words == "opened updated")
    }

    // MARK: Stopping

    @Test func aDrainSendsWhatIsDueAndEnds() throws {
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(1)
        stage.sweep()
        let loop = DeliveryLoop(
            channel: try hook.channel(), bucket: TokenBucket(interval: .zero, burst: 100), ledger: stage.ledger,
            time: time, progress: stage.progress, drain: stage.drain)
        let count = Count()
        stage.start {
            await loop.run()
            count.add()
        }
        hook.next(.hold)
        stage.goDown(1)
        stage.drain.begin(at: time.now())
        stage.run(for: .seconds(3))
        #expect(count.value == 0, "an attempt under way may end")
        hook.release()
        stage.run(for: .zero)
        #expect(count.value == 1)
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted])
    }

    @Test func aDrainDoesNotWaitForAReceiverThatHangs() throws {
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(1)
        stage.sweep()
        try stage.deliver(to: hook)
        hook.next(.hold)
        stage.goDown(1)
        stage.drain.begin(at: time.now())
        stage.run(for: Drain.patience)
        #expect(hook.held == 0)
        let rows = try stage.rows(of: 1)
        #expect(rows.map(\.state) == [.waiting], "what was cut off stays for the next start")
        #expect(rows.map(\.attempts) == [0])
    }
}
