// How plans, commands and operations read.

import FleetAPI

extension Rendering {
    /// Rooms of one verdict that a plan names before it is agreed to; `--dry-run` names all of them.
    private static let plannedRooms = 20

    // MARK: Plans

    /// `Restart 12 rooms now, 3 wait, 2 are refused.`
    static func sentence(_ plan: CommandPreview) -> String {
        let verb =
            switch plan.action {
            case "restart": "Restart"
            case "update_software": "Update"
            case "run_diagnostics": "Diagnose"
            default: plan.action.harmless
            }
        var parts = ["\(verb) \(count(plan.goes, "room")) now"]
        if plan.waits > 0 { parts.append("\(plan.waits) \(plan.waits == 1 ? "waits" : "wait")") }
        if plan.refused > 0 { parts.append("\(plan.refused) \(plan.refused == 1 ? "is" : "are") refused") }
        return parts.joined(separator: ", ") + "."
    }

    /// Who goes, who waits and who is refused, and why.
    func plan(_ plan: CommandPreview, on terminal: Terminal, isWhole: Bool = false) -> String {
        var text = ""
        for (verdict, title) in [("go", "Now"), ("wait", "Later"), ("refuse", "Refused")] {
            let rooms = plan.rooms.filter { $0.verdict == verdict }
            guard !rooms.isEmpty else { continue }
            let shown = isWhole ? rooms[...] : rooms.prefix(Self.plannedRooms)
            text += "\(title) (\(rooms.count))\n"
            text += planned(Array(shown)).text(width: terminal.width, isColoured: terminal.isColoured)
            if shown.count < rooms.count {
                text += "and \(Self.count(rooms.count - shown.count, "more room")); --dry-run names all\n"
            }
        }
        text += Self.sentence(plan)
        if plan.estimateSeconds > 0 { text += " It takes about \(Self.length(seconds: plan.estimateSeconds))." }
        return text
    }

    func planned(_ rooms: [CommandPreview.Planned]) -> Table {
        Table(
            columns: [
                .init("verdict"), .init("room", isFlexible: true), .init("place", isFlexible: true),
                .init("model", isFlexible: true), .init("why", isFlexible: true),
            ],
            rows: rooms.map { one in
                [
                    Cell(one.verdict, one.verdict == "go" ? .good : one.verdict == "wait" ? .doubtful : .bad),
                    Cell(one.room.name), Cell(Self.place(one.room)), Cell(one.model ?? "-"),
                    Cell(one.because.joined(separator: "; ")),
                ]
            })
    }

    /// `12 rooms: 10 succeeded, 1 failed, 1 did not come back.`
    static func outcome(_ progress: CommandProgress) -> String {
        let parts = [
            (progress.succeeded, "succeeded"), (progress.failed, "failed"), (progress.unknown, "unknown"),
            (progress.withdrawn, "withdrawn"), (progress.running, "running"), (progress.waiting, "waiting"),
            (progress.missing, "did not come back"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(count(progress.operations, "room")): \(parts.isEmpty ? "nothing" : parts.joined(separator: ", "))."
    }

    // MARK: Commands

    func commands(_ commands: [CommandBody]) -> Table {
        Table(
            columns: [
                .init("id"), .init("age"), .init("action"), .init("by"), .init("rooms", isFlexible: true),
                .init("progress", isFlexible: true),
            ],
            rows: commands.map { one in
                [
                    Cell(one.id), Cell(age(of: one.requestedAt)), Cell(Self.action(one)), Cell(one.author),
                    Cell(one.selection), Cell(ProgressBar(one.progress, at: now).words, Self.tone(one.progress)),
                ]
            })
    }

    func command(_ one: CommandBody) -> Table {
        var facts: [(String, Cell)] = [
            ("id", Cell(one.id)), ("action", Cell(Self.action(one), .bold)), ("rooms", Cell(one.selection)),
            ("tenant", Cell(one.tenant)), ("asked", Cell("by \(one.author), \(said(one.requestedAt))")),
        ]
        if let reason = one.reason { facts.append(("reason", Cell(reason))) }
        if one.forced { facts.append(("forced", Cell("the guards were overridden", .doubtful))) }
        facts.append(("progress", Cell(ProgressBar(one.progress, at: now).words, Self.tone(one.progress))))
        return Self.facts(facts)
    }

    /// `update_software teams_client 4.20`
    private static func action(_ command: CommandBody) -> String {
        [command.action, command.software, command.version].compactMap(\.self).joined(separator: " ")
    }

    private static func tone(_ progress: CommandProgress) -> Tone {
        if progress.failed + progress.missing > 0 { return .bad }
        if progress.isRunning || progress.unknown + progress.withdrawn > 0 { return .doubtful }
        return .good
    }

    // MARK: Operations

    func operations(_ operations: [OperationBody]) -> Table {
        Table(
            columns: [
                .init("id"), .init("age"), .init("action"), .init("room", isFlexible: true),
                .init("place", isFlexible: true), .init("state"), .init("by"), .init("detail", isFlexible: true),
            ],
            rows: operations.map { one in
                [
                    Cell(one.id), Cell(age(of: one.requestedAt)), Cell(one.action), Cell(one.room.name),
                    Cell(Self.place(one.room)), Cell(Self.state(one), Self.tone(one)), Cell(one.author),
                    Cell(one.detail ?? "-"),
                ]
            })
    }

    func operation(_ detail: OperationDetail) -> [(String, Table)] {
        let one = detail.operation
        var facts: [(String, Cell)] = [
            ("id", Cell(one.id)), ("command", Cell(one.command)), ("action", Cell(one.action, .bold)),
            ("room", Cell("\(one.room.name) (\(Self.place(one.room)))")), ("device", Cell(one.device)),
            ("state", Cell(Self.state(one), Self.tone(one))),
        ]
        if let text = one.detail { facts.append(("detail", Cell(text))) }
        if let id = one.graphID { facts.append(("in Graph", Cell(id))) }
        facts.append(("asked", Cell("by \(one.author), \(said(one.requestedAt))")))
        if let at = one.submittedAt { facts.append(("sent", Cell(said(at)))) }
        if let at = one.settledAt { facts.append(("ended", Cell(said(at)))) }
        if one.homecoming == "awaited", let until = one.awaitedUntil {
            facts.append(("room awaited until", Cell(clock(until))))
        }
        let steps = Table(
            columns: [.init("at"), .init("state"), .init("detail", isFlexible: true)],
            rows: detail.steps.map { [Cell(clock($0.at)), Cell($0.state), Cell($0.detail ?? "-")] })
        return [("", Self.facts(facts)), ("Steps", steps)].filter { !$0.1.rows.isEmpty }
    }

    /// The state, and what the room does about it.
    static func state(_ operation: OperationBody) -> String {
        switch operation.homecoming {
        case "awaited": "\(operation.state), room not back yet"
        case "missing": "\(operation.state), room not back"
        default: operation.state
        }
    }

    private static func tone(_ operation: OperationBody) -> Tone {
        if operation.homecoming == "missing" { return .bad }
        switch operation.state {
        case "succeeded": return .good
        case "failed", "refused", "cancelled", "already_running": return .bad
        default: return .doubtful
        }
    }

    /// `B2, floor 3`
    static func place(_ room: DeviceBody.RoomReference) -> String {
        let place = [room.building, room.floor.map(level)].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? "-" : place
    }
}
