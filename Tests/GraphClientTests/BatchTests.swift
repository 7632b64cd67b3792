// Each item of a batch succeeds and fails by itself.

import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@Suite("Batch")
struct BatchTests {
    private static func ids(_ call: HTTPCall) -> [String] {
        let object = try? JSONSerialization.jsonObject(with: Data(call.body ?? [])) as? [String: Any]
        return (object?["requests"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    private static func reply(_ items: [(id: String, status: Int, headers: String, body: String)])
        -> ScriptedTransport.Reply
    {
        let list = items.map {
            #"{"id":"\#($0.id)","status":\#($0.status),"headers":{\#($0.headers)},"body":\#($0.body)}"#
        }
        return .json(#"{"responses":[\#(list.joined(separator: ","))]}"#)
    }

    private func options(wait: Bool = true) -> GraphBatchOptions {
        var options = GraphBatchOptions(service: .identity)
        if wait { options.patience = .wait(upTo: .seconds(600)) }
        return options
    }

    private func statuses(_ outcomes: [Result<GraphAnswer, GraphError>]) -> [Int?] {
        outcomes.map { outcome in try? outcome.get().status }
    }

    @Test("long lists are split into twenties and answers in any order find their items")
    func split() async throws {
        let rig = try Rig(graph: { call, _ in
            Self.reply(Self.ids(call).reversed().map { ($0, 200, "", #"{"n":"\#($0)"}"#) })
        })
        let items = (0..<45).map { GraphBatchItem(.get, GraphPath("users", "u\($0)")) }
        let outcomes = await rig.client.batch(items, options: options())
        #expect(rig.transport.graphSent.map { Self.ids($0.call).count } == [20, 20, 5])
        #expect(rig.transport.graphSent.allSatisfy { $0.call.url == "https://graph.microsoft.com/v1.0/$batch" })
        for (index, outcome) in outcomes.enumerated() {
            #expect(String(decoding: try outcome.get().body, as: UTF8.self) == #"{"n":"\#(index)"}"#)
        }
    }

    @Test("bodies, headers and urls arrive as given")
    func wire() async throws {
        let rig = try Rig(graph: { _, _ in Self.reply([("0", 200, "", "{}")]) })
        var item = GraphBatchItem(
            .post, GraphPath("users", "a\"b@contoso.com", "calendar", "getSchedule"),
            body: Array(#"{"x":[1,"ü"]}"#.utf8), isIdempotent: true)
        item.headerFields[HTTPField.Name("Prefer")!] = #"outlook.timezone="UTC""#
        _ = await rig.client.batch([item], options: options())
        let body = try JSONSerialization.jsonObject(with: Data(rig.transport.graphSent[0].call.body ?? []))
        let expected = try JSONSerialization.jsonObject(
            with: Data(
                #"""
                {"requests":[{"id":"0","method":"POST","url":"/users/a%22b%40contoso.com/calendar/getSchedule",
                "headers":{"Prefer":"outlook.timezone=\"UTC\"","Content-Type":"application/json"},
                "body":{"x":[1,"ü"]}}]}
                """#.utf8))
        #expect(body as? NSDictionary == expected as? NSDictionary)
    }

    @Test("throttled items are sent again together after the largest Retry-After; missing ones count as 503")
    func throttledItems() async throws {
        let rig = try Rig(graph: { call, number in
            guard number == 0 else { return Self.reply(Self.ids(call).map { ($0, 200, "", "{}") }) }
            return Self.reply([
                ("2", 429, #""retry-after":"9""#, "{}"), ("0", 200, "", "{}"), ("1", 429, #""Retry-After":"4""#, "{}"),
            ])
        })
        let items = (0..<4).map { GraphBatchItem(.get, GraphPath("users", "u\($0)")) }
        let outcomes = await rig.client.batch(items, options: options())
        #expect(statuses(outcomes) == [200, 200, 200, 200])
        let sent = rig.transport.graphSent
        #expect(sent.map { Self.ids($0.call) } == [["0", "1", "2", "3"], ["1", "2", "3"]])
        #expect(sent[0].at.elapsed(until: sent[1].at) >= .seconds(9))
    }

    @Test("an impatient batch reports throttled and missing items instead")
    func impatient() async throws {
        let rig = try Rig(graph: { _, _ in
            Self.reply([
                ("0", 429, #""Retry-After":"30""#, "{}"), ("1", 404, "", #"{"error":{"code":"itemNotFound"}}"#),
            ])
        })
        let items = (0..<3).map { GraphBatchItem(.get, GraphPath("users", "u\($0)")) }
        let outcomes = await rig.client.batch(items, options: options(wait: false))
        let reasons = outcomes.map { outcome -> GraphError.Reason? in
            if case .failure(let error) = outcome { error.reason } else { nil }
        }
        guard case .throttled(let until)? = reasons[0] else {
            Issue.record("\(reasons)")
            return
        }
        #expect(rig.time.now().elapsed(until: until) >= .seconds(30))
        #expect(reasons[1] == .notFound(code: "itemNotFound"))
        #expect(reasons[2] == .server(status: 503, code: ""))
        #expect(await rig.failure(Rig.impatient(.identity))?.retryAt == until)
        #expect(rig.transport.graphSent.count == 1)
    }

    @Test("items that must not be repeated are not, and their open outcome is said")
    func commands() async throws {
        let rig = try Rig(graph: { call, _ in
            Self.reply([("0", 504, "", "{}"), ("1", 429, #""Retry-After":"1""#, "{}")])
        })
        let items = (0..<3).map { GraphBatchItem(.post, GraphPath("x", "\($0)"), body: Array("{}".utf8)) }
        let outcomes = await rig.client.batch(items, options: options())
        #expect(rig.transport.graphSent.count == 1)
        for (index, outcome) in outcomes.enumerated() {
            guard case .failure(let error) = outcome else {
                Issue.record("no failure")
                continue
            }
            switch (index, error.reason) {
            case (0, .unconfirmed), (1, .throttled), (2, .unconfirmed): break
            default: Issue.record("\(index): \(error)")
            }
        }
    }

    @Test("a lost batch leaves only commands unconfirmed")
    func lost() async throws {
        let rig = try Rig(graph: { _, _ in .broken(.brokenConnection) })
        let items = [
            GraphBatchItem(.get, GraphPath("users", "u")), GraphBatchItem(.post, GraphPath("x")),
            GraphBatchItem(.get, GraphPath("users", "")),
        ]
        let outcomes = await rig.client.batch(items, options: options())
        let reasons = outcomes.map { outcome -> String in
            guard case .failure(let error) = outcome else { return "answer" }
            return "\(error.reason)"
        }
        #expect(reasons[0].hasPrefix("malformed"))
        #expect(reasons[1].hasPrefix("unconfirmed"))
        #expect(reasons[2].hasPrefix("invalidRequest"))
        #expect(rig.transport.graphSent.count == 1)
    }

    @Test("each item counts against the budget")
    func budget() async throws {
        let rig = try Rig(
            budgets: [.identity: RequestBudget([RequestWindow(30, per: .seconds(10))])],
            graph: { call, _ in Self.reply(Self.ids(call).map { ($0, 200, "", "{}") }) })
        let items = (0..<40).map { GraphBatchItem(.get, GraphPath("users", "u\($0)")) }
        #expect(statuses(await rig.client.batch(items, options: options())).allSatisfy { $0 == 200 })
        let sent = rig.transport.graphSent
        #expect(sent[0].at.elapsed(until: sent[1].at) > .seconds(10))
    }
}
