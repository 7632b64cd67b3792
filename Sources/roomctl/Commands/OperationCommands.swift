// What was asked of devices and how far it is.

import ArgumentParser
import FleetAPI
import FleetClient

struct Operations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List operations, newest first: one for each device that a command reaches.")

    @Flag(help: "Only what can still change.")
    var open = false
    @Option(help: "Only of this room, by name, mail address or account id.")
    var room: String?
    @Option(help: "Only of the command with this id or its beginning.")
    var command: String?
    @Option(help: "Only of the device with this id.")
    var device: String?
    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("\(OperationBody.states.joined(separator: ", "))."),
        completion: .list(OperationBody.states))
    var state: [String] = []
    @Option(help: "Only of this tenant.")
    var tenant: String?
    @Option(help: "At most so many, up to 1000.")
    var limit = OperationsQuery.defaultLimit
    @Option(help: "Where the page before ended.")
    var cursor: String?
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        var query = OperationsQuery(
            tenant: tenant, device: device, states: state, isOpen: open, cursor: cursor, limit: limit)
        if let room { query.room = try await session.client.room(room).content.room.id }
        if let command { query.command = try await session.command(command) }
        let answer = try await session.client.operations(query)
        session.show(answer, empty: open ? "Nothing is under way." : "No operation matches.") {
            session.rendering.operations($0.operations)
        }
        if session.output == .table, let next = answer.content.nextCursor {
            Terminal.remark("There are more: --cursor \(next)")
        }
    }
}

struct ShowOperation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operation", abstract: "One operation and every step that it took.")

    @Argument(help: "The operation's id or its beginning.")
    var id: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let answer = try await session.client.operation(try await session.operation(id))
        session.show(answer) { session.rendering.operation($0) }
    }
}

struct Commands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "command", abstract: "What was asked of rooms, by whom, and how far it is.",
        subcommands: [List.self, Show.self, Withdraw.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List commands, newest first.")

        @Option(help: "At most so many, up to 1000.")
        var limit = 20
        @Option(help: "Where the page before ended.")
        var cursor: String?
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let answer = try await session.client.commands(cursor: cursor, limit: limit)
            session.show(answer, empty: "Nothing was asked of devices yet.") {
                session.rendering.commands($0.commands)
            }
            if session.output == .table, let next = answer.content.nextCursor {
                Terminal.remark("There are more: --cursor \(next)")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One command: who asked, why, and how far it is in each room.")

        @Argument(help: "The command's id or its beginning.")
        var id: String
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let answer = try await session.client.command(try await session.command(id))
            if session.output == .json { return session.show(json: answer.bytes) }
            let one = answer.content.command
            let operations = try await session.client.operations(
                OperationsQuery(command: one.id, limit: OperationsQuery.maximumLimit)
            ).content
            session.show(answer) { _ in
                [
                    ("", session.rendering.command(one)),
                    ("Operations", session.rendering.operations(operations.operations)),
                ]
            }
            if session.output == .table, let next = operations.nextCursor {
                Terminal.remark("There are more: roomctl operations --command \(one.id) --cursor \(next)")
            }
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back what has not left; what has left cannot be taken back.")

        @Argument(help: "The command's id or its beginning.")
        var id: String
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let answer = try await session.client.withdraw(command: try await session.command(id))
            let progress = answer.content.command.progress
            session.show(answer, "\(answer.content.command.id): \(Rendering.outcome(progress))")
        }
    }
}
