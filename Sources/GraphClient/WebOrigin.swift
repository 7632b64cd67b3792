// A token goes only to the host that was configured. Whether a link points there is decided here, by a parser that
// refuses everything two URL parsers might read differently: user parts, backslashes, control characters, spaces.

import Foundation

/// Scheme, host and port of a URL: what may and what may not receive a token.
public struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`, lower case.
    public let scheme: String
    /// Lower case; an IPv6 address keeps its brackets.
    public let host: String
    public let port: Int

    /// Host and port, for errors and logs.
    public var authority: String { port == Self.standardPort(scheme) ? host : "\(host):\(port)" }
    public var description: String { "\(scheme)://\(authority)" }

    /// Splits an absolute URL into its origin and the rest, which starts with `/`, `?` or is empty.
    ///
    /// `nil` when the text is no absolute `http` or `https` URL, or one that could be read in two ways.
    static func split(_ url: String) -> (origin: WebOrigin, rest: String)? {
        guard isUnambiguous(url), let colon = url.range(of: "://") else { return nil }
        let scheme = url[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let afterScheme = url[colon.upperBound...]
        let end = afterScheme.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? afterScheme.endIndex
        guard let (host, port) = splitAuthority(afterScheme[..<end], scheme: scheme) else { return nil }
        return (WebOrigin(scheme: scheme, host: host, port: port), String(afterScheme[end...]))
    }

    /// Only printable ASCII without the characters that parsers disagree about.
    static func isUnambiguous(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }

    private static func splitAuthority(_ authority: Substring, scheme: String) -> (host: String, port: Int)? {
        guard !authority.contains("@") else { return nil }
        var host = authority
        var port = standardPort(scheme)
        let bracket = authority.lastIndex(of: "]")
        if let colon = authority.lastIndex(of: ":"), bracket.map({ colon > $0 }) ?? true {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits), (1...65535) ~= number
            else { return nil }
            port = number
            host = authority[..<colon]
        }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
        let inner = isAddress ? host.dropFirst().dropLast() : host
        let allowed: (UInt8) -> Bool = { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): isAddress
            default: false
            }
        }
        guard !inner.isEmpty, inner.utf8.allSatisfy(allowed) else { return nil }
        return (host.lowercased(), port)
    }

    private static func standardPort(_ scheme: String) -> Int { scheme == "http" ? 80 : 443 }
}
