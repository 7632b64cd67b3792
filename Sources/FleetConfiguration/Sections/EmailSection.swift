// `email` of a receiver: the server, who writes and to whom. A page about a room is no secret, but the password of the
// mailbox is, so a connection without TLS is taken to this machine only.

import FleetCore
import Foundation

extension Reading {
    func email(_ field: Field) -> ReceiverConfiguration.Channel? {
        guard let section = field.section(["smtp", "starttls", "user", "password_file", "from", "to"]) else {
            return nil
        }
        let server = section.required("smtp", remedy: "write smtps://host:465 or smtp://host:587").flatMap(mailServer)
        let security = server.flatMap { mailSecurity(section, server: $0) }
        let from = section.required("from", remedy: "write the address that the mails come from").flatMap(mailAddress)
        let to = section.required("to", remedy: "name the recipients: to: [name@contoso.com]").flatMap(mailRecipients)
        let user = section["user"].flatMap { $0.text(maximum: 254) }
        let password = section["password_file"].flatMap { $0.fileReference() }
        if section["user"] != nil, section["password_file"] == nil {
            section.refuse(key: "password_file", "is missing", remedy: "name the file with the password of the user")
            return nil
        }
        if section["password_file"] != nil, section["user"] == nil {
            section.refuse(key: "user", "is missing", remedy: "write whose password it is")
            return nil
        }
        guard let server, let security, let from, let to else { return nil }
        return .email(
            EmailConfiguration(
                host: server.host, port: server.port, security: security, user: user, password: password, from: from,
                to: to))
    }

    private struct Server {
        var scheme: String
        var host: String
        var port: Int
    }

    private func mailServer(_ field: Field) -> Server? {
        guard let text = field.text(maximum: 512) else { return nil }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), ["smtp", "smtps"].contains(scheme), let host = parts.host,
            !host.isEmpty
        else {
            field.refuse("is no mail server", remedy: "write smtps://host:465 or smtp://host:587")
            return nil
        }
        guard parts.user == nil, parts.password == nil else {
            field.refuse("carries a user name or password", remedy: "use the keys user and password_file")
            return nil
        }
        guard parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil else {
            field.refuse("carries more than host and port", remedy: "end it behind the port")
            return nil
        }
        // The ports of RFC 8314, section 3.3 (submissions) and RFC 6409 (submission).
        let port = parts.port ?? (scheme == "smtps" ? 465 : 587)
        guard (1...65_535).contains(port) else {
            field.refuse("has a port that does not exist", remedy: "use a port from 1 to 65535")
            return nil
        }
        let isBareIPv6 = host.contains(":") && !host.hasPrefix("[")
        return Server(scheme: scheme, host: isBareIPv6 ? "[\(host)]" : host, port: port)
    }

    private enum StartTLS: String, CaseIterable {
        case required
        case none
    }

    private func mailSecurity(_ section: Section, server: Server) -> EmailConfiguration.Security? {
        guard let field = section["starttls"] else { return server.scheme == "smtps" ? .tls : .startTLS }
        guard let word = field.word(StartTLS.self) else { return nil }
        guard server.scheme == "smtp" else {
            field.refuse("has no meaning with smtps, which begins with TLS", remedy: "remove it")
            return nil
        }
        if word == .required { return .startTLS }
        guard WebAddress.isLoopback(host: server.host) else {
            field.refuse(
                "would send mail in clear to another machine",
                remedy: "remove it (none only to 127.0.0.1, ::1 or localhost)")
            return nil
        }
        return .plain
    }

    private func mailRecipients(_ field: Field) -> [String]? {
        guard let items = field.listOrSingle() else { return nil }
        guard (1...EmailConfiguration.maximumRecipients).contains(items.count) else {
            field.refuse(
                items.isEmpty ? "is empty" : "has \(items.count) recipients",
                remedy: "name 1 to \(EmailConfiguration.maximumRecipients) addresses; for more use a distribution list")
            return nil
        }
        let addresses = items.compactMap(mailAddress)
        guard addresses.count == items.count else { return nil }
        guard Set(addresses.map { $0.lowercased() }).count == addresses.count else {
            field.refuse("names an address twice", remedy: "name every address once")
            return nil
        }
        return addresses
    }

    /// A dot-atom and a domain (RFC 5321, section 4.1.2), in ASCII.
    private func mailAddress(_ field: Field) -> String? {
        guard let text = field.text(maximum: 254) else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isLocalPart =
            (1...64).contains(parts[0].utf8.count)
            && parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty
                    && atom.allSatisfy {
                        $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-/=?^_`{|}~".contains($0))
                    }
            }
        guard parts.count == 2, isLocalPart, Identifiers.isMailDomain(String(parts[1])) else {
            field.refuse(
                "\(text.quoted) is no mail address", remedy: "write a bare address, such as oncall@contoso.com")
            return nil
        }
        return text
    }
}

extension Identifiers {
    /// A domain, or the name of this machine.
    static func isMailDomain(_ text: String) -> Bool { isDomain(text) || text.lowercased() == "localhost" }
}
