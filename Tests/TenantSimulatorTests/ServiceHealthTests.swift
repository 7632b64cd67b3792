// Service health as the documents describe it: posts that lag, two limits, one permission.

import TenantSimulator
import Testing
import Timekeeping

@Suite struct ServiceHealthTests {
    static let issues = "/v1.0/admin/serviceAnnouncement/issues"
    static let openTeamsIssues =
        issues + "?$filter=service%20eq%20'Microsoft%20Teams'%20and%20isResolved%20eq%20false"

    /// Posted at second 1, resolved a minute later.
    private func posted(_ change: (inout ScenarioEvent) -> Void = { _ in }) -> Scenario {
        scenario(.serviceIssue, at: .seconds(1)) { event in
            event.lasts = DurationText(.seconds(60))
            event.startsIn = DurationText(.seconds(-1_200))
            event.title = "Users may be unable to sign in"
            change(&event)
        }
    }

    @Test(arguments: [nil, GraphFault.Kind.nulls])
    func answersKeepToTheMetadata(_ fault: GraphFault.Kind?) throws {
        let schema = try GraphSchema.load()
        var scenario = posted()
        if let fault { scenario.events += faulty(fault, .serviceHealth).events }
        var rehearsal = try Rehearsal(scenario: scenario)
        _ = rehearsal.wait(.seconds(2))
        let list = rehearsal.get(Self.issues)
        #expect(list.status == 200)
        let items = try list.items
        #expect(items.count == 1)
        #expect(items.flatMap { schema.complaints($0, as: "microsoft.graph.serviceHealthIssue") } == [])
        guard fault == nil else { return }
        let id = try #require(items[0]["id"]?.string)
        #expect(id == "TM900001")
        let overview = rehearsal.get("/v1.0/admin/serviceAnnouncement/healthOverviews/microsoftteams?$expand=issues")
        #expect(schema.complaints(try overview.json, as: "microsoft.graph.serviceHealth") == [])
        #expect(try overview.json["status"]?.string == "serviceDegradation")
        #expect(try overview.json["issues"]?.array?.count == 1)
        #expect(try rehearsal.get(Self.issues + "/" + id).json["title"]?.string == "Users may be unable to sign in")
        #expect(rehearsal.get(Self.issues + "/TM1").status == 404)
        #expect(rehearsal.get(Self.issues + "?$filter=feature%20eq%20'x'").status == 400)
    }

    @Test func anIssueIsOpenUntilItIsResolvedAndStaysOnTheList() throws {
        var rehearsal = try Rehearsal(scenario: posted())
        #expect(try rehearsal.get(Self.openTeamsIssues).items.isEmpty)
        let truth = rehearsal.wait(.seconds(2))
        #expect(truth.map(\.event) == ["service_issue"])
        #expect(truth.map(\.expected) == [.none], "a post takes no room off the air")
        let open = try rehearsal.get(Self.openTeamsIssues).items
        #expect(open.map { $0["startDateTime"]?.string } == ["2026-03-02T07:40:01Z"])
        #expect(rehearsal.wait(.seconds(61)).map(\.event) == ["service_issue_resolved"])
        #expect(try rehearsal.get(Self.openTeamsIssues).items.isEmpty)
        let all = try rehearsal.get(Self.issues).items
        #expect(all.map { $0["isResolved"] } == [true])
        #expect(all.map { $0["status"]?.string } == ["serviceRestored"])
    }

    @Test func onlyItsOwnRoleOpensIt() throws {
        for role in Permissions.defaultRoles {
            var scenario = Scenario.quiet
            scenario.token.roles = [role]
            var rehearsal = try Rehearsal(scenario: scenario)
            #expect(rehearsal.get(Self.issues).status == (role == "ServiceHealth.Read.All" ? 200 : 403), "\(role)")
        }
    }

    @Test func theHourHasALimitOfItsOwn() throws {
        var rehearsal = try Rehearsal()
        var refused = 0
        for _ in 0..<801 {
            _ = rehearsal.wait(.seconds(1))
            if rehearsal.get(Self.issues).status == 429 { refused += 1 }
        }
        #expect(refused == 1, "one a second is within the minute's limit and beyond the hour's")
    }
}
