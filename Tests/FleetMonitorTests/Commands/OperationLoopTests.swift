// A command leaves once. Whatever becomes of the request, of its answer or of the daemon, the service's own log of what
// arrived shows one request for each device, and no operation is forgotten.

import FleetAPI
import FleetCore
import FleetGraph
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@testable import FleetMonitor

@Suite struct OperationLoopTests {
    private static let minute = 60

    @Test func aRestartIsWrittenSentFollowedAndSettled() throws {
        let stage = try CommandStage()
        let asked = try stage.request(rooms: [1])
        stage.live(for: 10)
        #expect(stage.desk.arrivals.map(\.call) == ["restart"])
        #expect(stage.desk.arrivals.map(\.device) == ["device-1"])
        let sent = try #require(try stage.operations().first)
        #expect(sent.state == "accepted" && sent.graphID == "operation-1" && sent.homecoming == "awaited")
        #expect(try stage.command(asked.id).progress.running == 1)
        stage.live(for: 5 * Self.minute)
        let over = try #require(try stage.operations().first)
        #expect(over.state == "succeeded" && over.homecoming == "back")
        let steps = try stage.steps(over.id)
        #expect(
            steps == ["waiting", "submitting", "accepted", "accepted", "accepted", "succeeded", "back"],
            "\(steps)")
        #expect(try stage.command(asked.id).progress.succeeded == 1)
        #expect(stage.desk.arrivals.count == 1)
        #expect(stage.stage.overdue == 0)
    }

    /// What one fault makes of the request, in the end.
    struct Course: Sendable, CustomTestStringConvertible {
        var fault: DeviceDesk.Fault
        var end: String
        /// Requests that arrived at the service.
        var arrivals = 1
        var testDescription: String { "\(fault)" }
    }

    static let courses = [
        Course(fault: .status(500), end: "unknown"),
        Course(fault: .status(503), end: "unknown"),
        Course(fault: .status(504), end: "unknown"),
        Course(fault: .lost, end: "unknown"),
        Course(fault: .applyAndLose, end: "succeeded"),
        Course(fault: .slow(.seconds(8)), end: "succeeded"),
        Course(fault: .slow(.seconds(600)), end: "succeeded"),
        Course(fault: .hang, end: "unknown"),
        Course(fault: .twice, end: "succeeded"),
        Course(fault: .status(409), end: "already_running"),
        Course(fault: .status(400), end: "refused"),
        Course(fault: .status(404), end: "refused"),
    ]

    @Test(arguments: courses)
    func whateverBecomesOfTheAnswerTheRequestIsNotRepeated(_ course: Course) throws {
        let stage = try CommandStage()
        stage.desk.failSubmissions { _ in course.fault }
        try stage.request(rooms: [1])
        stage.live(for: 60 * Self.minute)
        #expect(stage.desk.arrivals.count == course.arrivals)
        #expect(try stage.states() == [course.end])
        #expect(stage.stage.overdue == 0)
    }

    @Test(arguments: [DeviceDesk.Fault.status(429, retryAfter: 45), .unreachable])
    func whatCertainlyHadNoEffectIsSentAgainLater(_ fault: DeviceDesk.Fault) throws {
        let stage = try CommandStage()
        let began = stage.time.elapsed
        stage.desk.failSubmissions { $0.at - began < .seconds(20) ? fault : nil }
        try stage.request(rooms: [1])
        stage.live(for: 20)
        #expect(stage.desk.arrivals.count == 1)
        #expect(try stage.states() == ["waiting"])
        stage.live(for: 10 * Self.minute)
        #expect(stage.desk.arrivals.count == 2)
        if case .status = fault {
            let moments = stage.desk.arrivals.map(\.at)
            #expect(moments[1] - moments[0] >= .seconds(45), "not before the service may be asked")
        }
        #expect(try stage.states() == ["succeeded"])
    }

    @Test func aDeviceThatIsBusyWithSomebodyElsesOperationIsNotAsked() throws {
        let stage = try CommandStage()
        stage.desk.take(.seconds(200))
        stage.desk.occupy("device-1")
        try stage.request(rooms: [1], wait: 3_600)
        stage.live(for: 100)
        #expect(stage.desk.arrivals.isEmpty)
        #expect(try stage.operations().first?.detail?.contains("operation-1") == true)
        stage.live(for: 10 * Self.minute)
        #expect(stage.desk.arrivals.count == 1)
        #expect(try stage.states() == ["succeeded"])
    }

    // MARK: Ends of the daemon

    @Test func killedWhileItWaitsItIsSentByTheNextDaemon() throws {
        let stage = try CommandStage(runs: false)
        try stage.request(rooms: [1])
        #expect(stage.desk.arrivals.isEmpty)
        try stage.kill(after: .seconds(30))
        stage.live(for: 5 * Self.minute)
        #expect(stage.desk.arrivals.count == 1)
        #expect(try stage.states() == ["succeeded"])
    }

    @Test func killedAfterTheCommitAndBeforeTheRequestItIsNotSent() throws {
        let stage = try CommandStage(runs: false)
        try stage.request(rooms: [1])
        let id = try #require(try stage.operations().first?.id)
        let mayLeave = stage.stage.perform { [ledger = stage.stage.ledger] in
            await ledger.begin(UniqueID(stored: id), tenant: contoso, knowing: [])
        }
        #expect(mayLeave)
        try stage.kill()
        stage.live(for: 5 * Self.minute)
        #expect(try stage.states() == ["unconfirmed"])
        stage.live(for: 30 * Self.minute)
        #expect(stage.desk.arrivals.isEmpty)
        #expect(try stage.states() == ["unknown"])
    }

    /// The request arrived; the daemon dies before, or while, it hears the answer.
    @Test func killedWhileTheAnswerIsOnItsWayItIsLookedUp() throws {
        let stage = try CommandStage()
        stage.desk.failSubmissions { _ in .slow(.seconds(20)) }
        try stage.request(rooms: [1])
        stage.stage.run(for: .seconds(5))
        #expect(stage.desk.arrivals.count == 1)
        #expect(try stage.states() == ["submitting"])
        try stage.kill()
        stage.live(for: 5 * Self.minute)
        #expect(stage.desk.arrivals.count == 1)
        let over = try #require(try stage.operations().first)
        #expect(over.state == "succeeded" && over.graphID == "operation-1")
    }

    @Test func killedAgainAndAgainItIsFollowedToTheEndAndSentOnce() throws {
        let stage = try CommandStage()
        try stage.request(rooms: [1])
        for _ in 1...8 {
            stage.stage.run(for: .seconds(3))
            try stage.kill(after: .seconds(4))
        }
        stage.live(for: 5 * Self.minute)
        #expect(stage.desk.arrivals.count == 1)
        #expect(try stage.states() == ["succeeded"])
        #expect(try stage.operations().first?.homecoming == "back")
    }

    @Test func whatIsOnItsWayWhenTheDaemonStopsIsStillAnswered() throws {
        let stage = try CommandStage()
        stage.desk.failSubmissions { _ in .slow(.seconds(6)) }
        try stage.request(rooms: [1])
        stage.stage.run(for: .seconds(2))
        #expect(try stage.states() == ["submitting"])
        stage.drain.begin(at: stage.time.now())
        try stage.request(rooms: [2])
        stage.stage.run(for: .seconds(5))
        #expect(try stage.states() == ["accepted", "waiting"], "and nothing new is begun")
        #expect(stage.desk.arrivals.count == 1)
    }

    @Test func whatIsNotAnsweredWhenTheDaemonMustEndStaysAsItWasWritten() throws {
        let stage = try CommandStage()
        stage.desk.failSubmissions { _ in .slow(.seconds(25)) }
        try stage.request(rooms: [1])
        stage.stage.run(for: .seconds(2))
        stage.drain.begin(at: stage.time.now())
        stage.stage.run(for: Drain.patience + .seconds(1))
        #expect(try stage.states() == ["submitting"])
        #expect(stage.loopHasEnded)
        try stage.kill(after: .seconds(30))
        stage.live(for: 2 * Self.minute)
        #expect(stage.desk.arrivals.count == 1)
        #expect(try stage.states() == ["succeeded"])
    }

    // MARK: Many

    @Test func twoHundredRoomsWithLostAnswersAndKillsAreEachAskedOnceAndNoneIsForgotten() throws {
        let stage = try CommandStage(rooms: 200)
        stage.desk.failSubmissions { arrival in
            switch (Int(arrival.device.dropFirst(7)) ?? 0) % 8 {
            case 0: .applyAndLose
            case 1: .lost
            case 2: .slow(.seconds(3))
            case 3: .status(504)
            case 4: .twice
            default: nil
            }
        }
        let asked = try stage.request(matchers: [#"building="B2""#])
        #expect(try stage.command(asked.id).progress.operations == 200)
        for second in 1...6 {
            stage.stage.run(for: .seconds(second))
            try stage.kill(after: .seconds(2))
        }
        stage.live(for: 60 * Self.minute)
        #expect(stage.repeated.isEmpty)
        let states = try stage.states()
        #expect(states.count == 200)
        #expect(Set(states).isSubset(of: ["succeeded", "unknown"]), "\(Set(states))")
        // What was lost on the way in is known by nobody; what arrived was done.
        let progress = try stage.command(asked.id).progress
        #expect(progress.waiting == 0 && progress.running == 0 && progress.succeeded + progress.unknown == 200)
        #expect(progress.succeeded >= 140)
        #expect(stage.stage.overdue == 0)
    }

    @Test func notMoreAreOnTheirWayAtOnceThanThereArePlaces() throws {
        let stage = try CommandStage(rooms: 20)
        stage.desk.failSubmissions { _ in .slow(.seconds(4)) }
        try stage.request(matchers: [#"building="B2""#])
        stage.stage.run(for: .seconds(3))
        #expect(stage.desk.arrivals.count == OperationLoop.concurrency)
        stage.live(for: 60)
        #expect(stage.desk.arrivals.count == 20)
    }

    @Test func theBudgetOfAnHourHoldsAcrossAKill() throws {
        var rules = CommandRules.swift
        rules.perHour = 10
        let stage = try CommandStage(rooms: 30, rules: rules)
        try stage.request("run_diagnostics", matchers: [#"building="B2""#])
        stage.live(for: 5 * Self.minute)
        #expect(stage.desk.arrivals.count == 10)
        try stage.kill(after: .seconds(60))
        stage.live(for: 20 * Self.minute)
        #expect(stage.desk.arrivals.count == 10)
        stage.live(for: 45 * Self.minute)
        #expect(stage.desk.arrivals.count == 20)
    }

    // MARK: The disk

    @Test func withoutADiskNoCommandIsTakenAndNoneLeaves() throws {
        let stage = try CommandStage(runs: false)
        try stage.request(rooms: [1], wait: 3_600)
        try stage.stage.diskRefuses(true)
        try stage.start()
        let refusal = #expect(throws: Refusal.self) { try stage.request(rooms: [2]) }
        #expect(refusal?.kind == .unavailable)
        stage.stage.run(for: .seconds(120))
        #expect(stage.desk.arrivals.isEmpty)
        try stage.stage.diskRefuses(false)
        stage.live(for: 5 * Self.minute)
        #expect(stage.desk.arrivals.map(\.device) == ["device-1"])
        #expect(try stage.states() == ["succeeded"])
        #expect(try stage.stage.audited().filter { $0.hasPrefix("command.") } == ["command.restart anna unix"])
    }

    @Test func nothingLeavesWhileOlderChangesWaitForTheDisk() throws {
        let stage = try CommandStage(runs: false)
        try stage.request("run_diagnostics", rooms: [1])
        let id = UniqueID(stored: try #require(try stage.operations().first?.id))
        let now = stage.time.now()
        var change = Change()
        change.transitions = [
            Transition(
                tenant: contoso, condition: .roomOffline, subject: "elsewhere", from: .clear, to: .pending,
                at: now.wall, decidedAt: now.wall, reason: "test", incident: nil)
        ]
        let earlier = change
        try stage.stage.diskRefuses(true)
        stage.stage.perform { [ledger = stage.stage.ledger] in await ledger.write(earlier, at: now) }
        try stage.stage.diskRefuses(false)
        func mayLeave() -> (released: Int, begun: Bool) {
            stage.stage.perform { [ledger = stage.stage.ledger] in
                let released = await ledger.releasable(tenant: contoso, limit: 8).count
                return (released, await ledger.begin(id, tenant: contoso, knowing: []))
            }
        }
        #expect(mayLeave() == (0, false), "its commit would overtake them")
        stage.stage.tick()
        #expect(mayLeave() == (1, true))
    }

    @Test func anAnswerThatTheDiskDoesNotTakeIsWrittenLater() throws {
        let stage = try CommandStage()
        stage.desk.failSubmissions { _ in .slow(.seconds(6)) }
        try stage.request(rooms: [1])
        stage.stage.run(for: .seconds(3))
        try stage.stage.diskRefuses(true)
        stage.stage.run(for: .seconds(60))
        #expect(try stage.operations().first?.state == "succeeded", "memory knows it")
        #expect(try stage.stage.store.operations(OperationQuery()).operations.map(\.state.word) == ["submitting"])
        try stage.stage.diskRefuses(false)
        stage.live(for: 60)
        #expect(try stage.stage.store.operations(OperationQuery()).operations.map(\.state.word) == ["succeeded"])
        #expect(stage.desk.arrivals.count == 1)
    }

    // MARK: Commands that are gone

    @Test func aPermissionThatIsTakenAwayInMidRunSwitchesCommandsOffAndBackOn() throws {
        var rules = CommandRules.swift
        rules.perHour = 3
        let stage = try CommandStage(rooms: 12, rules: rules)
        try stage.request("run_diagnostics", matchers: [#"building="B2""#], wait: 24 * 3_600)
        stage.live(for: 600)
        #expect(stage.desk.arrivals.count == 3)
        // The next token, within the hour, does not carry it any more.
        stage.desk.grant([])
        stage.live(for: 3 * 3_600)
        #expect(stage.desk.arrivals.count == 3)
        #expect(stage.stage.journal.lines(with: "commands: Commands to devices are off").count == 1)
        #expect(capability(stage)?.state == "unavailable")
        let refusal = #expect(throws: Refusal.self) { try stage.request(rooms: [1]) }
        #expect(refusal?.remedy.contains("TeamworkDevice.ReadWrite.All") == true)
        #expect(try stage.states().count { $0 == "waiting" } == 9, "nothing is forgotten")

        stage.desk.grant(["TeamworkDevice.ReadWrite.All"])
        stage.live(for: 5 * 3_600)
        #expect(capability(stage)?.state == "available")
        #expect(stage.stage.journal.lines(with: "commands: Devices can be").count == 2)
        #expect(stage.desk.arrivals.count == 12 && stage.repeated.isEmpty)
        #expect(try stage.states() == Array(repeating: "succeeded", count: 12))
    }

    @Test func aRefusalWithATokenThatNobodyCanReadSwitchesCommandsOffAndIsLookedForAgain() throws {
        let stage = try CommandStage(rooms: 12, runs: false)
        stage.desk.grant(nil)
        stage.desk.failSubmissions { _ in .status(403) }
        try stage.start()
        try stage.request("run_diagnostics", matchers: [#"building="B2""#], wait: 24 * 3_600)
        stage.live(for: 600)
        let asked = stage.desk.arrivals.count
        #expect((1...OperationLoop.concurrency).contains(asked), "only what was on its way")
        #expect(stage.stage.journal.lines(with: "commands: Commands to devices are off").count == 1)
        stage.desk.failSubmissions { _ in nil }
        stage.live(for: 2_000)
        #expect(stage.desk.arrivals.count == asked)
        stage.live(for: 2_000)
        #expect(stage.desk.arrivals.count == 12 && stage.repeated.isEmpty)
        #expect(try stage.states().count { $0 == "succeeded" } == 12 - asked)
    }

    @Test func aRetiredInterfaceIsLookedForOnceAnHour() throws {
        let stage = try CommandStage()
        stage.desk.failLooks(.status(410))
        try stage.request(rooms: [1], wait: 24 * 3_600)
        stage.live(for: 10)
        #expect(capability(stage)?.state == "retired")
        let looks = stage.desk.looks
        stage.live(for: 3 * 3_600)
        #expect((2...3).contains(stage.desk.looks - looks), "\(stage.desk.looks - looks)")
        #expect(stage.desk.arrivals.isEmpty)
        #expect(stage.stage.census()?.rooms == 4, "monitoring goes on")
        stage.desk.failLooks(nil)
        stage.live(for: 3_700)
        #expect(stage.desk.arrivals.count == 1)
    }

    /// Reading operations takes less than asking for them.
    @Test func whatHasLeftIsFollowedWhenSendingIsTakenAway() throws {
        let stage = try CommandStage()
        stage.desk.failSubmissions { _ in .slow(.seconds(4)) }
        try stage.request(rooms: [1])
        stage.live(for: 10)
        #expect(try stage.states() == ["accepted"])
        var off = stage.settings.values
        off.commands = .off
        stage.settings.replace(with: off)
        stage.live(for: 600)
        #expect(try stage.states() == ["succeeded"])
        #expect(capability(stage)?.state == "off")
    }

    /// Where nobody can tell from the token what is granted, the configuration alone switched commands off.
    @Test func switchedOnAgainCommandsAreTakenThoughTheTokenCannotBeRead() throws {
        let stage = try CommandStage(runs: false)
        stage.desk.grant(nil)
        var values = stage.settings.values
        values.commands = .off
        stage.settings.replace(with: values)
        try stage.start()
        stage.live(for: 60)
        #expect(throws: Refusal.self) { try stage.request(rooms: [1]) }
        values.commands = .wanted
        stage.settings.replace(with: values)
        stage.live(for: 60)
        try stage.request(rooms: [1])
        stage.live(for: 60)
        #expect(stage.desk.arrivals.count == 1)
    }

    @Test func whenTheListOfDevicesIsBackCommandsAreLookedForAtOnce() throws {
        let stage = try CommandStage()
        func note(_ state: CapabilityRecord.State) {
            let record = CapabilityRecord(state, "as the list was read", checked: stage.time.now())
            stage.stage.perform { [ledger = stage.stage.ledger] in
                await ledger.note(.devices, of: contoso, record)
            }
        }
        stage.desk.failLooks(.status(410))
        note(.retired)
        try stage.request(rooms: [1], wait: 24 * 3_600)
        stage.live(for: 60)
        #expect(capability(stage)?.state == "retired")
        stage.desk.failLooks(nil)
        stage.live(for: 300)
        note(.degraded)
        stage.live(for: 60)
        #expect(stage.desk.arrivals.isEmpty, "nobody looked yet")
        note(.available)
        stage.live(for: 60)
        #expect(capability(stage)?.state == "available")
        #expect(stage.desk.arrivals.count == 1)
    }

    @Test func thatCommandsWentWithTheListIsKnownBeforeAnybodyGivesOne() throws {
        let stage = try CommandStage()
        stage.live(for: 60)
        #expect(capability(stage)?.state == "available")
        let record = CapabilityRecord(.retired, "as the list was read", checked: stage.time.now())
        stage.stage.perform { [ledger = stage.stage.ledger] in await ledger.note(.devices, of: contoso, record) }
        stage.live(for: 60)
        #expect(capability(stage)?.state == "available", "the list may go alone")
        stage.stage.perform { [ledger = stage.stage.ledger, time = stage.time] in
            await ledger.note(.devices, of: contoso, CapabilityRecord(.available, "it is back", checked: time.now()))
        }
        stage.live(for: 60)
        stage.desk.failLooks(.status(410))
        stage.stage.perform { [ledger = stage.stage.ledger] in await ledger.note(.devices, of: contoso, record) }
        stage.live(for: 60)
        #expect(capability(stage)?.state == "retired")
    }

    @Test func switchedOffByTheConfigurationNothingLeavesUntilAReload() throws {
        let stage = try CommandStage(runs: false)
        try stage.request(rooms: [1], wait: 24 * 3_600)
        var off = stage.settings.values
        off.commands = .off
        stage.settings.replace(with: off)
        try stage.start()
        stage.live(for: 300)
        #expect(capability(stage)?.state == "off")
        #expect(stage.desk.arrivals.isEmpty)
        off.commands = .ifGranted
        stage.settings.replace(with: off)
        stage.live(for: 300)
        #expect(stage.desk.arrivals.count == 1)
    }

    private func capability(_ stage: CommandStage) -> CapabilityBody? {
        (try? stage.stage.ask { intents throws(Refusal) in try await intents.capabilities(for: .anna) })?
            .first { $0.name == "commands" }
    }
}
