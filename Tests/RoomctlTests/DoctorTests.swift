// What only this side can see, how it reads, and with which code the command ends.

import ArgumentParser
import FleetAPI
import FleetClient
import Foundation
@testable import roomctl
import Testing

@Suite struct MachineFactsTests {
    private static func unit(_ properties: [String: String] = [:], name: String = "roomwatchd.service")
        -> MachineFacts.Unit
    {
        let healthy = [
            "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "UnitFileState": "enabled",
            "Result": "success", "NRestarts": "0", "NeedDaemonReload": "no",
        ]
        return MachineFacts.Unit(name: name, properties: healthy.merging(properties) { $1 })
    }

    private func facts(
        _ reach: MachineFacts.Reach = .unreachable("no daemon"), _ properties: [String: String] = [:],
        _ change: (inout MachineFacts) -> Void = { _ in }
    ) -> [String: CheckBody] {
        var facts = MachineFacts(reach: reach, user: "anna")
        facts.version = "1.0.0"
        facts.socket = .init(
            path: "/run/s", exists: true, isSocket: true, mode: "0660", owner: "root", group: "roomwatch", mayUse: true)
        facts.service = Self.unit(properties)
        facts.socketUnit = Self.unit(name: "roomwatchd.socket")
        facts.group = .init(name: "roomwatch", exists: true, isListed: true, isEffective: true)
        facts.journal = .readable
        facts.credentials = ["contoso-secret"]
        change(&facts)
        return Dictionary(facts.judged().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func aHealthyMachineIsWell() {
        let checks = facts(.answered(version: "1.0.0"))
        #expect(checks.values.allSatisfy { $0.status == "ok" && $0.remedy == nil }, "\(checks)")
        #expect(
            Set(checks.keys) == [
                "machine.daemon", "machine.unit", "machine.enabled", "machine.credentials", "machine.journal",
            ])
    }

    @Test func anotherVersionIsAWarning() {
        let check = facts(.answered(version: "0.9.0"))["machine.daemon"]
        #expect(check?.status == "warning" && check?.summary.contains("0.9.0") == true)
    }

    struct State: Sendable, CustomTestStringConvertible {
        var properties: [String: String]
        var status = "problem"
        var says: String
        var remedy: String
        var testDescription: String { says }
    }

    static let states = [
        State(properties: ["LoadState": "not-found"], says: "is not installed", remedy: "make install"),
        State(properties: ["LoadState": "masked", "ActiveState": "inactive"], says: "masked", remedy: "unmask"),
        State(properties: ["LoadState": "bad-setting"], says: "cannot be read", remedy: "systemd-analyze verify"),
        State(properties: ["ActiveState": "inactive"], says: "does not run", remedy: "enable --now"),
        State(
            properties: ["ActiveState": "failed", "Result": "exit-code", "ExecMainCode": "1", "ExecMainStatus": "78"],
            says: "exit code 78", remedy: "check of the configuration"),
        State(
            properties: ["ActiveState": "failed", "Result": "exit-code", "ExecMainCode": "1", "ExecMainStatus": "1"],
            says: "exit code 1.", remedy: "journalctl"),
        State(
            properties: ["ActiveState": "failed", "Result": "signal", "ExecMainCode": "2", "ExecMainStatus": "11"],
            says: "signal 11", remedy: "journalctl"),
        State(
            properties: ["ActiveState": "failed", "Result": "exit-code", "ExecMainCode": "1", "ExecMainStatus": "243"],
            says: "hand over its secrets", remedy: "journalctl"),
        State(properties: ["ActiveState": "failed", "Result": "watchdog"], says: "a loop hung", remedy: "journalctl"),
        State(
            properties: ["ActiveState": "failed", "Result": "oom-kill"], says: "memory ran out", remedy: "MemoryMax"),
        State(
            properties: [
                "ActiveState": "activating", "SubState": "auto-restart", "NRestarts": "7", "Result": "exit-code",
                "ExecMainCode": "1", "ExecMainStatus": "1",
            ], says: "again and again, restarted 7 times", remedy: "journalctl"),
        State(
            properties: ["ActiveState": "activating", "SubState": "start"], status: "notice", says: "is activating",
            remedy: "in a minute"),
    ]

    @Test(arguments: states) func whyNobodyAnswers(_ state: State) throws {
        let check = try #require(facts(.unreachable("no daemon"), state.properties)["machine.unit"])
        #expect(check.status == state.status && check.summary.contains(state.says), "\(check.summary)")
        #expect(check.remedy?.contains(state.remedy) == true, "\(check.remedy ?? "")")
    }

    @Test func whatDoesNotStartWithTheMachineIsSaid() {
        #expect(
            facts(.answered(version: "1.0.0"), ["UnitFileState": "disabled"])["machine.enabled"]?.status == "warning")
        let units = facts(.answered(version: "1.0.0"), ["NeedDaemonReload": "yes"])
        #expect(units["machine.unit"]?.status == "ok")
        let missing = facts { $0.socketUnit = Self.unit(["LoadState": "not-found"], name: "roomwatchd.socket") }
        #expect(missing["machine.socket_unit"]?.status == "warning")
        let stopped = facts { $0.socketUnit = Self.unit(["ActiveState": "inactive"], name: "roomwatchd.socket") }
        #expect(stopped["machine.socket_unit"]?.status == "problem")
    }

    private func facts(_ change: (inout MachineFacts) -> Void) -> [String: CheckBody] {
        facts(.unreachable("no daemon"), [:], change)
    }

    @Test func theSocketAndWhoMayUseIt() {
        #expect(facts { $0.socket?.exists = false }["machine.socket"]?.remedy?.contains("roomwatchd.socket") == true)
        #expect(facts { $0.socket?.isSocket = false }["machine.socket"]?.status == "problem")
        let closed = facts {
            $0.socket?.mayUse = false
            $0.group?.isListed = false
            $0.group?.isEffective = false
        }["machine.socket"]
        #expect(closed?.summary == "anna may not use /run/s (0660, root:roomwatch).")
        #expect(closed?.remedy == "Run `sudo usermod -aG roomwatch anna` and log in again.")
        let stale = facts {
            $0.socket?.mayUse = false
            $0.group?.isEffective = false
        }["machine.socket"]
        #expect(stale?.remedy?.contains("newgrp roomwatch") == true)
        let nobody = facts {
            $0.socket?.mayUse = false
            $0.group?.exists = false
        }["machine.socket"]
        #expect(nobody?.remedy?.contains("systemd-sysusers") == true)
    }

    @Test func theConfigurationSpeaksForItself() {
        let words = ["/etc/roomwatch/roomwatch.yaml:9: poll.presence: `5` has no unit"]
        let check = facts {
            $0.configuration = .init(command: "roomwatchd --check-config", code: 78, lines: words)
        }["machine.configuration"]
        #expect(check?.status == "problem" && check?.summary.contains(words[0]) == true)
        let unread = facts {
            $0.configuration = .init(command: "roomwatchd --check-config", code: 1, lines: [])
        }["machine.configuration"]
        #expect(unread?.status == "unknown")
    }

    @Test func secretsAndJournal() {
        #expect(facts { $0.credentials = [] }["machine.credentials"]?.status == "notice")
        #expect(facts { $0.missingCredentials = ["hook-secret"] }["machine.credentials"]?.status == "problem")
        #expect(facts { $0.journal = .refused }["machine.journal"]?.remedy?.contains("systemd-journal") == true)
        #expect(facts { $0.journal = .absent }["machine.journal"] == nil)
        // Who may not read the journal is shown an empty one.
        #expect(facts { $0.journal = .empty }["machine.journal"]?.remedy?.contains("systemd-journal") == true)
        let new = facts(.unreachable("no"), ["ActiveState": "inactive", "ExecMainCode": "0"]) { $0.journal = .empty }
        #expect(new["machine.journal"]?.summary.contains("no line") == true)
        let reached = facts(.answered(version: "1.0.0"), [:]) { $0.missingCredentials = ["pd-key"] }
        #expect(reached["machine.credentials"]?.status == "notice")
        #expect(facts { $0.service = nil }["machine.unit"]?.status == "notice")
    }

    @Test func aDaemonElsewhereIsAskedAlone() {
        #expect(Set(facts { $0.isElsewhere = true }.keys) == ["machine.daemon"])
    }
}

@Suite struct MachineLookTests {
    @Test func whatSystemctlPrintsIsRead() {
        let read = MachineLook.properties("LoadState=loaded\nExecStart={ path=/a ; argv[]=/a b=c ; }\nnonsense\nX=\n")
        #expect(read == ["LoadState": "loaded", "ExecStart": "{ path=/a ; argv[]=/a b=c ; }", "X": ""])
        let start =
            "{ path=/usr/bin/roomwatchd ; argv[]=/usr/bin/roomwatchd --config /etc/roomwatch/roomwatch.yaml ; "
            + "ignore_errors=no ; start_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }"
        #expect(
            MachineLook.command(ofExecStart: start) == [
                "/usr/bin/roomwatchd", "--config", "/etc/roomwatch/roomwatch.yaml",
            ])
        // Nothing else is ever run.
        #expect(MachineLook.command(ofExecStart: "{ path=/bin/sh ; argv[]=/bin/sh -c x ; }") == nil)
        #expect(MachineLook.command(ofExecStart: "") == nil)
    }

    @Test func credentialsOfAUnitAreRead() {
        let text = """
            # /etc/systemd/system/roomwatchd.service.d/credentials.conf
            [Service]
            LoadCredential=old
            LoadCredential=
            LoadCredential=contoso-secret
            LoadCredentialEncrypted=hook-secret:/etc/secrets/hook
            """
        let found = MachineLook.credentials(inUnit: text)
        #expect(found.map(\.name) == ["contoso-secret", "hook-secret"])
        #expect(found[0].places.first == "/etc/credstore/contoso-secret")
        #expect(found[1].places == ["/etc/secrets/hook"])
    }

    @Test func theConfigurationIsCheckedWhenItWasRefused() {
        let tools = ToolRunner { program, arguments in
            switch (program, arguments.first) {
            case ("systemctl", "show"):
                return .init(
                    code: 0,
                    out: """
                        LoadState=loaded
                        ActiveState=failed
                        UnitFileState=enabled
                        ExecMainCode=1
                        ExecMainStatus=78
                        ExecStart={ path=/usr/bin/roomwatchd ; argv[]=/usr/bin/roomwatchd --config /e.yaml ; pid=0 }
                        """, err: "")
            case ("systemctl", _): return .init(code: 0, out: "LoadCredential=a\n", err: "")
            case ("/usr/bin/roomwatchd", _):
                return .init(code: 78, out: "", err: "/e.yaml:3: \(arguments.joined(separator: " "))\n")
            default: return nil
            }
        }
        let facts = MachineLook(tools: tools).facts(reach: .unreachable("no"), socketPath: "/nonexistent/s")
        #expect(facts.configuration?.code == 78)
        #expect(facts.configuration?.lines == ["/e.yaml:3: --config /e.yaml --check-config"])
        #expect(facts.socket?.exists == false && facts.credentials == ["a"] && facts.journal == .absent)
    }
}

@Suite struct DoctorPageTests {
    private static let at = Timestamp("2026-11-20T08:12:00Z") ?? Timestamp(.distantPast)
    private let rendering = Rendering(now: at)

    private static let report = DoctorBody(
        at: at, tookMs: 12, version: "1.0.0",
        checks: [
            CheckBody("machine.daemon", area: .machine, .ok, "roomwatchd 1.0.0 answers."),
            CheckBody(
                "token", area: .token, tenant: "contoso", subject: "expiredSecret", .problem,
                "No access token can be had (expiredSecret).",
                remedy: "Create a new client secret and replace the file."),
            CheckBody(
                "rooms.weak", area: .rooms, tenant: "contoso", .notice, "2 rooms are seen weakly.",
                examples: ["Room 1\u{1B}[2J", "Room 2"]),
        ])

    @Test func problemsWithTheirRemedies() {
        let text = rendering.doctor(Self.report, terminal: Terminal(width: 50, isColoured: false))
        #expect(
            text == """
                This machine
                  ok       roomwatchd 1.0.0 answers.

                Token
                  problem  No access token can be had
                           (expiredSecret).
                           → Create a new client secret and
                             replace the file.

                Rooms
                  notice   2 rooms are seen weakly.
                           Among them: Room 1 [2J; Room 2.

                1 problem, 1 notice, 1 ok.

                """)
    }

    @Test func coloursAreCodesAndNothingElse() {
        let coloured = rendering.doctor(Self.report, terminal: Terminal(width: nil, isColoured: true))
        #expect(coloured.contains("\u{1B}[31mproblem\u{1B}[0m"))
        let bare = coloured.replacing(#/\u{1B}\[\d*m/#, with: "")
        #expect(bare == rendering.doctor(Self.report, terminal: Terminal(width: nil, isColoured: false)))
    }

    @Test func oneLineACheckForScripts() {
        let lines = rendering.plain(Self.report).split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
        #expect(lines.allSatisfy { $0.count == 7 })
        #expect(
            lines[1] == [
                "problem", "token", "contoso", "expiredSecret", "token", "No access token can be had (expiredSecret).",
                "Create a new client secret and replace the file.",
            ])
    }

    @Test func severalTenantsAreNamed() {
        var report = Self.report
        report.checks.append(CheckBody("token", area: .token, tenant: "fabrikam", .ok, "An access token is in hand."))
        let text = rendering.doctor(report, terminal: Terminal(width: nil, isColoured: false))
        #expect(text.contains("contoso: No access token") && text.contains("fabrikam: An access token"))
    }

    @Test(arguments: [
        (CheckBody.Status.ok, true, 0), (.notice, true, 0), (.warning, true, 0), (.unknown, true, 0),
        (.problem, true, 4),
        (.ok, false, 3), (.problem, false, 3),
    ]) func exitCodes(_ status: CheckBody.Status, _ isReached: Bool, _ code: Int32) {
        let report = DoctorBody(
            at: Self.at, tookMs: 0, version: nil, checks: [CheckBody("x", area: .token, status, "It is so.")])
        #expect(Doctor.exitCode(of: report, isReached: isReached) == code)
    }

    @Test func howTheDaemonWasReached() {
        #expect(Doctor.reach(Self.report, nil) == .answered(version: "1.0.0"))
        #expect(Doctor.reach(nil, .unreachable("no daemon")) == .unreachable("no daemon"))
        #expect(Doctor.reach(nil, .unheard("silent")) == .unreachable("silent"))
        let refusal = Problem(Refusal(.forbidden, "this takes the role operator", remedy: "use another token"))
        #expect(Doctor.reach(nil, .refused(refusal)) == .refused("this takes the role operator"))
    }
}
