// An alert as Alertmanager's API v2 takes it (prometheus.io, "Alerts API"; the OpenAPI document is
// prometheus/alertmanager, api/v2/openapi.yaml).

import FleetAPI
import FleetCore

import struct Foundation.Date

/// One element of `POST /api/v2/alerts`.
///
/// An alert is its label set: the same labels are the same alert, one label more or less is another one. Labels are
/// there for routing and grouping, so severity and place are among them although they may change while the incident
/// lasts; ``AlertmanagerChannel`` ends the alert with the old labels when they do. `dedup_key` says to which incident
/// an alert belongs.
struct AlertmanagerAlert: Sendable, Hashable, Codable {
    var labels: [String: String]
    var annotations: [String: String]
    var startsAt: Timestamp
    var endsAt: Timestamp
    var generatorURL: String?

    /// The label that all alerts of one incident share.
    static let keyLabel = "dedup_key"

    /// How long an alert stands that nobody repeats. While Roomwatch runs it repeats each alert every
    /// ``AlertmanagerChannel/refreshInterval``; if it stops, for an update say, that must not look like a recovery.
    static let lifetime: Double = 3_600
    /// A test is repeated by nobody and ends by itself, after every usual `group_wait`.
    static let testLifetime: Double = 300

    static let labelLength = 256
    static let annotationLength = 1_000

    /// - Parameter now: when it is sent.
    init(_ incident: Incident, event: Notification.Event?, from sender: SenderIdentity, at now: Date) {
        var labels = [
            "alertname": Self.name(of: incident.condition), "condition": incident.condition.rawValue,
            "severity": incident.severity.rawValue, "tenant": incident.tenant.text,
            "scope": incident.scope.kind.rawValue, Self.keyLabel: incident.key.text, "monitor": "roomwatch",
        ]
        labels["building"] = Self.common(incident.rooms.map(\.building))
        labels["floor"] = labels["building"] == nil ? nil : Self.common(incident.rooms.map(\.floor))
        if incident.scope.kind == .room { labels["room"] = incident.rooms.first?.name ?? incident.scope.name }
        if event == .test { labels["test"] = "true" }
        // An empty label is no label to Prometheus; Alertmanager removes it.
        self.labels = labels.mapValues { $0.oneLine(Self.labelLength) }.filter { !$0.value.isEmpty }

        let notification = Notification(
            id: incident.id, receiver: ReceiverName(""), event: event == .test ? .test : .opened, rule: "",
            incident: incident, decidedAt: now, notBefore: now)
        let words = IncidentText(notification, from: sender)
        var annotations = ["summary": words.headline]
        annotations["description"] = words.facts.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
        annotations["runbook_url"] = words.links.first { $0.label == "Runbook" }?.url
        annotations["contact"] = incident.contact?.oneLine(Self.annotationLength)
        annotations["cause"] = incident.cause.rawValue
        annotations["rooms_total"] = String(incident.roomsTotal)
        annotations["acknowledged_by"] = incident.acknowledgedBy?.oneLine(Self.annotationLength)
        self.annotations = annotations
        // From the first bad reading; an alert may not begin after its end.
        startsAt = Timestamp(incident.firstBadAt)
        let lifetime = event == .test ? Self.testLifetime : Self.lifetime
        let end = incident.status == .resolved ? incident.resolvedAt ?? now : now.addingTimeInterval(lifetime)
        endsAt = max(Timestamp(end), startsAt)
        generatorURL = words.links.first { $0.label != "Runbook" }?.url
    }

    /// The alert of a label set that is no longer the incident's, ended.
    init(ending labels: [String: String], from startsAt: Timestamp, at now: Date) {
        self.labels = labels
        annotations = [:]
        self.startsAt = startsAt
        endsAt = max(Timestamp(now), startsAt)
    }

    /// `room.never_seen` → `RoomNeverSeen`, as alerts of Prometheus are named.
    static func name(of condition: Condition) -> String {
        condition.rawValue.split { $0 == "." || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// What all rooms share; `nil` when they differ or one has none.
    private static func common(_ values: [String?]) -> String? {
        guard let first = values.first, let first else { return nil }
        return values.allSatisfy { $0 == first } ? first : nil
    }
}
