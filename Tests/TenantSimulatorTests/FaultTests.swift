import Foundation
import HTTPExchange
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct ThrottleTests {
    @Test func presenceHasItsWindowAndTellsHowLongToWait() throws {
        var scenario = Scenario.quiet
        scenario.limitsScale = 0.01
        var rehearsal = try Rehearsal(scenario: scenario)
        let path = "/v1.0/users/room1@contoso.com/presence"
        for _ in 0..<15 { #expect(rehearsal.get(path).status == 200) }
        _ = rehearsal.wait(.seconds(10))
        let refused = rehearsal.get(path)
        #expect(refused.status == 429)
        #expect(refused.headerFields[.retryAfter] == "20")
        #expect(refused.errorCode == "TooManyRequests")
        #expect(try violations(&rehearsal) == 0)
        // Too early: counted, and still refused.
        _ = rehearsal.wait(.seconds(10))
        #expect(rehearsal.get(path).status == 429)
        #expect(try violations(&rehearsal) == 1)
        _ = rehearsal.wait(.seconds(10))
        #expect(rehearsal.get(path).status == 200)
        #expect(try violations(&rehearsal) == 1)
    }

    @Test func askingOnWhileThrottledMakesItLonger() throws {
        var scenario = Scenario.quiet
        scenario.limitsScale = 0.01
        var rehearsal = try Rehearsal(scenario: scenario)
        let path = "/v1.0/users/room1@contoso.com/presence"
        for _ in 0..<15 { _ = rehearsal.get(path) }
        _ = rehearsal.wait(.seconds(25))
        for _ in 0..<15 { #expect(rehearsal.get(path).status == 429) }
        // The first fifteen have left the window; the refused ones are still in it.
        _ = rehearsal.wait(.seconds(6))
        #expect(rehearsal.get(path).status == 429)
        _ = rehearsal.wait(.seconds(30))
        #expect(rehearsal.get(path).status == 200)
    }

    func violations(_ rehearsal: inout Rehearsal) throws -> Int? {
        try rehearsal.get("/_simulator/state").json["before_retry_after_total"]?.int
    }

    @Test func injectedRefusalsAreWatchedToo() throws {
        var rehearsal = try Rehearsal(
            scenario: faulty(.status, .directory) {
                $0.status = 503
                $0.retryAfter = 30
            })
        _ = rehearsal.wait(.seconds(2))
        #expect(rehearsal.get("/v1.0/organization").headerFields[.retryAfter] == "30")
        // A sibling already under way is forgiven, a later one is not.
        _ = rehearsal.wait(.milliseconds(100))
        _ = rehearsal.get("/v1.0/organization")
        #expect(try violations(&rehearsal) == 0)
        _ = rehearsal.wait(.seconds(5))
        _ = rehearsal.get("/v1.0/organization")
        #expect(try violations(&rehearsal) == 1)
    }
}

@Suite struct FaultTests {
    func afterStart(_ scenario: Scenario) throws -> Rehearsal {
        var rehearsal = try Rehearsal(scenario: scenario)
        _ = rehearsal.wait(.seconds(2))
        return rehearsal
    }

    @Test(arguments: [500, 502, 503, 429])
    func statusFaultsBeginAndEnd(_ status: Int) throws {
        var rehearsal = try Rehearsal(scenario: faulty(.status) { $0.status = status })
        #expect(rehearsal.get("/v1.0/organization").status == 200)
        _ = rehearsal.wait(.seconds(2))
        #expect(rehearsal.get("/v1.0/organization").status == status)
        #expect(try rehearsal.token().status == 200)
        _ = rehearsal.wait(.seconds(60))
        #expect(rehearsal.get("/v1.0/organization").status == 200)
    }

    @Test func retryAfterMayBeADate() throws {
        var rehearsal = try afterStart(
            faulty(.status) {
                $0.retryAfter = 30
                $0.retryAfterAsDate = true
            })
        #expect(rehearsal.get("/v1.0/organization").headerFields[.retryAfter] == "Mon, 02 Mar 2026 08:00:32 GMT")
    }

    @Test func onlyItsServiceIsHit() throws {
        var rehearsal = try afterStart(faulty(.status, .presence))
        #expect(rehearsal.get("/v1.0/organization").status == 200)
        #expect(rehearsal.get("/v1.0/users/room1@contoso.com/presence").status == 503)
        rehearsal = try afterStart(faulty(.status, .login))
        #expect(try rehearsal.token().status == 503)
        #expect(rehearsal.get("/v1.0/organization").status == 200)
    }

    @Test func someFaultsConcernTheWireOnly() throws {
        var rehearsal = try afterStart(faulty(.hang))
        #expect(rehearsal.get("/v1.0/organization").delivery == .hang)
        rehearsal = try afterStart(faulty(.reset))
        #expect(rehearsal.get("/v1.0/organization").delivery == .reset)
        rehearsal = try afterStart(faulty(.slow) { $0.delay = DurationText(.seconds(7)) })
        #expect(rehearsal.get("/v1.0/organization").delay == .seconds(7))
        rehearsal = try afterStart(faulty(.truncated))
        let cut = rehearsal.get("/v1.0/organization")
        #expect(cut.delivery == .truncated(after: cut.body.count / 2))
        #expect(cut.body.count > 100)
    }

    @Test func bodiesMayBeAnythingBut() throws {
        var rehearsal = try afterStart(faulty(.html))
        let page = rehearsal.get("/v1.0/organization")
        #expect(page.status == 200)
        #expect(page.headerFields[.contentType]?.hasPrefix("text/html") == true)
        #expect(throws: JSONTextError.self) { try page.json }
        rehearsal = try afterStart(faulty(.emptyBody))
        #expect(rehearsal.get("/v1.0/organization").body.isEmpty)
        rehearsal = try afterStart(faulty(.unknownEnums))
        let id = try #require(try rehearsal.get("/v1.0/users?$top=1").items.first?["id"])
        let answer = rehearsal.post("/v1.0/communications/getPresencesByUserId", ["ids": [id]])
        #expect(try answer.items.first?["availability"] == "SomethingNew")
    }

    @Test func linksMayLeadAstray() throws {
        var rehearsal = try afterStart(faulty(.nextLinkLoop))
        #expect(
            try rehearsal.get("/v1.0/users?$top=2").json["@odata.nextLink"] == "https://graph.test/v1.0/users?$top=2")
        rehearsal = try afterStart(faulty(.nextLinkForeign))
        let link = try rehearsal.get("/v1.0/users?$top=2").json["@odata.nextLink"]?.string
        #expect(link?.hasPrefix("https://graph.attacker.example/") == true)
    }

    @Test func staleReplicasAnswerLowerStamps() throws {
        var plan = faulty(.stale, .presence)
        var off = ScenarioEvent(.roomSignedOut)
        off.room = "1"
        plan.events.append(off)
        var rehearsal = try Rehearsal(scenario: plan)
        let id = try rehearsal.roomID(1)
        let fresh = try #require(try rehearsal.presences([id])[id])
        _ = rehearsal.wait(.seconds(2))
        let stale = try #require(try rehearsal.presences([id])[id])
        #expect(fresh.availability == "Offline")
        #expect(stale.availability == "Available")
        #expect(stale.sequence < fresh.sequence)
    }

    @Test func everySecondRequestCanBeHit() throws {
        var rehearsal = try afterStart(faulty(.status) { $0.every = 2 })
        #expect((0..<4).map { _ in rehearsal.get("/v1.0/organization").status } == [503, 200, 503, 200])
    }
}

/// A clock that stands still until somebody sleeps on it.
final class StandingTime: TimeSource {
    func now() -> Moment { Rehearsal.start.advanced(by: .seconds(2)) }
    func sleep(until deadline: Moment) async throws {}
}

@Suite struct TransportTests {
    @Test(arguments: [
        (GraphFault.Kind.hang, HTTPTransportError.Kind.totalTimedOut), (.reset, .brokenConnection),
        (.truncated, .brokenConnection),
    ])
    func wireFaultsBecomeTransportErrors(_ fault: GraphFault.Kind, _ kind: HTTPTransportError.Kind) async throws {
        var rehearsal = try Rehearsal(scenario: faulty(fault))
        let url = "https://graph.test/v1.0/organization"
        let headers: HTTPFields = [.authorization: rehearsal.authorization ?? ""]
        #expect(rehearsal.get("/v1.0/organization").status == 200)
        let transport = SimulatedTransport(rehearsal.tenant, timeSource: StandingTime())
        await #expect { try await transport.send(HTTPCall(.get, url, headerFields: headers)) } throws: {
            ($0 as? HTTPTransportError)?.kind == kind
        }
    }

    @Test func answersComeThrough() async throws {
        let rehearsal = try Rehearsal()
        let headers: HTTPFields = [.authorization: rehearsal.authorization ?? ""]
        let transport = SimulatedTransport(rehearsal.tenant, timeSource: StandingTime())
        let answer = try await transport.send(
            HTTPCall(.get, "https://graph.test/v1.0/users?$top=1", headerFields: headers))
        #expect(answer.status == 200)
        #expect(
            String(decoding: answer.body, as: UTF8.self).contains("https://graph.test/v1.0/users?$top=1&$skiptoken="))
        await #expect(throws: HTTPTransportError.self) { try await transport.send(HTTPCall(.get, "ftp://x")) }
    }
}
