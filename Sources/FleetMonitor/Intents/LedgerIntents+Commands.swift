// Commands and operations for people: what a command would do, what was asked for, and what became of it.

public import FleetAPI
import FleetCore
import FleetStore
import Foundation

extension LedgerIntents {
    // MARK: Commands

    public func preview(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandPreview {
        let one = try await ledger.order(command, by: asker)
        return CommandPreview(try await ledger.plan(one.order, tenant: one.tenant), of: one.order.action)
    }

    public func request(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandBody {
        let one = try await ledger.order(command, by: asker)
        return try await body(of: try await ledger.accept(one.order, tenant: one.tenant, by: asker))
    }

    public func commands(cursor: String?, limit: Int, for asker: Asker) async throws(Refusal) -> CommandList {
        let before = try Self.place(ofCursor: cursor)
        let tenant = asker.tenant.map { TenantName($0) }
        let page = try await asking { () async throws(StoreError) in
            try await archive.commands(tenant: tenant, before: before, limit: limit)
        }
        return CommandList(commands: try await bodies(of: page.commands), nextCursor: page.next?.text)
    }

    public func command(_ id: String, for asker: Asker) async throws(Refusal) -> CommandBody {
        let id = try Self.id(id)
        guard let command = try await ledger.command(id), asker.mayTouch(tenant: command.tenant.text) else {
            throw .noCommand(id)
        }
        return try await body(of: command)
    }

    public func withdraw(command id: String, for asker: Asker) async throws(Refusal) -> CommandBody {
        let id = try Self.id(id)
        return try await body(of: try await ledger.withdraw(command: id, by: asker))
    }

    private func body(of command: Command) async throws(Refusal) -> CommandBody {
        let bodies = try await bodies(of: [command])
        guard let body = bodies.first else { throw .noCommand(command.id) }
        return body
    }

    private func bodies(of commands: [Command]) async throws(Refusal) -> [CommandBody] {
        let ids = commands.map(\.id)
        let counts = try await asking { () async throws(StoreError) in try await archive.progress(of: ids) }
        var bodies: [CommandBody] = []
        for command in commands {
            let known = await ledger.isStoreBehind ? await ledger.countOperations(of: command) : nil
            let progress = CommandProgress(
                known ?? counts[command.id] ?? [], estimatedEnd: await ledger.estimatedEnd(of: command))
            bodies.append(CommandBody(command, progress: progress))
        }
        return bodies
    }

    // MARK: Operations

    public func operations(_ query: OperationsQuery, for asker: Asker) async throws(Refusal) -> OperationList {
        let wanted = try Self.read(query, for: asker)
        let page = try await asking { () async throws(StoreError) in try await archive.operations(wanted) }
        return OperationList(
            operations: await bodies(of: page.operations, commands: page.commands), nextCursor: page.next?.text)
    }

    public func operation(_ id: String, for asker: Asker) async throws(Refusal) -> OperationDetail {
        let id = try Self.id(id)
        let found = try await asking { () async throws(StoreError) in try await archive.operation(id) }
        guard let found, asker.mayTouch(tenant: found.operation.tenant.text) else { throw .noOperation(id) }
        let commands = found.command.map { [$0.id: $0] } ?? [:]
        let bodies = await bodies(of: [found.operation], commands: commands)
        guard let body = bodies.first else { throw .noOperation(id) }
        return OperationDetail(operation: body, steps: found.steps.map { OperationDetail.Step($0) })
    }

    func bodies(
        of operations: [OperationRecord], commands: [UniqueID: Command]
    ) async -> [OperationBody] {
        let current = await ledger.remembered(operations)
        let rooms = await ledger.rooms(of: current)
        return current.map { OperationBody($0, command: commands[$0.command], room: rooms[$0.room]) }
    }

    private static func read(_ query: OperationsQuery, for asker: Asker) throws(Refusal) -> OperationQuery {
        if let bound = asker.tenant, let tenant = query.tenant, tenant != bound {
            throw Refusal(.forbidden, "the token is bound to tenant \(bound)", remedy: "leave the filter out")
        }
        for state in query.states {
            _ = try IncidentsQuery.word(state, "state", OperationBody.states) {
                OperationBody.states.contains($0) ? $0 : nil
            }
        }
        return OperationQuery(
            tenant: (query.tenant ?? asker.tenant).map { TenantName($0) },
            command: try query.command.map { text throws(Refusal) in try filter(text, "command") },
            room: query.room.map { AccountID($0) }, device: query.device, states: Set(query.states),
            isOpen: query.isOpen, before: try place(ofCursor: query.cursor), limit: query.limit)
    }
}
