// Commands and operations that still matter for the next decision. What is over leaves after an hour; the store keeps
// everything.

import struct Foundation.Date
import Timekeeping

/// Open operations, those that ended a short while ago, and their commands.
public struct CommandBook: Sendable {
    public private(set) var commands: [UniqueID: Command] = [:]
    public private(set) var operations: [UniqueID: Operation] = [:]
    /// Why commands are not possible; `nil` while they are.
    public internal(set) var offBecause: String?
    public internal(set) var rules = CommandRules()
    private var byCommand: [UniqueID: Set<UniqueID>] = [:]
    private var byRoom: [AccountID: Set<UniqueID>] = [:]
    /// When commands were given, on the clock that nobody sets.
    private var given: [UniqueID: Moment] = [:]
    /// When operations were over, of those that are.
    private var overSince: [UniqueID: Moment] = [:]

    public init() {}

    // MARK: Reading

    /// The operations of a command, oldest first.
    public func operations(of command: UniqueID) -> [Operation] { sorted(byCommand[command] ?? []) }

    /// The operations in a room, oldest first.
    public func operations(in room: AccountID) -> [Operation] { byRoom[room].map { sorted($0) } ?? [] }

    /// Operations to which something can still happen, oldest first.
    public var open: [Operation] { operations.values.filter { !$0.isOver }.sorted { $0.id < $1.id } }

    private func sorted(_ ids: Set<UniqueID>) -> [Operation] { ids.sorted().compactMap { operations[$0] } }

    /// Whether nothing of a command can still happen.
    func isOver(_ command: UniqueID) -> Bool {
        (byCommand[command] ?? []).allSatisfy { operations[$0]?.isOver ?? true }
    }

    /// Until when the operations of a command wait; a wall clock that is set moves it no more than any other time-out.
    func patienceEnds(_ command: Command) -> Moment? {
        given[command.id]?.advanced(by: .seconds(command.waitsUntil.timeIntervalSince(command.requestedAt)))
    }

    /// The absences of a room that operations explain.
    func absences(of room: AccountID) -> [ExpectedAbsence] {
        operations(in: room).compactMap { operation in
            operation.absence(reason: "\(operation.action.noun) by \(author(of: operation))")
        }
    }

    /// What was asked of a room's device lately, and left, oldest first.
    func attempts(in room: AccountID) -> [Incident.Attempt] {
        let left = operations(in: room).compactMap { operation -> Incident.Attempt? in
            guard let submittedAt = operation.submittedAt else { return nil }
            var outcome = operation.state.word
            if case .missing = operation.homecoming { outcome = "missing" }
            return Incident.Attempt(
                what: operation.action.word, by: author(of: operation), at: submittedAt.wall, outcome: outcome)
        }
        return Array(left.suffix(Incident.maximumAttempts))
    }

    func author(of operation: Operation) -> String { commands[operation.command]?.author ?? "somebody" }

    /// What is left of the budget.
    ///
    /// - Parameter building: of a room; `nil` for one that is not watched any more.
    func budget(at now: Moment, building: (AccountID) -> String?) -> CommandBudget {
        var left: [Moment] = []
        var away: [String?: Int] = [:]
        for operation in operations.values {
            if let submittedAt = operation.submittedAt { left.append(submittedAt) }
            if operation.mayBeAway { away[building(operation.room), default: 0] += 1 }
        }
        return CommandBudget(rules: rules, left: left, away: away, at: now)
    }

    // MARK: Changing

    mutating func add(_ command: Command, at now: Moment) {
        commands[command.id] = command
        given[command.id] = Moment(restoring: command.requestedAt, at: now)
    }

    mutating func keep(_ operation: Operation, at now: Moment) {
        operations[operation.id] = operation
        byCommand[operation.command, default: []].insert(operation.id)
        byRoom[operation.room, default: []].insert(operation.id)
        overSince[operation.id] = operation.isOver ? overSince[operation.id] ?? now : nil
    }

    /// Forgets commands of which all has been over for a while; not what a room is still missing from, because that is
    /// what its page says.
    ///
    /// - Parameter isDown: whether a room is down now.
    mutating func forget(at now: Moment, whereDown isDown: (AccountID) -> Bool) {
        for command in Array(byCommand.keys) where isOver(command) {
            let ids = byCommand[command] ?? []
            let isOld = ids.allSatisfy { id in
                let last = [overSince[id], operations[id]?.excusedUntil].compactMap(\.self)
                return last.allSatisfy { $0.elapsed(until: now) >= CommandRules.remembered }
            }
            guard isOld else { continue }
            var kept: Set<UniqueID> = []
            for id in ids {
                guard let operation = operations[id] else { continue }
                if case .missing = operation.homecoming, isDown(operation.room) {
                    kept.insert(id)
                    continue
                }
                byRoom[operation.room]?.remove(id)
                if byRoom[operation.room]?.isEmpty ?? false { byRoom[operation.room] = nil }
                operations[id] = nil
                overSince[id] = nil
            }
            byCommand[command] = kept.isEmpty ? nil : kept
            guard kept.isEmpty else { continue }
            commands[command] = nil
            given[command] = nil
        }
    }
}

extension Operation {
    /// Whether its room is away because of it, or may be at any moment.
    var mayBeAway: Bool {
        guard action.allowance != nil else { return false }
        switch state {
        case .submitting, .unconfirmed, .accepted: return true
        case .waiting, .settled: break
        }
        if case .awaited = homecoming { return true }
        return false
    }
}
