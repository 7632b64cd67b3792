// Accounts of rooms from the directory and the sign-in log, through the real loops: who is warned, what a page says, and
// that nobody waits for a log that is slow.

import FleetCore
import FleetSimulation
import Foundation
import TenantSimulator
import Testing
import Timekeeping

@testable import FleetMonitor

@Suite struct RoomAccountTests {
    private func event(
        _ kind: ScenarioEvent.Kind, at: Int, room: String, lasts: Int? = nil, code: String? = nil
    ) -> ScenarioEvent {
        var event = ScenarioEvent(kind, at: .seconds(at))
        event.room = room
        event.code = code
        event.lasts = lasts.map { DurationText(.seconds($0)) }
        return event
    }

    private func findings(_ tenancy: Tenancy) -> [RoomAccountFindings] {
        tenancy.stage.perform { [ledger = tenancy.stage.ledger] in await ledger.accountFindings(of: contoso) }
    }

    private func room(_ tenancy: Tenancy, _ name: String) throws -> Incident? {
        try tenancy.stage.incidents(of: .roomOffline).last { $0.scope.name == name }
    }

    @Test func anExpiredPasswordIsTheCauseOnceTheLogSaysSo() throws {
        let events = [event(.passwordExpires, at: 600, room: "3", lasts: 4_000)]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 640)
        let early = try #require(try room(tenancy, "Room 3"))
        #expect(early.cause == .unknown, "the log shows it minutes later")
        #expect(tenancy.told == ["opened room.offline"])
        tenancy.live(for: 900)
        let incident = try #require(try room(tenancy, "Room 3"))
        #expect(incident.cause == .account)
        #expect(
            incident.evidence.contains {
                $0.source == "sign_in" && $0.reading.hasPrefix("Sign-in failed at ")
                    && $0.reading.hasSuffix("Z: password expired (AADSTS50055)")
            }, "\(incident.evidence)")
        #expect(incident.summary.contains("password expired"), "\(incident.summary)")
        #expect(tenancy.told == ["opened room.offline", "updated room.offline"], "\(tenancy.told)")
        tenancy.live(for: 4_000)
        #expect(tenancy.turns == ["opened room.offline", "resolved room.offline"])
        let asked = tenancy.transport.urls("/auditLogs/signIns")
        #expect(asked.contains { $0.contains("/v1.0/") } && asked.contains { $0.contains("/beta/") })
        let account = try #require(tenancy.account(of: "Room 3"))
        #expect(asked.allSatisfy { $0.contains(account.text) }, "only rooms in trouble are asked about")
    }

    @Test func aPasswordThatEndsIsForetoldOnlyWhereTheOperatorSaysThatTheyEnd() throws {
        let events = ["3", "4"].map { event(.passwordExpires, at: 5 * 86_400, room: $0) }
        let assumed = try Tenancy { $0.events = events }
        assumed.live(for: 1_200)
        #expect(assumed.told == [])
        #expect(findings(assumed).map(\.room.name) == ["Room 3", "Room 4"] || findings(assumed).count == 2)
        #expect(findings(assumed).flatMap(\.findings).allSatisfy { $0.word == "password_expiry" })
        let known = try Tenancy(passwords: PasswordPolicy(cloud: .days(90))) { $0.events = events }
        known.live(for: 1_200)
        #expect(known.told == ["opened room.account"], "two rooms, one warning: \(known.told)")
        let incident = try #require(try known.open().first)
        #expect(incident.severity == .warning)
        #expect(incident.roomsTotal == 2)
        #expect(incident.summary.contains("2 with a password that expires on "), "\(incident.summary)")
        let never = try Tenancy(passwords: PasswordPolicy(cloud: .never)) { $0.events = events }
        never.live(for: 1_200)
        #expect(never.told == [] && findings(never).isEmpty)
    }

    @Test func aDisabledAccountAndALostLicenceAreOneWarningThatEnds() throws {
        let events = [
            event(.licenceRemoved, at: 400, room: "2", lasts: 3_000),
            event(.licenceRemoved, at: 400, room: "4", lasts: 3_000),
            event(.licenceRemoved, at: 400, room: "7", lasts: 3_000, code: "CountViolation"),
        ]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 1_600)
        #expect(tenancy.told == ["opened room.account"], "\(tenancy.told)")
        let incident = try #require(try tenancy.open().first)
        #expect(Set(incident.rooms.map(\.name)) == ["Room 2", "Room 4", "Room 7"])
        #expect(incident.evidence.contains { $0.reading.contains("CountViolation: the tenant has none left") })
        #expect(findings(tenancy).allSatisfy { !$0.findings[0].remedy.isEmpty })
        tenancy.live(for: 2_500)
        #expect(tenancy.turns == ["opened room.account", "resolved room.account"], "\(tenancy.told)")
    }

    @Test(arguments: [GraphFault.Kind.hang, .slow, .status, .html, .truncated])
    func aLogThatFailsChangesNothing(_ kind: GraphFault.Kind) throws {
        var fault = ScenarioEvent(.graphFault)
        var what = GraphFault(kind, service: .signIns)
        what.delay = DurationText(.seconds(25))
        fault.fault = what
        let events = [fault, event(.roomSignedOut, at: 600, room: "3", lasts: 2_000)]
        let tenancy = try Tenancy { $0.events = events }
        tenancy.live(for: 620)
        #expect(tenancy.told == ["opened room.offline"])
        #expect(try #require(tenancy.hook.taken.first?.at.seconds) <= 616)
        tenancy.live(for: 3_000)
        #expect(tenancy.turns == ["opened room.offline", "resolved room.offline"])
        #expect(tenancy.stage.overdue == 0)
    }

    @Test(arguments: [true, false])
    func withoutTheLicenceOrThePermissionOneLineSaysSo(_ isGranted: Bool) throws {
        let roles = ["Presence.Read.All", "User.Read.All", "TeamworkDevice.Read.All"]
        let events = [event(.roomSignedOut, at: 600, room: "3")]
        let tenancy = try Tenancy {
            $0.premium = false
            $0.events = events
            $0.token.roles = roles + (isGranted ? ["AuditLog.Read.All"] : [])
        }
        tenancy.live(for: 4 * 3_600)
        #expect(tenancy.turns == ["opened room.offline"])
        let lines = tenancy.stage.journal.lines(with: "are not read:").filter { $0.contains("sign-ins:") }
        #expect(lines.count == 1, "\(lines)")
        #expect(tenancy.stage.journal.lines(with: isGranted ? "ID P1" : "AuditLog.Read.All").count == 1)
        #expect(tenancy.transport.urls("/auditLogs").count == (isGranted ? 1 : 0))
    }
}
