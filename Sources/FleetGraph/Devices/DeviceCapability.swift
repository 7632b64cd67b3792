// The device API is deprecated and may vanish any day (Graph facts, Devices). Which of the ways of not answering it is
// decides what the operator is told, and that nothing of it ever touches the presence alerts.

public import FleetCore
public import GraphClient

/// Whether Teams device records can be used in this tenant.
public enum DeviceCapability: Sendable, Hashable {
    case available
    /// 401 or 403: the application lacks this permission.
    case notGranted(role: String)
    /// 402: Microsoft wants the calls paid for.
    case metered
    /// The call no longer exists. A normal state: presence and the calendar carry on alone.
    case retired
    /// It did not answer this time; the word is the kind of failure.
    case transient(String)
    /// It answers, but no record has changed for a day: names may be used, health may not.
    case stale

    static let role = "TeamworkDevice.Read.All"

    /// What a failed list or probe means (Graph facts, Devices).
    public init(_ error: GraphError) {
        switch DeviceRefusal(error, ofOneDevice: false) {
        case .notGranted: self = .notGranted(role: Self.role)
        case .metered: self = .metered
        case .retired, .unknownDevice: self = .retired
        case .transient(let kind): self = .transient(kind)
        }
    }

    /// Whether the records are out of reach for a reason that is known and stays: no incident, only a line in the log.
    public var isGone: Bool {
        switch self {
        case .notGranted, .metered, .retired: true
        case .available, .transient, .stale: false
        }
    }

    /// One line for the operator.
    public var text: String {
        switch self {
        case .available: "Teams device records are read."
        case .notGranted(let role):
            "Teams device records are not read: grant the application permission \(role) to use them."
        case .metered:
            "Teams device records are not read: Microsoft wants billing set up for them (402)."
        case .retired:
            "Teams device records are not read: Microsoft has retired the call; rooms are watched by presence."
        case .transient(let kind):
            "Teams device records could not be read this time (\(FailureText.words(kind))); it is tried again, presence goes on."
        case .stale:
            "Teams device records have not changed for 24 hours: they name devices but are no evidence of health."
        }
    }
}

/// What one read of the device list brought.
public struct DeviceListing: Sendable, Hashable {
    public var capability: DeviceCapability
    /// `nil` when the list could not be read.
    public var devices: [DeviceRecord]?
    /// One line for the operator each; empty when all is as it should be.
    public var remarks: [String]
    /// What the next read wants to be told; `nil` while the whole list answers.
    public var quarantine: DeviceQuarantine?

    public init(
        capability: DeviceCapability, devices: [DeviceRecord]?, remarks: [String] = [],
        quarantine: DeviceQuarantine? = nil
    ) {
        self.capability = capability
        self.devices = devices
        self.remarks = remarks
        self.quarantine = quarantine
    }
}
