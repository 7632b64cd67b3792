// What a browser sends to the loopback listener, read by hand and within bounds: one request line and one field of a GET
// without a body is all that is ever answered, and whatever else a program on this machine sends is refused.

/// What became of the bytes of one connection.
enum RedirectRequest: Sendable, Hashable {
    /// The head is not complete yet.
    case unfinished
    /// A GET of the expected path; the query without its question mark.
    case reply(query: String)
    /// An HTTP status that says what is wrong.
    case refused(status: Int)

    /// The largest head that is read. Entra's descriptions are long, and browsers send cookies to localhost.
    static let longestHead = 32 * 1024

    /// - Parameters:
    ///   - bytes: everything received so far.
    ///   - path: the only one that is served.
    ///   - port: the listener's; a `Host` of another name is a page that plays with DNS.
    static func read(_ bytes: [UInt8], path: String, port: Int) -> RedirectRequest {
        guard let end = endOfHead(bytes) else {
            return bytes.count > longestHead ? .refused(status: 431) : .unfinished
        }
        guard end <= longestHead else { return .refused(status: 431) }
        guard let text = String(validating: bytes[..<end], as: UTF8.self) else { return .refused(status: 400) }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else { return .refused(status: 400) }
        let hosts = lines.dropFirst().compactMap(host)
        guard hosts.count == 1, isOurs(hosts[0], port: port) else { return .refused(status: 400) }
        guard words[0] == "GET" else { return .refused(status: 405) }
        let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0] == path else { return .refused(status: 404) }
        return .reply(query: parts.count > 1 ? String(parts[1]) : "")
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        guard bytes.count >= mark.count else { return nil }
        return (0...(min(bytes.count, longestHead + mark.count) - mark.count)).first { start in
            bytes[start] == 0x0D && bytes[start..<(start + mark.count)].elementsEqual(mark)
        }
    }

    private static func host(_ line: Substring) -> String? {
        guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "host" else { return nil }
        let value = line[line.index(after: colon)...]
        return value.drop { $0 == " " || $0 == "\t" }.lowercased().trimmingBlanks
    }

    private static func isOurs(_ host: String, port: Int) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains { host == "\($0):\(port)" || (port == 80 && host == $0) }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
