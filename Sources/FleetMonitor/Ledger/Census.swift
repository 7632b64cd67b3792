// How a tenant stands, in numbers.

public import FleetCore

/// The rooms and open incidents of one tenant, counted.
public struct Census: Sendable, Hashable {
    public var tenant: TenantName
    public var rooms = 0
    /// Rooms where another device can keep the account online.
    public var weak = 0
    /// Rooms without a usable answer for so long that their state stands still.
    public var unseen = 0
    public var phases: [ConditionState.Phase: Int] = [:]
    public var open: [Severity: Int] = [:]
    public var isBlind = false
    public var devices: DeviceCensus?

    init(tenant: TenantName) { self.tenant = tenant }
}
