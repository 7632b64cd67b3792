// The listener on a real socket: it answers one path, hands over what browsers bring, and keeps listening after nonsense.

import CurlHTTP
import Foundation
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@testable import TenantConnection

@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
    @Test func browsersAreAnsweredAndTheirRepliesHandedOver() async throws {
        let listener = try await RedirectListener.open(port: 0, state: "s")
        #expect(listener.redirectURI == "http://localhost:\(listener.port)/roomwatch/consent")
        let transport = CurlTransport(configuration: CurlConfiguration(), time: SystemTimeSource())
        let base = "http://127.0.0.1:\(listener.port)"
        func status(_ method: HTTPRequest.Method, _ path: String) async throws -> Int {
            try await transport.send(HTTPCall(method, base + path)).status
        }
        #expect(try await status(.get, "/") == 404)
        #expect(try await status(.get, "/favicon.ico") == 404)
        #expect(try await status(.delete, RedirectListener.path) == 405)
        #expect(try await status(.get, RedirectListener.path + "?admin_consent=True&state=forged") == 400)
        let good = try await transport.send(
            HTTPCall(
                .get, listener.redirectURI + "?admin_consent=True&state=s&x=" + String(repeating: "a", count: 5_000)))
        #expect(good.status == 200)
        #expect(String(decoding: good.body, as: UTF8.self).contains("Consent was given"))
        var replies: [ConsentReply] = []
        for await reply in listener.replies {
            replies.append(reply)
            if replies.count == 2 { break }
        }
        #expect(replies == [.foreign, .granted(tenant: nil)])
        await listener.close()
        await transport.shutdown()
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        let first = try await RedirectListener.open(port: 0, state: "s")
        let error = await #expect(throws: ConnectionFault.self) {
            try await RedirectListener.open(port: first.port, state: "s")
        }
        #expect(error?.remedy.contains("--port") == true)
        await first.close()
    }
}
