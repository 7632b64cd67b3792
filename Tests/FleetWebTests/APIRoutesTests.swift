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
