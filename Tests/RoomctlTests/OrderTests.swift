// A command over rooms from the wish to the end, with a daemon and a terminal that the test plays.

import ArgumentParser
import FleetAPI
import FleetClient
@testable import roomctl
import Synchronization
import Testing

@Suite struct OrderTests {
    private static let restart = CommandRequest(action: "restart", rooms: ["Room 17"])

    private func run(
        _ daemon: PlayedDaemon, _ console: PlayedConsole, _ wishes: Order.Wishes = .init(),
        output: OutputFormat = .table
    ) async throws {
        let order = Order(
            service: daemon, console: console, output: output, terminal: Terminal(width: nil, isColoured: false),
            clock: Order.Clock(now: { PlayedDaemon.at }, pause: { daemon.count("pause") }))
        try await order.run(Self.restart, wishes)
    }

    @Test func nothingIsSentBeforeAPersonSaysYes() async throws {
        for answer in ["", "y", "no", nil] {
            let daemon = PlayedDaemon()
            let console = PlayedConsole(answers: [answer])
            await #expect(throws: CommandFault.self) { try await run(daemon, console) }
            #expect(daemon.asked == ["preview"])
            #expect(console.questions == ["Type yes: "])
            #expect(console.written.isEmpty && console.remarks.count == 1)
            let last = console.remarks[0].split(separator: "\n").last
            #expect(last == "Restart 1 room now, 1 waits, 1 is refused. It takes about 10 min.")
        }
    }

    @Test func whereNobodyCanBeAskedYesMustBeSaidBefore() async throws {
        let daemon = PlayedDaemon()
        let console = PlayedConsole(isAttended: false)
        await #expect(throws: ValidationError.self) { try await run(daemon, console) }
        #expect(daemon.asked.isEmpty)
        let error = await #expect(throws: (any Error).self) { try await run(daemon, console) }
        #expect(Roomctl.exitCode(for: try #require(error)) == .validationFailure)
        try? await run(daemon, console, .init(isSure: true))
        #expect(daemon.asked.starts(with: ["preview", "request"]) && console.questions.isEmpty)
    }

    @Test func aDryRunShowsThePlanAndAsksForNothing() async throws {
        let daemon = PlayedDaemon()
        let console = PlayedConsole(isAttended: false)
        try await run(daemon, console, .init(isDryRun: true))
        #expect(daemon.asked == ["preview"])
        #expect(
            console.written.joined() == """
                Now (1)
                VERDICT  ROOM     PLACE        MODEL     WHY
                go       Room 17  B2, floor 3  Room Kit  idle; no booking before 14:00
                Later (1)
                VERDICT  ROOM     PLACE  MODEL     WHY
                wait     Room 18  B2     Room Kit  a meeting runs until 09:00
                Refused (1)
                VERDICT  ROOM     PLACE  MODEL  WHY
                refuse   Room 19  -      -      the room has no device
                Restart 1 room now, 1 waits, 1 is refused. It takes about 10 min.

                """)
        let raw = PlayedConsole()
        try await run(daemon, raw, .init(isDryRun: true), output: .json)
        #expect(raw.written == ["preview bytes\n"])
        let plain = PlayedConsole()
        try await run(daemon, plain, .init(isDryRun: true), output: .plain)
        #expect(
            plain.written.joined().split(separator: "\n").map { $0.split(separator: "\t")[0] } == [
                "go", "wait", "refuse",
            ])
    }

    @Test func whereEveryRoomIsRefusedNothingIsAskedFor() async throws {
        let daemon = PlayedDaemon()
        daemon.plan.withLock {
            $0.rooms = $0.rooms.filter { $0.verdict == "refuse" }
            ($0.goes, $0.waits) = (0, 0)
        }
        let console = PlayedConsole()
        await #expect(throws: CommandFault.self) { try await run(daemon, console, .init(isSure: true)) }
        #expect(daemon.asked == ["preview"] && console.remarks.joined().contains("the room has no device"))
    }

    /// Running, then ended with a room that is still away, then over.
    @Test func itIsWatchedUntilEveryRoomIsBack() async throws {
        let daemon = PlayedDaemon(
            steps: [
                .progress(running: 2), .progress(running: 2), .progress(succeeded: 1, running: 1),
                .progress(succeeded: 2),
            ], away: [1, 0])
        daemon.plan.withLock { _ = $0.rooms.popLast() }
        let console = PlayedConsole(answers: ["yes"])
        try await run(daemon, console)
        #expect(
            daemon.asked == [
                "preview", "request", "command", "pause", "command", "pause", "command", "pause", "command", "open",
                "pause", "command",
                "open",
            ])
        #expect(
            console.lines == [
                "0 of 2 done; 2 running; about 2 min left", "1 of 2 done: 1 succeeded; 1 running; about 2 min left",
                "2 of 2 done: 2 succeeded; waiting for 1 room to come back",
            ])
        #expect(console.written == ["2 rooms: 2 succeeded.\n"])
        let lastWord = try #require(console.lastWord)
        #expect(lastWord.contains("the operations go on") && lastWord.contains("command withdraw 01C"))
    }

    @Test func whatWentWrongIsNamedAndEndsWithOne() async throws {
        let daemon = PlayedDaemon(steps: [.progress(succeeded: 1, failed: 1, unknown: 1, missing: 1)])
        let console = PlayedConsole()
        let error = await #expect(throws: ExitCode.self) { try await run(daemon, console, .init(isSure: true)) }
        #expect(error == ExitCode(1))
        let text = console.written.joined()
        #expect(text.hasPrefix("3 rooms: 1 succeeded, 1 failed, 1 unknown, 1 did not come back.\n"))
        #expect(text.contains("Room 18") && text.contains("deviceNotReady"))
        #expect(text.contains("Room 17") && text.contains("succeeded, room not back"))
        #expect(!text.contains("Room 20"), "a room that did what was asked is not listed")
    }

    /// A room that was refused did not do what was asked, and one that is gone cannot be met in: a script must hear of it.
    @Test func aRoomThatIsRefusedOrGoneIsNoSuccess() async throws {
        let daemon = PlayedDaemon(steps: [.progress(succeeded: 2)])
        await #expect(throws: ExitCode(1)) { try await run(daemon, PlayedConsole(), .init(isSure: true)) }
        daemon.plan.withLock { _ = $0.rooms.popLast() }
        try await run(daemon, PlayedConsole(), .init(isSure: true))
        let away = PlayedDaemon(steps: [.progress(succeeded: 3, missing: 1)])
        await #expect(throws: ExitCode(1)) { try await run(away, PlayedConsole(), .init(isSure: true)) }
    }

    @Test func aDaemonThatRestartsIsWaitedForAndOneThatIsGoneIsNot() async throws {
        let daemon = PlayedDaemon(steps: [.gone, .gone, .progress(succeeded: 3)])
        let console = PlayedConsole()
        try await run(daemon, console, .init(isSure: true))
        #expect(console.lines == ["no daemon; still trying"])
        let dead = PlayedDaemon(steps: Array(repeating: .gone, count: Following.patience + 1))
        let error = await #expect(throws: ClientError.self) {
            try await run(dead, PlayedConsole(), .init(isSure: true))
        }
        #expect(error == .unreachable("no daemon"))
        #expect(dead.asked.count { $0 == "pause" } == Following.patience - 1)
    }

    @Test func withoutFollowingItSaysWhereToLook() async throws {
        let daemon = PlayedDaemon()
        let console = PlayedConsole()
        try await run(daemon, console, .init(isSure: true, follows: false))
        #expect(daemon.asked == ["preview", "request"])
        #expect(console.written == ["01C is taken: roomctl command show 01C\n"])
        let raw = PlayedConsole()
        try await run(daemon, raw, .init(isSure: true, follows: false), output: .json)
        #expect(raw.written == ["command bytes\n"])
    }

    @Test func aLostAnswerSaysWhereToLookBeforeRepeating() async throws {
        let daemon = PlayedDaemon()
        daemon.isUnheard.withLock { $0 = true }
        let error = await #expect(throws: CommandFault.self) {
            try await run(daemon, PlayedConsole(), .init(isSure: true))
        }
        #expect(error?.description == "lost: roomctl command list")
    }

    @Test func aTerminalGetsOneLineThatMoves() async throws {
        let daemon = PlayedDaemon(steps: [.progress(running: 3), .progress(running: 3), .progress(succeeded: 3)])
        let console = PlayedConsole(terminal: Terminal(width: 60, isColoured: false))
        try await run(daemon, console, .init(isSure: true))
        #expect(console.lines.count == 2, "drawn at every look, although nothing changed")
        #expect(console.lines[0] == "▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ 0 of 3 done, about 2 min left")
        #expect(console.hasEnded)
    }
}

@Suite struct SelectionTests {
    @Test(arguments: [
        (["building=B2"], true), (["model=~\"Bar.*\"", "state!=up"], true), (["asset_tag !~ x"], true),
        (["Room 17"], false), (["room17@contoso.com", "A = B"], false), (["9=9"], false), (["=x"], false),
    ])
    func labelsAreToldFromRooms(_ words: [String], _ areLabels: Bool) throws {
        let selection = try Selection(words)
        #expect(selection == (areLabels ? .matchers(words) : .rooms(words)))
    }

    @Test func theTwoAreNotMixed() {
        let error = #expect(throws: ValidationError.self) { try Selection(["building=B2", "Room\u{1B} 17"]) }
        #expect(error?.message.contains("'Room  17' is no label") == true)
    }

    @Test func whatIsTypedIsWhatIsAsked() throws {
        func request(_ words: String, _ action: String = "restart") throws -> CommandRequest {
            try OrderOptions.parse(words.split(separator: " ").map(String.init)).request(action)
        }
        #expect(
            try request("building=B2 state=down --wait 30m --reason stuck")
                == CommandRequest(
                    action: "restart", matchers: ["building=B2", "state=down"], reason: "stuck", waitSeconds: 1_800))
        #expect(
            try request("R17 R18 --force --reason fire")
                == CommandRequest(action: "restart", rooms: ["R17", "R18"], reason: "fire", force: true))
    }
}
