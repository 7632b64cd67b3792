// Exchanges that fail: each fault has one kind, and none of them yields half an answer.

import CurlHTTP
import Foundation
import HTTPExchange
import HTTPTypes
import Testing

@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
    /// Bytes that are sent after the request, before the connection is closed.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        var resets = false
    }

    static let brokenAnswers = [
        Fault(testDescription: "nothing at all", bytes: ""),
        Fault(testDescription: "half a header", bytes: "HTTP/1.1 200 OK\r\nContent-Le"),
        Fault(testDescription: "an interim answer only", bytes: "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n"),
        Fault(testDescription: "less than Content-Length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
        Fault(
            testDescription: "a cut chunk",
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n5\r\n12"),
        Fault(
            testDescription: "no last chunk",
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"),
        Fault(
            testDescription: "reset in the body", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
            resets: true),
        Fault(testDescription: "no HTTP", bytes: "220 mail.contoso.com ESMTP\r\n"),
        Fault(
            testDescription: "a broken gzip",
            bytes: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"),
        Fault(
            testDescription: "a broken chunk size", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        ),
    ]

    @Test(arguments: brokenAnswers)
    func brokenAnswerIsABrokenConnection(_ fault: Fault) async throws {
        try await withServer({ connection in
            guard connection.request() != nil else { return }
            connection.send(fault.bytes)
            if fault.resets { connection.reset() }
        }) { transport, server in
            let error = await failure(transport, HTTPCall(.post, server.url + "/secret?token=1", body: [0x31]))
            #expect(error?.kind == .brokenConnection)
            #expect(error?.host == "127.0.0.1:\(server.port)")
            #expect(error?.description.contains("secret") == false)
        }
    }

    /// Answers the first request of a connection, and drops the second one without a word.
    @Test(arguments: [HTTPRequest.Method.get, .put, .delete])
    func deadKeptConnectionIsReplacedForIdempotentMethods(_ method: HTTPRequest.Method) async throws {
        try await withServer(Self.answersOnce) { transport, server in
            _ = try await transport.send(HTTPCall(.get, server.url))
            let answer = try await transport.send(HTTPCall(method, server.url))
            #expect(answer.status == 200)
            #expect(server.connections == 2)
        }
    }

    @Test(arguments: [HTTPRequest.Method.post, .patch])
    func otherMethodsAreNeverSentTwice(_ method: HTTPRequest.Method) async throws {
        try await withServer(Self.answersOnce) { transport, server in
            _ = try await transport.send(HTTPCall(.get, server.url))
            let error = await failure(transport, HTTPCall(method, server.url, body: [0x31]))
            #expect(error?.kind == .brokenConnection)
        }
    }

    static let answersOnce: LoopbackServer.Script = { connection in
        guard connection.request() != nil else { return }
        connection.answer()
        // The next request is read whole and dropped: the server may have acted on it.
        _ = connection.request()
    }

    @Test func bodyBeyondTheLimitIsRefusedAndAtTheLimitIsNot() async throws {
        try await withServer({ connection in
            while connection.request() != nil { connection.answer(body: [UInt8](repeating: 0x61, count: 100_000)) }
        }) { transport, server in
            var call = HTTPCall(.get, server.url, limits: HTTPLimits(responseBytes: 100_000))
            let answer2 = try await transport.send(call)
            #expect(answer2.body.count == 100_000)
            call.limits.responseBytes = 99_999
            #expect(await failure(transport, call)?.kind == .responseTooLarge)
        }
    }

    @Test func limitCountsDecompressedBytes() async throws {
        // `head -c 10000 /dev/zero | gzip -n9 | base64`: 45 bytes that become 10,000.
        let gzip = Data(
            base64Encoded: "H4sIAAAAAAACA+3BAQ0AAADCoPdPbQ43oAAAAAAAAAAAAODfAC7KO00QJwAA")
        let body = [UInt8](try #require(gzip))
        try await withServer({ connection in
            while connection.request() != nil { connection.answer(fields: ["Content-Encoding: gzip"], body: body) }
        }) { transport, server in
            var call = HTTPCall(.get, server.url, limits: HTTPLimits(responseBytes: 10_000))
            let answer3 = try await transport.send(call)
            #expect(answer3.body == [UInt8](repeating: 0, count: 10_000))
            call.limits.responseBytes = 9_999
            #expect(await failure(transport, call)?.kind == .responseTooLarge)
        }
    }

    @Test func headerBeyondItsBoundIsRefused() async throws {
        try await withServer({ connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n")
            let line = "X-Filler: " + String(repeating: "x", count: 10_000) + "\r\n"
            for _ in 0..<40 { connection.send(line) }
            connection.waitForClose()
        }) { transport, server in
            #expect(await failure(transport, HTTPCall(.get, server.url))?.kind == .responseTooLarge)
        }
    }

    @Test func silenceEndsWithTheTotalLimit() async throws {
        try await withServer({ $0.waitForClose() }) { transport, server in
            let call = HTTPCall(.get, server.url, limits: HTTPLimits(total: .milliseconds(500)))
            #expect(await failure(transport, call)?.kind == .totalTimedOut)
        }
    }

    @Test func silenceInTheBodyIsAStall() async throws {
        try await withServer({ connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
            connection.waitForClose()
        }) { transport, server in
            let call = HTTPCall(.get, server.url, limits: HTTPLimits(total: .seconds(30), stall: .milliseconds(50)))
            #expect(await failure(transport, call)?.kind == .stalled)
        }
    }

    @Test func hangingHandshakeIsAConnectTimeout() async throws {
        try await withServer({ $0.waitForClose() }) { transport, server in
            let call = HTTPCall(
                .get, "https://127.0.0.1:\(server.port)/", limits: HTTPLimits(connect: .milliseconds(50)))
            #expect(await failure(transport, call)?.kind == .connectTimedOut)
            let short = HTTPCall(
                .get, "https://127.0.0.1:\(server.port)/",
                limits: HTTPLimits(connect: .seconds(9), total: .milliseconds(50)))
            #expect(await failure(transport, short)?.kind == .connectTimedOut)
        }
    }

    @Test func handshakeWithSomethingElseIsRefusedAndACutOneIsNot() async throws {
        try await withServer({ connection in
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForClose()
        }) { transport, server in
            #expect(await failure(transport, HTTPCall(.get, "https://127.0.0.1:\(server.port)/"))?.kind == .tlsRefused)
        }
        try await withServer({ $0.reset() }) { transport, server in
            let error = await failure(transport, HTTPCall(.get, "https://127.0.0.1:\(server.port)/"))
            #expect(error?.kind == .connectRefused)
        }
    }

    @Test func closedPortIsRefusedAndUnknownNameIsNotResolved() async throws {
        try await withServer({ _ in }) { transport, server in
            let refused = await failure(transport, HTTPCall(.get, "http://127.0.0.1:1/"))
            #expect(refused?.kind == .connectRefused)
            let unknown = await failure(transport, HTTPCall(.get, "http://rooms.invalid/"))
            #expect(unknown?.kind == .nameNotResolved)
            #expect(unknown?.host == "rooms.invalid:80")
        }
    }

    @Test func proxyFailuresAreTheProxys() async throws {
        let missing = CurlConfiguration(proxy: "http://user:hunter2@127.0.0.1:1")
        try await withServer({ _ in }, configuration: missing) { transport, _ in
            let error = await failure(transport, HTTPCall(.get, "https://graph.contoso.test/"))
            #expect(error?.kind == .proxyRefused)
            #expect(error?.description.contains("hunter2") == false)
        }
        let denying = try LoopbackServer { connection in
            while connection.request() != nil { connection.answer("407 Proxy Authentication Required") }
        }
        defer { denying.close() }
        try await withServer({ _ in }, configuration: CurlConfiguration(proxy: denying.url)) { transport, _ in
            let error = await failure(transport, HTTPCall(.get, "https://graph.contoso.test/"))
            #expect(error?.kind == .proxyRefused)
        }
    }

    @Test func missingAuthorityFileIsATLSRefusal() async throws {
        let configuration = CurlConfiguration(caFile: "/nonexistent/ca.pem")
        try await withServer({ $0.waitForClose() }, configuration: configuration) { transport, server in
            #expect(await failure(transport, HTTPCall(.get, "https://127.0.0.1:\(server.port)/"))?.kind == .tlsRefused)
        }
    }
}
