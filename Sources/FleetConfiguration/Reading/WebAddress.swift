// URLs of the configuration. Tokens and signed bodies are sent to them, so plain http is allowed to this machine only,
// and nothing that could carry a password is allowed in them at all. Errors never quote a URL: some are secrets.

import Foundation

/// The rules for URLs and hosts.
enum WebAddress {
    struct Rule {
        var allowsPlainHTTP = false
        var allowsQuery = false
        /// For addresses that are used as they are, where `/hook/` and `/hook` may be two things.
        var keepsTrailingSlash = false
    }

    /// The URL without a slash at its end.
    static func read(_ field: Field, rule: Rule = Rule()) -> String? {
        guard let text = field.text(maximum: 2048) else { return nil }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            var parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty
        else {
            field.refuse("is no absolute URL", remedy: "write scheme and host, such as https://host.contoso.com")
            return nil
        }
        guard scheme == "https" || scheme == "http" else {
            field.refuse("has the scheme \(scheme.quoted)", remedy: "use https")
            return nil
        }
        guard parts.user == nil, parts.password == nil else {
            field.refuse("carries a user name or password", remedy: "remove what stands before the @")
            return nil
        }
        guard parts.fragment == nil, rule.allowsQuery || parts.query == nil else {
            field.refuse("carries a query or fragment", remedy: "end the URL before the ? or #")
            return nil
        }
        if let port = parts.port, !(1...65_535).contains(port) {
            field.refuse("has a port that does not exist", remedy: "use a port from 1 to 65535")
            return nil
        }
        guard scheme == "https" || rule.allowsPlainHTTP || isLoopback(host: host) else {
            field.refuse(
                "uses plain http to another machine, so secrets would travel in clear",
                remedy: "use https (plain http only to 127.0.0.1, ::1 or localhost)")
            return nil
        }
        parts.scheme = scheme
        while !rule.keepsTrailingSlash, parts.path.hasSuffix("/") { parts.path.removeLast() }
        return parts.string
    }

    /// A URL in which `{condition}` stands for the name of a condition. People open it, and it carries no secret, so plain
    /// http is allowed.
    static func readTemplate(_ field: Field) -> String? {
        guard let text = field.text(maximum: 2048) else { return nil }
        let filled = text.replacing("{condition}", with: "room.offline")
        guard !filled.contains(where: { $0 == "{" || $0 == "}" }) else {
            field.refuse("has a placeholder other than {condition}", remedy: "write {condition}, or no braces")
            return nil
        }
        guard filled.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let parts = URLComponents(string: filled, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme), let host = parts.host,
            !host.isEmpty
        else {
            field.refuse("is no absolute URL", remedy: "write such as https://wiki.contoso.com/rooms/{condition}")
            return nil
        }
        guard parts.user == nil, parts.password == nil else {
            field.refuse("carries a user name or password", remedy: "remove what stands before the @")
            return nil
        }
        return text
    }

    /// Whether a host is certainly this machine: `localhost`, 127.0.0.0/8 or ::1.
    static func isLoopback(host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        guard let octets = octets(of: host) else { return false }
        return octets[0] == 127
    }

    /// The four numbers of an IPv4 address in its only safe spelling; others (`127.1`, `0177.0.0.1`) are refused
    /// because programs disagree about them.
    static func octets(of host: String) -> [Int]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { part -> Int? in
            guard (1...3).contains(part.count), part.allSatisfy({ $0.isASCII && $0.isNumber }),
                part.count == 1 || part.first != "0", let number = Int(part), number <= 255
            else { return nil }
            return number
        }
        return numbers.count == 4 ? numbers : nil
    }
}
