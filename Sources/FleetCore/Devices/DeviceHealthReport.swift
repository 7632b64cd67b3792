// What a device's health record says part by part, in our words. The record comes from the admin centre's back end: it
// lags by minutes and every part of it may be missing (Graph facts, Devices), so a part that is not there says nothing.

public import struct Foundation.Date
public import Timekeeping

/// One read of `/health` of a device. An empty report is an honest one: nothing was said.
public struct DeviceHealthReport: Sendable, Hashable, Codable {
    /// Whether the device itself is on the air.
    public var connection: Link?
    /// How the device stands with the services it signs in to; absent services were not mentioned.
    public var logins: [LoginService: Link]
    public var peripherals: [PeripheralReport]
    /// Absent parts were not mentioned.
    public var hardware: [HardwarePart: Link]
    public var software: [SoftwareReport]

    public init(
        connection: Link? = nil, logins: [LoginService: Link] = [:], peripherals: [PeripheralReport] = [],
        hardware: [HardwarePart: Link] = [:], software: [SoftwareReport] = []
    ) {
        self.connection = connection
        self.logins = logins
        self.peripherals = peripherals
        self.hardware = hardware
        self.software = software
    }

    /// `teamworkConnection`: whether something is attached, and since when that is so.
    public struct Link: Sendable, Hashable, Codable {
        public var state: State
        /// `nil` where Graph gives no date.
        public var since: Date?

        public enum State: String, Sendable, Hashable, Codable {
            case connected
            case disconnected
            /// Graph said `unknown`, nothing, or a word that did not exist when this was written.
            case unknown
        }

        public init(_ state: State, since: Date? = nil) {
            self.state = state
            self.since = since
        }
    }
}

/// A service that a room's account signs in to on its device. Skype for Business is left out: its end was years ago.
public enum LoginService: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
    case teams
    case exchange
}

/// What a meeting needs beside the device itself.
public enum PeripheralKind: String, Sendable, Hashable, Codable, CaseIterable {
    case roomCamera = "room_camera"
    case contentCamera = "content_camera"
    case microphone
    case speaker
    case communicationSpeaker = "communication_speaker"
    case display
}

/// One peripheral in a health record.
public struct PeripheralReport: Sendable, Hashable, Codable {
    public var kind: PeripheralKind
    /// Graph marks peripherals that the room was set up to do without; `nil` where it does not say.
    public var isOptional: Bool?
    public var link: DeviceHealthReport.Link
    /// As Graph names it.
    public var name: String?

    public init(
        kind: PeripheralKind, isOptional: Bool?, link: DeviceHealthReport.Link, name: String? = nil
    ) {
        self.kind = kind
        self.isOptional = isOptional
        self.link = link
        self.name = name
    }
}

/// A part of the device itself.
public enum HardwarePart: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
    case compute
    case hdmiIngest = "hdmi_ingest"
}

/// A piece of software on a device (`teamworkSoftwareType`); the raw values are ours, Graph's are at its boundary.
public enum SoftwareKind: String, Sendable, Hashable, Codable, CaseIterable {
    case teamsClient = "teams_client"
    case adminAgent = "admin_agent"
    case operatingSystem = "operating_system"
    case firmware
    case partnerAgent = "partner_agent"
    case companyPortal = "company_portal"
}

/// One piece of software in a health record.
public struct SoftwareReport: Sendable, Hashable, Codable {
    public var kind: SoftwareKind
    public var freshness: Freshness
    public var current: String?
    /// The version that is offered; `nil` where there is none or Graph does not say.
    public var available: String?

    public enum Freshness: String, Sendable, Hashable, Codable {
        case latest
        case updateAvailable = "update_available"
        case unknown
    }

    public init(kind: SoftwareKind, freshness: Freshness, current: String? = nil, available: String? = nil) {
        self.kind = kind
        self.freshness = freshness
        self.current = current
        self.available = available
    }
}

/// What a device is doing, as its record says (`activityState`).
public enum DeviceActivity: String, Sendable, Hashable, Codable, CaseIterable {
    case busy
    case idle
    case unavailable
    case unknown
}

/// One read of one device's health, or the reason why there is none.
public struct DeviceHealthReading: Sendable, Hashable {
    public var device: String
    public var report: Reading<DeviceHealthReport>
    public var asked: Moment

    public init(device: String, report: Reading<DeviceHealthReport>, asked: Moment) {
        self.device = device
        self.report = report
        self.asked = asked
    }
}
