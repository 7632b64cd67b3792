// Every address as a client sees it: who may, what is read, what is refused and how it looks on the wire.

import FleetAPI
@testable import FleetWeb
import Foundation
import Testing

@Suite(.serialized) struct APIRoutesTests {
    private static let tokens = ["viewer", "facilities", "operator", "admin"]
    private static let id = ScriptedIntents.incident.id

    /// Hashes of the tokens "alpha" and "beta" are known; the roles' tokens are made here.
    private func serving(
        _ intents: ScriptedIntents = ScriptedIntents(), _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let lines = Self.tokens.map { "\($0)-1 \($0) sha256:\(Self.hash("token of \($0)"))" }
        let bound = "bound operator,contoso sha256:\(Self.hash("token of bound"))"
        let table = try TokenTable(parsing: (lines + [bound]).joined(separator: "\n"), tenants: ["contoso"])
        let router = WebApplication.router(
            registry: MetricRegistry(), sources: WebSources(unready: { [] }, gauges: { [] }),
            api: APIRoutes(intents: intents, tokens: AccessTokens(table)))
        try await serve(router, body)
    }

    private static func hash(_ token: String) -> String {
        TokenTable.hexadecimalHash(of: token)
    }

    private static func bearer(_ role: String) -> [String: String] { ["Authorization": "Bearer token of \(role)"] }

    struct Call: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var body: String?
        var needs: String
        var status: Int
        var asks: String
        var testDescription: String { "\(method) \(path)" }
    }

    private static let silenceBody =
        #"{"matchers":["building=\"B2\""],"ends_at":"2026-11-20T10:00:00Z","reason":"cabling"}"#
    private static let windowBody =
        #"{"name":"air","reason":"filters","ends_at":"2026-11-20T10:00:00Z","buildings":["B2"]}"#

    private static let forcedBody =
        #"{"action":"run_diagnostics","rooms":["1"],"force":true,"reason":"fire drill"}"#

    static let calls = [
        Call(method: "GET", path: "incidents", needs: "viewer", status: 200, asks: "incidents [] [] - - - 50"),
        Call(
            method: "GET", path: "incidents?status=open,acknowledged&severity=critical&tenant=contoso&limit=7&cursor=X",
            needs: "viewer", status: 200,
            asks: #"incidents ["open", "acknowledged"] ["critical"] contoso - X 7"#),
        Call(method: "GET", path: "incidents/\(id)", needs: "viewer", status: 200, asks: "incident \(id)"),
        Call(
            method: "POST", path: "incidents/\(id)/acknowledge", needs: "operator", status: 200,
            asks: "acknowledge \(id) -"),
        Call(
            method: "POST", path: "incidents/\(id)/resolve", body: #"{"comment":"done"}"#, needs: "operator",
            status: 200, asks: "resolve \(id) done"),
        Call(
            method: "POST", path: "incidents/\(id)/comments", body: #"{"text":"hm"}"#, needs: "facilities", status: 201,
            asks: "comment \(id) hm"),
        Call(method: "GET", path: "silences", needs: "viewer", status: 200, asks: "silences"),
        Call(
            method: "POST", path: "silences/preview", body: silenceBody, needs: "viewer", status: 200,
            asks: #"preview ["building=\"B2\""]"#),
        Call(
            method: "POST", path: "silences", body: silenceBody, needs: "operator", status: 201,
            asks: #"create ["building=\"B2\""] cabling"#),
        Call(method: "DELETE", path: "silences/\(id)", needs: "operator", status: 200, asks: "expire \(id)"),
        Call(method: "GET", path: "maintenance", needs: "viewer", status: 200, asks: "windows"),
        Call(method: "POST", path: "maintenance", body: windowBody, needs: "operator", status: 201, asks: "plan air"),
        Call(method: "DELETE", path: "maintenance/\(id)", needs: "operator", status: 204, asks: "cancel \(id)"),
        Call(
            method: "GET", path: "rooms/R%C3%A4um%2F1%207/explain", needs: "viewer", status: 404,
            asks: "explain Räum/1 7"
        ),
        Call(method: "GET", path: "fleet", needs: "viewer", status: 200, asks: "fleet"),
        Call(method: "GET", path: "rooms", needs: "viewer", status: 200, asks: "rooms [] - - - - - 100"),
        Call(
            method: "GET", path: "rooms?state=down,unseen&building=B2&floor=3&text=board&tenant=contoso&limit=7",
            needs: "viewer", status: 200, asks: #"rooms ["down", "unseen"] contoso B2 3 board - 7"#),
        Call(
            method: "GET", path: "rooms/room17@contoso.com", needs: "viewer", status: 200,
            asks: "room room17@contoso.com"),
        Call(method: "GET", path: "capabilities", needs: "viewer", status: 200, asks: "capabilities"),
        Call(
            method: "GET", path: "deliveries?receiver=oncall&state=waiting,failed", needs: "viewer", status: 200,
            asks: #"deliveries oncall ["waiting", "failed"] 100"#),
        Call(method: "GET", path: "receivers", needs: "viewer", status: 200, asks: "receivers"),
        Call(method: "POST", path: "receivers/oncall/test", needs: "operator", status: 200, asks: "test oncall"),
        Call(method: "GET", path: "doctor", needs: "operator", status: 200, asks: "doctor"),
        Call(method: "GET", path: "devices", needs: "viewer", status: 200, asks: "devices [] [] - - - - - - 100"),
        Call(
            method: "GET",
            path: "devices?kind=teams_room,panel&problem=any&tenant=contoso&building=B2&floor=3&model=Room+Kit&text=17"
                + "&cursor=X&limit=1000", needs: "viewer", status: 200,
            asks: #"devices ["teams_room", "panel"] ["any"] contoso B2 3 Room Kit 17 X 1000"#),
        Call(method: "GET", path: "devices/DEV-1", needs: "viewer", status: 200, asks: "device DEV-1"),
        Call(
            method: "POST", path: "commands/preview", body: #"{"action":"restart","matchers":["building=\"B2\""]}"#,
            needs: "operator", status: 200,
            asks: #"plan of restart - - - ["building=\"B2\""] false 0"#),
        Call(
            method: "POST", path: "commands",
            body:
                #"{"action":"update_software","software":"firmware","version":"1.3","rooms":["1"],"wait_seconds":60}"#,
            needs: "operator", status: 202, asks: #"request update_software firmware 1.3 - ["1"] false 60"#),
        Call(
            method: "POST", path: "commands", body: forcedBody, needs: "admin", status: 202,
            asks: #"request run_diagnostics - - fire drill ["1"] true 0"#),
        Call(
            method: "POST", path: "commands/preview", body: forcedBody, needs: "admin", status: 200,
            asks: #"plan of run_diagnostics - - fire drill ["1"] true 0"#),
        Call(method: "GET", path: "commands?limit=7&cursor=X", needs: "viewer", status: 200, asks: "commands X 7"),
        Call(method: "GET", path: "commands/\(id)", needs: "viewer", status: 200, asks: "command \(id)"),
        Call(method: "DELETE", path: "commands/\(id)", needs: "operator", status: 200, asks: "withdraw \(id)"),
        Call(
            method: "GET", path: "operations?open=false", needs: "viewer", status: 200,
            asks: "operations [] false - - - - - 100"),
        Call(
            method: "GET",
            path:
                "operations?open=true&state=waiting,accepted&tenant=contoso&command=c&room=1&device=d&cursor=X&limit=7",
            needs: "viewer", status: 200, asks: #"operations ["waiting", "accepted"] true contoso c 1 d X 7"#),
        Call(method: "GET", path: "operations/\(id)", needs: "viewer", status: 200, asks: "operation \(id)"),
        Call(method: "GET", path: "audit?limit=5", needs: "admin", status: 200, asks: "audit 5"),
    ]

    @Test(arguments: calls) func eachAddressTakesItsRoleAndNoLess(_ call: Call) async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let fields = call.body == nil ? [:] : ["Content-Type": "application/json; charset=utf-8"]
            for role in Self.tokens {
                let answer = try await LoopbackClient.send(
                    call.method, "/api/v1/\(call.path)", fields: fields.merging(Self.bearer(role)) { $1 },
                    body: call.body, socket: path)
                let isEnough = Self.tokens.firstIndex(of: role)! >= Self.tokens.firstIndex(of: call.needs)!
                #expect(answer.status == (isEnough ? call.status : 403), "\(role)")
                let isProblem = answer.status >= 400
                if answer.status != 204 {
                    #expect(
                        answer.fields["content-type"] == (isProblem ? "application/problem+json" : "application/json"))
                }
                #expect(answer.fields["cache-control"] == "no-store")
            }
        }
        let enough = Self.tokens.drop { $0 != call.needs }
        #expect(intents.asked == enough.map { "\(call.asks) by \($0)" })
    }

    @Test func theUnixSocketActsAsOperatorAndNeverAsAdmin() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            #expect(try await LoopbackClient.send("GET", "/api/v1/silences", socket: path).status == 200)
            let audit = try await LoopbackClient.send("GET", "/api/v1/audit", socket: path)
            #expect(audit.status == 403)
            #expect(audit.body.contains("\"remedy\""))
            let bound = try await LoopbackClient.send(
                "GET", "/api/v1/silences", fields: Self.bearer("bound"), socket: path)
            #expect(bound.status == 200)
        }
        #expect(intents.asked == ["silences by operator", "silences by operator,contoso"])
    }

    @Test(arguments: ["Bearer wrong", "Bearer", "Basic dG9rZW4=", "token of admin", ""])
    func whatIsNoTokenOpensNothing(_ field: String) async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let answer = try await LoopbackClient.send(
                "GET", "/api/v1/silences", fields: ["Authorization": field], socket: path)
            #expect(answer.status == 401)
            #expect(answer.fields["www-authenticate"] == "Bearer realm=\"roomwatch\"")
            #expect(!answer.body.contains("wrong"))
        }
        #expect(intents.asked.isEmpty)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var method = "POST"
        var path = "silences"
        var type: String? = "application/json"
        var body: String?
        var status: Int
        var says: String
        var testDescription: String { says }
    }

    static let bad = [
        Bad(body: silenceBody.replacing("}", with: #","until":"x"}"#), status: 400, says: "the field until is unknown"),
        Bad(body: silenceBody.replacing("2026-11-20T10:00:00Z", with: "tomorrow"), status: 400, says: "ends_at"),
        Bad(
            body: silenceBody.replacing(#""reason":"cabling""#, with: #""author":"a""#), status: 400,
            says: "reason is missing"),
        Bad(body: "[1]", status: 400, says: "not a JSON object"),
        Bad(body: "{", status: 400, says: "not a JSON object"),
        Bad(body: "", status: 400, says: "not a JSON object"),
        Bad(type: "text/plain", body: silenceBody, status: 415, says: "text/plain"),
        Bad(type: nil, body: silenceBody, status: 415, says: "no stated type"),
        Bad(body: "{\"reason\":\"\(String(repeating: "a", count: 70_000))\"}", status: 413, says: "65536 bytes"),
        Bad(
            path: "incidents/\(id)/acknowledge", body: #"{"text":"x"}"#, status: 400, says: "the field text is unknown"),
        Bad(method: "PUT", status: 405, says: "use GET, POST"),
        Bad(method: "PATCH", path: "incidents/\(id)", status: 405, says: "use GET"),
        Bad(method: "GET", path: "incidents?colour=red", status: 400, says: "colour"),
        Bad(method: "GET", path: "incidents?limit=0", status: 400, says: "limit"),
        Bad(method: "GET", path: "incidents?limit=1&limit=2", status: 400, says: "twice"),
        Bad(method: "GET", path: "silences?x=1", status: 400, says: "has none"),
        Bad(method: "GET", path: "devices?kind=toaster", status: 400, says: "kind cannot be toaster"),
        Bad(method: "GET", path: "devices?problem=any,none", status: 400, says: "problem cannot be none"),
        Bad(method: "GET", path: "devices?limit=1001", status: 400, says: "from 1 to 1000"),
        Bad(
            method: "GET", path: "devices?text=\(String(repeating: "a", count: 321))", status: 400,
            says: "text is longer than 320"),
        Bad(method: "GET", path: "operations?open=yes", status: 400, says: "open is neither true nor false"),
        Bad(method: "GET", path: "operations?open=true,true", status: 400, says: "open is neither true nor false"),
        Bad(method: "GET", path: "operations?state=done", status: 400, says: "state cannot be done"),
        Bad(method: "GET", path: "commands?limit=0", status: 400, says: "limit"),
        Bad(path: "commands", body: #"{"rooms":["1"]}"#, status: 400, says: "action is missing"),
        Bad(path: "commands", body: #"{"action":"explode","rooms":["1"]}"#, status: 400, says: "explode is unknown"),
        Bad(path: "commands", body: #"{"action":"restart"}"#, status: 400, says: "no room is named"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"matchers":["a=b"]}"#, status: 400,
            says: "both given"),
        Bad(path: "commands", body: #"{"action":"restart","rooms":[]}"#, status: 400, says: "1 to 1000 entries"),
        Bad(
            path: "commands",
            body:
                "{\"action\":\"restart\",\"rooms\":[\(Array(repeating: "\"1\"", count: 1_001).joined(separator: ","))]}",
            status: 400, says: "1 to 1000 entries"),
        Bad(
            path: "commands/preview",
            body:
                "{\"action\":\"restart\",\"matchers\":[\(Array(repeating: "\"a=b\"", count: 21).joined(separator: ","))]}",
            status: 400, says: "1 to 20 entries"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"software":"firmware"}"#, status: 400,
            says: "for update_software alone"),
        Bad(
            path: "commands", body: #"{"action":"update_software","rooms":["1"],"software":"game"}"#, status: 400,
            says: "the software game is unknown"),
        Bad(
            path: "commands", body: #"{"action":"update_software","rooms":["1"],"version":"1 2"}"#, status: 400,
            says: "the version is not"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"force":true,"reason":" "}"#, status: 403,
            says: "takes the role admin"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"force":true,"reason":"x"}"#, status: 403,
            says: "takes the role admin"),
        Bad(
            path: "commands",
            body: "{\"action\":\"restart\",\"rooms\":[\"1\"],\"reason\":\"\(String(repeating: "r", count: 501))\"}",
            status: 400, says: "longer than 500"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"wait_seconds":604801}"#, status: 400,
            says: "wait_seconds is not from 1 to 604800"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"dry_run":true}"#, status: 400,
            says: "the field dry_run is unknown"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"force":true}"#, status: 403,
            says: "takes the role admin"),
        Bad(
            path: "commands",
            body:
                "{\"action\":\"restart\",\"rooms\":[\"1\"],\"reason\":\"e\(String(repeating: "\u{301}", count: 500))\"}",
            status: 400, says: "longer than 500"),
        Bad(
            path: "commands", body: #"{"action":"restart","rooms":["1"],"wait_seconds":1.5}"#, status: 400,
            says: "a number that is too large or not whole"),
        Bad(body: silenceBody.replacing("cabling", with: #"\u0084"#), status: 400, says: "control characters"),
        Bad(body: silenceBody.replacing("cabling", with: #"a\u0000b"#), status: 400, says: "control characters"),
        Bad(
            body: silenceBody.replacing("cabling", with: #"\u200b \u2060"#), status: 400,
            says: "nothing that can be seen"),
        Bad(method: "PUT", path: "commands", status: 405, says: "use GET, POST"),
        Bad(method: "GET", path: "", status: 404, says: "nothing at this address"),
        Bad(method: "PUT", path: "openapi.yaml", status: 405, says: "use GET"),
        Bad(method: "GET", path: "nothing/at/all", status: 404, says: "nothing at this address"),
    ]

    @Test(arguments: bad) func badRequestsAreProblemsWithARemedy(_ one: Bad) async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let answer = try await LoopbackClient.send(
                one.method, "/api/v1/\(one.path)", fields: one.type.map { ["Content-Type": $0] } ?? [:], body: one.body,
                socket: path)
            #expect(answer.status == one.status)
            #expect(answer.body.contains(one.says), "\(answer.body)")
            let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body.utf8))
            #expect(problem.status == one.status && problem.type == "about:blank" && !problem.remedy.isEmpty)
            if one.status == 405 { #expect(answer.fields["allow"]?.isEmpty == false) }
        }
        #expect(intents.asked.isEmpty)
    }

    @Test func aTextOfSeveralLinesAndAFamilyOfEmojisAreTaken() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let answer = try await LoopbackClient.send(
                "POST", "/api/v1/silences", fields: ["Content-Type": "application/json"],
                body: Self.silenceBody.replacing(
                    "cabling", with: #"one\n\ttwo \ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67"#),
                socket: path)
            #expect(answer.status == 201, "\(answer.body)")
        }
    }

    @Test func whatIsSentAlongWhereNothingIsTakenIsNotLookedAt() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let answer = try await LoopbackClient.send(
                "GET", "/api/v1/fleet", body: String(repeating: "x", count: 70_000), socket: path)
            #expect(answer.status == 200)
        }
    }

    @Test func aCommandIsTakenAndSaysWhereItIsFollowed() async throws {
        try await serving { path in
            let answer = try await LoopbackClient.send(
                "POST", "/api/v1/commands", fields: ["Content-Type": "application/json"],
                body: #"{"action":"restart","rooms":["1"]}"#, socket: path)
            #expect(answer.status == 202)
            #expect(answer.fields["location"] == "/api/v1/commands/\(ScriptedIntents.command.id)")
            #expect(answer.body.hasPrefix(#"{"data":{"command":{"action":"restart""#))
        }
    }

    @Test(arguments: Refusal.Kind.allCases) func refusalsKeepTheirStatus(_ kind: Refusal.Kind) async throws {
        let intents = ScriptedIntents()
        intents.refuse(with: Refusal(kind, "as the test says", remedy: "read the test"))
        try await serving(intents) { path in
            let answer = try await LoopbackClient.send("GET", "/api/v1/silences", socket: path)
            #expect(answer.status == kind.status)
            #expect(answer.body.contains("\"code\":\"\(kind.rawValue)\""))
        }
    }

    @Test func answersAreTheContractsEnvelope() async throws {
        try await serving { path in
            let list = try await LoopbackClient.send("GET", "/api/v1/incidents", socket: path)
            #expect(list.body.hasPrefix(#"{"data":{"incidents":[{"#))
            #expect(list.body.hasSuffix(#""next_cursor":"\#(Self.id)"}}"#))
            let receivers = try await LoopbackClient.send("GET", "/api/v1/receivers", socket: path)
            #expect(
                receivers.body
                    == #"{"data":{"receivers":[{"backlog":0,"fallback":null,"kind":"webhook","name":"oncall","#
                    + #""state":"ok","waiting_since":null}]}}"#)
        }
    }
}
