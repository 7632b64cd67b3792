// The words that questions about devices and operations may use. A misspelt word would ask for nothing and look like a
// fleet without trouble, so the listener refuses it and names these.

extension DeviceBody {
    /// Every word of ``kind``.
    public static let kinds = [
        "teams_room", "collaboration_bar", "surface_hub", "panel", "console", "phone", "display", "other",
    ]
}

extension DeviceProblemBody {
    /// Every word of ``condition``.
    public static let conditions = [
        "device.offline", "device.peripheral", "device.login", "device.software", "device.hardware",
        "device.unexpected_user",
    ]
    /// Stands for all of them in a question.
    public static let any = "any"
}

extension SoftwareBody {
    /// Every word of ``software``.
    public static let kinds = [
        "teams_client", "admin_agent", "operating_system", "firmware", "partner_agent", "company_portal",
    ]
}

extension OperationBody {
    /// States in which it can still change.
    public static let openStates = ["waiting", "submitting", "unconfirmed", "accepted"]
    /// Every word of ``state``.
    public static let states =
        openStates + [
            "succeeded", "failed", "cancelled", "refused", "already_running", "unknown", "withdrawn",
        ]

    /// Whether nothing more happens to it: it ended, and its room is back or given up.
    public var isOver: Bool { !Self.openStates.contains(state) && homecoming != "awaited" }
    /// Whether it did what was asked and the room is there.
    public var isGood: Bool { state == "succeeded" && homecoming != "missing" }
}

extension CommandProgress {
    /// Operations of which the end is known.
    public var done: Int { succeeded + failed + unknown + withdrawn }
    public var isRunning: Bool { waiting + running > 0 }
}
