// What people ask of devices. A command is written down with its audit row before anybody hears that it was taken; from
// then on it is carried out whatever happens to the daemon, and a command that the disk does not take is refused whole.

import CoreMetrics
import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Logging
import Timekeeping

extension Ledger {
    // MARK: Asking

    /// What an order would do now; nothing changes.
    func plan(_ order: CommandOrder, tenant: TenantName) throws(Refusal) -> CommandPlan {
        guard var fleet = fleets[tenant] else { throw .noTenant(tenant.text) }
        do throws(CommandProblem) {
            return try fleet.plan(order, at: time.now())
        } catch {
            throw Refusal(error)
        }
    }

    /// Takes an order.
    func accept(_ order: CommandOrder, tenant: TenantName, by asker: Asker) throws(Refusal) -> Command {
        let now = time.now()
        guard var fleet = fleets[tenant] else { throw .noTenant(tenant.text) }
        try checkWritable()
        let undo = undo
        let accepted: (command: Command, decision: FleetDecision)
        do throws(CommandProblem) {
            accepted = try fleet.accept(order, at: now)
        } catch {
            throw Refusal(error)
        }
        fleets[tenant] = fleet
        let command = accepted.command
        let rooms = accepted.decision.commands.operations.count
        let audit = audit(
            "command.\(command.action.word)", command.id.text, asker, at: now,
            detail: [
                "\(command.selection): \(rooms) room\(rooms == 1 ? "" : "s")",
                command.isForced ? "forced" : nil, command.reason,
            ].compactMap(\.self).joined(separator: ": "))
        try commit(accepted.decision, tenant: tenant, audit: audit, undo: undo, at: now)
        operationBells[tenant]?.ring()
        return command
    }

    /// Takes back what has not left.
    func withdraw(command id: UniqueID, by asker: Asker) throws(Refusal) -> Command {
        let now = time.now()
        guard let command = try command(id), asker.mayTouch(tenant: command.tenant.text) else {
            throw .noCommand(id)
        }
        try checkWritable()
        let undo = undo
        guard let decision = fleets[command.tenant]?.withdraw(command: id, by: asker.name, at: now) else {
            throw Refusal(
                .conflict, "nothing of command \(id) waits any more",
                remedy: "what has left cannot be taken back; look at it with roomctl operations")
        }
        let audit = audit(
            "command.withdraw", id.text, asker, at: now,
            detail: "\(decision.commands.operations.count) operations that had not left")
        try commit(decision, tenant: command.tenant, audit: audit, undo: undo, at: now)
        return command
    }

    /// As memory knows it, else as it is stored.
    func command(_ id: UniqueID) throws(Refusal) -> Command? {
        for fleet in fleets.values {
            if let known = fleet.commandBook.commands[id] { return known }
        }
        do throws(StoreError) {
            return try store.command(id: id)
        } catch {
            throw Refusal(error)
        }
    }

    /// Commits what somebody asked for with its audit row; what the disk does not take has not happened.
    private func commit(
        _ decision: FleetDecision, tenant: TenantName, audit: AuditEntry, undo: Undo, at now: Moment
    ) throws(Refusal) {
        let change = change(by: decision, tenant: tenant, at: now)
        do throws(StoreError) {
            try store.commit(change, request: RequestRecord(audit: audit))
        } catch {
            restore(undo)
            noteStoreFailure(error, at: now)
            throw Refusal(error)
        }
        noteCommitted(change, at: now)
        say(audit)
    }

    /// Everybody hears of a change that was committed outside of ``write(_:at:)``.
    func noteCommitted(_ change: Change, at now: Moment) {
        lastCommit = now
        metrics.committed.increment()
        metrics.operations(change.commands)
        metrics.notificationsPlanned.increment(by: change.notifications.count)
        feed.append(change, at: now)
        if !change.notifications.isEmpty { ring() }
    }

    // MARK: Looking

    /// When a command will be over by the budget and the usual pace; `nil` when it is, or nothing can be said.
    func estimatedEnd(of command: Command) -> Date? {
        fleets[command.tenant]?.estimatedEnd(of: command.id, at: time.now())?.wall
    }

    /// How far a command is as memory knows it, all of whose operations are there until it is over; `nil` afterwards.
    func countOperations(of command: Command) -> [OperationCount]? {
        guard let book = fleets[command.tenant]?.commandBook, book.commands[command.id] != nil else { return nil }
        var counts: [OperationCount] = []
        for one in book.operations(of: command.id) {
            let (word, isMissing) = (one.state.word, one.homecoming.word == "missing")
            if let place = counts.firstIndex(where: { $0.state == word && $0.isMissing == isMissing }) {
                counts[place].count += 1
            } else {
                counts.append(OperationCount(state: word, isMissing: isMissing, count: 1))
            }
        }
        return counts
    }

    /// The newest state of operations, as memory knows it, where the store may lag behind.
    func remembered(_ operations: [OperationRecord]) -> [OperationRecord] {
        guard isStoreBehind else { return operations }
        return operations.map { one in
            fleets[one.tenant]?.commandBook.operations[one.id].map { OperationRecord($0) } ?? one
        }
    }

    /// Rooms of operations, for their names.
    func rooms(of operations: [OperationRecord]) -> [AccountID: Room] {
        var found: [AccountID: Room] = [:]
        for one in operations where found[one.room] == nil { found[one.room] = fleets[one.tenant]?.room(of: one.room) }
        return found
    }
}

extension Refusal {
    init(_ problem: CommandProblem) {
        let kind: Kind =
            switch problem {
            case .commandsOff, .tooManyOpen, .refused: .conflict
            case .forceNeedsAdmin: .forbidden
            case .nothingSelected, .nothingMatches, .labelOfTroubles, .unknownRooms, .tooManyRooms, .forceNeedsReason,
                .reasonTooLong, .waitTooLong:
                .invalid
            }
        self.init(kind, "the command is refused, nothing was sent", remedy: "\(problem)")
    }

    static func noTenant(_ name: String) -> Refusal {
        Refusal(.invalid, "there is no tenant \(name)", remedy: "name a tenant of the configuration")
    }

    static func noCommand(_ id: UniqueID) -> Refusal {
        Refusal(.notFound, "there is no command \(id)", remedy: "list them with roomctl operations")
    }

    static func noOperation(_ id: UniqueID) -> Refusal {
        Refusal(.notFound, "there is no operation \(id)", remedy: "list them with roomctl operations")
    }
}
