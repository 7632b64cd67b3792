// Devices, plans and progress as they stand on a terminal, letter by letter.

import FleetAPI
import Foundation
@testable import roomctl
import Testing

@Suite struct CommandRenderingTests {
    private static let now = Timestamp("2026-11-20T08:12:00Z") ?? Timestamp(.distantPast)
    private static func at(_ clock: String) -> Timestamp { Timestamp("2026-11-20T\(clock)Z") ?? now }
    private static let paper = Terminal(width: nil, isColoured: false)
    private let rendering = Rendering(now: now)

    private static func progress(
        waiting: Int = 0, running: Int = 0, succeeded: Int = 0, failed: Int = 0, unknown: Int = 0, withdrawn: Int = 0,
        missing: Int = 0, end: Timestamp? = nil
    ) -> CommandProgress {
        CommandProgress(
            operations: waiting + running + succeeded + failed + unknown + withdrawn, waiting: waiting,
            running: running, succeeded: succeeded, failed: failed, unknown: unknown, withdrawn: withdrawn,
            missing: missing, estimatedEnd: end)
    }

    private static let device = DeviceBody(
        id: "d1", tenant: "contoso", kind: "teams_room", manufacturer: "Contoso", model: "Bar 20",
        room: .init(id: "1", name: "Room 17\u{1B}[2J", building: "B2", floor: "3"), health: "critical",
        activity: "idle",
        problems: [
            .init(condition: "device.peripheral", sentence: "the microphone is not connected", since: at("07:00:00")),
            .init(condition: "device.login", sentence: "it is not signed in to Exchange"),
        ],
        software: [
            .init(software: "firmware", freshness: "latest", current: "1.2"),
            .init(software: "teams_client", freshness: "update_available", current: "4.19.70", available: "4.20.10"),
        ], listedAt: at("08:10:00"))

    @Test func devicesOnATerminal() {
        let bare = DeviceBody(id: "d2", tenant: "contoso", kind: "panel", health: "healthy", activity: "unknown")
        #expect(
            rendering.devices([Self.device, bare]).text(width: nil, isColoured: false) == """
                ROOM         PLACE        MODEL           HEALTH    PROBLEMS                                                          TEAMS                     ID
                Room 17 [2J  B2, floor 3  Contoso Bar 20  critical  the microphone is not connected; it is not signed in to Exchange  4.19.70 (4.20.10 is out)  d1
                -            -            panel           healthy   -                                                                 -                         d2

                """)
    }

    @Test func oneDeviceWithItsPast() {
        let detail = DeviceDetail(
            device: Self.device,
            history: [
                .init(reading: "healthy", firstAt: Self.at("05:00:00"), lastAt: Self.at("07:00:00")),
                .init(reading: "peripheral: microphone", firstAt: Self.at("07:00:00"), lastAt: nil),
            ], operations: [])
        let text = rendering.device(detail).map { $0.0 + "\n" + $0.1.text(width: nil, isColoured: false) }.joined()
        #expect(
            text == """

                id           d1
                kind         teams_room
                model        Contoso Bar 20
                room         Room 17 [2J (B2, floor 3)
                tenant       contoso
                health       critical
                activity     idle
                listed       08:10:00Z (2m ago)
                health read  never
                Problems
                CONDITION          SINCE      WHAT                             INCIDENT
                device.peripheral  07:00:00Z  the microphone is not connected  -
                device.login       -          it is not signed in to Exchange  -
                Software
                SOFTWARE      VERSION  STATE             AVAILABLE
                firmware      1.2      latest            -
                teams_client  4.19.70  update_available  4.20.10
                History
                FROM       TO         READING
                05:00:00Z  07:00:00Z  healthy
                07:00:00Z  now        peripheral: microphone

                """)
    }

    @Test(arguments: [
        (progress(), "0 of 0 done"), (progress(waiting: 3), "0 of 3 done; 3 waiting"),
        (
            progress(waiting: 3, running: 2, succeeded: 5, failed: 1, unknown: 1, end: at("08:16:00")),
            "7 of 12 done: 5 succeeded, 1 failed, 1 unknown; 2 running, 3 waiting; about 4 min left"
        ),
        (progress(running: 1, end: at("08:12:45")), "0 of 1 done; 1 running; about 45 s left"),
        (progress(running: 1, end: at("10:22:00")), "0 of 1 done; 1 running; about 2 h 10 min left"),
        (progress(running: 1, end: at("08:11:00")), "0 of 1 done; 1 running"),
        (progress(succeeded: 2, missing: 1, end: at("09:00:00")), "2 of 2 done: 2 succeeded, 1 not back"),
        (progress(withdrawn: 2), "2 of 2 done: 2 withdrawn"),
    ])
    func progressInWords(_ progress: CommandProgress, _ words: String) {
        #expect(ProgressBar(progress, at: Self.now).words == words)
    }

    @Test func theBarIsAlwaysWholeAndNeverWraps() {
        for total in 1...40 {
            for failed in 0...min(total, 7) {
                let bar = ProgressBar(
                    Self.progress(waiting: (total - failed) / 2, succeeded: (total - failed + 1) / 2, failed: failed),
                    at: Self.now)
                for width in [10, 30, 80] {
                    let line = bar.line(width: width, isColoured: false)
                    #expect(line.columns < width)
                    if width == 80 { #expect(line.prefix { "█▒░".contains($0) }.count == ProgressBar.cells) }
                }
            }
        }
        let coloured = ProgressBar(Self.progress(waiting: 1, succeeded: 1), at: Self.now)
        let bare = coloured.line(width: 80, isColoured: true).replacing(#/\u{1B}\[\d*m/#, with: "")
        #expect(bare == coloured.line(width: 80, isColoured: false))
        #expect(bare.hasPrefix("████████████░░░░░░░░░░░░ 1 of 2 done"))
    }

    @Test func aLongPlanNamesTheFirstRoomsOfEachKind() {
        let rooms = (0..<25).map {
            CommandPreview.Planned(
                room: .init(id: "\($0)", name: "Room \($0)"), device: "d", model: nil, verdict: "go", because: ["idle"])
        }
        let plan = CommandPreview(
            action: "update_software", rooms: rooms, goes: 25, waits: 0, refused: 0, estimateSeconds: 0)
        let lines = rendering.plan(plan, on: Self.paper).split(separator: "\n")
        #expect(lines.count == 24 && lines[22] == "and 5 more rooms; --dry-run names all")
        #expect(lines.last == "Update 25 rooms now.")
        #expect(rendering.plan(plan, on: Self.paper, isWhole: true).split(separator: "\n").count == 28)
        #expect(
            rendering.plan(plan, on: Terminal(width: 40, isColoured: false)).split(separator: "\n").allSatisfy {
                $0.count <= 40
            })
    }

    @Test func operationsSayWhatBecameOfTheRoom() {
        func operation(_ state: String, _ homecoming: String) -> OperationBody {
            OperationBody(
                id: "01O", command: "01C", tenant: "contoso", action: "restart",
                room: .init(id: "1", name: "Room 17", building: "B2", floor: "3"), device: "d1", state: state,
                detail: state == "failed" ? "deviceNotReady: asleep" : nil, graphID: "g1", homecoming: homecoming,
                awaitedUntil: Self.at("08:20:00"), author: "anna", requestedAt: Self.at("08:00:00"),
                submittedAt: Self.at("08:01:00"), settledAt: nil)
        }
        let table = rendering.operations([
            operation("succeeded", "missing"), operation("accepted", "awaited"), operation("failed", "not_awaited"),
        ])
        #expect(
            table.plain == """
                01O\t12m\trestart\tRoom 17\tB2, floor 3\tsucceeded, room not back\tanna\t-
                01O\t12m\trestart\tRoom 17\tB2, floor 3\taccepted, room not back yet\tanna\t-
                01O\t12m\trestart\tRoom 17\tB2, floor 3\tfailed\tanna\tdeviceNotReady: asleep

                """)
        let detail = OperationDetail(
            operation: operation("accepted", "awaited"),
            steps: [.init(at: Self.at("08:00:00"), state: "waiting", detail: "a meeting runs")])
        let text = rendering.operation(detail).map { $0.0 + "\n" + $0.1.text(width: nil, isColoured: false) }.joined()
        #expect(text.contains("room awaited until  08:20:00Z\n"))
        #expect(text.hasSuffix("Steps\nAT         STATE    DETAIL\n08:00:00Z  waiting  a meeting runs\n"))
    }

    @Test func commandsSayWhoAskedAndHowFarTheyAre() {
        let command = CommandBody(
            id: "01C", tenant: "contoso", action: "update_software", software: "firmware", version: "1.3",
            author: "anna", reason: "night", forced: true, selection: "building=\"B2\"",
            requestedAt: Self.at("08:00:00"),
            progress: Self.progress(succeeded: 2))
        #expect(
            rendering.commands([command]).plain
                == "01C\t12m\tupdate_software firmware 1.3\tanna\tbuilding=\"B2\"\t2 of 2 done: 2 succeeded\n")
        let text = rendering.command(command).text(width: nil, isColoured: false)
        #expect(text.contains("forced    the guards were overridden") && text.contains("reason    night"))
    }

    @Test(arguments: [("any", "any"), ("peripheral", "device.peripheral"), ("device.login", "device.login")])
    func problemsMayBeShort(_ word: String, _ condition: String) {
        #expect(Devices.condition(word) == condition)
    }
}
