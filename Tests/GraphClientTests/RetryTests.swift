// What is repeated, when, and what never is. Moments are those at which requests reached the network.

import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@Suite("Retries")
struct RetryTests {
    @Test("nothing is sent before a Retry-After has passed", arguments: 0..<20)
    func retryAfter(seed: Int) async throws {
        let rig = try Rig(
            seed: UInt64(seed), graph: { _, number in number < 2 ? .status(429, retryAfter: "7") : .json("{}") })
        _ = try await rig.client.send(Rig.patient())
        let moments = rig.transport.graphSent.map(\.at.steady)
        #expect(moments.count == 3)
        for (earlier, later) in zip(moments, moments.dropFirst()) {
            #expect(later - earlier >= .seconds(7))
            #expect(later - earlier <= .seconds(7 * 1.2) + .milliseconds(1))
        }
    }

    @Test("an impatient request fails at once, and others of its service are not sent until the service opens")
    func gate() async throws {
        let rig = try Rig(graph: { _, number in number == 0 ? .status(429, retryAfter: "30") : .json("{}") })
        let first = await rig.failure(Rig.impatient())
        guard case .throttled(let until)? = first?.reason else {
            Issue.record("\(String(describing: first))")
            return
        }
        #expect(rig.time.now().elapsed(until: until) >= .seconds(30))
        #expect(rig.client.snapshot().closedUntil[.presence] == until)
        for _ in 0..<10 { #expect(await rig.failure(Rig.impatient())?.reason == .throttled(until: until)) }
        #expect(rig.transport.graphSent.count == 1)
        // Other services are not affected.
        _ = try await rig.client.send(Rig.impatient(.teamwork))
        rig.time.advance(by: .seconds(29))
        #expect(await rig.failure(Rig.impatient())?.retryAt == until)
        rig.time.advance(by: .seconds(7))
        _ = try await rig.client.send(Rig.impatient())
        #expect(rig.transport.graphSent.count == 3)
        let presence = try #require(rig.client.snapshot().counters.services[.presence])
        #expect(presence.answers == [2: 1, 4: 1])
        #expect(presence.throttled == 1)
        #expect(presence.quiet >= .seconds(30) && presence.quiet <= .seconds(36))
        #expect(rig.client.snapshot().counters.services[.teamwork]?.throttled == 0)
    }

    @Test("requests that are told together to wait count as one wait")
    func quietIsCountedOnce() async throws {
        let rig = try Rig(graph: { _, _ in .status(429, retryAfter: "30") })
        async let one = rig.failure(Rig.impatient())
        async let two = rig.failure(Rig.impatient())
        _ = await (one, two)
        let presence = try #require(rig.client.snapshot().counters.services[.presence])
        #expect(presence.quiet >= .seconds(30) && presence.quiet <= .seconds(36))
    }

    @Test("a patient request that cannot be served in time fails at once instead of waiting in vain")
    func patienceEnds() async throws {
        let rig = try Rig(graph: { _, _ in .status(503, retryAfter: "3000") })
        let before = rig.time.now()
        guard case .throttled? = await rig.failure(Rig.patient())?.reason else {
            Issue.record("expected throttled")
            return
        }
        #expect(rig.time.now() == before)
        #expect(rig.transport.graphSent.count == 1)
    }

    @Test("Retry-After as a date is measured against the answer's own clock")
    func httpDate() async throws {
        let rig = try Rig(graph: { _, number in
            number == 0
                ? .json(
                    "{}", status: 503,
                    [.retryAfter: "Sun, 06 Nov 1994 08:49:57 GMT", .date: "Sun, 06 Nov 1994 08:49:37 GMT"])
                : .json("{}")
        })
        _ = try await rig.client.send(Rig.patient())
        let moments = rig.transport.graphSent.map(\.at.steady)
        #expect(moments[1] - moments[0] >= .seconds(20))
        #expect(moments[1] - moments[0] <= .seconds(24) + .milliseconds(1))
    }

    @Test(
        "a nonsensical Retry-After is no reason to fail or to wait for ever",
        arguments: ["soon", "-5", "", "1.5.2", "NaN", "Sun, 99 Nov 1994 08:49:57 GMT"])
    func garbage(text: String) async throws {
        let rig = try Rig(graph: { _, number in number == 0 ? .status(429, retryAfter: text) : .json("{}") })
        _ = try await rig.client.send(Rig.patient())
        let moments = rig.transport.graphSent.map(\.at.steady)
        #expect(moments[1] - moments[0] <= .seconds(60))
        #expect(moments[1] > moments[0])
    }

    @Test("a huge Retry-After closes the service for an hour, no more")
    func huge() async throws {
        let rig = try Rig(graph: { _, _ in .status(429, retryAfter: "99999999999999999999") })
        let error = await rig.failure(Rig.impatient())
        let pause = rig.time.now().elapsed(until: try #require(error?.retryAt))
        #expect(pause >= .seconds(3600) && pause <= .seconds(4320))
    }

    @Test("attempts are bounded, and their pauses too")
    func bounded() async throws {
        let rig = try Rig(graph: { _, _ in .status(502) })
        let began = rig.time.now()
        #expect(await rig.failure(Rig.patient())?.reason == .server(status: 502, code: "x"))
        #expect(rig.transport.graphSent.count == 6)
        #expect(began.elapsed(until: rig.time.now()) <= .seconds(62))
    }

    @Test("500 gets two more tries")
    func serverError() async throws {
        let rig = try Rig(graph: { _, _ in .status(500, code: "generalException") })
        #expect(await rig.failure(Rig.patient())?.reason == .server(status: 500, code: "generalException"))
        #expect(rig.transport.graphSent.count == 3)
    }

    @Test("what will not heal is not repeated", arguments: [400, 402, 403, 404, 405, 409, 410, 412, 413, 414, 501])
    func final(status: Int) async throws {
        let rig = try Rig(graph: { _, _ in .status(status) })
        let error = await rig.failure(Rig.patient())
        #expect(rig.transport.graphSent.count == 1)
        switch (status, error?.reason) {
        case (402, .paymentRequired), (403, .forbidden), (404, .notFound), (409, .conflict), (410, .gone),
            (501, .server), (400, .rejected), (405, .rejected), (412, .rejected), (413, .rejected), (414, .rejected):
            break
        default: Issue.record("\(status) became \(String(describing: error))")
        }
    }

    @Test("401 is tried once more with a new token, and then no more")
    func unauthorised() async throws {
        let healed = try Rig(graph: { call, _ in
            call.headerFields[.authorization] == "Bearer token-1" ? .json("{}") : .status(401)
        })
        _ = try await healed.client.send(Rig.impatient())
        #expect(healed.transport.graphSent.count == 2)

        let refused = try Rig(graph: { _, _ in .status(401, code: "InvalidAuthenticationToken") })
        for _ in 0..<5 {
            let error = await refused.failure(Rig.patient())
            #expect(error?.reason == .unauthorised(code: "InvalidAuthenticationToken"))
        }
        #expect(refused.transport.graphSent.count == 6)
        #expect(refused.transport.loginSent.count == 2)

        // Answers so slow that the source would hand out a new token each time still end after two.
        let time = ManualTime()
        let slow = try Rig(
            time: time,
            graph: { _, number in
                time.advance(by: .seconds(61))
                return number < 9 ? .status(401) : .json("{}")
            })
        #expect(await slow.failure(Rig.patient())?.reason == .unauthorised(code: "x"))
        #expect(slow.transport.graphSent.count == 2)
    }

    @Test("transport failures are repeated when they can heal")
    func transport() async throws {
        for kind in HTTPTransportError.Kind.allCases {
            let rig = try Rig(graph: { _, number in number == 0 ? .broken(kind) : .json("{}") })
            let error = await rig.failure(Rig.patient())
            switch kind {
            case .cancelled: #expect(error?.reason == .cancelled)
            case .malformedURL, .tlsRefused, .responseTooLarge:
                #expect(rig.transport.graphSent.count == 1)
                guard case .transport? = error?.reason else {
                    Issue.record("\(kind)")
                    continue
                }
            default:
                #expect(error == nil, "\(kind)")
                #expect(rig.transport.graphSent.count == 2)
            }
        }
    }

    @Test("a request that must not be repeated is not, and its unknown outcome is said")
    func unconfirmed() async throws {
        var command = GraphRequest(
            .post, GraphPath("teamwork", "devices", "d", "restart"), version: .beta, service: .teamwork)
        command.patience = .wait(upTo: .seconds(600))
        for kind in HTTPTransportError.Kind.allCases {
            let rig = try Rig(graph: { _, _ in .broken(kind) })
            let error = await rig.failure(command)
            #expect(rig.transport.graphSent.count == 1)
            if case .unconfirmed? = error?.reason {
                #expect(kind.mayHaveBeenApplied)
            } else {
                #expect(!kind.mayHaveBeenApplied)
            }
        }
        let open: [ScriptedTransport.Reply] = [.status(500), .status(502), .status(503), .status(504), .json("<html>")]
        for reply in open {
            let rig = try Rig(graph: { _, _ in reply })
            guard case .unconfirmed? = await rig.failure(command)?.reason else {
                Issue.record("\(reply)")
                continue
            }
            #expect(rig.transport.graphSent.count == 1)
        }
        // A refusal is an outcome, not an unknown one.
        let throttled = try Rig(graph: { _, _ in .status(429, retryAfter: "5") })
        guard case .throttled? = await throttled.failure(command)?.reason else {
            Issue.record("expected throttled")
            return
        }
        #expect(throttled.transport.graphSent.count == 1)
    }

    @Test("a POST that only reads is repeated when it says so")
    func readingPost() async throws {
        let rig = try Rig(graph: { _, number in number == 0 ? .broken(.brokenConnection) : .json("{}") })
        var request = GraphRequest(
            .post, GraphPath("communications", "getPresencesByUserId"), service: .presence, body: Array("{}".utf8),
            isIdempotent: true)
        request.patience = .wait(upTo: .seconds(60))
        _ = try await rig.client.send(request)
        #expect(rig.transport.graphSent.count == 2)
        #expect(rig.transport.graphSent[0].call.headerFields[.contentType] == "application/json")
    }

    @Test("a failing login fails an impatient request and is waited for by a patient one")
    func login() async throws {
        let rig = try Rig(login: { _, number in
            number == 0 ? .json(#"{"error":"temporarily_unavailable"}"#, status: 503) : .token("t")
        })
        guard case .token(let error)? = await rig.failure(Rig.impatient())?.reason else {
            Issue.record("expected a token error")
            return
        }
        #expect(error.kind == .unavailable)
        _ = try await rig.client.send(Rig.patient())
        #expect(rig.transport.graphSent.count == 1)
    }

    @Test("a cancelled waiter stops and gives its place back")
    func cancellation() async throws {
        let time = ManualTime(jumps: false)
        let rig = try Rig(
            time: time, budgets: [.identity: RequestBudget([RequestWindow(1, per: .seconds(10))], places: 1)])
        let client = rig.client
        _ = try await client.send(Rig.patient())
        let waiting = Task { try await client.send(Rig.patient()) }
        await time.untilSleeping(1)
        #expect(await rig.failure(Rig.patient())?.reason == .lineFull)
        waiting.cancel()
        do {
            _ = try await waiting.value
            Issue.record("it was cancelled")
        } catch {
            #expect((error as? GraphError)?.reason == .cancelled)
        }
        let next = Task { try await client.send(Rig.patient()) }
        await time.untilSleeping(1)
        time.advance(by: .seconds(11))
        _ = try await next.value
        #expect(rig.transport.graphSent.count == 2)
    }

    @Test("callers that wait together leave within the budget, and none before the service opens again")
    func crowd() async throws {
        let time = ManualTime(jumps: false)
        let rig = try Rig(
            time: time, budgets: [.identity: RequestBudget([RequestWindow(2, per: .seconds(10))])],
            graph: { _, number in number == 3 ? .status(429, retryAfter: "40") : .json("{}") })
        let client = rig.client
        _ = try await rig.tokens.token()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { _ = try? await client.send(Rig.patient()) } }
            // Two leave at once and four wait; of the next two one is throttled and joins the others again.
            for _ in 0..<2 { await group.next() }
            await time.untilSleeping(4)
            time.advance(by: .seconds(11))
            await group.next()
            await time.untilSleeping(3)
            // The two that had a time in the line wake up, find the service closed and wait on.
            time.advance(by: .seconds(10))
            await time.untilSleeping(3)
            #expect(rig.transport.graphSent.count == 4)
            time.advance(by: .seconds(40))
            for _ in 0..<2 { await group.next() }
            await time.untilSleeping(1)
            time.advance(by: .seconds(11))
            await group.waitForAll()
        }
        let moments = rig.transport.graphSent.map(\.at.steady)
        #expect(moments.count == 7)
        #expect(moments[4] - moments[3] >= .seconds(40))
        for (earlier, later) in zip(moments, moments.dropFirst(2)) { #expect(later - earlier > .seconds(10)) }
        #expect(rig.client.snapshot().counters.succeeded == 6)
    }
}
