// What people type: every command of the contract is understood, and what is wrong is refused before anybody is asked.

import ArgumentParser
import FleetAPI
import Foundation
@testable import roomctl
import Testing

@Suite struct CommandLineTests {
    @Test(arguments: [
        "incidents", "incidents list --all", "incidents --status open --severity critical error -o json",
        "incidents show 01J", "ack 01J", "ack 01J 02J --comment mine", "resolve 01J", "comment 01J text",
        "silence add building=B2 severity!=critical --for 2h --reason r", "silence list", "silence expire 01J",
        "silence add room=x --until 06:00 --reason r --author me --yes", "silence preview building=B2 --for 1h30m",
        "maintenance", "maintenance add air --building B1 --floor 3 --from 20:00 --for 4h --reason r",
        "maintenance cancel 01J", "explain room17@contoso.com", "fleet", "rooms",
        "rooms board --state down unseen --building B2 --floor 3 --limit 5", "capabilities", "doctor",
        "doctor -o json --socket /s", "doctor --url https://monitor.contoso.com --token-file t",
        "deliveries --receiver oncall --state failed", "receivers", "receivers test oncall -o plain", "audit",
        "connect", "connect -o json --tenant contoso.com --modules devices,sign-ins --secret-stdin --port 0 --dry-run",
        "connect --certificate c.pem --key k.pem --cloud usgov-dod --consent-timeout 5m --wait 90s --paste --open",
        "connect --managed-identity system --no-consent --receiver pagerduty --receiver-secret-file f --modules none",
        "connect --federated-token-file /run/token --receiver webhook --receiver-url https://a.example/?x=1",
        "backup b.sqlite --force", "backup - -o json", "restore b.sqlite --yes --config c.yaml", "support-bundle",
        "support-bundle s.tar.gz --since 2h --show",
        "devices", "devices --building B2 --floor 3 --model Kit --kind panel phone --problem any --text 17 --limit 5",
        "devices --problem peripheral -o plain", "device dev-1", "device room17@contoso.com -o json",
        "restart R17", "restart building=B2 model=~Bar.* state=down --dry-run -o json", "restart R17 R18 --yes",
        "restart R17 --force --reason stuck --no-follow -y", "restart R17 --wait 8h --follow",
        "update building=B2 --software firmware --version 1.2", "update R17 --version 4.20", "diagnose R17 --yes",
        "operations", "operations --open --room R17 --command 01J --state failed unknown", "operation 01J",
        "command", "command list --limit 5", "command show 01J", "command withdraw 01J",
        "audit --limit 5 --url https://monitor.contoso.com --token-file t --ca-file ca.pem",
    ])
    func isUnderstood(_ line: String) throws {
        _ = try Roomctl.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        "ack", "resolve", "comment 01J", "silence add --for 2h --reason r", "silence add building=B2 --reason r",
        "silence add building=B2 --for 2h", "silence add b=c --for 2h --until 06:00 --reason r",
        "silence add b=c --for 2x --reason r", "silence add b=c --until 25:00 --reason r", "explain",
        "incidents -o yaml", "incidents --socket a --url https://b", "incidents --ca-file a",
        "incidents --url monitor.contoso.com", "incidents --url https://me@host", "nonsense",
        "incidents --url http://monitor.contoso.com --token-file t", "backup", "restore", "support-bundle --since 2x",
        "connect --certificate c.pem", "connect --secret-file a --secret-stdin", "connect --managed-identity machine",
        "connect --federated-token-file token", "connect --login http://login.example", "connect --modules devices,x",
        "connect --proxy http://u:p@proxy:1", "connect --port 70000", "connect --secret hunter2",
        "connect --receiver teams --receiver-url https://a.example", "connect --receiver-url https://a.example",
        "restart", "restart R17 building=B2", "restart R17 --force", "restart R17 --force --reason",
        "restart R17 --wait 8d",
        "restart R17 --wait 0s", "restart R17 --software firmware", "update R17 --software game",
        "update R17 --version",
        "device", "operation", "command withdraw", "command show", "operations --open R17", "devices --limit x",
        "connect --config etc/", "connect --socket /run/a",
    ])
    func isRefused(_ line: String) {
        #expect(throws: (any Error).self) {
            _ = try Roomctl.parseAsRoot(line.split(separator: " ").map(String.init))
        }
    }

    @Test(arguments: [
        ("--socket /a incidents", "incidents --socket /a"),
        ("-o json --url=https://b explain x", "explain x -o json --url=https://b"),
        ("--socket /a comment 1 -- -x", "comment 1 --socket /a -- -x"),
        ("incidents --socket /a", "incidents --socket /a"),
        ("--help", "--help"), ("--socket", "--socket"), ("--socket /a", "--socket /a"),
    ])
    func optionsBeforeTheCommandBelongToIt(_ written: String, _ read: String) {
        #expect(GlobalOptions.moved(written.split(separator: " ").map(String.init)).joined(separator: " ") == read)
    }

    @Test(arguments: [("30m", 1_800.0), ("2h", 7_200), ("1h30m", 5_400), ("7d", 604_800), ("45s", 45)])
    func lengths(_ text: String, _ seconds: Double) {
        #expect(WrittenDuration(argument: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "2", "h", "2hm", "-1h", "1.5h", "0m", "2 h", "9999999999d"])
    func noLengths(_ text: String) { #expect(WrittenDuration(argument: text) == nil) }

    @Test func aClockIsTheNextSuchTime() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let now = try #require(Timestamp("2026-11-20T23:30:00+01:00")).date
        let next = WrittenInstant(argument: "06:00")?.date(after: now, in: zone)
        #expect(next.map { Timestamp($0).description } == "2026-11-21T05:00:00.000Z")
        let exact = WrittenInstant(argument: "2026-11-21T06:00:00+01:00")?.date(after: now, in: zone)
        #expect(exact == next)
        for bad in ["6:00", "24:00", "06:60", "tomorrow", "06"] { #expect(WrittenInstant(argument: bad) == nil) }
    }

    @Test func prefixesOfIdsMustBeUnique() async throws {
        let known = ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAW", "01BRZ3NDEKTSV4RRFFQ69G5FAW"]
        #expect(try await Session.whole("01b", "incident") { known } == known[2])
        await #expect(throws: CommandFault.self) { try await Session.whole("01A", "incident") { known } }
        await #expect(throws: CommandFault.self) { try await Session.whole("7", "incident") { known } }
        // A whole id is never looked up: it may be older than every list.
        #expect(try await Session.whole(known[0].lowercased(), "incident") { [] } == known[0])
    }
}
