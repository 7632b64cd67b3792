// One token for everybody, asked for early, kept while it is good, and never asked for in a loop.

import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Synchronization
import Testing
import Timekeeping

@Suite("Tokens")
struct TokenSourceTests {
    @Test("many callers at once cause one request")
    func singleFlight() async throws {
        let latch = Latch()
        let rig = try Rig(login: { _, number in
            await latch.wait()
            return .token("token-\(number)")
        })
        let tokens = rig.tokens
        let generations = await withTaskGroup(of: AccessToken?.self) { group in
            for _ in 0..<100 { group.addTask { try? await tokens.token() } }
            // The latch opens while callers are still arriving; late ones find the token.
            group.addTask {
                latch.open()
                return nil
            }
            return await group.reduce(into: Set<AccessToken>()) { if let token = $1 { $0.insert(token) } }
        }
        #expect(generations.count == 1)
        #expect(rig.transport.loginSent.count == 1)
    }

    @Test("a cancelled caller leaves the others their token")
    func cancellation() async throws {
        let latch = Latch()
        let arrived = Latch()
        let rig = try Rig(login: { _, _ in
            arrived.open()
            await latch.wait()
            return .token("t")
        })
        let tokens = rig.tokens
        let first = Task { try await tokens.token() }
        await arrived.wait()
        let second = Task { try await tokens.token() }
        first.cancel()
        await #expect(throws: TokenError.self) { try await first.value }
        latch.open()
        _ = try await second.value
        #expect(rig.transport.loginSent.count == 1)
    }

    @Test("everything but unreserved characters of a secret is percent-encoded")
    func formEncoding() async throws {
        let rig = try Rig()
        _ = try await rig.tokens.token()
        let call = try #require(rig.transport.loginSent.first).call
        let form = String(decoding: call.body ?? [], as: UTF8.self)
        #expect(call.url == "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token")
        #expect(call.headerFields[.contentType] == "application/x-www-form-urlencoded")
        #expect(
            form == "client_id=app-1&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
                + "&client_secret=s3cret%2Bwith%26all~of%25it&grant_type=client_credentials")
    }

    @Test("a token is renewed early once it has the age, and used until the next is here")
    func renewal() async throws {
        let asked = Latch()
        let answer = Latch()
        let rig = try Rig(login: { _, number in
            if number == 1 {
                asked.open()
                await answer.wait()
            }
            return .token("t\(number)")
        })
        #expect(await rig.tokens.held == nil)
        #expect(await !rig.tokens.renew(olderThan: .zero), "there is none to renew")
        let first = try await rig.tokens.token()
        rig.time.advance(by: .seconds(299))
        #expect(await !rig.tokens.renew(olderThan: .seconds(300)))
        rig.time.advance(by: .seconds(1))
        #expect(await rig.tokens.renew(olderThan: .seconds(300)))
        await asked.wait()
        #expect(await !rig.tokens.renew(olderThan: .seconds(300)), "one is on its way")
        #expect(try await rig.tokens.token() == first)
        answer.open()
        while await rig.tokens.held == first { await Task.yield() }
        #expect(rig.transport.loginSent.count == 2)
        #expect(await !rig.tokens.renew(olderThan: .seconds(300)))
    }

    @Test("a renewal that fails is not repeated while its pause lasts")
    func renewalPause() async throws {
        let rig = try Rig(login: { _, number in number == 0 ? .token("first") : .broken(.connectTimedOut) })
        let first = try await rig.tokens.token()
        rig.time.advance(by: .seconds(600))
        #expect(await rig.tokens.renew(olderThan: .seconds(300)))
        while await rig.tokens.counters.failures == 0 { await Task.yield() }
        #expect(await !rig.tokens.renew(olderThan: .seconds(300)))
        #expect(await rig.tokens.held == first)
        #expect(rig.transport.loginSent.count == 2)
    }

    @Test("the next token is asked for before the old one ends, and the old one is used while that fails")
    func oldTokenKept() async throws {
        let rig = try Rig(login: { _, number in number == 0 ? .token("first") : .broken(.connectTimedOut) })
        let first = try await rig.tokens.token()
        rig.time.advance(by: .seconds(3239))
        #expect(try await rig.tokens.token() == first)
        #expect(await rig.tokens.counters.requests == 1)
        // From 3240 s on requests are made and fail; calls do not.
        rig.time.advance(by: .seconds(260))
        for _ in 0..<50 { #expect(try await rig.tokens.token() == first) }
        rig.time.advance(by: .seconds(102))
        await #expect(throws: TokenError.self) { try await rig.tokens.token() }
        #expect(rig.transport.loginSent.count <= 4)
    }

    @Test(
        "refresh is due at the larger of 300 s and a tenth before the end",
        arguments: [(3600, 3240), (1200, 900), (60, 30)])
    func refreshMoment(lifetime: Int, due: Int) async throws {
        let asked = Latch()
        let rig = try Rig(login: { _, number in
            if number == 1 { asked.open() }
            return .token("t\(number)", lifetime: "\(lifetime)")
        })
        let first = try await rig.tokens.token()
        rig.time.advance(by: .seconds(due - 1))
        #expect(try await rig.tokens.token() == first)
        #expect(rig.transport.loginSent.count == 1)
        rig.time.advance(by: .seconds(1))
        _ = try await rig.tokens.token()
        await asked.wait()
        #expect(rig.transport.loginSent.count == 2)
    }

    @Test(
        "lifetimes that are strings, nonsense, negative or huge end in something usable",
        arguments: [
            (#""3599""#, 3599), ("-5", 60), (#""soon""#, 60), ("1e300", 100_800), ("1", 10), ("null", 60),
            (#""NaN""#, 60),
        ])
    func lifetimes(text: String, seconds: Int) async throws {
        let rig = try Rig(login: { _, _ in .token("t", lifetime: text) })
        let token = try await rig.tokens.token()
        #expect(token.askedAt.elapsed(until: token.expiresAt) == .seconds(seconds))
    }

    @Test("what an operator must fix is asked again once a minute, not per call")
    func slowRetry() async throws {
        let rig = try Rig(login: { _, _ in
            .json(
                #"{"error":"invalid_client","error_description":"AADSTS7000215: wrong.\u0007","error_codes":[7000215]}"#,
                status: 401)
        })
        for _ in 0..<20 {
            do {
                _ = try await rig.tokens.token()
                Issue.record("there is no token")
            } catch {
                #expect(error.kind == .wrongSecret)
                #expect(!error.message.unicodeScalars.contains("\u{7}"))
            }
        }
        #expect(rig.transport.loginSent.count == 1)
        rig.time.advance(by: .seconds(59))
        _ = try? await rig.tokens.token()
        #expect(rig.transport.loginSent.count == 1)
        rig.time.advance(by: .seconds(2))
        _ = try? await rig.tokens.token()
        #expect(rig.transport.loginSent.count == 2)
    }

    @Test("a request loop keeps quiet for five minutes, a Retry-After as long as it says")
    func pauses() async throws {
        for (answer, quiet) in [
            (ScriptedTransport.Reply.json(#"{"error":"invalid_grant","error_codes":[50196]}"#, status: 400), 300),
            (.json("{}", status: 429, [.retryAfter: "200"]), 200),
        ] {
            let rig = try Rig(login: { _, _ in answer })
            _ = try? await rig.tokens.token()
            rig.time.advance(by: .seconds(quiet - 1))
            _ = try? await rig.tokens.token()
            #expect(rig.transport.loginSent.count == 1)
            rig.time.advance(by: .seconds(quiet / 5 + 2))
            _ = try? await rig.tokens.token()
            #expect(rig.transport.loginSent.count == 2)
        }
    }

    @Test("codes become kinds, and the kinds say what to do")
    func classification() async throws {
        let table: [(Int, TokenError.Kind)] = [
            (7_000_222, .expiredSecret), (700_016, .unknownApplication), (90002, .unknownTenant),
            (7_000_112, .disabledApplication), (500_011, .unknownResource), (1_002_012, .badScope),
            (65001, .missingConsent), (50105, .missingAssignment), (700_024, .assertionOutsideItsTime),
            (700_027, .assertionKeyNotRegistered), (70021, .federationUnknown), (700_211, .federationIssuer),
            (700_212, .federationAudience), (700_213, .federationSubject), (700_238, .federationForbidden),
            (53003, .conditionalAccess), (530_035, .conditionalAccess),
            (90033, .unavailable), (123, .refused),
        ]
        for (number, kind) in table {
            let rig = try Rig(login: { _, _ in
                .json(#"{"error":"invalid_client","error_codes":[\#(number)],"trace_id":"t-1"}"#, status: 400)
            })
            do {
                _ = try await rig.tokens.token()
            } catch {
                #expect(error.kind == kind)
                #expect(error.description.contains("AADSTS\(number)"))
                #expect(error.traceID == "t-1")
            }
        }
    }

    @Test("a refused token is dropped once; a newer one survives a late 401")
    func invalidation() async throws {
        let rig = try Rig()
        let first = try await rig.tokens.token()
        #expect(await rig.tokens.invalidate(first))
        let second = try await rig.tokens.token()
        #expect(second != first)
        #expect(await rig.tokens.invalidate(first))
        #expect(try await rig.tokens.token() == second)
        // A tenant that refuses every token does not get a token request per call.
        #expect(await !rig.tokens.invalidate(second))
        #expect(rig.transport.loginSent.count == 2)
    }

    @Test("roles are read for diagnosis; an opaque token has none to read")
    func roles() async throws {
        let payload = Data(#"{"roles":["Presence.Read.All"]}"#.utf8).base64EncodedString().replacing("=", with: "")
        for (text, roles) in [("e30.\(payload).sig", ["Presence.Read.All"]), ("e30.e30.sig", []), ("opaque", nil)] {
            let rig = try Rig(login: { _, _ in .token(text) })
            #expect(try await rig.tokens.token().roles == roles)
        }
    }

    @Test("HTML from a portal is no token and no crash")
    func portal() async throws {
        let rig = try Rig(login: { _, _ in
            .success(HTTPAnswer(status: 200, headerFields: [.contentType: "text/html"], body: Array("<html>".utf8)))
        })
        do {
            _ = try await rig.tokens.token()
            Issue.record("there is no token")
        } catch {
            #expect(error.kind == .malformedAnswer)
        }
    }
}
