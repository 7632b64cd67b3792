// A host can be asked whether it is there without hearing anything.

import CurlHTTP
import Foundation
import HTTPExchange
import Synchronization
import Testing

@Suite struct ConnectionTests {
    private func refusal(
        _ transport: CurlTransport, _ url: String, within limit: Duration = .seconds(5)
    ) async -> ConnectionRefusal? {
        do throws(ConnectionRefusal) {
            try await transport.connect(to: url, within: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test func aListenerIsReachedAndHearsNothing() async throws {
        let heard = Mutex(0)
        let ended = Event()
        try await withServer({ connection in
            if connection.request() != nil { heard.withLock { $0 += 1 } }
            ended.happen()
        }) { transport, server in
            #expect(await refusal(transport, server.url + "/secret/path?token=x") == nil)
            // The connection is hung up at once, not kept for later.
            await ended.wait()
            #expect(heard.withLock { $0 } == 0)
        }
    }

    @Test func everyPartOfTheWayHasItsName() async throws {
        try await withServer({ _ in }) { transport, server in
            #expect(await refusal(transport, "http://127.0.0.1:1/")?.error.kind == .connectRefused)
            #expect(await refusal(transport, "https://rooms.invalid/")?.error.kind == .nameNotResolved)
            #expect(await refusal(transport, "ftp://127.0.0.1/")?.error.kind == .malformedURL)
        }
        try await withServer({ connection in
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForClose()
        }) { transport, server in
            let refused = await refusal(transport, "https://127.0.0.1:\(server.port)/")
            #expect(refused?.error.kind == .tlsRefused && refused?.issuer == nil)
        }
        try await withServer({ $0.waitForClose() }) { transport, server in
            let silent = await refusal(transport, "https://127.0.0.1:\(server.port)/", within: .milliseconds(50))
            #expect(silent?.error.kind == .connectTimedOut)
        }
    }

    @Test func aProxyThatRefusesIsNamedAndItsPasswordIsNot() async throws {
        let missing = CurlConfiguration(proxy: "http://user:hunter2@127.0.0.1:1")
        try await withServer({ _ in }, configuration: missing) { transport, _ in
            let refused = await refusal(transport, "https://graph.contoso.test/")
            #expect(refused?.error.kind == .proxyRefused)
            #expect(refused?.error.description.contains("hunter2") == false)
        }
        let denying = try LoopbackServer { connection in
            while connection.request() != nil { connection.answer("407 Proxy Authentication Required") }
        }
        defer { denying.close() }
        try await withServer({ _ in }, configuration: CurlConfiguration(proxy: denying.url)) { transport, _ in
            #expect(await refusal(transport, "https://graph.contoso.test/")?.error.kind == .proxyRefused)
        }
    }
}
