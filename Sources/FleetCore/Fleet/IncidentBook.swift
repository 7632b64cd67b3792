// The incidents of one tenant that matter for the next decision: those open, and those that resolved so recently that
// the same trouble would reopen them. One incident per key, whatever happens.

import struct Foundation.Date
public import Timekeeping

/// Open and recently resolved incidents by key.
public struct IncidentBook: Sendable {
    public private(set) var incidents: [DedupKey: Incident] = [:]

    public init(_ incidents: [Incident] = []) {
        for incident in incidents.sorted(by: { $0.openedAt < $1.openedAt }) {
            // An open incident counts before a resolved one, whatever the wall clock said when they opened.
            if incident.status == .resolved, open(incident.key) != nil { continue }
            self.incidents[incident.key] = incident
        }
    }

    /// When incidents resolved in this run, so that a step of the wall clock neither reopens nor forgets one.
    private var resolvedMoments: [DedupKey: Moment] = [:]
    /// The same for acknowledgements.
    private var acknowledgedMoments: [DedupKey: Moment] = [:]

    /// How long ago an incident resolved; of those from an earlier run only the wall time is known.
    private func sinceResolved(_ incident: Incident, at now: Moment) -> Duration? {
        guard incident.status == .resolved, let resolvedAt = incident.resolvedAt else { return nil }
        return (resolvedMoments[incident.key] ?? Moment(restoring: resolvedAt, at: now)).elapsed(until: now)
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

    /// Open incidents of which nobody is told, oldest first.
    var allSuppressed: [Incident] {
        incidents.values.filter { $0.suppression != nil && $0.status != .resolved }.sorted { $0.id < $1.id }
    }

    /// Opens an incident, or reopens the one of the same key that resolved within `reopenWithin` (same id and key).
    ///
    /// Asked to open what is open, it says nothing.
    public mutating func fire(
        _ fresh: Incident, at now: Moment, reopenWithin: Duration, isUrgent: Bool
    ) -> IncidentChange? {
        if let known = incidents[fresh.key] {
            guard let age = sinceResolved(known, at: now) else { return nil }
            if age <= reopenWithin {
                var reopened = known
                reopened.revision += 1
                reopened.status = known.acknowledgedAt == nil ? .open : .acknowledged
                reopened.severity = fresh.severity
                reopened.scope = fresh.scope
                reopened.cause = fresh.cause
                reopened.summary = fresh.summary
                reopened.take(roomsOf: fresh)
                reopened.meeting = fresh.meeting
                reopened.suppression = fresh.suppression
                reopened.contact = fresh.contact
                reopened.tried = fresh.tried
                reopened.lastGoodAt = fresh.lastGoodAt
                reopened.firstBadAt = fresh.firstBadAt
                reopened.firstBadAfter = fresh.firstBadAfter
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
        incident.summary = Self.summary(of: incident, resolvedAs: resolution)
        incident.evidence = Array((incident.evidence + evidence).suffix(Incident.maximumEvidence))
        incidents[key] = incident
        resolvedMoments[key] = now
        return .resolved(incident)
    }

    /// A resolve is read on the same lock screen as the page; it must not say again that the room is offline.
    private static func summary(of incident: Incident, resolvedAs resolution: Incident.Resolution) -> String {
        let subject = incident.rooms.count == 1 ? incident.rooms[0].placedName : incident.scope.name
        switch (resolution, incident.condition) {
        case (.removed, let condition) where condition.isAboutDevices:
            return "\(subject): its device is not watched any more"
        case (.removed, _): return "\(subject) is not watched any more; it left the inventory"
        case (.manual, _): return "Closed by hand: \(incident.summary)"
        case (.merged, _): return "\(subject) is part of a larger incident now"
        case (.recovered, .roomOffline): return "\(subject) is online again"
        case (.recovered, .floorOffline), (.recovered, .buildingOffline), (.recovered, .tenantOffline):
            return "\(incident.scope.name) is online again"
        case (.recovered, .roomFlapping): return "\(subject) has been stable"
        case (.recovered, .roomUnseen), (.recovered, .roomNeverSeen): return "\(subject) can be seen"
        case (.recovered, .tenantBlind): return "Monitoring of \(subject) can see again"
        case (.recovered, .tenantPermissions): return "The application has its permissions in \(subject) again"
        case (.recovered, .commandFailed):
            return "The \(subject) is not told of any longer; its end stays in the list of operations"
        case (.recovered, .roomAccount): return "The room accounts of \(incident.tenant) can sign in"
        case (.recovered, .deviceOffline): return "\(subject): its device is online again"
        case (.recovered, .devicePeripheral): return "\(subject): everything is connected again"
        case (.recovered, .deviceLogin): return "\(subject): its device is signed in again"
        case (.recovered, .deviceHardware): return "\(subject): the hardware of its device is whole again"
        case (.recovered, .deviceUnexpectedUser): return "\(subject): its own account is signed in again"
        case (.recovered, .deviceSoftware):
            return "The devices of \(incident.tenant) took the updates they were offered"
        case (.recovered, .sourceStalled): return "The source \(subject) is read again"
        case (.recovered, .inventoryShrunk): return "The inventory of \(subject) is whole again"
        case (.recovered, .channelDown): return "Receiver \(subject) accepts messages again"
        case (.recovered, .storeDegraded): return "The store can be written again"
        }
    }

    /// Changes what an open incident says, without telling anybody by itself.
    public mutating func amend(_ key: DedupKey, _ change: (inout Incident) -> Void) -> IncidentChange? {
        guard var incident = open(key) else { return nil }
        let before = incident
        change(&incident)
        guard incident != before else { return nil }
        incident.revision += 1
        incidents[key] = incident
        return .noted(incident)
    }

    /// Changes what an open incident with members says. Who hears of it again hears of further members, not of the same ones
    /// a day older.
    ///
    /// - Parameter change: whether the members are others than before is its second argument.
    mutating func amend(
        _ key: DedupKey, members: [Incident.RoomReference], _ change: (inout Incident, Bool) -> Void
    ) -> IncidentChange? {
        guard let before = open(key) else { return nil }
        let event = amend(key) { incident in
            incident.name(members)
            change(&incident, incident.roomsTotal != before.roomsTotal || incident.rooms != before.rooms)
        }
        guard let event else { return nil }
        let known = Set(before.rooms.map(\.id))
        let isNews =
            event.incident.roomsTotal > before.roomsTotal || event.incident.rooms.contains { !known.contains($0.id) }
        return isNews ? .updated(event.incident) : event
    }

    /// Brings the sentence of an incident up to date within a revision that is being made.
    mutating func describe(_ key: DedupKey, summary: String, meeting: Incident.Meeting?) {
        incidents[key]?.summary = summary
        incidents[key]?.meeting = meeting
    }

    /// Sets or ends the reason why nobody is told of an open incident.
    public mutating func suppress(_ key: DedupKey, _ suppression: Suppression?) {
        guard incidents[key]?.suppression != suppression else { return }
        incidents[key]?.suppression = suppression
        incidents[key]?.revision += 1
    }

    /// Somebody works on it.
    ///
    /// - Returns: `nil` when it is not open or somebody does so already.
    public mutating func acknowledge(_ key: DedupKey, by author: String, at now: Moment) -> IncidentChange? {
        guard var incident = open(key), incident.status == .open else { return nil }
        incident.revision += 1
        incident.status = .acknowledged
        incident.acknowledgedAt = now.wall
        incident.acknowledgedBy = author
        incident.acknowledgedSeverity = incident.severity
        incidents[key] = incident
        acknowledgedMoments[key] = now
        return .acknowledged(incident)
    }

    /// Raises the severity of an open incident; it never falls before the resolve (Detection, Severity).
    public mutating func raise(_ key: DedupKey, to severity: Severity, at now: Moment) -> IncidentChange? {
        guard var incident = open(key), severity > incident.severity else { return nil }
        incident.revision += 1
        incident.severity = severity
        let isNews = incident.status == .acknowledged
        if isNews { incident.endAcknowledgement() }
        incidents[key] = incident
        return .raised(incident, endedAcknowledgement: isNews, isUrgent: false)
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
        incident.endAcknowledgement()
        incident.revision += 1
        incidents[key] = incident
        return incident
    }

    /// For how long somebody has been working on an open incident; of an acknowledgement from an earlier run only the
    /// wall time is known.
    func sinceAcknowledged(_ incident: Incident, at now: Moment) -> Duration? {
        guard incident.status == .acknowledged, let acknowledgedAt = incident.acknowledgedAt else { return nil }
        return (acknowledgedMoments[incident.key] ?? Moment(restoring: acknowledgedAt, at: now)).elapsed(until: now)
    }

    /// Forgets incidents that resolved too long ago to be reopened.
    public mutating func forget(at now: Moment, reopenWithin: Duration) {
        let old = incidents.values.filter { (sinceResolved($0, at: now) ?? .zero) > reopenWithin }
        for incident in old {
            incidents[incident.key] = nil
            resolvedMoments[incident.key] = nil
            acknowledgedMoments[incident.key] = nil
        }
    }
}
