// One command over rooms from the wish to the end: it is shown what would happen, a person agrees, it is asked for, and
// then watched. Watching can stop at any time; the operations go on in the daemon.

import ArgumentParser
import FleetAPI
import FleetClient

struct Order: Sendable {
    let service: any CommandService
    let console: any OrderConsole
    let output: OutputFormat
    /// Where the result is read.
    let terminal: Terminal
    let clock: Clock

    /// The present, and the pause between two looks.
    struct Clock: Sendable {
        var now: @Sendable () -> Timestamp
        var pause: @Sendable () async throws -> Void
    }

    /// What was said on the command line beside the request itself.
    struct Wishes: Sendable {
        var isDryRun = false
        /// Whether nobody is to be asked.
        var isSure = false
        var follows = true
    }

    /// - Throws: `ExitCode` 1 when not every room that was meant did what was asked.
    func run(_ request: CommandRequest, _ wishes: Wishes) async throws {
        guard wishes.isDryRun || wishes.isSure || console.isAttended else {
            throw ValidationError(
                "Give --yes, or --dry-run to see the plan alone: nobody can be asked, because standard input is no "
                    + "terminal.")
        }
        let planned = try await service.preview(request)
        let plan = planned.content.preview
        if wishes.isDryRun { return show(planned) }
        console.remark(rendering.plan(plan, on: console.terminal))
        guard plan.goes + plan.waits > 0 else {
            throw CommandFault(
                plan.rooms.isEmpty ? "no room is meant" : "every room is refused, so nothing was asked for")
        }
        if !wishes.isSure {
            let answer = console.answer(to: "Type yes: ")
            guard answer?.trimmingCharacters(in: .whitespaces).lowercased() == "yes" else {
                throw CommandFault("nothing was asked for")
            }
        }
        let taken = try await ask(request)
        let id = taken.content.command.id
        guard wishes.follows else {
            if output == .json { return console.write(String(decoding: taken.bytes, as: UTF8.self) + "\n") }
            return console.write("\(id) is taken: roomctl command show \(id)\n")
        }
        let last = try await Following(service: service, console: console, clock: clock).follow(taken)
        try await conclude(last, meant: plan.rooms.count)
    }

    private var rendering: Rendering { Rendering(now: clock.now()) }

    private func show(_ planned: ClientAnswer<CommandPreviewContent>) {
        switch output {
        case .json: console.write(String(decoding: planned.bytes, as: UTF8.self) + "\n")
        case .plain: console.write(rendering.planned(planned.content.preview.rooms).plain)
        case .table:
            console.write(rendering.plan(planned.content.preview, on: terminal, isWhole: true) + "\n")
        }
    }

    private func ask(_ request: CommandRequest) async throws -> ClientAnswer<CommandContent> {
        do throws(ClientError) {
            return try await service.request(request)
        } catch {
            guard case .unheard(let text) = error else { throw error }
            throw CommandFault("\(text): roomctl command list")
        }
    }

    /// What became of it; rooms that were refused did not do what was asked either.
    private func conclude(_ last: ClientAnswer<CommandContent>, meant: Int) async throws {
        let command = last.content.command
        let isGood = command.progress.succeeded >= meant && command.progress.missing == 0
        var left: [OperationBody] = []
        if !isGood || output == .plain {
            left = try await operations(of: command.id).filter { output == .plain || !$0.isGood }
        }
        let table = rendering.operations(left)
        switch output {
        case .json: console.write(String(decoding: last.bytes, as: UTF8.self) + "\n")
        case .plain: console.write(table.plain)
        case .table:
            console.write(Rendering.outcome(command.progress) + "\n")
            if !left.isEmpty { console.write(table.text(width: terminal.width, isColoured: terminal.isColoured)) }
        }
        if !isGood { throw ExitCode(1) }
    }

    /// Pages of operations that are read at most: more rooms than the largest fleet has.
    private static let mostPages = 50

    private func operations(of command: String) async throws(ClientError) -> [OperationBody] {
        var found: [OperationBody] = []
        var query = OperationsQuery(command: command, limit: OperationsQuery.maximumLimit)
        for _ in 0..<Self.mostPages {
            let page = try await service.operations(query).content
            found += page.operations
            guard let next = page.nextCursor else { break }
            query.cursor = next
        }
        return found
    }
}
