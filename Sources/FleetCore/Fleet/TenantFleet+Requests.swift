// What people do to an incident: they take it on, or close it by hand.

public import Timekeeping

extension TenantFleet {
    /// Somebody works on an incident.
    ///
    /// Of one that is acknowledged already the acknowledgement is renewed: it passes to the author, holds from now on,
    /// and nobody is told, because whoever was told knows that it is in hands. A command that ended badly is closed with
    /// it: there is nothing that will be well again by itself.
    public mutating func acknowledge(_ key: DedupKey, by author: String, at now: Moment) -> FleetDecision {
        if book.open(key)?.condition == .commandFailed { return close(key, by: author, at: now) }
        var decision = FleetDecision()
        let event =
            book.acknowledge(key, by: author, at: now)
            ?? book.amend(key) { incident in
                incident.acknowledgedAt = now.wall
                incident.acknowledgedBy = author
                incident.acknowledgedSeverity = incident.severity
            }
        if let event { decision.events.append(event) }
        return decision
    }

    /// Somebody closes an incident by hand.
    ///
    /// The condition goes on as it is: the same trouble is not opened again before it has ended once. Where an incident
    /// lists several members, this is so of each of them, and a further one is a trouble of its own.
    public mutating func close(_ key: DedupKey, by author: String, at now: Moment) -> FleetDecision {
        var decision = FleetDecision()
        let evidence = Evidence(source: "operator", reading: "closed by \(author)", observedAt: now.wall)
        let known = book.open(key)
        if let event = book.resolve(key, as: .manual, at: now, evidence: [evidence]) { decision.events.append(event) }
        if let known { putAsideMembers(of: known, at: now, into: &decision) }
        return decision
    }

    /// Remembers of an incident with members which of them are known; the condition itself is free for further ones.
    private mutating func putAsideMembers(of incident: Incident, at now: Moment, into decision: inout FleetDecision) {
        if incident.scope.kind == .model { return putAsideDevices(of: incident, at: now, into: &decision) }
        switch incident.condition {
        case .tenantPermissions: putAsidePermissions(of: incident)
        case .deviceSoftware: putAsideUpdates(of: incident, at: now, into: &decision)
        case .roomAccount: putAsideAccounts(of: incident, at: now, into: &decision)
        // A command is over once; there is nothing that could begin anew.
        case .commandFailed: break
        default: return
        }
        guard let from = conditions[incident.key]?.phase else { return }
        let subject: Subject =
            incident.condition == .commandFailed ? .command(UniqueID(stored: incident.scope.id)) : .tenant
        conditions[incident.key] = nil
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: incident.condition, subject: subject, state: .clear))
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: incident.condition, subject: subject.text, from: from, to: .clear,
                at: now.wall, decidedAt: now.wall, reason: "closed by hand; a further one is told again",
                incident: incident.id))
    }
}
