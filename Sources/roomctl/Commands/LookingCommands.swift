// "Why was I (not) told?", "does the way to me work?", and "who did that?".

import ArgumentParser
import FleetAPI
import FleetClient

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Why you were told of a room, or why you were not.")

    @Argument(help: "The room's mail address, account id or name.")
    var room: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let answer = try await session.client.explain(room)
        switch session.output {
        case .json: session.show(json: answer.bytes)
        case .plain: Terminal.write(session.rendering.plain(answer.content.explanation))
        case .table:
            Terminal.write(session.rendering.explanation(answer.content.explanation, terminal: session.terminal))
        }
    }
}

struct Receivers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Who is told, and whether the way there works.", subcommands: [List.self, Test.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List receivers, their state and what waits for them.")

        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            session.show(try await session.client.receivers(), empty: "There are no receivers.") {
                session.rendering.receivers($0.receivers)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a marked test message the way of every page, and wait for what becomes of it.")

        @Argument(help: "The receiver's name.")
        var name: String
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let answer = try await session.client.test(receiver: name)
            let test = answer.content.test
            let remark = test.remark.map { ": \($0)" } ?? ""
            let tries = test.attempts > 1 ? " with attempt \(test.attempts)" : ""
            session.show(answer, "\(test.receiver): \(test.state) after \(test.tookMs) ms\(tries)\(remark)")
            if test.state != "accepted" { throw ExitCode(1) }
        }
    }
}

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Who changed what, newest first; takes the token of an admin.")

    @Option(help: "At most so many, up to 1000.")
    var limit = 50
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        session.show(try await session.client.audit(limit: limit), empty: "Nothing was changed yet.") {
            session.rendering.audit($0.audit)
        }
    }
}
