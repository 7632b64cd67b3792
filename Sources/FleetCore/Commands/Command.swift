// What people ask of devices. A command is one request of one person over one or many rooms; each device that it reaches
// gets an operation of its own, which lives until it is settled.

public import struct Foundation.Date

/// What can be asked of a device (Graph facts, Devices).
public enum DeviceAction: Sendable, Hashable, Codable {
    case restart
    /// - Parameter version: `nil` for the version that Graph offers.
    case updateSoftware(SoftwareKind, version: String?)
    case runDiagnostics

    /// The word for it in the API, on the command line and in metrics.
    public var word: String {
        switch self {
        case .restart: "restart"
        case .updateSoftware: "update_software"
        case .runDiagnostics: "run_diagnostics"
        }
    }

    /// How long the room may be away because of it; `nil` when it stays (Detection, Expected outages).
    public var allowance: Duration? {
        switch self {
        case .restart: ExpectedAbsence.restartAllowance
        case .updateSoftware: ExpectedAbsence.updateAllowance
        case .runDiagnostics: nil
        }
    }
}

/// One request of one person or policy, as it is kept.
public struct Command: Sendable, Hashable, Codable {
    public let id: UniqueID
    public let tenant: TenantName
    public let action: DeviceAction
    /// Who asked: the name of the token or of the unix user, and the role that allowed it.
    public let author: String
    public let role: String
    public let reason: String?
    /// Whether the guards were overridden.
    public let isForced: Bool
    /// The rooms as they were asked for, in the person's own words: `building="B2" model="Bar 20"`.
    public let selection: String
    public let requestedAt: Date
    /// Until when operations may wait for the guards to let them; later they are withdrawn.
    public let waitsUntil: Date
    /// Whether operations wait for an idle room and for their hours as well; otherwise they wait for the budget alone.
    public let isPatient: Bool

    public init(
        id: UniqueID, tenant: TenantName, action: DeviceAction, author: String, role: String, reason: String?,
        isForced: Bool, selection: String, requestedAt: Date, waitsUntil: Date, isPatient: Bool = false
    ) {
        self.id = id
        self.tenant = tenant
        self.action = action
        self.author = author
        self.role = role
        self.reason = reason
        self.isForced = isForced
        self.selection = selection
        self.requestedAt = requestedAt
        self.waitsUntil = waitsUntil
        self.isPatient = isPatient
    }
}
