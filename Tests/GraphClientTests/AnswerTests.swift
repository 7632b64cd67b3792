// What passes for an answer, what is said about the rest, and what no message ever holds.

import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Testing

@Suite("Answers")
struct AnswerTests {
    @Test("every call carries token, tracing id, agent and type")
    func headers() async throws {
        let rig = try Rig(graph: { _, _ in .json("{}", [HTTPField.Name("request-id")!: "r-1"]) })
        let first = try await rig.client.send(Rig.impatient())
        _ = try await rig.client.send(Rig.impatient())
        let calls = rig.transport.graphSent.map(\.call)
        #expect(calls[0].url == "https://graph.microsoft.com/v1.0/communications/presences")
        #expect(calls[0].headerFields[.authorization] == "Bearer token-0")
        #expect(calls[0].headerFields[.userAgent] == "NONISV|Contoso|Roomwatch/1.0")
        #expect(calls[0].headerFields[.accept] == "application/json")
        let ids = calls.compactMap { $0.headerFields[HTTPField.Name("client-request-id")!] }
        #expect(Set(ids).count == 2)
        #expect(ids.allSatisfy { UUID(uuidString: $0) != nil })
        #expect(first.trace == GraphTrace(clientRequestID: ids[0], requestID: "r-1"))
    }

    @Test("a body has the type of JSON, an empty one has none")
    func contentType() async throws {
        let rig = try Rig(graph: { _, _ in .json("{}") })
        for body in [nil, [], Array("{}".utf8)] as [[UInt8]?] {
            let path = GraphPath("teamwork", "devices", "d", "restart")
            _ = try await rig.client.send(GraphRequest(.post, path, version: .beta, service: .teamwork, body: body))
        }
        let calls = rig.transport.graphSent.map(\.call)
        #expect(calls.map(\.headerFields[.contentType]) == [nil, nil, "application/json"])
        #expect(calls.map(\.body) == [nil, [], Array("{}".utf8)])
    }

    @Test("200 that is not Graph's JSON is malformed")
    func malformed() async throws {
        let html: HTTPFields = [.contentType: "text/html; charset=utf-8"]
        let bodies: [(String, HTTPFields)] = [
            ("<!doctype html><p>Sign in", [.contentType: "application/json"]), ("{}", html), ("", [:]), ("   ", [:]),
            (#"{"value":["#, [:]), ("OK", [:]),
        ]
        for (body, fields) in bodies {
            let rig = try Rig(graph: { _, _ in
                .success(HTTPAnswer(status: 200, headerFields: fields, body: Array(body.utf8)))
            })
            guard case .malformed? = await rig.failure(Rig.impatient())?.reason else {
                Issue.record("\(body) passed")
                continue
            }
        }
        for (status, body) in [(200, "\u{FEFF} {\"a\":1}\r\n"), (200, "[]"), (202, ""), (204, ""), (201, "{}")] {
            let rig = try Rig(graph: { _, _ in .success(HTTPAnswer(status: status, body: Array(body.utf8))) })
            #expect(try await rig.client.send(Rig.impatient()).body == Array(body.utf8))
        }
        let redirect = try Rig(graph: { _, _ in .json("{}", status: 302) })
        guard case .malformed? = await redirect.failure(Rig.impatient())?.reason else {
            Issue.record("a redirect passed")
            return
        }
    }

    @Test("error bodies of every shape give a code and a text")
    func envelopes() async throws {
        let table: [(String, String, String)] = [
            (#"{"error":{"code":"Forbidden","message":"no"}}"#, "Forbidden", "no"),
            (
                #"{"error":{"code":"","message":"m","innerError":{"code":"","innererror":{"code":"Deep"}}}}"#, "Deep",
                "m"
            ),
            (#"{"error":{"code":"UnknownError","innererror":{"code":"AccessDenied"}}}"#, "AccessDenied", ""),
            (#"{"error":{"code":null,"message":7}}"#, "", ""),
            (#"{"error":"invalid","error_description":"d"}"#, "invalid", "d"),
            ("", "", ""), ("{", "", "{"), ("[]", "", "[]"), ("<html>gateway", "", "<html>gateway"),
        ]
        for (body, code, message) in table {
            let rig = try Rig(graph: { _, _ in .json(body, status: 403) })
            let error = await rig.failure(Rig.impatient())
            #expect(error?.reason == .forbidden(code: code))
            #expect(error?.message == message)
        }
    }

    @Test("a retired call is told apart from a missing object")
    func retired() async throws {
        let segment = "Resource not found for the segment 'teamwork'."
        for (status, code, message, expected) in [
            (400, "BadRequest", segment, true), (404, "x", "no such user", false), (410, "Gone", "", true),
            (410, "resyncRequired", "", false), (400, "BadRequest", "bad filter", false),
        ] {
            let rig = try Rig(graph: { _, _ in .status(status, code: code, message: message) })
            #expect(await rig.failure(Rig.impatient())?.looksRetired == expected)
        }
    }

    @Test("no description of any failure holds secret or token")
    func secrets() async throws {
        let secret = Rig.secret
        let encoded = "s3cret%2Bwith%26all~of%25it"
        let hostile = String(repeating: "x", count: 2000)
        let login: [ScriptedTransport.Reply] = [
            .json(
                #"{"error":"invalid_client \#(secret)","error_description":"got \#(secret) and \#(encoded) \u0000\u001b[31m"}"#,
                status: 401),
            .json(#"{"error":"x","error_description":"\#(hostile)"}"#, status: 400), .json(secret, status: 500),
        ]
        var descriptions: [String] = []
        for reply in login {
            let rig = try Rig(login: { _, _ in reply })
            descriptions.append("\(String(describing: await rig.failure(Rig.impatient())))")
        }
        let graph: [ScriptedTransport.Reply] = [
            .status(403, code: "token-0", message: "Bearer token-0 \(hostile)"), .json("token-0 <html>", status: 500),
            .broken(.brokenConnection), .status(401, message: "token-0"), .json("token-0"),
        ]
        for reply in graph {
            let rig = try Rig(login: { _, _ in .token("token-0") }, graph: { _, _ in reply })
            var request = Rig.impatient()
            request.isIdempotent = false
            for failure in [await rig.failure(Rig.impatient()), await rig.failure(request)] {
                let failure = try #require(failure)
                #expect(failure.message.count <= 500)
                descriptions += ["\(failure)", String(reflecting: failure)]
            }
        }
        for text in descriptions {
            #expect(!text.contains("s3cret") && !text.contains("token-0"), "\(text)")
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
            #expect(text.count < 4000)
        }
        let rig = try Rig()
        let token = try await rig.tokens.token()
        #expect(!"\(token) \(String(reflecting: token))".contains("token-0"))
    }

    @Test("paths are built from parts that cannot break out of them")
    func paths() async throws {
        let path = GraphPath("users", "a#EXT#@contoso.com/../x?y", "presence").query("$filter", "a eq '1+1&2#'")
        #expect(
            path.description
                == "/users/a%23EXT%23%40contoso.com%2F..%2Fx%3Fy/presence?$filter=a%20eq%20'1%2B1%262%23'")
        #expect(GraphPath.literal("O'Brien") == "'O''Brien'")
        #expect(
            GraphPath("communications", "callRecords").function("getPstnCalls", ["fromDateTime": "2026-03-01"])
                .description == "/communications/callRecords/getPstnCalls(fromDateTime=2026-03-01)")
        for broken in [GraphPath("users", ""), GraphPath("users", "..", "x")] {
            let rig = try Rig()
            guard case .invalidRequest? = await rig.failure(GraphRequest(.get, broken, service: .general))?.reason
            else {
                Issue.record("\(broken) was sent")
                continue
            }
            #expect(rig.transport.graphSent.isEmpty)
        }
    }
}
