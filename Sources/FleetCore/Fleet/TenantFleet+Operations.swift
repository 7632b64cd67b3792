// Operations from their release to their end. The guards are asked at every turn, and nothing leaves that the shell has
// not committed before.

import struct Foundation.Date
public import Timekeeping

extension TenantFleet {
    // MARK: Sending

    /// Operations that may leave now, in the order in which they were asked for.
    ///
    /// The guards are asked again. Operations that must go on waiting are held with their reason, and those that a guard
    /// refuses now are withdrawn: that is the decision.
    public mutating func releasable(limit: Int, at now: Moment) -> (ready: [Operation], decision: FleetDecision) {
        var ready: [Operation] = []
        var decision = FleetDecision()
        var budget = budget(at: now)
        for operation in commandBook.open where ready.count < limit {
            guard case .waiting(let wait) = operation.state, wait.notBefore.map({ $0.steady <= now.steady }) ?? true
            else { continue }
            var held = operation
            switch verdict(on: operation, budget: budget, at: now) {
            case .go:
                ready.append(operation)
                budget.take(operation.action, in: room(of: operation.room)?.building, at: now)
                continue
            case .wait(let why, let notBefore): held.hold(why, notBefore: notBefore)
            case .refuse(let why): _ = held.withdraw(why, at: now)
            }
            put(held, at: now, into: &decision)
        }
        return (ready, decision)
    }

    /// What the guards say of an operation that waits.
    private mutating func verdict(on operation: Operation, budget: CommandBudget, at now: Moment) -> GuardVerdict {
        if let why = commandBook.offBecause {
            return .wait(why, notBefore: now.advanced(by: GuardFacts.recheck))
        }
        guard let command = commandBook.commands[operation.command] else {
            return .refuse("the command that it belongs to is lost")
        }
        guard let slot = index[operation.room] else { return .refuse("the room is not watched any more") }
        if let end = commandBook.patienceEnds(command), now.steady >= end.steady {
            return .refuse("the time that it may wait is over")
        }
        guard let main = rooms[slot].mainDevice else {
            // Graph leaves out who is signed in at will; the next list may say it again.
            return .wait(
                "no device of the room is listed at the moment", notBefore: now.advanced(by: GuardFacts.recheck))
        }
        guard main.id == operation.device else { return .refuse("the room has another main device now") }
        return verdict(
            on: operation.action, isForced: command.isForced, isPatient: command.isPatient, slot: slot,
            own: operation.id, budget: budget, at: now)
    }

    /// The request is about to leave. It may only after the decision was committed.
    ///
    /// - Parameter known: the operations that Graph lists for the device now.
    /// - Returns: `nil` when it must not leave: it left before, or a guard says no. Nothing has changed then;
    ///   ``hold(_:knowing:at:)`` writes down why.
    public mutating func begin(_ id: UniqueID, knowing known: [ListedOperation], at now: Moment) -> FleetDecision? {
        guard var operation = commandBook.operations[id], case .waiting = operation.state,
            case .go = verdict(on: operation, budget: budget(at: now), at: now), Self.busy(known) == nil,
            operation.begin(knowing: known, at: now)
        else { return nil }
        var decision = FleetDecision()
        put(operation, at: now, into: &decision)
        return decision
    }

    /// It does not leave now, for a reason that may pass.
    public mutating func hold(
        _ id: UniqueID, why: String, notBefore: Moment?, at now: Moment
    ) -> FleetDecision {
        change(id, at: now) { $0.hold(why, notBefore: notBefore) }
    }

    /// It does not leave now because of what ``begin(_:knowing:at:)`` found; nothing happens to one that left before.
    public mutating func hold(_ id: UniqueID, knowing known: [ListedOperation], at now: Moment) -> FleetDecision {
        guard let operation = commandBook.operations[id], case .waiting = operation.state else {
            return FleetDecision()
        }
        switch verdict(on: operation, budget: budget(at: now), at: now) {
        case .refuse(let why): return change(id, at: now) { _ = $0.withdraw(why, at: now) }
        case .wait(let why, let notBefore): return hold(id, why: why, notBefore: notBefore, at: now)
        case .go:
            guard let why = Self.busy(known) else { return FleetDecision() }
            return hold(id, why: why, notBefore: now.advanced(by: GuardFacts.recheck), at: now)
        }
    }

    /// What runs on the device or is queued for it, by whomever: Graph would answer 409.
    private static func busy(_ known: [ListedOperation]) -> String? {
        guard let other = known.first(where: \.progress.isActive) else { return nil }
        return "Graph lists an operation of the device that is not over (\(other.word), \(other.graphID))"
    }

    /// The request was answered, or was not.
    public mutating func take(_ answer: SubmissionAnswer, of id: UniqueID, at now: Moment) -> FleetDecision {
        let rules = commandBook.rules.following
        return change(id, at: now) { $0.take(answer, at: now, rules: rules) }
    }

    // MARK: Following

    /// Operations that Graph is to be asked about now, the longest overdue first.
    public func dueLooks(at now: Moment, limit: Int) -> [Operation] {
        let due = commandBook.operations.values.compactMap { operation -> (look: Duration, operation: Operation)? in
            switch operation.state {
            case .unconfirmed(_, let watch, _), .accepted(_, let watch):
                watch.nextLook.steady <= now.steady ? (watch.nextLook.steady, operation) : nil
            case .waiting, .submitting, .settled: nil
            }
        }
        return due.sorted { ($0.look, $0.operation.id) < ($1.look, $1.operation.id) }.prefix(max(0, limit))
            .map(\.operation)
    }

    /// Graph's list of the device's operations was read.
    ///
    /// - Parameter listed: `nil` when the look failed.
    public mutating func take(_ listed: [ListedOperation]?, of id: UniqueID, at now: Moment) -> FleetDecision {
        let rules = commandBook.rules.following
        let isRoomUp = commandBook.operations[id].map { sight(of: $0, at: now) == .up } ?? false
        return change(id, at: now) { operation in
            if let listed {
                operation.take(listed, isRoomUp: isRoomUp, at: now, rules: rules)
            } else {
                operation.noteLook(at: now, rules: rules)
            }
        }
    }

    /// Somebody takes back what has not left; what has left cannot be taken back.
    ///
    /// - Returns: `nil` when the command is not known, or nothing of it waits.
    public mutating func withdraw(command id: UniqueID, by author: String, at now: Moment) -> FleetDecision? {
        guard commandBook.commands[id] != nil, !commandBook.isOver(id) else { return nil }
        var decision = FleetDecision()
        for var operation in commandBook.operations(of: id) where operation.withdraw("taken back by \(author)", at: now)
        {
            put(operation, at: now, into: &decision)
        }
        return decision.commands.isEmpty ? nil : decision
    }

    // MARK: Restart of the daemon

    /// Begins from what the store remembers; before the first tick, so that no room is told of that we restarted ourselves.
    ///
    /// - Parameters:
    ///   - operations: all operations of commands that have an open one, and those that left or ended within the last hour
    ///     (``CommandRules/remembered``).
    /// - Returns: requests of which nobody knows whether they left, which are looked up from now on.
    public mutating func restore(
        commands: [Command], operations: [OperationRecord], at now: Moment
    ) -> FleetDecision {
        for command in commands { commandBook.add(command, at: now) }
        for record in operations { commandBook.keep(record.operation(at: now), at: now) }
        var decision = FleetDecision()
        for var operation in commandBook.open {
            operation.resume(at: now)
            put(operation, at: now, into: &decision)
        }
        isStirred = true
        return decision
    }

    // MARK: Writing

    private mutating func change(
        _ id: UniqueID, at now: Moment, _ change: (inout Operation) -> Void
    ) -> FleetDecision {
        var decision = FleetDecision()
        guard var operation = commandBook.operations[id] else { return decision }
        change(&operation)
        put(operation, at: now, into: &decision)
        return decision
    }

    /// Keeps an operation and writes what is new of it: the row when it leads to another future, and a step for people.
    mutating func put(_ operation: Operation, at now: Moment, into decision: inout FleetDecision) {
        let before = commandBook.operations[operation.id]
        guard before != operation else { return }
        commandBook.keep(operation, at: now)
        guard before.map({ operation.mustBeWritten(after: $0) }) ?? true else { return }
        decision.commands.operations.append(OperationRecord(operation))
        for (word, detail) in operation.steps(after: before) {
            decision.commands.steps.append(
                OperationStep(operation: operation.id, at: now.wall, word: word, detail: detail))
        }
        noteAttempts(in: operation.room, at: now, into: &decision)
        if operation.isOver, !(before?.isOver ?? false) {
            judgeCommand(operation.command, at: now, into: &decision)
        }
    }
}

extension Operation {
    /// Whether a restart would go on differently from the row of before. When it is looked at next is not written: a
    /// restart looks at once.
    func mustBeWritten(after before: Operation) -> Bool {
        func bare(_ operation: Operation) -> Operation {
            var bare = operation
            switch operation.state {
            case .waiting(let wait): bare.state = .waiting(.init(why: wait.why))
            case .unconfirmed(let submission, let watch, let why):
                bare.state = .unconfirmed(
                    submission, .init(graphID: watch.graphID, word: watch.word, nextLook: submission.at), why: why)
            case .accepted(let submission, let watch):
                bare.state = .accepted(
                    submission, .init(graphID: watch.graphID, word: watch.word, nextLook: submission.at))
            case .submitting, .settled: break
            }
            return bare
        }
        return bare(self) != bare(before)
    }

    /// What a person reads of a change, in order.
    func steps(after before: Operation?) -> [(word: String, detail: String?)] {
        var steps: [(word: String, detail: String?)] = []
        let now = (word: state.word, detail: state.detail)
        if before.map({ ($0.state.word, $0.state.detail) != now }) ?? true { steps.append(now) }
        if let word = homecoming.step, homecoming != before?.homecoming { steps.append((word, nil)) }
        return steps
    }
}

extension OperationState {
    /// What a person should know beside the word: why it waits, what Graph says, how it ended.
    public var detail: String? {
        switch self {
        case .waiting(let wait): wait.why
        case .submitting: nil
        case .unconfirmed(_, _, let why): why
        case .accepted(_, let watch): watch.word
        case .settled(let outcome, _): outcome.detail
        }
    }
}
