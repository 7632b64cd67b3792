// Writing what was asked of devices and how far it is. An operation's row is written before the request leaves, and a
// commit of before that arrives once more must not make it look as if it had not: that would send it twice.

import FleetCore
import struct Foundation.Date
import GRDB

extension Database {
    func write(_ change: CommandChange) throws {
        try insert(change.commands)
        try upsert(change.operations)
        try append(change.steps)
    }

    private func insert(_ commands: [Command]) throws {
        guard !commands.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO command (id, tenant, requested_at, detail) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        for command in commands {
            var arguments = Arguments(for: statement)
            arguments.add(command.id.text)
            arguments.add(command.tenant.text)
            arguments.add(command.requestedAt)
            arguments.add(try JSONColumn.text(command))
            try arguments.run()
        }
    }

    /// What is known to have left never becomes something that has not, and what is over stays so.
    private func upsert(_ operations: [OperationRecord]) throws {
        guard !operations.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO operation (
                  id, command, tenant, room, device, state, homecoming, stage, submitted_at, settled_at, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                  state = excluded.state, homecoming = excluded.homecoming, stage = excluded.stage,
                  submitted_at = excluded.submitted_at, settled_at = excluded.settled_at, detail = excluded.detail
                WHERE excluded.stage >= operation.stage
                """)
        for operation in operations {
            var arguments = Arguments(for: statement)
            arguments.add(operation.id.text)
            arguments.add(operation.command.text)
            arguments.add(operation.tenant.text)
            arguments.add(operation.room.text)
            arguments.add(operation.device)
            arguments.add(operation.state.word)
            arguments.add(operation.homecoming.word)
            arguments.add(operation.stage)
            arguments.add(operation.submittedAt)
            arguments.add(operation.settledAt)
            arguments.add(try JSONColumn.text(operation))
            try arguments.run()
        }
    }

    func append(_ steps: [OperationStep]) throws {
        guard !steps.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO operation_step (operation, at, word, detail) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        for step in steps {
            var arguments = Arguments(for: statement)
            arguments.add(step.operation.text)
            arguments.add(step.at)
            arguments.add(step.word)
            arguments.add(step.detail)
            try arguments.run()
        }
    }
}
