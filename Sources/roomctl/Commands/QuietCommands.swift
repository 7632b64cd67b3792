// Silences until a time, and maintenance windows planned for once.

import ArgumentParser
import FleetAPI
import FleetClient
import Foundation
import Timekeeping

struct Silences: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Keep people from being told of something, until a time.",
        subcommands: [Add.self, List.self, Expire.self, Preview.self], defaultSubcommand: List.self)

    struct What: ParsableArguments {
        @Argument(
            help: ArgumentHelp(
                "What is silenced, such as building=B2 or 'room=~\"Board.*\"'; all must hold.", valueName: "matcher"))
        var matchers: [String]
        @OptionGroup var ending: Ending
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a silence; what it matches is shown first.")

        @OptionGroup var what: What
        @Option(help: "Why; the next person on call reads it.")
        var reason: String
        @Option(help: "Who wants it, when that is not you.")
        var author: String?
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let request = SilenceRequest(
                matchers: what.matchers, endsAt: Timestamp(try what.ending.date(from: session.now.wall)),
                reason: reason, author: author)
            let preview = try await session.client.preview(request).content.preview
            Terminal.remark(session.rendering.preview(preview))
            guard yes || Terminal.confirms("Create the silence?") else {
                throw CommandFault("nothing was created")
            }
            let answer = try await session.client.create(request)
            let one = answer.content.silence
            session.show(answer, "\(one.id) is \(one.state) until \(session.rendering.clock(one.endsAt))")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List silences, the soonest to end first.")

        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            session.show(try await session.client.silences(), empty: "Nothing is silenced.") {
                session.rendering.silences($0.silences)
            }
        }
    }

    struct Expire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a silence now; what is still wrong is told within a second.")

        @Argument(help: "The silence's id or its beginning.")
        var id: String
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let answer = try await session.client.expireSilence(try await session.silence(id))
            session.show(answer, "\(answer.content.silence.id) has ended")
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a silence would match now.")

        @OptionGroup var what: What
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let answer = try await session.client.preview(
                SilenceRequest(
                    matchers: what.matchers, endsAt: Timestamp(try what.ending.date(from: session.now.wall)),
                    reason: "preview"))
            if session.output == .json { return session.show(json: answer.bytes) }
            Terminal.write(session.rendering.preview(answer.content.preview))
        }
    }
}

struct Maintenance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plan hours in which rooms may be down.", subcommands: [Add.self, List.self, Cancel.self],
        defaultSubcommand: List.self)

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Plan a window for once.")

        @Argument(help: "What is done, in two words.")
        var name: String
        @Option(help: "From when; without it, now.")
        var from: WrittenInstant?
        @OptionGroup var ending: Ending
        @Option(help: "Why; the next person on call reads it.")
        var reason: String
        @Option(help: "Who plans it, when that is not you.")
        var author: String?
        @Option(name: .customLong("tenant"), help: "Rooms of a tenant; may be repeated.")
        var tenants: [String] = []
        @Option(name: .customLong("building"), help: "Rooms of a building; may be repeated.")
        var buildings: [String] = []
        @Option(name: .customLong("floor"), help: "Rooms of a floor, with --building; may be repeated.")
        var floors: [String] = []
        @Option(name: .customLong("room"), help: "A room by mail address, account id or name; may be repeated.")
        var rooms: [String] = []
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let start = from?.date(after: session.now.wall, in: .current)
            func given(_ list: [String]) -> [String]? { list.isEmpty ? nil : list }
            let answer = try await session.client.plan(
                WindowRequest(
                    name: name, reason: reason, author: author, startsAt: start.map { Timestamp($0) },
                    endsAt: Timestamp(try ending.date(from: start ?? session.now.wall)), tenants: given(tenants),
                    buildings: given(buildings), floors: given(floors), rooms: given(rooms)))
            let one = answer.content.window
            let end = one.endsAt.map { session.rendering.clock($0) } ?? ""
            session.show(
                answer,
                "\(one.id ?? "") is \(one.state) until \(end) and covers \(Rendering.count(one.roomsTotal, "room"))")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List windows: those of the configuration, and those planned for once.")

        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            session.show(try await session.client.windows(), empty: "No window is configured or planned.") {
                session.rendering.windows($0.windows)
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take back a window that was planned for once.")

        @Argument(help: "The window's id or its beginning.")
        var id: String
        @OptionGroup(title: "Global options") var options: GlobalOptions

        func run() async throws {
            let session = try Session(options)
            let whole = try await session.window(id)
            try await session.client.cancelWindow(whole)
            if session.output != .json { Terminal.write("\(whole) is cancelled\n") }
        }
    }
}
