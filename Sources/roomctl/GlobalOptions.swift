// Where the daemon is and how the answer shall look: the same for every command, before its name or behind it.

import ArgumentParser
import CurlHTTP
import FleetAPI
import FleetClient
import Foundation
import HTTPExchange
import Timekeeping

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
    case plain
}

struct GlobalOptions: ParsableArguments {
    static let defaultSocket = "/run/roomwatch/roomwatchd.sock"

    @Option(help: "The daemon's unix socket.", completion: .file())
    var socket: String?

    @Option(help: "The daemon's address instead of the socket, https://monitor.contoso.com.")
    var url: String?

    @Option(help: "A file with the token to send.", completion: .file())
    var tokenFile: String?

    @Option(help: "PEM certificates to trust for --url instead of the system's.", completion: .file())
    var caFile: String?

    @Option(name: [.short, .long], help: "table, json as the API writes it, or plain with tabs.")
    var output: OutputFormat = .table

    func validate() throws {
        if socket != nil, url != nil { throw ValidationError("Give --socket or --url, not both.") }
        if caFile != nil, url == nil { throw ValidationError("--ca-file is for --url.") }
        guard let url else { return }
        guard let parts = URLComponents(string: url), parts.scheme == "https" || parts.scheme == "http",
            let host = parts.host, !host.isEmpty, parts.query == nil, parts.user == nil
        else { throw ValidationError("--url is no address such as https://monitor.contoso.com.") }
        let isLoopback = ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
        if parts.scheme == "http", !isLoopback, tokenFile != nil {
            throw ValidationError("A token is not sent in clear beyond this machine; use https.")
        }
    }

    /// A client; the transport ends with the process.
    func client(time: SystemTimeSource) throws -> RoomwatchClient {
        var configuration = CurlConfiguration(caFile: caFile, userAgent: "roomctl")
        var place: String?
        if url == nil {
            let path = socket ?? Self.defaultSocket
            configuration.unixSocketPath = path
            place = "unix:\(path)"
        }
        var base = url ?? "http://localhost"
        while base.hasSuffix("/") { base.removeLast() }
        return RoomwatchClient(
            transport: CurlTransport(configuration: configuration, time: time), base: base, place: place,
            token: try token())
    }

    private func token() throws -> Secret? {
        guard let tokenFile else { return nil }
        guard let bytes = FileManager.default.contents(atPath: tokenFile) else {
            throw ValidationError("The token file \(tokenFile) cannot be read.")
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError("The token file \(tokenFile) holds no token on a line of its own.")
        }
        return Secret(text)
    }

    /// Options of this group that stand before the name of a command are moved behind everything else, because the
    /// parser hands a command only what follows its name.
    static func moved(_ arguments: [String]) -> [String] {
        let names: Set<String> = ["--socket", "--url", "--token-file", "--ca-file", "--output", "-o"]
        var early: [String] = []
        var rest = arguments[...]
        while let first = rest.first, first.hasPrefix("-") {
            let name = first.split(separator: "=", maxSplits: 1).first.map(String.init) ?? first
            guard names.contains(name) else { break }
            let count = first.contains("=") ? 1 : 2
            early += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        guard !early.isEmpty, !rest.isEmpty else { return arguments }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end]) + early + Array(rest[end...])
    }
}

/// What lists of rooms and of devices are narrowed and paged by.
struct PlaceFilter: ParsableArguments {
    @Option(help: "Only of this tenant.")
    var tenant: String?
    @Option(help: "Only of this building.")
    var building: String?
    @Option(help: "Only of this floor.")
    var floor: String?
    @Option(help: "At most so many, up to 1000; 100 without it.")
    var limit: Int?
    @Option(help: "Where the page before ended.")
    var cursor: String?
}
