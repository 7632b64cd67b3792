// What the parts of a health record mean (Graph facts, Devices). A part that is absent, empty or of a form that nobody
// knows is left out: a report says less rather than something that Graph did not.

import FleetCore
import GraphClient

import struct Foundation.Date

extension DeviceHealthReport {
    /// Displays in one report; the rest is left out. A room has two or three.
    static let mostDisplays = 16

    init(_ wire: DeviceHealthWire) {
        self.init(
            connection: wire.connection.flatMap(Link.init),
            logins: Self.links([
                .teams: wire.loginStatus?.teamsConnection, .exchange: wire.loginStatus?.exchangeConnection,
            ]),
            peripherals: Self.peripherals(wire.peripheralsHealth),
            hardware: Self.links([
                .compute: wire.hardwareHealth?.computeHealth?.connection,
                .hdmiIngest: wire.hardwareHealth?.hdmiIngestHealth?.connection,
            ]),
            software: Self.software(wire.softwareUpdateHealth))
    }

    private static func links<Part: Hashable>(_ wires: [Part: ConnectionWire?]) -> [Part: Link] {
        wires.compactMapValues { wire in wire.flatMap(Link.init) }
    }

    private static func peripherals(_ wire: PeripheralsHealthWire?) -> [PeripheralReport] {
        guard let wire else { return [] }
        let single: [(PeripheralKind, PeripheralHealthWire?)] = [
            (.roomCamera, wire.roomCameraHealth), (.contentCamera, wire.contentCameraHealth),
            (.microphone, wire.microphoneHealth), (.speaker, wire.speakerHealth),
            (.communicationSpeaker, wire.communicationSpeakerHealth),
        ]
        let displays = wire.displayHealthCollection.prefix(mostDisplays).map { (PeripheralKind.display, Optional($0)) }
        return (single + displays).compactMap { kind, wire in wire.flatMap { PeripheralReport(kind, $0) } }
    }

    private static func software(_ wire: SoftwareUpdateHealthWire?) -> [SoftwareReport] {
        guard let wire else { return [] }
        let all: [(SoftwareKind, SoftwareUpdateStatusWire?)] = [
            (.teamsClient, wire.teamsClientSoftwareUpdateStatus), (.adminAgent, wire.adminAgentSoftwareUpdateStatus),
            (.operatingSystem, wire.operatingSystemSoftwareUpdateStatus),
            (.firmware, wire.firmwareSoftwareUpdateStatus), (.partnerAgent, wire.partnerAgentSoftwareUpdateStatus),
            (.companyPortal, wire.companyPortalSoftwareUpdateStatus),
        ]
        return all.compactMap { kind, wire in wire.flatMap { SoftwareReport(kind, $0) } }
    }
}

extension DeviceHealthReport.Link {
    /// `nil` when nothing is said.
    fileprivate init?(_ wire: ConnectionWire) {
        let word = BoundedText.clean(wire.connectionStatus, limit: BoundedText.word)
        let since = wire.lastModifiedDateTime?.date
        if word == nil, since == nil { return nil }
        self.init(DeviceHealthWords.state(word), since: since)
    }
}

extension PeripheralReport {
    fileprivate init?(_ kind: PeripheralKind, _ wire: PeripheralHealthWire) {
        let link = wire.connection.flatMap(DeviceHealthReport.Link.init)
        let name = BoundedText.clean(wire.peripheral?.displayName, limit: BoundedText.name)
        if link == nil, name == nil, wire.isOptional == nil { return nil }
        self.init(kind: kind, isOptional: wire.isOptional, link: link ?? .init(.unknown), name: name)
    }
}

extension SoftwareReport {
    fileprivate init?(_ kind: SoftwareKind, _ wire: SoftwareUpdateStatusWire) {
        let freshness = BoundedText.clean(wire.softwareFreshness, limit: BoundedText.word)
        let current = BoundedText.clean(wire.currentVersion, limit: BoundedText.word)
        let available = BoundedText.clean(wire.availableVersion, limit: BoundedText.word)
        if current == nil, available == nil, freshness == nil { return nil }
        self.init(
            kind: kind, freshness: DeviceHealthWords.freshness(freshness), current: current,
            available: available)
    }
}

enum DeviceHealthWords {
    static func state(_ word: String?) -> DeviceHealthReport.Link.State {
        switch word?.lowercased() {
        case "connected": .connected
        case "disconnected": .disconnected
        default: .unknown
        }
    }

    static func freshness(_ word: String?) -> SoftwareReport.Freshness {
        switch word?.lowercased() {
        case "latest": .latest
        case "updateavailable": .updateAvailable
        default: .unknown
        }
    }

    /// The word that Graph wants in a request (`teamworkSoftwareType`).
    static func softwareType(_ kind: SoftwareKind) -> String {
        switch kind {
        case .teamsClient: "teamsClient"
        case .adminAgent: "adminAgent"
        case .operatingSystem: "operatingSystem"
        case .firmware: "firmware"
        case .partnerAgent: "partnerAgent"
        case .companyPortal: "companyPortal"
        }
    }
}
