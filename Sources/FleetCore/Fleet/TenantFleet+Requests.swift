// What people do to an incident: they take it on, or close it by hand.

public import Timekeeping

extension TenantFleet {
    /// Somebody works on an incident.
    ///
    /// Of one that is acknowledged already the acknowledgement is renewed: it passes to the author, holds from now on,
    /// and nobody is told, because whoever was told knows that it is in hands.
    public mutating func acknowledge(_ key: DedupKey, by author: String, at now: Moment) -> FleetDecision {
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
    /// The condition goes on as it is: the same trouble is not opened again before it has ended once.
    public mutating func close(_ key: DedupKey, by author: String, at now: Moment) -> FleetDecision {
        var decision = FleetDecision()
        let evidence = Evidence(source: "operator", reading: "closed by \(author)", observedAt: now.wall)
        if let event = book.resolve(key, as: .manual, at: now, evidence: [evidence]) { decision.events.append(event) }
        return decision
    }
}
