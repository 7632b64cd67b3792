// What people asked for while the monitor runs: silences until a time, and windows planned for once. The recurring
// windows are in the configuration.

/// Silences and planned windows that may still matter.
public struct QuietRules: Sendable, Hashable {
    public var silences: [Silence]
    public var planned: [MaintenanceWindow]

    public init(silences: [Silence] = [], planned: [MaintenanceWindow] = []) {
        self.silences = silences
        self.planned = planned
    }
}
