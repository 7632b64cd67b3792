// Every time nobody is told of something, a row says so: the answer to "why was I not told?" must not depend on anybody
// having watched.

public import struct Foundation.Date

/// The record that nobody, or one receiver, was not told of something, and why.
public struct SuppressedNotification: Sendable, Hashable, Codable {
    public var tenant: TenantName
    /// The trouble that was not told of.
    public var key: DedupKey
    /// The incident, when there is one: an outage that is excused has none.
    public var incident: UniqueID?
    public var event: Notification.Event
    /// The receiver that was spared; `nil` when nobody was told.
    public var receiver: ReceiverName?
    public var suppression: Suppression
    public var at: Date

    public init(
        tenant: TenantName, key: DedupKey, incident: UniqueID?, event: Notification.Event,
        receiver: ReceiverName? = nil, suppression: Suppression, at: Date
    ) {
        self.tenant = tenant
        self.key = key
        self.incident = incident
        self.event = event
        self.receiver = receiver
        self.suppression = suppression
        self.at = at
    }
}
