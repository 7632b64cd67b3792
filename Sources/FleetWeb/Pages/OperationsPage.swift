// What is being done to rooms: what runs, with a bar for each command; what was asked, by whom, and what became of it.

import FleetAPI
import Foundation

extension PageRoutes {
    static let commandsPerPage = 50
    static let operationsPerPage = 200
    /// Running commands that are older than the first page and still shown.
    static let mostOlderCommands = 10
    /// Running commands on the start page.
    static let shownCommands = 5

    func operationsPage(_ request: PageRequest, _ session: Session) async throws(Refusal) -> String {
        let cursor = request.filled("cursor")
        let list = try await intents.commands(cursor: cursor, limit: Self.commandsPerPage, for: session.asker)
        let open = try await intents.operations(
            OperationsQuery(isOpen: true, limit: Self.operationsPerPage), for: session.asker)
        var running = cursor == nil ? list.commands.filter(\.progress.isRunning) : []
        let known = Set(list.commands.map(\.id))
        var older: [String] = []
        for id in open.operations.map(\.command) where !known.contains(id) && !older.contains(id) { older.append(id) }
        for id in older.prefix(Self.mostOlderCommands) {
            do throws(Refusal) {
                running.append(try await intents.command(id, for: session.asker))
            } catch  where error.kind == .notFound {
                // Its row is lost; its operations are listed all the same.
                continue
            }
        }
        let now = now
        let next = list.nextCursor.map { "/operations?cursor=\(Self.segment($0))" }
        let model = OperationsModel(
            running: running.map { CommandRow($0, at: now) }, hasRunning: !running.isEmpty,
            operations: open.operations.map { OperationRow($0, at: now) }, hasOperations: !open.operations.isEmpty,
            hasMoreOperations: open.nextCursor != nil, commands: list.commands.map { CommandRow($0, at: now) },
            hasCommands: !list.commands.isEmpty, next: next ?? "", hasNext: next != nil,
            mayAct: session.asker.role >= .operator)
        return templates.page("operations", model, title: "Operations", at: "/operations", for: session)
    }

    func commandPage(_ id: String, _ request: PageRequest, _ session: Session) async throws(Refusal) -> String {
        let command = try await intents.command(id, for: session.asker)
        let list = try await intents.operations(
            OperationsQuery(command: command.id, cursor: request.filled("cursor"), limit: Self.operationsPerPage),
            for: session.asker)
        let now = now
        let row = CommandRow(command, at: now)
        var facts = [
            Fact(name: "Rooms", value: row.selection), Fact(name: "Tenant", value: command.tenant),
            Fact(name: "Asked", value: "by \(row.author), \(Instant(command.requestedAt, at: now).words)"),
        ]
        if !row.reason.isEmpty { facts.append(Fact(name: "Because", value: row.reason)) }
        if row.isForced { facts.append(Fact(name: "Forced", value: "the guards were overridden")) }
        let next = list.nextCursor.map { "/commands/\(Self.segment(command.id))?cursor=\(Self.segment($0))" }
        let model = CommandModel(
            command: row, facts: facts, operations: list.operations.map { OperationRow($0, at: now) },
            hasOperations: !list.operations.isEmpty, next: next ?? "", hasNext: next != nil,
            mayWithdraw: session.asker.role >= .operator && command.progress.waiting > 0,
            waiting: PageWords.count(command.progress.waiting, "room"), formKey: session.formKey)
        return templates.page(
            "command", model, title: "\(row.action) of \(PageWords.count(command.progress.operations, "room"))",
            at: "/operations", for: session)
    }

    func operationPage(_ id: String, _ session: Session) async throws(Refusal) -> String {
        let detail = try await intents.operation(id, for: session.asker)
        let one = detail.operation
        let now = now
        var facts = [
            Fact(name: "Device", value: one.device), Fact(name: "In Graph", value: one.graphID ?? ""),
            Fact(name: "Detail", value: one.detail ?? ""),
            Fact(name: "Asked", value: "by \(one.author), \(Instant(one.requestedAt, at: now).words)"),
            Fact(name: "Sent", value: one.submittedAt.map { Instant($0, at: now).words } ?? ""),
            Fact(name: "Ended", value: one.settledAt.map { Instant($0, at: now).words } ?? ""),
        ]
        if one.homecoming == "awaited", let until = one.awaitedUntil {
            facts.append(Fact(name: "Room awaited until", value: Instant(until, at: now).words))
        }
        let model = OperationModel(
            operation: OperationRow(one, at: now), facts: facts.filter { !$0.value.isEmpty },
            steps: detail.steps.map {
                OperationModel.StepRow(
                    at: Instant($0.at, at: now).clock, state: $0.state.replacing("_", with: " "),
                    detail: $0.detail ?? "")
            })
        return templates.page("operation", model, title: one.room.name, at: "/operations", for: session)
    }

    /// The newest commands that still run.
    func runningCommands(for asker: Asker) async throws(Refusal) -> [CommandRow] {
        let newest = try await intents.commands(cursor: nil, limit: Self.commandsPerPage, for: asker).commands
        return newest.filter(\.progress.isRunning).prefix(Self.shownCommands).map { CommandRow($0, at: now) }
    }
}

struct OperationsModel {
    var running: [CommandRow]
    var hasRunning: Bool
    var operations: [OperationRow]
    var hasOperations: Bool
    var hasMoreOperations: Bool
    var commands: [CommandRow]
    var hasCommands: Bool
    var next: String
    var hasNext: Bool
    var mayAct: Bool
}

struct CommandModel {
    var command: CommandRow
    var facts: [Fact]
    var operations: [OperationRow]
    var hasOperations: Bool
    var next: String
    var hasNext: Bool
    var mayWithdraw: Bool
    var waiting: String
    var formKey: String
}

struct OperationModel {
    var operation: OperationRow
    var facts: [Fact]
    var steps: [StepRow]

    struct StepRow {
        var at: String
        var state: String
        var detail: String
    }
}
