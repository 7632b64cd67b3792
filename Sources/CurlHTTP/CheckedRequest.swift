// A call that has passed every check that can be made before anything is sent. What is refused here would otherwise be
// a smuggled header, a token for a host nobody named, or a secret in somebody's access log.

import CLibcurl
import HTTPExchange
import HTTPTypes

/// A request libcurl may carry out as it stands.
struct CheckedRequest: Sendable {
    let call: HTTPCall
    let configuration: CurlConfiguration
    /// `host:port`, the only part of the URL that errors may name.
    let host: String
    /// Header lines in libcurl's notation.
    let headerLines: [String]

    /// - Throws: kind `malformedURL` for everything about the call that must not be sent; the detail names it.
    init(_ call: HTTPCall, configuration: CurlConfiguration) throws(HTTPTransportError) {
        self.call = call
        self.configuration = configuration
        let host = try Self.hostAndPort(of: call.url)
        self.host = host
        func refusal(_ detail: String) -> HTTPTransportError {
            HTTPTransportError(.malformedURL, host: host, detail: detail)
        }
        guard Self.isToken(call.method.rawValue) else { throw refusal("the method is not a token of RFC 9110") }
        guard Self.isFieldValue(configuration.userAgent) else {
            throw refusal("the configured user agent holds a control character")
        }
        var lines: [String] = []
        for field in call.headerFields {
            let name = field.name.rawName
            guard Self.isToken(name) else { throw refusal("a header field name is not a token of RFC 9110") }
            guard !Self.transportFields.contains(field.name) else {
                throw refusal("the header field \(name) belongs to the transport: do not set it")
            }
            guard Self.isFieldValue(field.value) else {
                throw refusal("the value of the header field \(name) holds a control character")
            }
            lines.append(Self.line(name, field.value))
        }
        // libcurl adds both to a body by itself: a media type nobody chose, and a wait for 100 that servers ignore.
        if call.body != nil {
            if call.headerFields[.contentType] == nil { lines.append("Content-Type:") }
            lines.append("Expect:")
        }
        headerLines = lines
    }

    /// Whether the exchange goes over TLS; the URL was checked to be http or https.
    var isEncrypted: Bool { call.url.lowercased().hasPrefix("https:") }

    /// Fields that frame the message or govern the connection; a second opinion on them is how requests get smuggled.
    static let transportFields: Set<HTTPField.Name> = {
        let others = ["Host", "Keep-Alive", "Proxy-Connection"].compactMap { HTTPField.Name($0) }
        let known: [HTTPField.Name] = [
            .contentLength, .transferEncoding, .acceptEncoding, .connection, .upgrade, .expect, .te, .trailer,
            .proxyAuthorization,
        ]
        return Set(others + known)
    }()

    /// A lone semicolon is libcurl's notation for an empty value; a lone colon would remove the field.
    private static func line(_ name: String, _ value: String) -> String {
        value.allSatisfy { $0 == " " || $0 == "\t" } ? "\(name);" : "\(name): \(value)"
    }

    /// `token` of RFC 9110, section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// No control character but the tab (RFC 9110, section 5.5).
    static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    /// Reads the URL with libcurl's own parser, so that the check and the transfer cannot disagree about the host.
    private static func hostAndPort(of url: String) throws(HTTPTransportError) -> String {
        func refusal(_ detail: String) -> HTTPTransportError {
            HTTPTransportError(.malformedURL, host: "", detail: detail)
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refusal("the URL holds a character that must be percent-encoded (RFC 3986)")
        }
        guard let parsed = curl_url() else {
            throw HTTPTransportError(.transportUnavailable, host: "", detail: "memory is short")
        }
        defer { curl_url_cleanup(parsed) }
        let code = curl_url_set(parsed, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard code != CURLUE_USER_NOT_ALLOWED else { throw refusal("the URL carries credentials") }
        guard code == CURLUE_OK else {
            throw refusal("not an absolute URL: \(String(cString: curl_url_strerror(code)))")
        }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parsed, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
            throw refusal("the URL is neither http nor https")
        }
        guard let name = part(CURLUPART_HOST), !name.isEmpty, let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT) else {
            throw refusal("the URL names no host")
        }
        return "\(name):\(port)"
    }
}
