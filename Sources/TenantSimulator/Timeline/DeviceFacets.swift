// What can be wrong with a device that is on the air: parts, log-ins, software, who is signed in, and a report that cannot
// be read at all. These are states of the device; the records write them down.

import struct Foundation.Date

/// A part of a device, or a service it logs in to, that is connected or is not.
enum DevicePart: Sendable, Hashable {
    case peripheral(ScenarioEvent.Peripheral)
    case login(ScenarioEvent.Login)
    case hardware(ScenarioEvent.Hardware)
}

struct PartState: Sendable {
    var isConnected: Bool
    var isOptional: Bool
    var since: Date
}

struct SoftwareState: Sendable {
    var current: String
    /// The version that is on offer; `nil` when the current one is the latest.
    var offered: String?

    /// Every device comes with these; what has no version here is not installed.
    private static let deliveredVersions: [SoftwareType: String] = [
        .adminAgent: "5.0.1", .teamsClient: "5.2.115.0", .firmware: "1.4.2", .operatingSystem: "10.0.22631",
    ]

    static func delivered(_ software: SoftwareType) -> SoftwareState {
        SoftwareState(current: deliveredVersions[software] ?? "1.0.0")
    }

    /// The version after the current one, for an offer that does not say which.
    var following: String {
        var numbers = current.split(separator: ".").map(String.init)
        if let last = numbers.popLast() { numbers.append(String((Int(last) ?? 0) + 1)) }
        return numbers.joined(separator: ".")
    }
}

/// Who is signed in on a device instead of its own account.
enum DeviceUser: Sendable, Equatable {
    case nobody
    case account(Int)
}

/// One thing that a scenario does to devices and takes back.
enum DeviceFacet: Sendable {
    case part(DevicePart)
    case software(SoftwareType)
    case user
    case health
}

/// How the device API, or its commands alone, answers at present.
struct DeviceAPIState: Sendable {
    var mode: Scenario.DeviceAPI
    var retiredStatus: Int
    /// The event that brought it about; 0 is the beginning.
    var cause = 0
}

extension Timeline {
    /// Plays an event that concerns what devices report about themselves.
    mutating func beginFacet(_ event: ScenarioEvent, cause: Int) {
        let chosen = event.devices(in: fleet, cause: cause)
        let facet: DeviceFacet
        var detail: String
        switch event.kind {
        case .peripheralFault:
            guard let peripheral = event.peripheral else { return }
            (facet, detail) = (.part(.peripheral(peripheral)), peripheral.rawValue)
        case .loginLost:
            let login = event.login ?? .teams
            (facet, detail) = (.part(.login(login)), login.rawValue)
        case .hardwareFault:
            let hardware = event.hardware ?? .compute
            (facet, detail) = (.part(.hardware(hardware)), hardware.rawValue)
        case .updateAvailable:
            let software = event.software ?? .teamsClient
            (facet, detail) = (.software(software), software.rawValue)
        case .userChanged: (facet, detail) = (.user, event.user ?? "")
        default: (facet, detail) = (.health, "")
        }
        for device in chosen {
            change(facet, of: device, event: event)
            record(
                event.kind.rawValue, room: fleet.room(of: device), account: fleet.devices[device].account,
                cause: cause, kind: event.kind, visible: elapsed, detail: detail)
        }
        if let ends = event.lasts { agenda.add(.facetEnds(facet, devices: chosen), at: elapsed + ends.duration) }
    }

    private mutating func change(_ facet: DeviceFacet, of device: Int, event: ScenarioEvent) {
        touch(device)
        switch facet {
        case .part(let part):
            let state = PartState(isConnected: false, isOptional: event.optional ?? false, since: wall(elapsed))
            devices[device].parts[part] = state
        case .software(let software):
            var state = devices[device].software[software] ?? .delivered(software)
            state.offered = event.version ?? state.following
            devices[device].software[software] = state
        case .user:
            let stranger = event.user.flatMap(fleet.account(named:))
            let isOwn = stranger != nil && stranger == fleet.devices[device].account
            devices[device].user = isOwn ? nil : stranger.map { .account($0) } ?? .nobody
            refreshRoom(of: device)
        case .health: devices[device].healthStatus = event.status ?? 500
        }
    }

    mutating func mend(_ facet: DeviceFacet, of chosen: [Int]) {
        for device in chosen {
            touch(device)
            switch facet {
            case .part(let part):
                let now = wall(elapsed)
                devices[device].parts[part]?.isConnected = true
                devices[device].parts[part]?.since = now
            case .software(let software): devices[device].software[software]?.offered = nil
            case .user:
                devices[device].user = nil
                refreshRoom(of: device)
            case .health: devices[device].healthStatus = nil
            }
        }
    }

    /// A room's account has no session where another one is signed in.
    private mutating func refreshRoom(of device: Int) {
        if let room = fleet.room(of: device) { refresh(room) }
    }

    /// Whether every device that would keep the room's account online has somebody else on it.
    func isTakenOver(_ room: Int) -> Bool {
        fleet.rooms[room].sessionDevices.allSatisfy { devices[$0].user != nil }
    }

    mutating func switchDeviceAPI(_ event: ScenarioEvent, cause: Int) {
        guard let mode = event.deviceAPI else { return }
        let isCommands = event.kind == .deviceCommands
        let before = isCommands ? deviceCommands : deviceAPI
        let state = DeviceAPIState(mode: mode, retiredStatus: event.status ?? before.retiredStatus, cause: cause)
        if isCommands { deviceCommands = state } else { deviceAPI = state }
        record(event.kind.rawValue, cause: cause, kind: event.kind, visible: elapsed, detail: mode.rawValue)
        if let ends = event.lasts {
            agenda.add(
                .deviceAPIReturns(cause: cause, isCommands: isCommands, to: before), at: elapsed + ends.duration)
        }
    }

    /// Takes a change of the device API back, unless another one has followed.
    mutating func returnDeviceAPI(to state: DeviceAPIState, isCommands: Bool, cause: Int) {
        guard (isCommands ? deviceCommands : deviceAPI).cause == cause else { return }
        if isCommands { deviceCommands = state } else { deviceAPI = state }
        let kind = isCommands ? ScenarioEvent.Kind.deviceCommands : .deviceAPI
        record(kind.rawValue, cause: cause, kind: kind, visible: elapsed, detail: state.mode.rawValue)
    }
}
