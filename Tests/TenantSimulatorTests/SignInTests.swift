// The sign-in log, accounts that cannot sign in, and an application that loses what it was granted, as the documents
// describe them.

import Foundation
import TenantSimulator
import Testing
import Timekeeping

@Suite struct SignInTests {
    static let log = "/v1.0/auditLogs/signIns"

    private func expired() -> Scenario {
        scenario(.passwordExpires, at: .seconds(10)) {
            $0.room = "3"
            $0.lasts = DurationText(.seconds(1_500))
        }
    }

    private func filter(_ text: String) -> String {
        "?$filter=" + (text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    }

    @Test(arguments: [nil, GraphFault.Kind.nulls])
    func entriesKeepToTheMetadata(_ fault: GraphFault.Kind?) throws {
        let schema = try GraphSchema.load()
        var scenario = expired()
        if let fault { scenario.events += faulty(fault, .signIns).events }
        var rehearsal = try Rehearsal(scenario: scenario)
        _ = rehearsal.wait(.seconds(300))
        let items = try rehearsal.get(Self.log).items
        #expect(!items.isEmpty)
        #expect(items.flatMap { schema.complaints($0, as: "microsoft.graph.signIn") } == [])
    }

    @Test func aFailureShowsLateAndSilentOnesOnlyInTheBeta() throws {
        var rehearsal = try Rehearsal(scenario: expired())
        _ = rehearsal.wait(.seconds(120))
        #expect(try rehearsal.get(Self.log).items.isEmpty)
        _ = rehearsal.wait(.seconds(120))
        let interactive = try rehearsal.get(Self.log).items
        #expect(interactive.map { $0["status"]?["errorCode"]?.int } == [50_055])
        let user = try #require(interactive[0]["userId"]?.string)
        let mine = filter("userId eq '\(user)' and createdDateTime ge 2026-03-02T07:00:00Z")
        #expect(try rehearsal.get(Self.log + mine).items.count == 1)
        #expect(try rehearsal.get(Self.log + filter("createdDateTime ge 2026-03-03T07:00:00Z")).items.isEmpty)
        let silent = filter("signInEventTypes/any(t:t eq 'nonInteractiveUser') and userId eq '\(user)'")
        _ = rehearsal.wait(.seconds(11))
        #expect(try rehearsal.get("/beta/auditLogs/signIns" + silent).items.count == 1)
        #expect(rehearsal.get(Self.log + silent).status == 400)
        #expect(rehearsal.get(Self.log + filter("riskDetail eq 'none'")).status == 400)
        _ = rehearsal.wait(.seconds(2_000))
        let after = try rehearsal.get(Self.log).items.map { $0["status"]?["errorCode"]?.int }
        #expect(after.first == 0, "newest first: the new password works")
        #expect(after.dropFirst().allSatisfy { $0 == 50_055 } && after.count == 4, "\(after)")
    }

    @Test func itIsPagedAndFiveInTenSecondsAreTheLimit() throws {
        var rehearsal = try Rehearsal(scenario: expired())
        _ = rehearsal.wait(.seconds(1_400))
        let page = try rehearsal.get(Self.log + "?$top=1").json
        #expect(page["value"]?.array?.count == 1)
        #expect(page["@odata.nextLink"]?.string != nil)
        var statuses: [Int] = []
        for _ in 0..<5 { statuses.append(rehearsal.get(Self.log).status) }
        #expect(statuses == [200, 200, 200, 200, 429])
    }

    @Test func itNeedsItsRoleAndTheLicence() throws {
        for role in Permissions.defaultRoles {
            var scenario = Scenario.quiet
            scenario.token.roles = [role]
            var rehearsal = try Rehearsal(scenario: scenario)
            #expect(rehearsal.get(Self.log).status == (role == "AuditLog.Read.All" ? 200 : 403), "\(role)")
        }
        var scenario = Scenario.quiet
        scenario.premium = false
        var rehearsal = try Rehearsal(scenario: scenario)
        let refused = rehearsal.get(Self.log)
        #expect(refused.status == 403)
        #expect(
            try refused.json["error"]?["code"]?.string == "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    }

    @Test func theDirectoryKnowsTheEndOfAPasswordBefore() throws {
        var rehearsal = try Rehearsal(scenario: expired())
        let select = "?$select=id,lastPasswordChangeDateTime,passwordPolicies"
        let user = try rehearsal.get("/v1.0/users/room3@contoso.com" + select).json
        #expect(user["lastPasswordChangeDateTime"]?.string == "2025-12-02T08:00:10Z")
        #expect(user["passwordPolicies"]?.string?.contains("DisablePasswordExpiration") == false)
        let other = try rehearsal.get("/v1.0/users/room2@contoso.com" + select).json
        #expect(other["passwordPolicies"]?.string == "DisablePasswordExpiration")
    }

    @Test(arguments: [nil, "CountViolation"])
    func aLicenceThatIsTakenAwayIsNowhereHeld(_ code: String?) throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.licenceRemoved, at: .seconds(10)) {
                $0.room = "3"
                $0.code = code
                $0.lasts = DurationText(.seconds(60))
            })
        let path = "/v1.0/users/room3@contoso.com?$select=assignedLicenses,licenseAssignmentStates"
        let before = try rehearsal.get(path).json
        _ = rehearsal.wait(.seconds(20))
        let during = try rehearsal.get(path).json
        #expect(during["assignedLicenses"]?.array == [])
        #expect(
            during["licenseAssignmentStates"]?.array?.map { $0["error"]?.string } == (code.map { [$0] } ?? []))
        let sku = try #require(before["assignedLicenses"]?.array?.first?["skuId"]?.string)
        let holders =
            "/v1.0/users?$top=999&$select=userPrincipalName"
            + "&$filter=assignedLicenses/any(l:l/skuId%20eq%20\(sku))"
        #expect(try !rehearsal.get(holders).items.contains { $0["userPrincipalName"]?.string == "room3@contoso.com" })
        _ = rehearsal.wait(.seconds(60))
        #expect(try rehearsal.get(path).json == before)
    }

    @Test func aTokenKeepsItsRolesAndTheNextOneHasThoseThatAreGranted() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.consentRevoked, at: .seconds(10)) {
                $0.roles = ["AuditLog.Read.All"]
                $0.lasts = DurationText(.seconds(60))
            })
        _ = rehearsal.wait(.seconds(20))
        #expect(rehearsal.get(Self.log).status == 200, "issued before")
        rehearsal.authorization = "Bearer " + (try #require(try rehearsal.token().json["access_token"]?.string))
        #expect(rehearsal.get(Self.log).status == 403)
        #expect(rehearsal.get("/v1.0/users?$top=1").status == 200)
        _ = rehearsal.wait(.seconds(60))
        #expect(rehearsal.get(Self.log).status == 403, "issued in between")
        rehearsal.authorization = "Bearer " + (try #require(try rehearsal.token().json["access_token"]?.string))
        #expect(rehearsal.get(Self.log).status == 200)
    }

    @Test func anExpiredSecretIsRefusedWithItsCode() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.secretExpired, at: .seconds(10)) { $0.lasts = DurationText(.seconds(60)) })
        _ = rehearsal.wait(.seconds(20))
        let refused = try rehearsal.token()
        #expect(refused.status == 401)
        #expect(try refused.json["error_codes"]?.array?.compactMap(\.int) == [7_000_222])
        _ = rehearsal.wait(.seconds(60))
        #expect(try rehearsal.token().status == 200)
    }
}
