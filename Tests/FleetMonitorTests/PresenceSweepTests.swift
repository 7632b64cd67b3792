// The tight loop from Graph's answer to the page: on time, page by page, and never taking silence for an outage.

import FleetSimulation
import FleetChannels
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct PresenceSweepTests {
    let time = ManualTime()
    let graph: GraphStub
    let hook: Receiver

    init() {
        graph = GraphStub(time: time)
        hook = Receiver("hook", .webhook, time: time)
    }

    private func stage(rooms: Int) throws -> Stage {
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(rooms)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        return stage
    }

    @Test func everybodyIsAskedEveryFiveSeconds() throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph)
        stage.run(for: .seconds(20))
        #expect(graph.asked.map(\.at) == [0, 5, 10, 15, 20].map { .seconds($0) })
        #expect(graph.asked.allSatisfy { $0.ids.count == 3 })
    }

    /// Whenever in the interval the outage becomes visible, it is opened within sweep + hold + suspect.
    @Test(arguments: [0.001, 1, 2.5, 4.2, 4.999])
    func anOutageOpensWithinSweepAndHoldAndSuspect(offset: Double) throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph)
        stage.run(for: .seconds(60) + .seconds(offset))
        graph.goDark(2)
        let visible = time.elapsed
        stage.run(for: .seconds(30))
        let told = try #require(hook.taken.first?.at)
        #expect(told - visible <= .seconds(5 + 10 + 1))
        #expect(told - visible >= .seconds(10))
        #expect(hook.taken.count == 1)
    }

    @Test func aDoubtedRoomIsAskedEverySecondAndTheOthersAreNot() throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph)
        stage.run(for: .seconds(5))
        graph.goDark(2)
        stage.run(for: .seconds(6))
        graph.forget()
        stage.run(for: .seconds(4))
        let doubted = graph.asked.filter { $0.ids == [account(2).text] }
        #expect(doubted.count == 4)
        #expect(graph.asked.filter { $0.ids.count == 2 }.count <= 1)
        #expect(graph.asked.allSatisfy { $0.ids.count < 3 })
    }

    @Test func aSweepThatFailsIsSaidOnceForEachReasonAndWhenItIsOver() throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph, lanes: [.steady])
        stage.run(for: .seconds(20))
        #expect(stage.journal.lines(with: "presence sweep") == [], "what goes well is not said")
        graph.fail { _ in .status(503) }
        stage.run(for: .seconds(60))
        let lines = stage.journal.lines(with: "warning: presence sweep failed")
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix("3 rooms went unanswered and count as not seen") == true)
        graph.fail { _ in .status(403) }
        stage.run(for: .seconds(60))
        let both = stage.journal.lines(with: "warning: presence sweep failed")
        #expect(both.count == 2 && Set(both).count == 2)
        graph.heal()
        stage.run(for: .seconds(120))
        #expect(stage.journal.lines(with: "notice: presence sweeps are complete again").count == 1)
    }

    @Test func aBlipIsCountedAndTellsNobody() throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph)
        stage.run(for: .seconds(5))
        graph.goDark(1)
        stage.run(for: .seconds(9))
        graph.comeBack(1)
        stage.run(for: .seconds(60))
        #expect(hook.sent.isEmpty)
        #expect(stage.figure("roomwatch_blips_total") == 1)
    }

    @Test func pagesAreJudgedAsTheyArrive() throws {
        let stage = try stage(rooms: 1_000)
        // The page that holds room 1000 is slow, always.
        graph.fail { $0.contains(account(1_000).text) ? .slow(.seconds(4)) : nil }
        graph.goDark(1)
        try stage.sweep(graph, lanes: [.steady])
        #expect(stage.census()?.phases[.pending] == 1)
        stage.run(for: .seconds(1))
        #expect(stage.figure(#"roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="complete"}"#) == 0)
        stage.run(for: .seconds(3))
        #expect(stage.figure(#"roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="complete"}"#) == 1)
    }

    @Test func aFailingPageLeavesOnlyItsRoomsUnknown() throws {
        let stage = try stage(rooms: 1_000)
        try stage.sweep(graph)
        stage.run(for: .seconds(5))
        graph.fail { $0.contains(account(1_000).text) ? .status(503) : nil }
        graph.goDark(1, 1_000)
        stage.run(for: .seconds(60))
        #expect(hook.taken.map(\.key) == ["contoso:room.offline:\(account(1))"])
        let partial = stage.figure(#"roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="partial"}"#)
        #expect((partial ?? 0) >= 11)
        let gaps = try stage.gaps()
        #expect(
            gaps.allSatisfy { $0.outcome == .partial && (349...350).contains($0.unanswered) && $0.reason == "http_503" }
        )
        #expect(gaps.count >= 10)
        graph.heal()
        stage.run(for: .seconds(20))
        #expect(hook.taken.map(\.key).last == "contoso:room.offline:\(account(1_000))")
    }

    @Test func aSlowGraphSkipsTicksInsteadOfPilingThemUp() throws {
        let stage = try stage(rooms: 3)
        var values = LiveSettings.Values.standard
        values.presence = .seconds(1)
        graph.fail { _ in .slow(.milliseconds(3_500)) }
        try stage.sweep(graph, settings: LiveSettings(values), lanes: [.steady])
        stage.run(for: .seconds(11))
        #expect(graph.asked.map(\.at) == [0, 4, 8].map { .seconds($0) })
        #expect(stage.figure("roomwatch_sweeps_skipped_total") == 6)
    }

    @Test func aPageThatNeverComesIsGivenUpInTime() throws {
        let stage = try stage(rooms: 3)
        graph.fail { _ in .slow(.seconds(3600)) }
        try stage.sweep(graph, lanes: [.steady])
        stage.run(for: .seconds(30))
        #expect(graph.asked.count >= 3)
        #expect(stage.overdue == 0)
        #expect(hook.sent.isEmpty)
    }

    @Test func cancellationEndsASweepInFlightWithoutATrace() throws {
        let stage = try stage(rooms: 3)
        graph.fail { _ in .slow(.seconds(4)) }
        let tasks = try stage.sweep(graph, lanes: [.steady])
        stage.run(for: .seconds(1))
        for task in tasks { task.cancel() }
        stage.run(for: .seconds(60))
        #expect(graph.asked.count == 1)
        #expect(try stage.gaps().isEmpty)
        #expect(stage.overdue == 0)
    }

    @Test func aShorterIntervalIsTakenUpWhileRunning() throws {
        let stage = try stage(rooms: 3)
        let settings = LiveSettings(.standard)
        try stage.sweep(graph, settings: settings)
        stage.run(for: .seconds(10))
        var values = settings.values
        values.presence = .seconds(2)
        settings.replace(with: values)
        graph.forget()
        stage.run(for: .seconds(11))
        #expect(graph.asked.map(\.at) == [15, 17, 19, 21].map { .seconds($0) })
    }

    // MARK: Blindness

    @Test func hundredSecondsInTheDarkAreNoIncident() throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph)
        stage.run(for: .seconds(60))
        graph.fail { _ in .status(503) }
        graph.goDark(1, 2, 3)
        stage.run(for: .seconds(100))
        graph.comeBack(1, 2, 3)
        graph.heal()
        stage.run(for: .seconds(120))
        #expect(hook.sent.isEmpty)
    }

    @Test(arguments: [GraphStub.Fault.status(503), .broken, .unknown, .slow(.seconds(60))])
    func twoHundredSecondsInTheDarkAreOneIncidentAndNoRoomPages(fault: GraphStub.Fault) throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph)
        stage.run(for: .seconds(60))
        graph.fail { _ in fault }
        let dark = time.elapsed
        stage.run(for: .seconds(200))
        #expect(hook.taken.map(\.key) == ["contoso:tenant.blind:tenant"])
        let told = try #require(hook.taken.first?.at)
        #expect(told - dark >= .seconds(115) && told - dark <= .seconds(122))
        graph.heal()
        let healed = time.elapsed
        stage.run(for: .seconds(120))
        #expect(hook.words == "opened resolved")
        let resolved = try #require(hook.taken.last?.at)
        #expect(resolved - healed >= .seconds(30) && resolved - healed <= .seconds(41))
        #expect(try stage.incidents(of: .roomUnseen).isEmpty)
    }

    @Test func anOutageBeforeTheDarkStaysOpenThroughIt() throws {
        let stage = try stage(rooms: 3)
        try stage.sweep(graph)
        graph.goDark(1)
        stage.run(for: .seconds(30))
        graph.fail { _ in .status(503) }
        stage.run(for: .seconds(300))
        #expect(try stage.incident(of: 1)?.status == .open)
        graph.heal()
        stage.run(for: .seconds(30))
        #expect(try stage.incident(of: 1)?.status == .open)
        graph.comeBack(1)
        stage.run(for: .seconds(60))
        #expect(try stage.incident(of: 1)?.status == .resolved)
        #expect(hook.taken.count { $0.condition == "room.offline" } == 2)
    }

    // MARK: Readiness

    @Test func aFirstSweepCountsHoweverItEnds() throws {
        let stage = try stage(rooms: 3)
        let firstSweeps = FirstSweeps()
        graph.fail { _ in .status(503) }
        try stage.sweep(graph, firstSweeps: firstSweeps)
        #expect(firstSweeps.includes([contoso]))
    }

    @Test func anEmptyFastLaneIsNoFirstSweep() throws {
        let stage = try stage(rooms: 3)
        let firstSweeps = FirstSweeps()
        graph.fail { _ in .slow(.seconds(3)) }
        try stage.sweep(graph, firstSweeps: firstSweeps)
        stage.run(for: .seconds(2))
        #expect(!firstSweeps.includes([contoso]))
        stage.run(for: .seconds(1))
        #expect(firstSweeps.includes([contoso]))
    }
}

extension Stage {
    /// The gaps that were written.
    func gaps() throws -> [SweepGap] {
        run(for: .seconds(11))
        return try store.gaps(tenant: contoso, source: .presence, from: ManualTime.start.wall, to: time.now().wall)
    }
}
