// The incidents of one tenant that matter for the next decision: those open, and those that resolved so recently that
// the same trouble would reopen them. One incident per key, whatever happens.

import struct Foundation.Date
public import Timekeeping

/// Open and recently resolved incidents by key.
public struct IncidentBook: Sendable {
    public private(set) var incidents: [DedupKey: Incident] = [:]

    public init(_ incidents: [Incident] = []) {
        for incident in incidents.sorted(by: { $0.openedAt < $1.openedAt }) { self.incidents[incident.key] = incident }
    }

    /// The open incident of a key.
    public func open(_ key: DedupKey) -> Incident? {
        guard let incident = incidents[key], incident.status != .resolved else { return nil }
        return incident
    }

    /// All open incidents, oldest first.
    public var allOpen: [Incident] {
        incidents.values.filter { $0.status != .resolved }.sorted { $0.id < $1.id }
    }

    /// Opens an incident, or reopens the one of the same key that resolved within `reopenWithin` (same id and key).
    ///
    /// Asked to open what is open, it says nothing.
    public mutating func fire(
        _ fresh: Incident, at now: Moment, reopenWithin: Duration, isUrgent: Bool
    ) -> IncidentChange? {
        if let known = incidents[fresh.key] {
            guard let resolvedAt = known.resolvedAt, known.status == .resolved else { return nil }
            if now.wall.timeIntervalSince(resolvedAt) <= reopenWithin.seconds {
                var reopened = known
                reopened.revision += 1
                reopened.status = known.acknowledgedAt == nil ? .open : .acknowledged
                reopened.severity = fresh.severity
                reopened.cause = fresh.cause
                reopened.summary = fresh.summary
                reopened.rooms = fresh.rooms
                reopened.lastGoodAt = fresh.lastGoodAt
                reopened.firstBadAt = fresh.firstBadAt
                reopened.reopenedCount += 1
                reopened.resolvedAt = nil
                reopened.resolution = nil
                reopened.evidence = Array((known.evidence + fresh.evidence).suffix(Incident.maximumEvidence))
                incidents[fresh.key] = reopened
                return .reopened(reopened, isUrgent: isUrgent)
            }
        }
        incidents[fresh.key] = fresh
        return .opened(fresh, isUrgent: isUrgent)
    }

    /// Resolves the open incident of a key, when there is one.
    public mutating func resolve(
        _ key: DedupKey, as resolution: Incident.Resolution, at now: Moment, evidence: [Evidence] = []
    ) -> IncidentChange? {
        guard var incident = open(key) else { return nil }
        incident.revision += 1
        incident.status = .resolved
        incident.resolvedAt = now.wall
        incident.resolution = resolution
        incident.evidence = Array((incident.evidence + evidence).suffix(Incident.maximumEvidence))
        incidents[key] = incident
        return .resolved(incident)
    }

    /// Raises the severity of an open incident; it never falls before the resolve (design section 5).
    public mutating func raise(_ key: DedupKey, to severity: Severity, at now: Moment) -> IncidentChange? {
        guard var incident = open(key), severity > incident.severity else { return nil }
        incident.revision += 1
        incident.severity = severity
        incidents[key] = incident
        return .updated(incident)
    }

    /// Adds a better founded cause to an open incident, without telling anybody by itself.
    public mutating func note(
        _ key: DedupKey, cause: Cause, summary: String, evidence: [Evidence]
    ) -> IncidentChange? {
        guard var incident = open(key), incident.cause != cause || incident.summary != summary else { return nil }
        incident.revision += 1
        incident.cause = cause
        incident.summary = summary
        let news = evidence.filter { !incident.evidence.contains($0) }
        incident.evidence = Array((incident.evidence + news).suffix(Incident.maximumEvidence))
        incidents[key] = incident
        return .noted(incident)
    }

    /// Ends an acknowledgement because a receiver was told of the resolve before the reopening.
    public mutating func endAcknowledgement(_ key: DedupKey) -> Incident? {
        guard var incident = open(key), incident.acknowledgedAt != nil else { return nil }
        incident.acknowledgedAt = nil
        incident.acknowledgedBy = nil
        incident.status = .open
        incidents[key] = incident
        return incident
    }

    /// Forgets incidents that resolved too long ago to be reopened.
    public mutating func forget(at now: Moment, reopenWithin: Duration) {
        incidents = incidents.filter { _, incident in
            guard let resolvedAt = incident.resolvedAt, incident.status == .resolved else { return true }
            return now.wall.timeIntervalSince(resolvedAt) <= reopenWithin.seconds
        }
    }
}
