// The calendar loop's two narrow doors: whose calendars to read, and where the answers go. Whoever judges rooms stands
// behind both; the loop knows neither incidents nor the store.

public import FleetCore
public import FleetGraph

/// The calendars of a tenant that are worth a read.
public struct CalendarRoster: Sendable, Hashable {
    /// Rooms that are pending or down: read first.
    public var inTrouble: [CalendarRoom]
    public var others: [CalendarRoom]

    public init(inTrouble: [CalendarRoom] = [], others: [CalendarRoom]) {
        self.inTrouble = inTrouble
        self.others = others
    }

    var count: Int { inTrouble.count + others.count }
}

/// Knows the rooms of a tenant with their mailboxes.
public protocol CalendarRooms: Sendable {
    /// The watched rooms of `tenant`, each once.
    func calendarRooms(tenant: TenantName) async -> CalendarRoster
}

/// Takes what the calendars said.
public protocol AgendaSink: Sendable {
    /// Takes the agendas of some rooms of `tenant`, known or not; put them into an ``AgendaBook``, which knows what a
    /// failed or late answer may change.
    func accept(_ agendas: [AccountID: Agenda], tenant: TenantName) async

    /// Takes whether calendars can be read at all.
    func note(_ capability: Capability, of tenant: TenantName, _ record: CapabilityRecord) async

    /// Takes how a round over all rooms ended.
    ///
    /// - Parameters:
    ///   - isRetired: calendars are out of reach until an administrator acts; no incident.
    ///   - interval: when the next round is due.
    func noteSource(
        _ source: Source, tenant: TenantName, succeeded: Bool, isRetired: Bool, interval: Duration) async
}
