// The sign-in log, and every way in which it cannot be read.

import FleetCore
import Foundation
import GraphClient
import Testing

@testable import FleetGraph

@Suite("Reading sign-ins")
struct SignInReaderTests {
    private static let account = PresencePages.account(1)
    private static let since = Date(timeIntervalSince1970: 1_795_161_600)

    private func entry(_ id: String, _ clock: String, _ code: String, user: String = account.text) -> String {
        #"{"id":"\#(id)","createdDateTime":"2026-11-20T\#(clock)Z","userId":"\#(user)","appDisplayName":"Microsoft Teams","#
            + #""isInteractive":true,"status":{"errorCode":\#(code),"failureReason":"password expired","additionalDetails":null},"#
            + #""ipAddress":"203.0.113.4","deviceDetail":{"operatingSystem":"Windows"}}"#
    }

    private func read(silent: Bool = false, _ reply: Rig.Reply) async throws -> (SignInRead, [Rig.Asked]) {
        let rig = try Rig(jumps: true) { _ in reply }
        let read = await SignInReader(client: rig.client, time: rig.time).read(
            Self.account, since: Self.since, silent: silent)
        return (read, rig.asked)
    }

    @Test("one request asks about one account, and the beta about its silent sign-ins", arguments: [false, true])
    func request(_ silent: Bool) async throws {
        let (read, asked) = try await read(silent: silent, Rig.json(#"{"value":[]}"#))
        #expect(read.capability == .available && read.reading.signIns == .value([]))
        let filter = "userId eq '\(Self.account.text)' and createdDateTime ge 2026-11-20T08:00:00Z"
        #expect(
            asked.map(\.target) == [
                silent
                    ? "/beta/auditLogs/signIns?$filter=signInEventTypes/any(t:t eq 'nonInteractiveUser') and \(filter)&$top=50"
                    : "/v1.0/auditLogs/signIns?$filter=\(filter)&$top=50"
            ])
    }

    @Test("entries become outcomes, newest first; other accounts and broken ones are left out")
    func entries() async throws {
        let items = [
            entry("a", "08:00:13", "50055"), entry("b", "08:01:00.1234567", "0"), entry("a", "08:00:13", "50055"),
            entry("c", "08:00:20", "50140"), entry("d", "08:00:30", "16003"), entry("e", "08:00:40", "987654"),
            entry("f", "08:05:00", "0", user: "00000000-0000-0000-0000-0000000000ff"), "{}", "5",
            #"{"createdDateTime":"soon","status":{"errorCode":0}}"#,
        ]
        let (read, _) = try await read(
            Rig.json(#"{"value":[\#(items.joined(separator: ","))],"@odata.nextLink":"http://graph.test/v1.0/x"}"#))
        guard case .value(let signIns) = read.reading.signIns else {
            Issue.record("not known: \(read)")
            return
        }
        #expect(
            signIns.map(\.outcome) == [
                .succeeded, .unrecognised(code: 987_654), .interrupted(code: 16_003), .interrupted(code: 50_140),
                .failed(.passwordExpired, code: 50_055),
            ])
    }

    @Test(
        "why it cannot be read",
        arguments: [
            (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", SignInCapability.notLicensed),
            (403, "Authorization_RequestDenied", .notGranted), (401, "X", .notGranted),
            (400, "BadRequest", .notOffered),
            (404, "X", .notOffered), (503, "X", .transient("http_503")),
        ])
    func refusals(_ status: Int, _ code: String, _ capability: SignInCapability) async throws {
        let (read, _) = try await read(Rig.error(status, code))
        #expect(read.capability == capability)
        guard case .unknown = read.reading.signIns else {
            Issue.record("a failure is no answer")
            return
        }
    }

    @Test("with the role in the token a refusal names the other permission; without it nothing is asked")
    func roles() async throws {
        func token(_ roles: String) -> String {
            "e30." + Data(#"{"roles":[\#(roles)]}"#.utf8).base64EncodedString().replacing("=", with: "") + ".x"
        }
        let granted = try Rig(token: token(#""AuditLog.Read.All""#)) { _ in Rig.error(403, "Forbidden") }
        let refused = await SignInReader(client: granted.client, time: granted.time).read(
            Self.account, since: Self.since, silent: false)
        #expect(refused.capability == .refused && refused.capability.text.contains("Directory.Read.All"))
        let without = try Rig(token: token(#""Presence.Read.All""#)) { _ in Rig.json(#"{"value":[]}"#) }
        let unasked = await SignInReader(client: without.client, time: without.time).read(
            Self.account, since: Self.since, silent: false)
        #expect(unasked.capability == .notGranted && without.asked.isEmpty)
    }

    @Test("every documented code has a word, and success is none of them")
    func words() {
        for code in SignInWords.troubles.keys {
            guard case .failed(_, code) = SignInWords.outcome(code) else {
                Issue.record("\(code)")
                continue
            }
        }
        #expect(Set(SignInWords.troubles.values) == Set(SignInTrouble.allCases))
    }
}

@Suite("What the directory says of signing in")
struct AccountFactsTests {
    private func facts(_ more: String, table: LicenceTable = .standard) throws -> AccountFacts {
        let text = #"{"id":"\#(InventoryReaderTests.id(1))"\#(more)}"#
        return AccountFacts(try JSONDecoder().decode(UserWire.self, from: Data(text.utf8)), table: table)
    }

    @Test(
        "DisablePasswordExpiration anywhere in the list, in any case",
        arguments: [
            ("null", false), (#""None""#, false), (#""DisablePasswordExpiration""#, true),
            (#""DisableStrongPassword, disablepasswordexpiration""#, true), (#""DisableStrongPassword""#, false),
            ("5", false),
        ])
    func policies(_ value: String, _ never: Bool) throws {
        #expect(try facts(#","passwordPolicies":\#(value)"#).passwordNeverExpires == never)
    }

    @Test("licences are told apart, and what nobody knows stays unrecognised")
    func licences() throws {
        let kinds = try facts(
            #","assignedLicenses":[{"skuId":"4CDE982A-EDE4-4409-9AE6-B003453C8EA6"},{"skuId":"6af4b3d6-14bb-4a2a-960c-6c902aad34f3"},{"skuId":"295a8eb0-f78d-45c7-8b5b-1eed5ed02dff"},{"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06"},{"skuId":"00000000-0000-0000-0000-00000000000f"}]"#
        ).licences?.map(\.kind)
        #expect(kinds == [.room, .basicRoom, .sharedDevices, .user, .unrecognised])
        #expect(try facts("").licences == nil)
        #expect(try facts(#","assignedLicenses":null"#).licences == nil)
        #expect(try facts(#","assignedLicenses":[]"#).licences == [])
    }

    @Test("faulty assignments are kept in Microsoft's words; beside one that works they block nothing")
    func assignments() throws {
        let pro = InventoryReaderTests.pro
        func state(_ state: String, _ error: String, sku: String = pro) -> String {
            #"{"skuId":"\#(sku)","state":"\#(state)","error":"\#(error)"}"#
        }
        func errors(_ states: String...) throws -> [LicenceError] {
            try facts(#","licenseAssignmentStates":[\#(states.joined(separator: ","))]"#).licenceErrors
        }
        #expect(try errors(state("Active", "None")) == [])
        let failed = try errors(state("Error", "CountViolation"))
        #expect(failed.map(\.state) == ["Error"] && failed.map(\.error) == ["CountViolation"])
        #expect(failed.map(\.isBlocking) == [true])
        #expect(try errors(state("Error", "CountViolation"), state("Active", "None")).map(\.isBlocking) == [false])
        #expect(try errors(state("Quarantined", "New")).map(\.isBlocking) == [false])
        #expect(try errors(state("Error", "None", sku: "6fd2c87f-b296-42f0-b197-1e91e994b900")) == [])
    }

    @Test("an old date of the year 1 is no date, and only an explicit true is synchronised")
    func others() throws {
        #expect(try facts(#","lastPasswordChangeDateTime":"0001-01-01T00:00:00Z""#).passwordChanged == nil)
        #expect(
            try facts(#","lastPasswordChangeDateTime":"2026-11-20T08:00:00Z""#).passwordChanged
                == Date(timeIntervalSince1970: 1_795_161_600))
        #expect(try facts(#","onPremisesSyncEnabled":null"#).isSynchronised == false)
        #expect(try facts(#","onPremisesSyncEnabled":true"#).isSynchronised)
    }
}
