// A transition is one change of state with its reason and instant: the audit log that a replay must reproduce.

public import struct Foundation.Date

/// One change of a condition's phase, as it is stored.
public struct Transition: Sendable, Hashable, Codable {
    public var tenant: TenantName
    public var condition: Condition
    /// The text of the subject (``Subject/text``).
    public var subject: String
    public var from: ConditionState.Phase
    public var to: ConditionState.Phase
    /// When the observation behind it was asked, or the rule was evaluated.
    public var at: Date
    /// When it was decided.
    public var decidedAt: Date
    /// Why, in one line for a person.
    public var reason: String
    public var incident: UniqueID?

    public init(
        tenant: TenantName, condition: Condition, subject: String, from: ConditionState.Phase,
        to: ConditionState.Phase, at: Date, decidedAt: Date, reason: String, incident: UniqueID?
    ) {
        self.tenant = tenant
        self.condition = condition
        self.subject = subject
        self.from = from
        self.to = to
        self.at = at
        self.decidedAt = decidedAt
        self.reason = reason
        self.incident = incident
    }
}
