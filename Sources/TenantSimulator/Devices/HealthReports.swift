// The report a device gives of itself: connection, log-ins, parts, software. A part that was never in trouble and that not
// every device has is null here, as it is where a device has no such part.

import struct Foundation.Date

extension SimulatedTenant {
    /// The word of the device list for all of it.
    static func healthWord(_ state: DeviceState) -> String {
        if state.offline > 0 { return "Offline" }
        let broken = state.parts.values.filter { !$0.isConnected }
        if broken.contains(where: { !$0.isOptional }) { return "Critical" }
        return broken.isEmpty && !state.software.values.contains { $0.offered != nil } ? "Healthy" : "NonUrgent"
    }

    func deviceHealth(_ index: Int, call: GraphCall) -> JSONValue {
        let state = timeline.devices[index]
        let connected = state.offline == 0
        let own = connection(connected, since: state.connectionSince)
        func link(_ part: DevicePart) -> JSONValue {
            guard let known = state.parts[part] else { return own }
            return connection(
                connected && known.isConnected,
                since: known.isConnected ? max(known.since, state.connectionSince) : known.since)
        }
        func part(_ part: DevicePart, isExtra: Bool = false) -> JSONValue {
            if isExtra, state.parts[part] == nil { return .null }
            return ["isOptional": .bool(state.parts[part]?.isOptional ?? false), "connection": link(part)]
        }
        let login: JSONValue = [
            "teamsConnection": link(.login(.teams)), "exchangeConnection": link(.login(.exchange)),
            "skypeConnection": state.parts[.login(.skype)] == nil ? .null : link(.login(.skype)),
        ]
        let peripherals: JSONValue = [
            "roomCameraHealth": part(.peripheral(.camera)),
            "contentCameraHealth": part(.peripheral(.contentCamera), isExtra: true),
            "microphoneHealth": part(.peripheral(.microphone)), "speakerHealth": part(.peripheral(.speaker)),
            "communicationSpeakerHealth": part(.peripheral(.communicationSpeaker), isExtra: true),
            "displayHealthCollection": [part(.peripheral(.display))],
        ]
        let hardware: JSONValue = [
            "computeHealth": part(.hardware(.compute)),
            "hdmiIngestHealth": part(.hardware(.hdmiIngest), isExtra: true),
        ]
        return .object(
            [
                .init("id", .string(fleet.devices[index].id.description)), .init("connection", own),
                .init("loginStatus", login), .init("peripheralsHealth", peripherals),
                .init("hardwareHealth", hardware), .init("softwareUpdateHealth", softwareHealth(state)),
            ] + stamps(index, at: call.wall))
    }

    /// Every device reports on its agent and its Teams client; on the rest once there was something to report.
    private func softwareHealth(_ state: DeviceState) -> JSONValue {
        let order: [SoftwareType] = [
            .adminAgent, .teamsClient, .firmware, .operatingSystem, .partnerAgent, .companyPortal,
        ]
        return .object(
            order.map { software in
                let known = state.software[software]
                guard known != nil || software == .adminAgent || software == .teamsClient else {
                    return .init("\(software.name)SoftwareUpdateStatus", .null)
                }
                let shown = known ?? .delivered(software)
                return .init(
                    "\(software.name)SoftwareUpdateStatus",
                    [
                        "softwareFreshness": shown.offered == nil ? "Latest" : "UpdateAvailable",
                        "currentVersion": .string(shown.current), "availableVersion": .text(shown.offered),
                    ])
            })
    }

    /// The version that is installed; `nil` where nothing is.
    func softwareVersion(_ software: SoftwareType, of device: Int) -> String? {
        if let known = timeline.devices[device].software[software] { return known.current }
        return [.partnerAgent, .companyPortal].contains(software) ? nil : SoftwareState.delivered(software).current
    }

    private func connection(_ isConnected: Bool, since: Date) -> JSONValue {
        [
            "connectionStatus": .string(isConnected ? "Connected" : "Disconnected"),
            "lastModifiedDateTime": .string(Timestamps.text(since)),
        ]
    }
}
