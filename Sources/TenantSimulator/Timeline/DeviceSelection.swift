// Which devices an event means. Rooms are what people think in, so a room stands for its Teams Rooms system unless the event
// names another of its devices.

extension ScenarioEvent {
    public enum Login: String, Sendable, Codable, CaseIterable {
        case teams, exchange, skype
    }

    public enum Hardware: String, Sendable, Codable, CaseIterable {
        case compute
        case hdmiIngest = "hdmi_ingest"
    }

    /// The words for the devices of a room; anything else names one device by id or serial number.
    private static let roles: Set<String> = ["main", "panel", "console", "all"]

    /// The devices that the event is about, in the order of the fleet.
    ///
    /// - Parameter cause: the event's number; which devices a probability takes hangs on it.
    func devices(in fleet: Fleet, cause: Int) -> [Int] {
        let chosen: [Int]
        if let device, !Self.roles.contains(device) {
            chosen = fleet.device(named: device).map { [$0] } ?? []
        } else {
            chosen = rooms(in: fleet).flatMap { fleet.rooms[$0].devices(as: device ?? "main") }
        }
        return chosen.filter { index in
            if let model, fleet.devices[index].model.lowercased() != model.lowercased() { return false }
            guard let probability else { return true }
            var draws = SeededDraws(seed: fleet.seed, purpose: .selection, index: index, round: cause)
            return Double(draws.pick(0...999_999)) < probability * 1_000_000
        }.sorted()
    }

    private func rooms(in fleet: Fleet) -> [Int] {
        if let room { return fleet.room(named: room).map { [$0] } ?? [] }
        guard let building else { return Array(fleet.rooms.indices) }
        let index = fleet.building(named: building)
        return fleet.rooms.indices.filter { fleet.rooms[$0].building == index }
    }

    /// What is wrong with the event's selection of devices in this tenant; `nil` when nothing is.
    ///
    /// - Parameter isRequired: whether the event must say which devices it means.
    func complaintAboutDevices(in fleet: Fleet, isRequired: Bool) -> String? {
        if let room, fleet.room(named: room) == nil { return "there is no room '\(room)'" }
        if let building, fleet.building(named: building) == nil { return "there is no building '\(building)'" }
        if let device, !Self.roles.contains(device), fleet.device(named: device) == nil {
            return "there is no device '\(device)'; write main, panel, console, all, an id or a serial number"
        }
        if let probability, !(0...1).contains(probability) {
            return "probability \(probability) is not from 0 to 1"
        }
        guard isRequired, room == nil, building == nil, device == nil, model == nil else { return nil }
        return "field 'room' is missing; 'building', 'model' or 'device' choose devices too"
    }
}

extension Fleet.Room {
    /// The devices whose sessions keep the account online.
    var sessionDevices: [Int] { [mainDevice] + (panel.map { [$0] } ?? []) }

    func devices(as role: String) -> [Int] {
        switch role {
        case "panel": [panel].compactMap { $0 }
        case "console": [console].compactMap { $0 }
        case "all": [mainDevice, panel, console].compactMap { $0 }
        default: [mainDevice]
        }
    }
}

extension Fleet {
    /// The room whose account the device belongs to.
    func room(of device: Int) -> Int? {
        guard let account = devices[device].account, case .room(let room) = accounts[account].kind else { return nil }
        return room
    }

    /// The device of that id or serial number.
    func device(named name: String) -> Int? {
        if let id = GUID(name) { return deviceByID[id] }
        return devices.firstIndex { $0.serialNumber.lowercased() == name.lowercased() }
    }
}
