// What commands do to rooms: their absence is expected, their return is looked for, and what was tried stands on the page
// of whoever does not return. And what time alone decides about operations.

import struct Foundation.Date
public import Timekeeping

extension TenantFleet {
    /// The absence of a room that is expected now, whether it is away or not: an outage that began now would be told to
    /// nobody before its end (Commands, Rooms that are away).
    public func expectedAbsence(of account: AccountID, at now: Moment) -> ExpectedAbsence? {
        guard let slot = index[account] else { return nil }
        let ours = commandBook.absences(of: account).filter { $0.verdict(outageSince: now, at: now) == .within }
        return ours.max { $0.until.steady < $1.until.steady } ?? plannedAbsence(of: rooms[slot], since: now)
    }

    /// What is seen of an operation's room.
    func sight(of operation: Operation, at now: Moment) -> Operation.RoomSight {
        guard let slot = index[operation.room] else { return .unsure }
        let track = tracks[slot]
        if let outage = track.outage { return .down(since: outage.firstBad) }
        // An answer from before the request left says nothing of what it did.
        guard track.phase == .clear, let good = track.presence.lastGood, let submittedAt = operation.submittedAt,
            good.steady > submittedAt.steady,
            !track.presence.isUnseen(at: now, watchedSince: watchedSince, rules: rules)
        else { return .unsure }
        return .up
    }

    /// A room is back from an outage.
    mutating func noteReturn(of account: AccountID, at now: Moment, into decision: inout FleetDecision) {
        let rules = commandBook.rules.following
        for var operation in commandBook.operations(in: account) {
            operation.see(.returned, at: now, rules: rules)
            put(operation, at: now, into: &decision)
        }
    }

    /// What time alone changes about operations.
    mutating func tickCommands(at now: Moment, into decision: inout FleetDecision) {
        guard !commandBook.operations.isEmpty else { return }
        let rules = commandBook.rules.following
        for id in commandBook.operations.keys.sorted() {
            guard var operation = commandBook.operations[id], !operation.isOver || operation.excusedUntil != nil else {
                continue
            }
            operation.tick(at: now, rules: rules)
            if case .waiting(let wait) = operation.state, let command = commandBook.commands[operation.command],
                let end = commandBook.patienceEnds(command), now.steady >= end.steady
            {
                let why = wait.why.map { ": \($0)" } ?? ""
                _ = operation.withdraw("it waited until its time was over\(why)", at: now)
            }
            if index[operation.room] == nil { operation.forgetRoom() }
            operation.see(sight(of: operation, at: now), at: now, rules: rules)
            put(operation, at: now, into: &decision)
        }
    }

    // MARK: What people are told

    /// Brings what was tried to the open incident of a room; what is not remembered any more stays on it.
    mutating func noteAttempts(in account: AccountID, at now: Moment, into decision: inout FleetDecision) {
        guard let slot = index[account], standings[slot].voice == .own else { return }
        let attempts = commandBook.attempts(in: account)
        let event = book.amend(key(ofRoomAt: slot)) { incident in
            let old = incident.tried.filter { one in
                now.wall.timeIntervalSince(one.at) >= CommandRules.remembered.seconds
                    && !attempts.contains { $0.at == one.at }
            }
            incident.tried = old + attempts
        }
        if let event { decision.events.append(event) }
    }

    /// How long a command that ended badly is told of.
    static let failedCommandTold: Duration = .seconds(24 * 3600)

    /// A command is over: when it ended badly, somebody who is not looking any more must hear of it (Commands, Telling).
    mutating func judgeCommand(_ id: UniqueID, at now: Moment, into decision: inout FleetDecision) {
        guard let command = commandBook.commands[id], commandBook.isOver(id) else { return }
        let operations = commandBook.operations(of: id)
        let bad = operations.filter { $0.endedBadly }
        guard command.action != .runDiagnostics, !bad.isEmpty else { return }
        let rooms = bad.compactMap { operation in self.room(of: operation.room).map { Incident.RoomReference($0) } }
        let tenant = tenant
        let tally = CommandTally(operations)
        step(
            .commandFailed, .command(id), signal: .bad, rule: .atOnce, at: now,
            reason: "\(bad.count) of \(operations.count) operations ended badly", into: &decision
        ) { _, incident in
            Incident(
                id: incident, key: DedupKey(tenant: tenant, condition: .commandFailed, subject: .command(id)),
                condition: .commandFailed, tenant: tenant, severity: .warning,
                scope: Incident.Scope(kind: .command, id: id.text, name: "\(command.action.noun) by \(command.author)"),
                rooms: rooms, cause: .unknown, summary: command.failure(of: bad, in: rooms, tally: tally),
                firstBadAt: command.requestedAt, lastGoodAt: nil, openedAt: now.wall,
                evidence: bad.prefix(Incident.maximumEvidence).map { $0.evidence(at: now.wall) })
        }
    }

    /// Ends what was said of commands a day ago.
    mutating func forgetFailedCommands(at now: Moment, into decision: inout FleetDecision) {
        for incident in book.allOpen where incident.condition == .commandFailed {
            guard let fired = conditions[incident.key]?.outage?.fired,
                fired.elapsed(until: now) >= Self.failedCommandTold
            else { continue }
            step(
                .commandFailed, .command(UniqueID(stored: incident.scope.id)), signal: .good, rule: .atOnce, at: now,
                reason: "it was told for a day", into: &decision
            ) { _, _ in nil }
        }
    }
}

extension Operation {
    /// Whether nobody can be content with it: it was not done, or nobody knows.
    var endedBadly: Bool {
        switch state {
        case .settled(.failed, _), .settled(.refused, _), .settled(.cancelled, _), .settled(.unknown, _): true
        case .settled, .waiting, .submitting, .unconfirmed, .accepted: false
        }
    }

    func evidence(at now: Date) -> Evidence {
        let detail = state.detail.map { ": \($0)" } ?? ""
        return Evidence(source: Evidence.operation, reading: "\(id) \(state.word)\(detail)", observedAt: now)
    }
}

extension Command {
    /// One sentence about operations that ended badly.
    func failure(of bad: [Operation], in rooms: [Incident.RoomReference], tally: CommandTally) -> String {
        let named = rooms.prefix(3).map(\.placedName).joined(separator: ", ")
        let more = rooms.count > 3 ? " and \(rooms.count - 3) more" : ""
        let what = tally.operations == 1 ? "The \(action.noun)" : "\(bad.count) of \(tally.operations) \(action.noun)s"
        let unknown = bad.count { $0.state.word == "unknown" }
        let how =
            unknown == 0 ? "failed" : unknown == bad.count ? "ended as unknown" : "failed or ended as unknown"
        return "\(what) that \(author) asked for \(how): \(named)\(more). See the operations of command \(id)"
    }
}

extension Evidence {
    /// What was done by ourselves.
    static let operation = "operation"
}
