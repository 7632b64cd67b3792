// Scenario events about commands: faults that lie in wait for them, and what other people do in the admin centre.

extension Timeline {
    /// Plays an event that concerns commands to devices.
    mutating func beginOperationEvent(_ event: ScenarioEvent, cause: Int) {
        switch event.kind {
        case .operationStarted:
            for device in event.devices(in: fleet, cause: cause) where operations.open(on: device) == nil {
                let command = event.action ?? .restart
                let software = command == .updateSoftware ? event.software ?? .teamsClient : nil
                _ = submit(command, software: software, version: event.version, device: device, isForeign: true)
            }
        case .operationCancelled:
            for device in event.devices(in: fleet, cause: cause) { cancelOperation(of: device) }
        default:
            guard let fault = event.operation else { return }
            var selection = event
            // Here the probability is that of each attempt, not of each device.
            selection.probability = nil
            operationFaults.append(
                ActiveOperationFault(
                    cause: cause, fault: fault, devices: Set(selection.devices(in: fleet, cause: cause)),
                    action: event.action, probability: event.probability ?? 1))
            record(
                "operation_fault_begin", cause: cause, kind: event.kind, visible: elapsed, detail: fault.kind.rawValue)
            if let ends = event.lasts { agenda.add(.operationFaultEnds(cause), at: elapsed + ends.duration) }
        }
    }

    /// The faults that hit a submission, at most one of each kind; counts it with each of them.
    mutating func takeOperationFaults(for command: DeviceCommand, device: Int) -> [OperationFault] {
        var taken: [OperationFault] = []
        for index in operationFaults.indices {
            let fault = operationFaults[index].fault
            let action = operationFaults[index].action
            guard fault.kind != .listFails, action == nil || action == command,
                !taken.contains(where: { $0.kind == fault.kind }),
                operationFaults[index].strikes(device, seed: fleet.seed)
            else { continue }
            taken.append(fault)
        }
        return taken
    }

    /// The fault that hits a reading of the device's operations.
    mutating func takeReadingFault(of device: Int) -> OperationFault? {
        for index in operationFaults.indices where operationFaults[index].fault.kind == .listFails {
            if operationFaults[index].strikes(device, seed: fleet.seed) { return operationFaults[index].fault }
        }
        return nil
    }
}
