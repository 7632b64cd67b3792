// The difference of two clocks, from nothing but the answers that come anyway.

import Foundation
@testable import GraphClient
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@Suite struct ServerClockTests {
    /// An answer to a question asked at `asked` seconds after eight and answered after `took`.
    private static func answer(_ date: String?, asked: Double, took: Double = 0.2, wallStep: Double = 0) -> ServerClock?
    {
        var fields: HTTPFields = [:]
        if let date { fields[.date] = "Tue, 01 Dec 2026 \(date) GMT" }
        let eight = 1_796_112_000.0
        let began = Moment(wall: Date(timeIntervalSince1970: eight + asked), steady: .seconds(1000 + asked))
        let ended = Moment(
            wall: Date(timeIntervalSince1970: eight + asked + took + wallStep), steady: .seconds(1000 + asked + took))
        return ServerClock(HTTPAnswer(status: 401, headerFields: fields), asked: began, received: ended)
    }

    @Test func clocksThatAgreeDifferByNothing() throws {
        #expect(try #require(Self.answer("08:00:00", asked: 0.5)).ahead == 0)
        #expect(try #require(Self.answer("08:00:00", asked: 0.5)).likely == 0)
        // An answer that took its time says little, and accuses nobody.
        #expect(try #require(Self.answer("08:00:09", asked: 0, took: 10)).ahead == 0)
    }

    @Test func aClockThatIsBehindOrAheadIsMeasured() throws {
        let behind = try #require(Self.answer("08:10:00", asked: 0))
        #expect(behind.ahead > 599.7 && behind.ahead <= 600 && abs(behind.likely - 600.4) < 0.001)
        let ahead = try #require(Self.answer("07:50:00", asked: 0))
        #expect(ahead.ahead < -598.9 && ahead.ahead >= -600)
    }

    @Test func answersTogetherNarrowIt() throws {
        var clock = try #require(Self.answer("08:00:05", asked: 0, took: 4))
        let width = clock.most - clock.least
        clock.take(try #require(Self.answer("08:00:12", asked: 7.1, took: 0.1)))
        #expect(clock.most - clock.least < width && clock.answers == 2)
        #expect(clock.ahead > 4.7)
    }

    @Test func aClockThatWasSetIsMeasuredAnew() throws {
        var clock = try #require(Self.answer("08:10:00", asked: 0))
        clock.take(try #require(Self.answer("08:00:30", asked: 30)))
        #expect(clock.ahead == 0 && clock.answers == 1)
        #expect(Self.answer("08:00:00", asked: 0, wallStep: 3600) == nil)
    }

    @Test(arguments: [nil, "nonsense"] as [String?]) func withoutADateNothingIsKnown(_ date: String?) {
        #expect(Self.answer(date, asked: 0) == nil)
    }

    @Test func aRefusedTokenRequestTellsTheTime() async throws {
        let rig = try Rig(login: { _, _ in
            .json(
                #"{"error":"invalid_client","error_codes":[7000222]}"#, status: 401,
                [.date: "Tue, 01 Dec 2026 08:10:00 GMT"])
        })
        await #expect(throws: TokenError.self) { try await rig.tokens.token() }
        let clock = try #require(await rig.tokens.serverClock)
        #expect(clock.ahead == 600)
        #expect(rig.client.snapshot().serverClock == nil)
    }

    @Test func graphTellsTheTimeAndWhatItWasAsked() async throws {
        let rig = try Rig(graph: { _, number in
            number == 0
                ? .json("{}", [.date: "Tue, 01 Dec 2026 07:59:00 GMT"])
                : .status(429, retryAfter: "30")
        })
        _ = try await rig.client.send(Rig.impatient())
        #expect(await rig.failure(Rig.impatient()) != nil)
        let snapshot = rig.client.snapshot()
        #expect(try #require(snapshot.serverClock).ahead == -59)
        let traffic = try #require(snapshot.traffic[.presence])
        #expect(traffic.uses == [.init(window: RequestWindow(1_200, per: .seconds(30)), used: 2)])
        #expect(traffic.throttled == 1 && traffic.lastThrottled == rig.time.now())
        #expect(snapshot.traffic[.identity] == nil)
    }

    @Test func ourBudgetsStayBelowWhatIsDocumented() {
        for (service, budget) in RequestBudget.defaults {
            for window in budget.windows {
                let documented = service.documentedLimits.first { $0.per == window.per }
                if let documented { #expect(window.limit <= documented.limit, "\(service)") }
            }
            #expect(!service.documentedLimits.isEmpty, "\(service)")
        }
    }

    @Test(arguments: TokenError.Kind.allCases) func everyKindSaysWhatToDo(_ kind: TokenError.Kind) {
        let transport = HTTPTransportError(.tlsRefused, host: "login", detail: "d")
        let advice = TokenError(kind, transport: transport).advice
        #expect(!advice.isEmpty && advice.hasSuffix("."))
    }
}
