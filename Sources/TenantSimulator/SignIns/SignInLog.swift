// `/auditLogs/signIns`: who signed in, with what outcome. Version 1.0 shows interactive sign-ins; silent ones come in the
// beta, to those who ask for them. Without Microsoft Entra ID P1 nobody reads it.

import Foundation
import HTTPTypes
import Timekeeping

extension SimulatedTenant {
    private static let maximumSignInPage = 1_000

    func auditLogs(_ call: GraphCall) throws(GraphError) -> GraphReply {
        guard call.segments.count >= 2, call.segments[1].lowercased() == "signins" else {
            throw .noSegment(call.segments.count > 1 ? call.segments[1] : "auditLogs")
        }
        try call.require(.get)
        try call.require(Permissions.auditLog)
        guard scenario.premium else {
            throw GraphError(
                403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                "Neither tenant is B2C or tenant doesn't have premium license")
        }
        let query = try ODataQuery(call.query)
        let visible = timeline.signIns.filter {
            $0.at.addingTimeInterval(scenario.signInDelay.duration.seconds) <= call.wall
        }
        if call.segments.count == 3 {
            guard let entry = visible.first(where: { signInID($0) == call.segments[2].lowercased() }) else {
                throw .notFound(call.segments[2])
            }
            let record = signInRecord(entry, version: call.version)
            return GraphReply(
                .object([call.context("auditLogs/signIns/$entity")] + (query.selected(record).members ?? [])))
        }
        guard call.segments.count == 2 else { throw .noSegment(call.segments[3]) }
        let size = query.top ?? Self.maximumSignInPage
        guard size <= Self.maximumSignInPage else {
            throw .badRequest("The limit of '1000' for Top query was exceeded.")
        }
        let filter = try query.filter.map { (text) throws(GraphError) in try SignInFilter(text) } ?? SignInFilter()
        if filter.isSilent, call.version != "beta" {
            throw .badRequest("Could not find a property named 'signInEventTypes' on type 'microsoft.graph.signIn'.")
        }
        let matches = visible.reversed().filter { entry in
            entry.isInteractive != filter.isSilent
                && filter.accepts(entry, id: fleet.accounts[entry.account].idText, name: name(of: entry))
        }
        return try .page(
            of: matches.count, size: size, call: call, query: query, context: "auditLogs/signIns", count: false
        ) { signInRecord(matches[$0], version: call.version) }
    }

    private func name(of entry: SignInEntry) -> String { fleet.accounts[entry.account].userPrincipalName }

    private func signInID(_ entry: SignInEntry) -> String {
        GUID(seed: fleet.seed, kind: .request, index: 1_000_000_000 + entry.number).description
    }

    private func signInRecord(_ entry: SignInEntry, version: String) -> JSONValue {
        let account = fleet.accounts[entry.account]
        var members: [JSONValue.Member] = [
            .init("id", .string(signInID(entry))), .init("createdDateTime", .string(Timestamps.text(entry.at))),
            .init("userDisplayName", .string(account.displayName)),
            .init("userPrincipalName", .string(account.userPrincipalName.lowercased())),
            .init("userId", .string(account.idText)), .init("appId", "1fec8e78-bce4-4aaf-ab1b-5451cc387264"),
            .init("appDisplayName", "Microsoft Teams"), .init("ipAddress", "203.0.113.4"),
            .init("clientAppUsed", "Mobile Apps and Desktop clients"),
            .init("correlationId", .string(signInID(entry))),
            .init("conditionalAccessStatus", "notApplied"), .init("isInteractive", .bool(entry.isInteractive)),
            .init("riskDetail", "none"), .init("resourceDisplayName", "Microsoft Graph"),
            .init(
                "status",
                [
                    "errorCode": .int(entry.code),
                    "failureReason": entry.code == 0 ? "Other." : "The sign-in was refused.", "additionalDetails": nil,
                ]),
            .init(
                "deviceDetail",
                [
                    "deviceId": "", "displayName": "", "operatingSystem": "Windows", "browser": "",
                    "isCompliant": false, "isManaged": false, "trustType": "",
                ]),
            .init("appliedConditionalAccessPolicies", []),
        ]
        if version == "beta" {
            members.append(
                .init("signInEventTypes", [.string(entry.isInteractive ? "interactiveUser" : "nonInteractiveUser")]))
        }
        return .object(members)
    }
}

/// A condition on sign-ins: terms joined by `and`.
private struct SignInFilter {
    private var terms: [(property: String, relation: String, literal: String)] = []
    /// Whether silent sign-ins are asked for.
    private(set) var isSilent = false

    init() {}

    /// - Throws: ``GraphError`` 400 for anything that the log does not know.
    init(_ text: String) throws(GraphError) {
        for term in text.components(separatedBy: " and ") {
            let trimmed = term.trimmingCharacters(in: .whitespaces)
            if let match = trimmed.wholeMatch(of: /signInEventTypes\/any\((\w+):\s*(\w+) eq '(\w+)'\)/) {
                guard match.1 == match.2 else { throw .badRequest("Invalid filter clause.") }
                isSilent = match.3.lowercased() == "noninteractiveuser"
                continue
            }
            let parts = trimmed.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3 else { throw .badRequest("Invalid filter clause.") }
            let (property, relation) = (parts[0].lowercased(), parts[1].lowercased())
            switch property {
            case "createddatetime" where ["ge", "le"].contains(relation):
                guard SignInFilter.date(parts[2]) != nil else { throw .badRequest("Invalid filter clause.") }
                terms.append((property, relation, parts[2]))
            case "status/errorcode" where relation == "eq" && Int(parts[2]) != nil:
                terms.append((property, relation, parts[2]))
            case "userid", "userprincipalname", "appid", "appdisplayname":
                guard relation == "eq", parts[2].count >= 2, parts[2].hasPrefix("'"), parts[2].hasSuffix("'") else {
                    throw .badRequest("Invalid filter clause.")
                }
                terms.append((property, relation, parts[2].dropFirst().dropLast().lowercased()))
            default: throw .badRequest("Invalid filter clause.")
            }
        }
    }

    private static func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }

    func accepts(_ entry: SignInEntry, id: String, name: String) -> Bool {
        terms.allSatisfy { property, relation, literal in
            switch property {
            case "createddatetime":
                guard let bound = Self.date(literal) else { return false }
                return relation == "ge" ? entry.at >= bound : entry.at <= bound
            case "status/errorcode": return Int(literal) == entry.code
            case "userid": return literal == id
            case "userprincipalname": return literal == name.lowercased()
            case "appdisplayname": return literal == "microsoft teams"
            default: return literal == "1fec8e78-bce4-4aaf-ab1b-5451cc387264"
            }
        }
    }
}
