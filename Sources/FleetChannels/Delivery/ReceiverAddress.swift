// Where a receiver is. Webhook URLs often carry a token in their path or query, so the URL is a secret and everything
// that is said about the receiver names its host only.

import Foundation
import HTTPExchange

import struct FleetCore.ReceiverName

/// The URL of a receiver, of which only the host is ever shown.
struct ReceiverAddress: Sendable, CustomStringConvertible {
    let receiver: ReceiverName
    let url: Secret
    /// Host and, when the URL names one, port.
    let host: String
    /// What must never be quoted: the URL and its parts beyond the host, and secrets sent in the body.
    private let unspeakable: [Secret]

    /// - Parameters:
    ///   - appending: a path that follows the one of `url`.
    ///   - secrets: what else must not appear in a quotation.
    init(
        _ url: Secret, receiver: ReceiverName, appending path: String = "", secrets: [Secret] = []
    ) throws(ChannelConfigurationError) {
        let base = url.trimmed.withRevealed { $0 }
        let text = path.isEmpty ? base : String(base[...].trimmingSlashes) + path
        // Foundation would quietly encode white space and letters beyond ASCII, and the transport would refuse them.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ChannelConfigurationError(
                receiver, "its url holds white space or characters beyond ASCII; it must be exactly one encoded URL")
        }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let name = parts.host, !name.isEmpty
        else {
            throw ChannelConfigurationError(receiver, "its url is no absolute http or https URL; correct the url")
        }
        guard parts.user == nil, parts.password == nil else {
            throw ChannelConfigurationError(
                receiver, "its url carries a user name or password, which is not supported; remove them from the url")
        }
        guard parts.fragment == nil else {
            throw ChannelConfigurationError(receiver, "its url has a fragment (#…), which no server sees; remove it")
        }
        if !path.isEmpty, parts.query != nil {
            throw ChannelConfigurationError(
                receiver, "its url has a query (?…), but must be a base to which \(path) is appended; remove the query")
        }
        self.receiver = receiver
        self.url = Secret(text)
        host = parts.port.map { "\(name):\($0)" } ?? name
        let encodedPath = parts.percentEncodedPath
        let query = parts.percentEncodedQuery ?? ""
        let words = "\(encodedPath)/\(query)".split(whereSeparator: { "/&=;".contains($0) }).map(String.init)
        let pieces = ([encodedPath, query] + words).flatMap { [$0, $0.removingPercentEncoding ?? $0] }
        // Short pieces ("/", "v1") are no secrets, and striking them out would make every text unreadable.
        unspeakable =
            ([text] + pieces.filter { $0.count >= Self.shortestSecret }).map { Secret($0) }
            + secrets.filter { !$0.isEmpty }
    }

    /// A URL that stands in a secret's file, which the configuration has never seen: plain http would show the secret
    /// to the network, so it is taken for this machine only.
    init(secret url: Secret, receiver: ReceiverName) throws(ChannelConfigurationError) {
        try self.init(url, receiver: receiver)
        let parts = self.url.withRevealed { URLComponents(string: $0) }
        guard let parts, parts.scheme?.lowercased() == "http" else { return }
        guard let host = parts.host?.lowercased(), Self.loopbackHosts.contains(host) else {
            throw ChannelConfigurationError(
                receiver,
                "its url uses plain http to another machine, so the secret in it would travel in clear; use https")
        }
    }

    private static let loopbackHosts: Set<String> = ["127.0.0.1", "::1", "[::1]", "localhost"]

    private static let shortestSecret = 8

    var description: String { "\(receiver) (\(host))" }

    /// A text of somebody else's in a form that may be logged: on one line, bounded, and free of this receiver's
    /// secrets.
    func quotable(_ text: String) -> String {
        var clean = text
        for secret in unspeakable.map({ $0.withRevealed { $0 } }).sorted(by: { $0.count > $1.count }) {
            clean = clean.replacingOccurrences(of: secret, with: "<redacted>", options: .caseInsensitive)
        }
        let line = clean.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        return String(line.prefix(ChannelLimits.quotedCharacters))
    }
}
