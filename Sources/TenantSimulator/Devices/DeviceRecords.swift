// What the device back end says of one device. It believes what it was told minutes ago; see ``DeviceState``.

import struct Foundation.Date

extension SimulatedTenant {
    /// A healthy device reports in about this often, which is when its record is written.
    private static let reportInterval = 900.0

    private func lastModified(_ device: Int, at now: Date) -> Date {
        let state = timeline.devices[device]
        guard state.offline == 0 else { return state.lastModified }
        let phase = Double(device * 37 % Int(Self.reportInterval))
        let seconds = now.timeIntervalSince1970 + phase
        let reported = (seconds / Self.reportInterval).rounded(.down) * Self.reportInterval - phase
        return max(state.lastModified, Date(timeIntervalSince1970: reported))
    }

    func stamps(_ device: Int, at now: Date) -> [JSONValue.Member] {
        [
            .init("createdDateTime", "2025-01-10T09:00:00.1Z"),
            .init("lastModifiedDateTime", .string(Timestamps.text(lastModified(device, at: now), fractionDigits: 7))),
            .init("createdBy", .null), .init("lastModifiedBy", .null),
        ]
    }

    /// The account that is signed in on the device.
    func shownAccount(of device: Int) -> Int? {
        switch timeline.devices[device].user {
        case .nobody: nil
        case .account(let account): account
        case nil: fleet.devices[device].account
        }
    }

    /// The id of that account, in lower case as Graph writes it.
    func shownUser(of device: Int) -> String? {
        if case .unknown(let id) = fleet.devices[device].ragged?.user { return id.description }
        return shownAccount(of: device).map { fleet.accounts[$0].idText }
    }

    func deviceRecord(_ index: Int, call: GraphCall) -> JSONValue {
        let device = fleet.devices[index]
        let state = timeline.devices[index]
        let busy = device.account.map { timeline.presence.words[$0].activity == "InACall" } ?? false
        let user: JSONValue =
            shownAccount(of: index).map { account in
                [
                    "id": .string(fleet.accounts[account].idText),
                    "displayName": .string(fleet.accounts[account].displayName), "userIdentityType": "AadUser",
                ]
            } ?? .null
        return .object(
            [
                .init("id", .string(device.id.description)), .init("deviceType", .string(device.type.rawValue)),
                .init(
                    "hardwareDetail",
                    [
                        "serialNumber": .string(device.serialNumber), "uniqueId": .string(device.uniqueID),
                        "macAddresses": [.string(device.macAddress)], "manufacturer": .string(device.manufacturer),
                        "model": .string(device.model),
                    ]),
                .init("notes", .null), .init("companyAssetTag", .string("A-\(index + 1)")),
                .init("healthStatus", .string(Self.healthWord(state))),
                .init("activityState", .string(state.offline > 0 ? "Unavailable" : busy ? "Busy" : "Idle")),
                .init("currentUser", user),
            ] + stamps(index, at: call.wall))
    }

    func deviceActivity(_ index: Int, call: GraphCall) -> JSONValue {
        func peripheral(_ ordinal: Int, _ name: String) -> JSONValue {
            [
                "id": .string(
                    GUID(seed: fleet.seed, kind: .device, index: 10_000_000 + index * 8 + ordinal).description),
                "displayName": .string(name), "productId": "0x0001", "vendorId": "0x0001",
            ]
        }
        return .object(
            [
                .init("id", .string(fleet.devices[index].id.description)),
                .init(
                    "activePeripherals",
                    [
                        "roomCamera": peripheral(0, "Room camera"), "microphone": peripheral(1, "Microphone"),
                        "speaker": peripheral(2, "Speaker"), "communicationSpeaker": .null, "contentCamera": .null,
                    ]),
            ] + stamps(index, at: call.wall))
    }

    /// The two secrets a configuration can hold are always null here.
    func deviceConfiguration(_ index: Int, call: GraphCall) -> JSONValue {
        let device = fleet.devices[index]
        let versions = JSONValue.object(
            [SoftwareType.adminAgent, .firmware, .operatingSystem, .partnerAgent, .teamsClient].map {
                .init("\($0.name)SoftwareVersion", .text(softwareVersion($0, of: index)))
            })
        let network: JSONValue = [
            "isDhcpEnabled": true, "isPCPortEnabled": false, "hostName": .string("mtr-\(index + 1)"),
            "domainName": .string(fleet.domain), "ipAddress": .string("192.0.2.\(index % 250 + 1)"),
            "subnetMask": "255.255.255.0", "defaultGateway": "192.0.2.254", "primaryDns": "192.0.2.253",
            "secondaryDns": .null,
        ]
        let system: JSONValue = [
            "dateTimeConfiguration": [
                "timeZone": .string(fleet.buildings[device.building].timeZone), "dateFormat": "yyyy-MM-dd",
                "timeFormat": "HH:mm", "officeHoursStartTime": "07:00:00.0000000",
                "officeHoursEndTime": "19:00:00.0000000",
            ],
            "defaultPassword": .null, "lockPin": .null, "deviceLockTimeout": "PT10M", "isDeviceLockEnabled": false,
            "isLoggingEnabled": true, "isPowerSavingEnabled": false, "isScreenCaptureEnabled": false,
            "isSilentModeEnabled": false, "language": "en-US", "loggingLevel": "info", "networkConfiguration": network,
        ]
        let display: JSONValue = [
            "displayCount": 1, "configuredDisplays": [], "isDualDisplayModeEnabled": false,
            "isContentDuplicationAllowed": true, "inBuiltDisplayScreenConfiguration": .null,
        ]
        return .object(
            [
                .init("id", .string(device.id.description)), .init("softwareVersions", versions),
                .init("displayConfiguration", display), .init("cameraConfiguration", .null),
                .init("speakerConfiguration", ["isSpeakerOptional": false, "isCommunicationSpeakerOptional": true]),
                .init("microphoneConfiguration", ["isMicrophoneOptional": false]),
                .init("hardwareConfiguration", ["processorModel": "Simulated"]),
                .init("systemConfiguration", system),
                .init(
                    "teamsClientConfiguration",
                    ["accountConfiguration": ["supportedClient": "TeamsOnly"], "featuresConfiguration": .null]),
            ] + stamps(index, at: call.wall))
    }
}
