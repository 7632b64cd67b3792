// Exchanges that succeed: what the server sees, and what the caller gets.

import CurlHTTP
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ExchangeTests {
    /// Answers every request with its own head and body, so that tests can look at what arrived.
    static let echo: LoopbackServer.Script = { connection in
        while let request = connection.request() {
            connection.answer(fields: ["X-Echo: yes"], body: Array((request.head + "\n\n").utf8) + request.body)
        }
    }

    @Test func getBringsStatusFieldsAndBody() async throws {
        try await withServer(Self.echo) { transport, server in
            let answer = try await transport.send(
                HTTPCall(.get, server.url + "/rooms?top=2", headerFields: [.authorization: "Bearer abc"]))
            let seen = String(decoding: answer.body, as: UTF8.self)
            #expect(answer.status == 200)
            #expect(answer.headerFields[values: HTTPField.Name("X-Echo")!] == ["yes"])
            #expect(seen.hasPrefix("GET /rooms?top=2 HTTP/1.1\r\n"))
            #expect(seen.contains("\r\nAuthorization: Bearer abc"))
            #expect(seen.contains("User-Agent: roomwatch\r\n"))
            #expect(seen.contains("gzip"))
        }
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func bodyArrivesWholeAndWithoutExpect(_ method: HTTPRequest.Method) async throws {
        try await withServer(Self.echo) { transport, server in
            let body = [UInt8](repeating: 0x61, count: 70_000)
            let answer = try await transport.send(
                HTTPCall(method, server.url, headerFields: [.contentType: "application/json"], body: body))
            let seen = String(decoding: answer.body, as: UTF8.self)
            #expect(seen.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
            #expect(seen.hasSuffix("\n\n" + String(repeating: "a", count: 70_000)))
            #expect(!seen.contains("Expect:"))
            #expect(!seen.contains("x-www-form-urlencoded"))
        }
    }

    @Test func emptyBodyIsAnnouncedAndNoBodyIsNot() async throws {
        try await withServer(Self.echo) { transport, server in
            let empty = try await transport.send(HTTPCall(.post, server.url, body: []))
            #expect(String(decoding: empty.body, as: UTF8.self).contains("Content-Length: 0"))
            let none = try await transport.send(HTTPCall(.delete, server.url))
            #expect(!String(decoding: none.body, as: UTF8.self).contains("Content-Length"))
        }
    }

    @Test func headHasNoBody() async throws {
        try await withServer({ connection in
            while connection.request() != nil { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n") }
        }) { transport, server in
            let answer = try await transport.send(HTTPCall(.head, server.url))
            #expect(answer.body.isEmpty)
            #expect(answer.headerFields[.contentLength] == "500")
        }
    }

    @Test func connectionIsKeptAndUsedAgain() async throws {
        try await withServer(Self.echo) { transport, server in
            for _ in 0..<20 { _ = try await transport.send(HTTPCall(.get, server.url)) }
            #expect(server.connections == 1)
        }
    }

    @Test func optionsOfOneCallDoNotLeakIntoTheNext() async throws {
        try await withServer(Self.echo) { transport, server in
            _ = try await transport.send(
                HTTPCall(.post, server.url, headerFields: [.authorization: "Bearer abc"], body: [0x7A]))
            let answer = try await transport.send(HTTPCall(.get, server.url))
            let seen = String(decoding: answer.body, as: UTF8.self)
            #expect(seen.hasPrefix("GET / "))
            #expect(!seen.contains("abc"))
        }
    }

    @Test func gzipIsDecoded() async throws {
        // `printf Available | gzip -n9 | base64`
        let gzip = [UInt8](try #require(Data(base64Encoded: "H4sIAAAAAAACA3MsS8zMSUzKSQUAJiZ+JwkAAAA=")))
        try await withServer({ connection in
            while connection.request() != nil { connection.answer(fields: ["Content-Encoding: gzip"], body: gzip) }
        }) { transport, server in
            let answer = try await transport.send(HTTPCall(.get, server.url))
            #expect(String(decoding: answer.body, as: UTF8.self) == "Available")
        }
    }

    @Test func redirectIsAnAnswer() async throws {
        try await withServer({ connection in
            while connection.request() != nil { connection.answer("302 Found", fields: ["Location: /elsewhere"]) }
        }) { transport, server in
            let answer = try await transport.send(HTTPCall(.get, server.url))
            #expect(answer.status == 302)
            #expect(answer.headerFields[.location] == "/elsewhere")
            #expect(server.connections == 1)
        }
    }

    @Test func onlyTheFinalHeaderCounts() async throws {
        try await withServer({ connection in
            while connection.request() != nil {
                connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
                connection.send(
                    "HTTP/1.1 200 OK\r\nX-Late: a\r\n  b\r\nbad name: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
                connection.send("2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n")
            }
        }) { transport, server in
            let answer = try await transport.send(HTTPCall(.get, server.url))
            #expect(answer.status == 200)
            #expect(answer.headerFields.map(\.name.canonicalName) == ["x-late", "transfer-encoding"])
            #expect(answer.headerFields.first?.value == "a b")
            #expect(answer.body == Array("ok".utf8))
        }
    }

    @Test func environmentProxyIsNotUsed() async throws {
        #expect(environmentNamesADeadProxy && getenv("http_proxy") != nil)
        try await withServer(Self.echo) { transport, server in
            let answer = try await transport.send(HTTPCall(.get, server.url))
            #expect(answer.status == 200)
        }
    }

    @Test func configuredProxyGetsTheRequest() async throws {
        let proxy = try LoopbackServer(Self.echo)
        defer { proxy.close() }
        try await withServer(Self.echo, configuration: CurlConfiguration(proxy: proxy.url)) { transport, server in
            let answer = try await transport.send(HTTPCall(.get, "http://graph.contoso.test/rooms"))
            #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix("GET http://graph.contoso.test/rooms "))
            #expect(server.connections == 0)
        }
    }
}
