// A body that is too large for memory goes to a sink, piece by piece; everything else is as without one.

import CurlHTTP
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SinkTests {
    /// Counts what it is given, and wants no more than so much.
    final class Counting: HTTPBodySink {
        private let state = Mutex((bytes: 0, pieces: 0, length: String?.none, begins: 0))
        private let most: Int

        init(most: Int = .max) { self.most = most }

        func begin(_ headerFields: HTTPFields) {
            state.withLock { state in
                state.begins += 1
                state.length = headerFields[.contentLength]
            }
        }

        func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
            state.withLock { state in
                state.bytes += bytes.count
                state.pieces += 1
                return state.bytes <= most
            }
        }

        var seen: (bytes: Int, pieces: Int, length: String?, begins: Int) { state.withLock { $0 } }
    }

    /// More than any answer may have.
    static let size = HTTPLimits().responseBytes + 1_000_000

    static let large: LoopbackServer.Script = { connection in
        while connection.request() != nil {
            connection.answer(body: [UInt8](repeating: 0x61, count: size))
        }
    }

    @Test func aBodyLargerThanAnyAnswerArrivesInPieces() async throws {
        try await withServer(Self.large) { transport, server in
            let sink = Counting()
            let answer = try await transport.send(HTTPCall(.post, server.url, body: []), into: sink)
            #expect(answer.status == 200 && answer.body.isEmpty)
            #expect(sink.seen.bytes == Self.size)
            #expect(sink.seen.pieces > 10)
            #expect(sink.seen.length == String(Self.size))
            #expect(sink.seen.begins == 1)
        }
    }

    @Test func aRefusalIsNoBody() async throws {
        try await withServer({ connection in
            while connection.request() != nil { connection.answer("409 Conflict", body: Array("busy".utf8)) }
        }) { transport, server in
            let sink = Counting()
            let answer = try await transport.send(HTTPCall(.post, server.url, body: []), into: sink)
            #expect(answer.status == 409 && answer.body == Array("busy".utf8))
            #expect(sink.seen.begins == 0)
        }
    }

    @Test func aSinkThatWantsNoMoreEndsTheExchange() async throws {
        try await withServer(Self.large) { transport, server in
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.send(HTTPCall(.post, server.url, body: []), into: Counting(most: 100_000))
            }
            #expect(error?.kind == .cancelled)
        }
    }

    @Test func aBodyThatBreaksOffIsNoAnswer() async throws {
        try await withServer({ connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this")
            connection.close()
        }) { transport, server in
            let sink = Counting()
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.send(HTTPCall(.post, server.url, body: []), into: sink)
            }
            #expect(error?.kind == .brokenConnection)
            #expect(sink.seen.bytes == 9)
        }
    }

    @Test func aSinkAsksForTheBytesAsTheyAre() async throws {
        // What a compressing proxy does: it packs whatever the request allows.
        try await withServer({ connection in
            while let (head, _) = connection.request() {
                connection.answer(body: Array(head.lowercased().utf8))
            }
        }) { transport, server in
            let sink = Keeping()
            _ = try await transport.send(HTTPCall(.post, server.url, body: []), into: sink)
            let lines = sink.text.split(separator: "\r\n").filter { $0.hasPrefix("accept-encoding") }
            #expect(lines == ["accept-encoding: identity"])
            let answer = try await transport.send(HTTPCall(.get, server.url))
            #expect(String(decoding: answer.body, as: UTF8.self).contains("gzip"))
        }
    }

    final class Keeping: HTTPBodySink {
        private let kept = Mutex([UInt8]())

        var text: String { String(decoding: kept.withLock(\.self), as: UTF8.self) }

        func begin(_ headerFields: HTTPFields) {}

        func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
            kept.withLock { $0.append(contentsOf: bytes) }
            return true
        }
    }
}
