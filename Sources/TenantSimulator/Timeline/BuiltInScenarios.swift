// The scenarios that need no file. `busy` is what an operator sees in the first minute of a demonstration, so it holds
// one of each thing worth showing and ends everything it begins.

extension Scenario {
    /// Nothing happens; for benchmarks and for events injected by hand.
    public static var quiet: Scenario { Scenario() }

    /// Within a minute rooms in several buildings fail and return, one behind a panel that hides it, and one building goes
    /// dark as a whole; one blip is too short to be told to anybody. Events for which the tenant is too small are left out.
    public static func busy(rooms: Int, buildings: Int) -> Scenario {
        var scenario = Scenario()
        scenario.name = "busy"
        scenario.calls = true
        let total = max(1, min(buildings, rooms))
        let each = rooms / total
        /// The room of that ordinal in the building, counted round from the first.
        func room(_ building: Int, _ ordinal: Int) -> String? {
            ordinal <= each ? "B\(building % total + 1)/\(ordinal)" : nil
        }
        func event(
            _ kind: ScenarioEvent.Kind, at: Int, room: String?, for seconds: Int?, deviceDelay: Int? = nil
        ) -> ScenarioEvent? {
            guard let room else { return nil }
            var event = ScenarioEvent(kind, at: .seconds(at))
            event.room = room
            event.lasts = seconds.map { DurationText(.seconds($0)) }
            if kind == .roomOff { event.sessionTimeout = DurationText(.seconds(1)) }
            if kind == .peripheralFault { event.peripheral = .camera }
            event.deviceDelay = deviceDelay.map { DurationText(.seconds($0)) }
            return event
        }
        // In a smaller tenant the building and the rooms beside it would be half of everything, a trouble of the tenant.
        let darkens = total >= 4 && each >= 8
        var dark = ScenarioEvent(.buildingDark, at: .seconds(14))
        dark.building = "B4"
        dark.lasts = DurationText(.seconds(120))
        // Graph shows it over minutes; a minute's demonstration has tens of seconds.
        dark.spread = DurationText(.seconds(20))
        dark.sessionTimeout = DurationText(.seconds(1))
        scenario.events = [
            event(.roomCall, at: 2, room: room(1, 1), for: 600),
            // A panel keeps this account online; only the device record tells.
            event(.roomOff, at: 3, room: rooms >= 5 ? "B1/weak" : nil, for: 900, deviceDelay: 2),
            event(.peripheralFault, at: 5, room: room(1, 3), for: nil),
            // Back in time for the recovery to be told within the minute.
            event(.roomOff, at: 2, room: room(0, 1), for: 19),
            event(.roomSignedOut, at: 12, room: room(1, 2), for: 4),
            event(.presenceUnknown, at: 15, room: room(2, 3), for: 60),
            // Dark in the middle of a call.
            event(.roomOff, at: 18, room: room(1, 1), for: 100),
            event(.roomSignedOut, at: 25, room: room(2, 1), for: 90),
            event(.roomOff, at: 35, room: darkens ? room(2, 2) : room(3, 2), for: 60),
            darkens ? dark : nil,
        ].compactMap { $0 }
        return scenario
    }

    /// The built-in scenario of that name.
    public static func named(_ name: String, buildings: Int, rooms: Int) -> Scenario? {
        switch name {
        case "quiet": quiet
        case "busy": busy(rooms: rooms, buildings: buildings)
        default: nil
        }
    }

    /// Outages drawn from the seed, for long rehearsals.
    func generated(seed: UInt64, rooms: Int) -> [ScenarioEvent] {
        guard rooms > 0, outagesPerHour > 0, generatedHours > 0 else { return [] }
        return (0..<min(outagesPerHour * generatedHours, Self.maximumGenerated)).map { index in
            var draws = SeededDraws(seed: seed, purpose: .generated, index: index)
            let kinds: [ScenarioEvent.Kind] = [.roomOff, .roomOff, .roomOff, .roomSignedOut, .roomFlaps]
            var event = ScenarioEvent(
                kinds[draws.pick(0...kinds.count - 1)], at: draws.duration(.zero, .seconds(3600 * generatedHours)))
            event.room = String(draws.pick(1...rooms))
            event.lasts = DurationText(draws.duration(.seconds(30), .seconds(3600)))
            return event
        }
    }

    /// A bound on what a scenario may ask to be generated.
    private static var maximumGenerated: Int { 100_000 }

    /// What a retired API may answer.
    static let retiredStatuses = [400, 404, 405, 410, 501]

    /// Checks that everything the events name exists.
    ///
    /// - Throws: ``ScenarioError`` naming the event, counted from 1.
    func validated(for fleet: Fleet) throws(ScenarioError) {
        if !Self.retiredStatuses.contains(retiredStatus) {
            throw ScenarioError("retired_status is \(retiredStatus); a retired API answers 400, 404, 405, 410 or 501")
        }
        if deviceCommands == .poisoned { throw ScenarioError("device_commands: only lists can be poisoned") }
        if limitsScale <= 0 { throw ScenarioError("limits_scale must be greater than zero") }
        for (index, event) in events.enumerated() {
            if let complaint = event.complaint(for: fleet) {
                throw ScenarioError("event \(index + 1) (\(event.kind.rawValue)): \(complaint)")
            }
        }
    }
}

extension ScenarioEvent {
    /// What is wrong with the event in this tenant; `nil` when nothing is.
    func complaint(for fleet: Fleet) -> String? {
        switch kind {
        case .buildingDark:
            guard let building else { return "field 'building' is missing" }
            return fleet.building(named: building) == nil ? "there is no building '\(building)'" : nil
        case .graphFault:
            guard let fault else { return "field 'fault' is missing" }
            return (400...599).contains(fault.status) ? nil : "status \(fault.status) is not from 400 to 599"
        case .deviceAPI, .deviceCommands:
            guard let deviceAPI else { return "field 'device_api' is missing" }
            if kind == .deviceCommands, deviceAPI == .poisoned { return "only lists can be poisoned" }
            guard let status, !Scenario.retiredStatuses.contains(status) else { return nil }
            return "status is \(status); a retired API answers 400, 404, 405, 410 or 501"
        case .serviceIssue, .consentRevoked, .secretExpired: return nil
        case .peripheralFault where peripheral == nil: return "field 'peripheral' is missing"
        case .healthUnreadable where !(400...599).contains(status ?? 500):
            return "status \(status ?? 500) is not from 400 to 599"
        case .userChanged where user.map { fleet.account(named: $0) == nil } ?? false:
            return "there is no account '\(user ?? "")'"
        case .peripheralFault, .deviceOff, .loginLost, .hardwareFault, .updateAvailable, .userChanged,
            .healthUnreadable, .operationStarted, .operationCancelled:
            return complaintAboutDevices(in: fleet, isRequired: true)
        case .operationFault:
            guard let operation else { return "field 'operation' is missing" }
            guard (400...599).contains(operation.status) else {
                return "status \(operation.status) is not from 400 to 599"
            }
            return complaintAboutDevices(in: fleet, isRequired: false)
        case .accountDisabled, .accountDeleted:
            guard let room else { return "field 'room' is missing" }
            return fleet.account(named: room) == nil && fleet.room(named: room) == nil
                ? "there is no account or room '\(room)'" : nil
        default:
            guard let room else { return "field 'room' is missing" }
            return fleet.room(named: room) == nil ? "there is no room '\(room)'" : nil
        }
    }
}
