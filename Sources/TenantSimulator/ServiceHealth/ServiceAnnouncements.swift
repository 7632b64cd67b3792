// `/admin/serviceAnnouncement`: the health of Microsoft's services, as far as rooms hang on it.

import Foundation
import HTTPTypes

extension SimulatedTenant {
    private static let maximumIssuePage = 100
    private static let teamsID = "microsoftteams"

    func serviceAnnouncement(_ call: GraphCall) throws(GraphError) -> GraphReply {
        let segments = call.segments.dropFirst().map { $0.lowercased() }
        guard segments.first == "serviceannouncement" else {
            throw .noSegment(call.segments.count > 1 ? call.segments[1] : "admin")
        }
        try call.require(.get)
        try call.require(Permissions.serviceHealth)
        let query = try ODataQuery(call.query)
        switch (segments.dropFirst().first, segments.count) {
        case ("issues", 2): return try issueList(call, query: query)
        case ("issues", 3):
            guard let issue = timeline.issues.first(where: { $0.id.lowercased() == segments[2] }) else {
                throw .notFound(call.segments[3])
            }
            return entity(issueRecord(issue), "admin/serviceAnnouncement/issues/$entity", call, query)
        case ("healthoverviews", 2):
            return try .page(
                of: 1, size: 1, call: call, query: query, context: "admin/serviceAnnouncement/healthOverviews",
                count: query.count
            ) { _ in teamsHealth(call) }
        case ("healthoverviews", 3) where segments[2] == Self.teamsID:
            return entity(teamsHealth(call), "admin/serviceAnnouncement/healthOverviews/$entity", call, query)
        case ("healthoverviews", 3): throw .notFound(call.segments[3])
        default: throw .noSegment(call.segments.last ?? "")
        }
    }

    private func entity(_ record: JSONValue, _ context: String, _ call: GraphCall, _ query: ODataQuery) -> GraphReply {
        GraphReply(.object([call.context(context)] + (query.selected(record).members ?? [])))
    }

    private func issueList(_ call: GraphCall, query: ODataQuery) throws(GraphError) -> GraphReply {
        var matches = timeline.issues
        if let text = query.filter {
            let filter = try IssueFilter(text)
            matches = matches.filter(filter.accepts)
        }
        let size = min(query.top ?? Self.maximumIssuePage, Self.maximumIssuePage)
        return try .page(
            of: matches.count, size: size, call: call, query: query, context: "admin/serviceAnnouncement/issues",
            count: query.count
        ) { issueRecord(matches[$0]) }
    }

    private func issueRecord(_ issue: PostedIssue) -> JSONValue {
        func text(_ date: Date?) -> JSONValue { date.map { .string(Timestamps.text($0)) } ?? .null }
        return [
            "startDateTime": text(issue.began), "endDateTime": text(issue.ended),
            "lastModifiedDateTime": text(issue.changed), "title": .string(issue.title), "id": .string(issue.id),
            "impactDescription": .string(issue.title), "classification": .string(issue.classification),
            "origin": "microsoft", "status": .string(issue.status), "service": .string(issue.service),
            "feature": "Access", "featureGroup": "Sign-in", "isResolved": .bool(issue.isResolved), "details": [],
            "posts": [],
        ]
    }

    private func teamsHealth(_ call: GraphCall) -> JSONValue {
        let open = timeline.issues.filter { !$0.isResolved && $0.service == Timeline.teams }
        var members: [JSONValue.Member] = [
            .init("service", .string(Timeline.teams)),
            .init("status", .string(open.first?.status ?? "serviceOperational")), .init("id", .string(Self.teamsID)),
        ]
        if call.query.lowercased().contains("expand=issues") {
            members.append(.init("issues", .array(open.map(issueRecord))))
        }
        return .object(members)
    }
}

/// A condition on issues: equality of `service`, `isResolved`, `status`, `classification` and `id`, joined by `and`.
private struct IssueFilter {
    private var terms: [(property: String, literal: String)] = []

    /// - Throws: ``GraphError`` 400 for anything else.
    init(_ text: String) throws(GraphError) {
        for term in text.components(separatedBy: " and ") {
            let parts = term.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3, parts[1].lowercased() == "eq" else { throw .badRequest("Invalid filter clause.") }
            let property = parts[0].lowercased()
            let isQuoted = parts[2].count >= 2 && parts[2].hasPrefix("'") && parts[2].hasSuffix("'")
            switch property {
            case "isresolved" where ["true", "false"].contains(parts[2].lowercased()):
                terms.append((property, parts[2].lowercased()))
            case "service", "status", "classification", "id":
                guard isQuoted else { throw .badRequest("Invalid filter clause.") }
                terms.append((property, parts[2].dropFirst().dropLast().lowercased()))
            default: throw .badRequest("Invalid filter clause.")
            }
        }
    }

    func accepts(_ issue: PostedIssue) -> Bool {
        terms.allSatisfy { property, literal in
            let value =
                switch property {
                case "isresolved": String(issue.isResolved)
                case "service": issue.service.lowercased()
                case "status": issue.status.lowercased()
                case "classification": issue.classification
                default: issue.id.lowercased()
                }
            return value == literal
        }
    }
}
