// What a command does to its device, second by second. A restart is an outage like any other: presence and device record
// learn of it with their own lags, and a room may well be back before either has noticed.

import Timekeeping

extension Timeline {
    /// Absences that a monitor forgives, because somebody has ordered them.
    private static var restartAllowance: Duration { .seconds(600) }
    private static var updateAllowance: Duration { .seconds(2700) }

    /// Takes a command for the device, on which no other is open; it runs by itself from here on.
    ///
    /// - Parameter isForeign: whether somebody in the admin centre gave it.
    mutating func submit(
        _ command: DeviceCommand, software: SoftwareType? = nil, version: String? = nil, device: Int,
        faults: [OperationFault] = [], isForeign: Bool = false
    ) -> DeviceOperation {
        let ordinal = operations.nextOrdinal()
        let operation = DeviceOperation(
            id: GUID(seed: fleet.seed, kind: .operation, index: ordinal), device: device, ordinal: ordinal,
            cause: nextCause(), command: command, software: software, version: version, isForeign: isForeign,
            faults: faults, created: elapsed, lastAction: elapsed)
        operations.add(operation)
        note("operation_queued", operation)
        if operation.fault(.hangsQueued) == nil {
            var draws = draws(operation)
            schedule(
                .start, of: operation, after: operationTimes.queue?.duration ?? draws.duration(.seconds(1), .seconds(5))
            )
        }
        return operation
    }

    /// Somebody in the admin centre takes the device's open operation back; one that runs cannot be taken back.
    mutating func cancelOperation(of device: Int) {
        guard var operation = operations.open(on: device), operation.phase == .queued else { return }
        operation.end(.cancelled, at: elapsed)
        operation.pending = nil
        operations[device, operation.id] = operation
        note("operation_cancelled", operation)
    }

    /// The device is on the air again: what waited for that goes on, a little later.
    mutating func wake(_ device: Int) {
        for var operation in operations.byDevice[device] ?? [] {
            guard let step = operation.pending else { continue }
            operation.pending = nil
            operations[device, operation.id] = operation
            var draws = draws(operation, round: 1)
            schedule(step, of: operation, after: draws.duration(.seconds(5), .seconds(30)))
        }
    }

    mutating func play(_ step: DeviceOperation.Step, device: Int, id: GUID) {
        // Work that was reported done too early still goes its way.
        guard var operation = operations[device, id], operation.phase != .cancelled else { return }
        if devices[device].dark > 0 {
            operation.pending = step
            operations[device, id] = operation
            return
        }
        switch step {
        case .start: start(&operation)
        case .goDown: takeDown(&operation)
        case .comeBack:
            operation.restartsLeft -= 1
            var draws = draws(operation, round: 20 + operation.restartsLeft)
            schedule(
                operation.restartsLeft > 0 ? .goDown : .finish, of: operation,
                after: operation.restartsLeft > 0
                    ? draws.duration(.seconds(20), .seconds(60)) : draws.duration(.seconds(5), .seconds(20)))
        case .finish: finish(&operation)
        case .fail:
            let fault = operation.fault(.fails)
            operation.error = (
                fault?.code ?? "SoftwareVersionNotAvailable",
                fault?.message ?? "The requested version is not available for this device."
            )
            operation.end(.failed, at: elapsed)
            note("operation_failed", operation, detail: operation.error?.code)
        }
        operations[device, id] = operation
    }

    private mutating func start(_ operation: inout DeviceOperation) {
        operation.phase = .running
        operation.started = elapsed
        operation.lastAction = elapsed
        note("operation_started", operation)
        guard operation.fault(.hangsRunning) == nil else { return }
        var draws = draws(operation, round: 2)
        if operation.fault(.fails) != nil {
            schedule(.fail, of: operation, after: draws.duration(.seconds(10), .seconds(40)))
            return
        }
        switch operation.command {
        case .runDiagnostics:
            schedule(.finish, of: operation, after: draws.duration(.seconds(40), .seconds(80)))
        case .restart:
            operation.restartsLeft = 1
            reportEarly(&operation)
            schedule(
                .goDown, of: operation,
                after: operationTimes.countdown?.duration ?? draws.duration(.seconds(3), .seconds(15)))
        case .updateSoftware:
            let install = operationTimes.install?.duration ?? draws.duration(.seconds(60), .seconds(240))
            switch target(of: operation) {
            case .nothing: schedule(.finish, of: operation, after: .seconds(20))
            case .unavailable: schedule(.fail, of: operation, after: .seconds(20))
            case .version:
                operation.restartsLeft = max(1, operationTimes.restarts ?? draws.pick(1...2))
                reportEarly(&operation)
                schedule(.goDown, of: operation, after: install)
            }
        }
    }

    private mutating func reportEarly(_ operation: inout DeviceOperation) {
        guard operation.fault(.reportsEarly) != nil else { return }
        operation.end(.succeeded, at: elapsed)
        note("operation_succeeded", operation)
    }

    private mutating func takeDown(_ operation: inout DeviceOperation) {
        if operation.phase.isOpen { operation.lastAction = elapsed }
        var draws = draws(operation, round: 10 + operation.restartsLeft)
        var away: Duration? = operationTimes.away?.duration ?? draws.duration(.seconds(90), .seconds(240))
        if let fault = operation.fault(.neverReturns) { away = fault.away?.duration }
        let excused = operation.command == .updateSoftware ? Self.updateAllowance : Self.restartAllowance
        begin(
            Outage(
                cause: operation.cause, causeKind: operation.command.rawValue, room: fleet.room(of: operation.device),
                devices: [operation.device], takesPresence: false, began: elapsed, ends: away.map { elapsed + $0 },
                sessionTimeout: operationTimes.sessionTimeout?.duration,
                deviceDelay: operationTimes.deviceDelay?.duration,
                excused: operation.isForeign ? nil : excused))
        // Put down after the outage, so that the device is on the air again when its turn comes.
        if let away { schedule(.comeBack, of: operation, after: away) }
    }

    private mutating func finish(_ operation: inout DeviceOperation) {
        if let software = operation.software, case .version(let version) = target(of: operation) {
            devices[operation.device].software[software] = SoftwareState(current: version, offered: nil)
        }
        touch(operation.device)
        guard operation.phase.isOpen else { return }
        operation.end(.succeeded, at: elapsed)
        note("operation_succeeded", operation)
    }

    private enum UpdateTarget {
        case version(String), nothing, unavailable
    }

    /// What an update comes to: the version asked for, or the one that is offered.
    private func target(of operation: DeviceOperation) -> UpdateTarget {
        guard let software = operation.software else { return .nothing }
        let state = devices[operation.device].software[software] ?? SoftwareState.delivered(software)
        guard let wanted = operation.version else { return state.offered.map { .version($0) } ?? .nothing }
        if wanted == state.current { return .nothing }
        return wanted == state.offered ? .version(wanted) : .unavailable
    }

    private mutating func schedule(_ step: DeviceOperation.Step, of operation: DeviceOperation, after: Duration) {
        agenda.add(.operation(step, device: operation.device, operation.id), at: elapsed + after)
    }

    private func draws(_ operation: DeviceOperation, round: Int = 0) -> SeededDraws {
        SeededDraws(seed: fleet.seed, purpose: .operation, index: operation.ordinal, round: round)
    }

    private mutating func note(_ event: String, _ operation: DeviceOperation, detail: String? = nil) {
        let account = fleet.devices[operation.device].account
        record(
            event, room: fleet.room(of: operation.device), account: account, cause: operation.cause,
            causeKind: operation.command.rawValue, visible: elapsed,
            detail: [operation.id.description, detail].compactMap { $0 }.joined(separator: " "))
    }
}
