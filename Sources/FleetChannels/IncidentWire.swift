// From the incident of the core to the incident of the contract. This is the only place that knows both, so that
// neither has to change for the other's sake.

public import FleetAPI
public import FleetCore
public import struct Foundation.Date

extension IncidentBody {
    /// The incident as it was when `notification` was decided.
    init(_ notification: FleetCore.Notification, from sender: SenderIdentity) {
        self.init(notification.incident, from: sender)
        self.notification = Reason(reason: notification.event.rawValue, rule: notification.rule)
        suppression = nil
    }

    /// The incident as it is, told to nobody.
    public init(_ incident: Incident, from sender: SenderIdentity) {
        self.init(
            id: incident.id.text, revision: incident.revision, dedupKey: incident.key.text,
            condition: incident.condition.rawValue, severity: incident.severity.rawValue,
            status: incident.status.rawValue, tenant: incident.tenant.text,
            scope: Scope(
                kind: incident.scope.kind.rawValue, id: incident.scope.id, name: incident.scope.name,
                partial: incident.scope.partial),
            rooms: incident.rooms.prefix(BodyLimits.rooms).map(Room.init), roomsTotal: incident.roomsTotal,
            cause: incident.cause.rawValue, summary: incident.summary, firstBadAt: Timestamp(incident.firstBadAt),
            firstBadAfter: incident.firstBadAfter.map(Timestamp.init),
            lastGoodAt: incident.lastGoodAt.map(Timestamp.init), openedAt: Timestamp(incident.openedAt),
            acknowledgedAt: incident.acknowledgedAt.map(Timestamp.init), acknowledgedBy: incident.acknowledgedBy,
            reopenedCount: incident.reopenedCount, resolvedAt: incident.resolvedAt.map(Timestamp.init),
            resolution: incident.resolution?.rawValue,
            meeting: incident.meeting.map {
                Meeting(startsAt: Timestamp($0.startsAt), endsAt: Timestamp($0.endsAt))
            }, contact: incident.contact,
            links: Links(own: sender.resource(of: incident.id), runbook: sender.runbook(for: incident.condition)),
            suppression: incident.status == .resolved
                ? nil : incident.suppression.map { Suppressed($0, seenFrom: incident.openedAt) },
            evidence: incident.evidence.suffix(BodyLimits.evidence).map(Evidence.init),
            tried: incident.tried.suffix(BodyLimits.attempts).map(Attempt.init))
    }
}

extension IncidentBody.Room {
    public init(_ room: Incident.RoomReference) {
        self.init(id: room.id.text, name: room.name, email: room.email, building: room.building, floor: room.floor)
    }
}

extension IncidentBody.Suppressed {
    /// - Parameter day: an instant of the day that the sentence need not name. For an open incident any instant of it does:
    ///   what ended on an earlier day holds nothing back.
    public init(_ suppression: Suppression, seenFrom day: Date) {
        self.init(
            kind: suppression.kind.rawValue, rule: suppression.rule,
            until: suppression.until.flatMap(Timestamp.init(finite:)),
            sentence: suppression.sentence(at: day))
    }
}

extension IncidentBody.Attempt {
    init(_ attempt: Incident.Attempt) {
        self.init(what: attempt.what, by: attempt.by, at: Timestamp(attempt.at), outcome: attempt.outcome)
    }
}

extension IncidentBody.Evidence {
    init(_ evidence: FleetCore.Evidence) {
        self.init(
            source: evidence.source, reading: evidence.reading, observedAt: Timestamp(evidence.observedAt))
    }
}

extension EventType {
    init(_ event: FleetCore.Notification.Event) {
        self =
            switch event {
            case .opened: .incidentOpened
            case .updated, .reminder, .escalation: .incidentUpdated
            case .acknowledged: .incidentAcknowledged
            case .reopened: .incidentReopened
            case .resolved: .incidentResolved
            case .test: .monitorTest
            }
    }
}

extension IncidentEvent {
    init(_ notification: FleetCore.Notification, from sender: SenderIdentity) {
        self.init(
            type: EventType(notification.event), timestamp: Timestamp(notification.decidedAt),
            incident: IncidentBody(notification, from: sender))
    }
}
