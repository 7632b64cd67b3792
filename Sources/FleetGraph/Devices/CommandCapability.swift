// Commands need a permission of their own and can vanish while reading goes on. Whether they are there at all is told apart
// from what Graph said about one device, so that one odd device does not switch off the button for all.

import FleetCore

/// Whether devices of this tenant can be commanded.
public enum CommandCapability: Sendable, Hashable {
    /// Nothing speaks against it.
    case available
    /// 403: the application lacks this permission.
    case notGranted(role: String)
    /// 402: Microsoft wants the calls paid for.
    case metered
    /// The calls no longer exist.
    case retired
    /// The last request said nothing about it; the word is the kind of failure.
    case transient(String)

    /// Covers sending commands and looking at what became of them.
    public static let role = "TeamworkDevice.ReadWrite.All"

    /// Whether commands are out of reach for a reason that is known and stays until somebody acts.
    public var isGone: Bool {
        switch self {
        case .notGranted, .metered, .retired: true
        case .available, .transient: false
        }
    }

    /// One line for the operator.
    public var text: String {
        switch self {
        case .available: "Devices can be restarted and updated from here."
        case .notGranted(let role):
            "Commands to devices are off: grant the application permission \(role) and admin consent to restart and "
                + "update devices from here. It is optional."
        case .metered:
            "Commands to devices are off: Microsoft wants billing set up for them (402)."
        case .retired:
            "Commands to devices are off: Microsoft has retired the calls; restart devices in the Teams admin center."
        case .transient(let kind):
            "The last request about commands to devices failed (\(FailureText.words(kind))); commands stay on, and none is sent twice."
        }
    }
}

/// Why the operations of a device could not be read.
public struct CommandFailure: Error, Sendable, Hashable {
    /// What it says of commands altogether.
    public var capability: CommandCapability
    /// The kind of failure, `http_503` or `timed_out`.
    public var kind: String

    public init(capability: CommandCapability, kind: String) {
        self.capability = capability
        self.kind = kind
    }
}
