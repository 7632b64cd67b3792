// One run of a command: the client it asks, the clock it counts from, and the way its answer is shown.

import ArgumentParser
import FleetAPI
import FleetClient
import Foundation
import Timekeeping

struct Session {
    let client: RoomwatchClient
    let output: OutputFormat
    let terminal: Terminal
    let time: any TimeSource
    let now: Moment

    init(_ options: GlobalOptions) throws {
        let time = SystemTimeSource()
        client = try options.client(time: time)
        output = options.output
        terminal = Terminal.detected(environment: ProcessInfo.processInfo.environment)
        self.time = time
        now = time.now()
    }

    var rendering: Rendering { Rendering(now: Timestamp(now.wall)) }

    /// Shows an answer: its own bytes as JSON, else a table.
    func show<Content>(_ answer: ClientAnswer<Content>, empty: String, _ table: (Content) -> Table) {
        switch output {
        case .json: show(json: answer.bytes)
        case .plain: Terminal.write(table(answer.content).plain)
        case .table:
            let made = table(answer.content)
            guard !made.rows.isEmpty else { return Terminal.write(empty + "\n") }
            Terminal.write(made.text(width: terminal.width, isColoured: terminal.isColoured))
        }
    }

    /// Shows one thing with its parts: its own bytes as JSON, else a table for each part under its title.
    func show<Content>(_ answer: ClientAnswer<Content>, _ parts: (Content) -> [(String, Table)]) {
        switch output {
        case .json: show(json: answer.bytes)
        case .plain: Terminal.write(parts(answer.content).map(\.1.plain).joined(separator: "\n"))
        case .table:
            let texts = parts(answer.content).filter { !$0.1.rows.isEmpty }.map { title, table in
                let text = table.text(width: terminal.width, isColoured: terminal.isColoured)
                return title.isEmpty ? text : Terminal.styled(title, .bold, terminal.isColoured) + "\n" + text
            }
            Terminal.write(texts.joined(separator: "\n"))
        }
    }

    /// Says that something was done.
    func show<Content>(_ answer: ClientAnswer<Content>, _ sentence: String) {
        if output == .json { show(json: answer.bytes) } else { Terminal.write(sentence.harmless + "\n") }
    }

    func show(json bytes: [UInt8]) { Terminal.write(String(decoding: bytes, as: UTF8.self) + "\n") }

    /// The whole id of an incident of which the beginning is given.
    func incident(_ text: String) async throws -> String {
        try await Self.whole(text, "incident") {
            try await client.incidents(
                IncidentsQuery(limit: IncidentsQuery.maximumLimit)
            ).content.incidents.map(\.id)
        }
    }

    func silence(_ text: String) async throws -> String {
        try await Self.whole(text, "silence") { try await client.silences().content.silences.map(\.id) }
    }

    func window(_ text: String) async throws -> String {
        try await Self.whole(text, "window") { try await client.windows().content.windows.compactMap(\.id) }
    }

    func command(_ text: String) async throws -> String {
        try await Self.whole(text, "command") {
            try await client.commands(limit: OperationsQuery.maximumLimit).content.commands.map(\.id)
        }
    }

    func operation(_ text: String) async throws -> String {
        try await Self.whole(text, "operation") {
            try await client.operations(
                OperationsQuery(limit: OperationsQuery.maximumLimit)
            ).content.operations.map(\.id)
        }
    }

    /// - Parameter known: the ids it may be; only asked when the text is not a whole one.
    static func whole(_ text: String, _ what: String, among known: () async throws -> [String]) async throws -> String {
        let prefix = text.uppercased()
        guard prefix.utf8.count < 26 else { return prefix }
        let found = try await known().filter { $0.hasPrefix(prefix) }
        guard found.count < 2 else {
            let shown = found.prefix(5).joined(separator: ", ")
            throw CommandFault("\(found.count) \(what)s begin with \(text): \(shown); give more of the id")
        }
        guard let one = found.first else { throw CommandFault("no \(what) has an id that begins with \(text)") }
        return one
    }
}

/// What is wrong with a request before or after it was sent, in words.
struct CommandFault: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
