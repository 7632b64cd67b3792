// What must never be sent: the transport refuses it, and no connection is made.

import CurlHTTP
import HTTPExchange
import HTTPTypes
import Testing

@testable import CurlHTTP

@Suite(.timeLimit(.minutes(1)))
struct RefusalTests {
    @Test(arguments: [
        "", "graph", "/relative", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://user@127.0.0.1/",
        "http://user:word@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: 1", "http://127.0.0.1:99999/",
        "http://127.0.0.1/\u{0}", "http://127.0.0.1/ü",
    ])
    func malformedURLIsRefused(_ url: String) throws {
        let error = #expect(throws: HTTPTransportError.self) {
            try CheckedRequest(HTTPCall(.get, url), configuration: CurlConfiguration())
        }
        #expect(error?.kind == .malformedURL)
        #expect(error?.description.contains("word") == false)
    }

    @Test(arguments: ["http://127.0.0.1", "https://graph.contoso.test:8443/a?b=c%20d", "HTTP://[::1]:80/"])
    func absoluteURLIsTaken(_ url: String) throws {
        let request = try CheckedRequest(HTTPCall(.get, url), configuration: CurlConfiguration())
        #expect(["127.0.0.1:80", "graph.contoso.test:8443", "[::1]:80"].contains(request.host))
    }

    @Test(arguments: ["Host", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "Connection"])
    func fieldsOfTheTransportAreRefused(_ name: String) async throws {
        try await withServer({ _ in }) { transport, server in
            var call = HTTPCall(.get, server.url)
            call.headerFields[try #require(HTTPField.Name(name))] = "1"
            let error = await failure(transport, call)
            #expect(error?.kind == .malformedURL)
            #expect(error?.detail.contains(name) == true)
            #expect(server.connections == 0)
        }
    }

    @Test(arguments: ["a\r\nX: 1", "a\nb", "a\u{0}b", "a\u{7F}"])
    func controlCharactersInFieldsAreRefused(_ text: String) async throws {
        #expect(!CheckedRequest.isFieldValue(text))
        #expect(!CheckedRequest.isToken(text))
        try await withServer({ _ in }, configuration: CurlConfiguration(userAgent: text)) { transport, server in
            let error = await failure(transport, HTTPCall(.get, server.url))
            #expect(error?.kind == .malformedURL)
            #expect(server.connections == 0)
        }
    }

    /// HTTPTypes turns forbidden characters of a value into spaces before the transport sees them.
    @Test func lineBreakInAFieldValueStaysOneField() throws {
        var call = HTTPCall(.get, "http://127.0.0.1/")
        call.headerFields[.userAgent] = "a\r\nX: 1"
        let lines = try CheckedRequest(call, configuration: CurlConfiguration()).headerLines
        #expect(lines == ["User-Agent: a  X: 1"])
        call.headerFields = [.cacheControl: ""]
        #expect(try CheckedRequest(call, configuration: CurlConfiguration()).headerLines == ["Cache-Control;"])
    }
}
