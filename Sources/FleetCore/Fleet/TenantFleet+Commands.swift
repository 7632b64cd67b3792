// What people ask of devices: which rooms they mean, what a command would do, and that it is taken. Every change of an
// operation is a row and a step of the decision; the shell commits it before it acts on it.

import struct Foundation.Date
public import Timekeeping

extension TenantFleet {
    // MARK: Rules

    /// Takes new numbers from a reloaded configuration; operations keep going under them.
    public mutating func adopt(commandRules rules: CommandRules) { commandBook.rules = rules }

    /// Whether devices can be asked at all in this tenant.
    ///
    /// - Parameter why: for people, when they cannot: the permission that is missing, or that Microsoft retired the API.
    public mutating func setCommands(available: Bool, why: String?) {
        commandBook.offBecause = available ? nil : why ?? "Graph takes no commands for devices"
    }

    // MARK: Asking

    /// What an order would do now. Nothing changes.
    public mutating func plan(_ order: CommandOrder, at now: Moment) throws(CommandProblem) -> CommandPlan {
        try check(order)
        var budget = budget(at: now)
        let untouched = budget
        var rooms: [PlannedRoom] = []
        var buildings: [String?: Int] = [:]
        for slot in try select(order, at: now) {
            let verdict = verdict(
                on: order.action, isForced: order.isForced, isPatient: order.wait != nil, slot: slot, budget: budget,
                at: now)
            switch verdict {
            case .go:
                budget.take(order.action, in: self.rooms[slot].building, at: now)
                buildings[self.rooms[slot].building, default: 0] += 1
            case .wait: buildings[self.rooms[slot].building, default: 0] += 1
            case .refuse: break
            }
            rooms.append(PlannedRoom(room: self.rooms[slot], device: self.rooms[slot].mainDevice, verdict: verdict))
        }
        return CommandPlan(
            rooms: rooms, estimate: untouched.estimate(order.action, waiting: buildings, at: now))
    }

    /// Takes an order: from the commit of the decision on it is carried out, whatever happens to the daemon.
    ///
    /// Each room that is meant gets an operation; those that a guard refuses are over at once, with the reason.
    /// - Throws: ``CommandProblem`` when nothing at all would be done.
    public mutating func accept(
        _ order: CommandOrder, at now: Moment
    ) throws(CommandProblem) -> (command: Command, decision: FleetDecision) {
        let plan = try plan(order, at: now)
        guard plan.rooms.contains(where: { $0.verdict.word != "refuse" }) else { throw .refused(plan.rooms) }
        let remembered = commandBook.operations.count
        guard remembered + plan.rooms.count <= CommandRules.mostOperations,
            commandBook.commands.count < CommandRules.mostCommands
        else { throw .tooManyOpen(remembered) }
        let wait = max(.zero, order.wait ?? CommandRules.budgetWait)
        let command = Command(
            id: UniqueID(at: now.wall, using: &generator), tenant: tenant, action: order.action, author: order.author,
            role: order.role, reason: order.reason, isForced: order.isForced, selection: order.selection,
            requestedAt: now.wall, waitsUntil: now.advanced(by: wait).wall, isPatient: order.wait != nil)
        var decision = FleetDecision()
        commandBook.add(command, at: now)
        decision.commands.commands.append(command)
        // Ids of one instant are in no order, and operations leave in that of their ids.
        let ids = plan.rooms.map { _ in UniqueID(at: now.wall, using: &generator) }.sorted()
        for (id, planned) in zip(ids, plan.rooms) {
            var operation = Operation(
                id: id, command: command.id, tenant: tenant,
                room: planned.room.account, device: planned.device?.id ?? "", action: order.action)
            switch planned.verdict {
            case .go: break
            case .wait(let why, let notBefore): operation.hold(why, notBefore: notBefore)
            case .refuse(let why): _ = operation.withdraw(why, at: now)
            }
            put(operation, at: now, into: &decision)
        }
        return (command, decision)
    }

    private func check(_ order: CommandOrder) throws(CommandProblem) {
        if let why = commandBook.offBecause { throw .commandsOff(why) }
        if let reason = order.reason, reason.count > CommandRules.maximumReasonLength { throw .reasonTooLong }
        if let wait = order.wait, wait > CommandRules.longestWait { throw .waitTooLong }
        guard order.isForced else { return }
        guard order.mayForce else { throw .forceNeedsAdmin(role: order.role) }
        guard order.reason?.contains(where: { !$0.isWhitespace }) ?? false else { throw .forceNeedsReason }
    }

    /// The rooms that an order means, by building, floor and name.
    private func select(_ order: CommandOrder, at now: Moment) throws(CommandProblem) -> [Int] {
        let matchers = order.matchers?.all ?? []
        guard !matchers.isEmpty || !order.rooms.isEmpty else { throw .nothingSelected }
        if let label = matchers.first(where: { $0.label.isOfTroubles })?.label { throw .labelOfTroubles(label) }
        let strangers = order.rooms.filter { index[$0] == nil }
        guard strangers.isEmpty else { throw .unknownRooms(strangers.sorted()) }
        let slots = rooms.indices.filter { slot in
            guard order.rooms.isEmpty || order.rooms.contains(rooms[slot].account) else { return false }
            guard !matchers.isEmpty else { return true }
            let labels = Labels(selecting: rooms[slot], of: tenant, state: state(of: tracks[slot], at: now))
            return matchers.allSatisfy { $0.matches(labels) }
        }
        guard !slots.isEmpty else { throw .nothingMatches(order.selection) }
        guard slots.count <= CommandRules.mostRooms else { throw .tooManyRooms(slots.count) }
        func place(_ slot: Int) -> (String, String, String, AccountID) {
            (rooms[slot].building ?? "", rooms[slot].floor ?? "", rooms[slot].name, rooms[slot].account)
        }
        return slots.sorted { place($0) < place($1) }
    }

    /// When a command will be over by the budget and the usual pace; `nil` when it is, or is not remembered any more.
    public func estimatedEnd(of command: UniqueID, at now: Moment) -> Moment? {
        guard let action = commandBook.commands[command]?.action, !commandBook.isOver(command) else { return nil }
        var waiting: [String?: Int] = [:]
        for operation in commandBook.operations(of: command) {
            guard case .waiting = operation.state else { continue }
            waiting[room(of: operation.room)?.building, default: 0] += 1
        }
        let rest = budget(at: now).estimate(action, waiting: waiting, at: now)
        return now.advanced(by: max(rest, action.usualTime))
    }

    /// What is left of the budget for commands.
    func budget(at now: Moment) -> CommandBudget {
        commandBook.budget(at: now) { account in self.room(of: account)?.building }
    }
}
