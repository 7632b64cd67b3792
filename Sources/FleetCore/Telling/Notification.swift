// A notification is the decision that one receiver should hear of one incident, with its reason. It is written to the
// outbox in the same transaction as the change that it tells of, and sent afterwards.

public import struct Foundation.Date

/// One row of the outbox: what a receiver shall be told, and why.
public struct Notification: Sendable, Hashable, Codable {
    /// The same on every attempt, so that a receiver recognises a repetition (Standard Webhooks' `webhook-id`).
    public let id: UniqueID
    public let receiver: ReceiverName
    public let event: Event
    /// The rule that chose the receiver, `routes[0]`, or `fallback:<receiver>`.
    public let rule: String
    /// The incident as it was when this was decided.
    public let incident: Incident
    public let decidedAt: Date
    /// Not sent earlier: the grouping wait.
    public let notBefore: Date
    /// The row that must be settled first, of whatever key: the page of a building goes before the resolves of its rooms.
    public let after: UniqueID?

    public enum Event: String, Sendable, Hashable, Codable, CaseIterable {
        case opened
        case updated
        case acknowledged
        case reopened
        case resolved
        /// Nobody has acknowledged it for a while.
        case reminder
        /// Nobody has acknowledged it, and now somebody else is told.
        case escalation
        /// Somebody asked for a test of the whole path; the incident is made up and marked.
        case test

        /// Whether it starts or restarts somebody's work.
        public var isTrigger: Bool { self == .opened || self == .reopened }
    }

    public init(
        id: UniqueID, receiver: ReceiverName, event: Event, rule: String, incident: Incident, decidedAt: Date,
        notBefore: Date, after: UniqueID? = nil
    ) {
        self.after = after
        self.id = id
        self.receiver = receiver
        self.event = event
        self.rule = rule
        self.incident = incident
        self.decidedAt = decidedAt
        self.notBefore = notBefore
    }
}
