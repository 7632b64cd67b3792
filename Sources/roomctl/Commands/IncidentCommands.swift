// What is open, who was told, and the three things that people do about it.

import ArgumentParser
import FleetAPI
import FleetClient

struct Incidents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open incidents, or one with its history.", subcommands: [List.self, Show.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List incidents, newest first.")

        @Flag(name: .shortAndLong, help: "Resolved ones as well.")
        var all = false
        @Option(parsing: .upToNextOption, help: "open, acknowledged, resolved.")
        var status: [String] = []
        @Option(parsing: .upToNextOption, help: "warning, error, critical.")
        var severity: [String] = []
        @Option(help: "Only of this tenant.")
        var tenant: String?
        @Option(help: "Only of this condition, such as room.offline.")
        var condition: String?
        @Option(help: "At most so many, up to 500.")
        var limit = IncidentsQuery.defaultLimit
        @Option(help: "Where the page before ended.")
        var cursor: String?
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let wanted = status.isEmpty && !all ? ["open", "acknowledged"] : status
            let answer = try await session.client.incidents(
                IncidentsQuery(
                    tenant: tenant, condition: condition, statuses: wanted, severities: severity, cursor: cursor,
                    limit: limit))
            session.show(answer, empty: "Nothing is open.") { session.rendering.incidents($0.incidents) }
            if session.output == .table, let next = answer.content.nextCursor {
                Terminal.remark("There are more: --cursor \(next)")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One incident: what is known, who was told, who was not and why, and what people wrote.")

        @Argument(help: "The incident's id or its beginning.")
        var id: String
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let answer = try await session.client.incident(try await session.incident(id))
            session.show(answer) { session.rendering.incident($0) }
        }
    }
}

struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Say that you work on incidents; reminders and escalation stop.")

    @Argument(help: "Ids of incidents or their beginnings.")
    var ids: [String]
    @Option(help: "What the others should know.")
    var comment: String?
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        var refused = 0
        for text in ids {
            do {
                let id = try await session.incident(text)
                let answer = try await session.client.acknowledge(id, comment: comment)
                let one = answer.content.incident
                session.show(answer, "\(one.id) is acknowledged by \(one.acknowledgedBy ?? "you"): \(one.summary)")
            } catch ClientError.unreachable(let reason) {
                throw ClientError.unreachable(reason)
            } catch {
                // The others are still acknowledged: each is a request of its own.
                guard ids.count > 1 else { throw error }
                Terminal.remark("roomctl: \(text): \(error)")
                refused += 1
            }
        }
        if refused > 0 { throw ExitCode(1) }
    }
}

struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Close an incident by hand; the same trouble stays quiet until it has ended and begins again.")

    @Argument(help: "The incident's id or its beginning.")
    var id: String
    @Option(help: "Why.")
    var comment: String?
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let whole = try await session.incident(id)
        let answer = try await session.client.resolve(whole, comment: comment)
        session.show(answer, "\(answer.content.incident.id) is resolved: \(answer.content.incident.summary)")
    }
}

struct Comment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write something beside an incident.")

    @Argument(help: "The incident's id or its beginning.")
    var id: String
    @Argument(help: "What the others should know.")
    var text: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let answer = try await session.client.comment(on: try await session.incident(id), text)
        session.show(answer, "kept")
    }
}
