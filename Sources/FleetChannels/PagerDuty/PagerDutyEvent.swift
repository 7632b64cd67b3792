// An event as PagerDuty's Events API v2 takes it (developer.pagerduty.com, "Send an alert event"; the field names and
// limits are in PagerDuty's OpenAPI document of that API).

import HTTPExchange
import FleetAPI
import FleetCore

/// The body of `POST /v2/enqueue`. It holds the routing key, so it is never logged.
struct PagerDutyEvent: Sendable, Encodable {
    var routingKey: String
    var action: Action
    var dedupKey: String
    /// What the alert says; PagerDuty reads it from triggers only.
    var payload: Payload?
    var client: String?
    var clientURL: String?
    var links: [Link]?

    enum Action: String, Sendable, Encodable { case trigger, acknowledge, resolve }

    struct Link: Sendable, Hashable, Encodable {
        var href: String
        var text: String
    }

    struct Payload: Sendable, Encodable {
        var summary: String
        var source: String
        /// `critical`, `error` and `warning` are words of PagerDuty's as they are of ours.
        var severity: String
        var timestamp: Timestamp
        var component: String?
        var group: String?
        var condition: String
        /// The incident of our contract; it is below 20 KB, so the event is far below PagerDuty's 512 KB.
        var details: IncidentBody

        enum CodingKeys: String, CodingKey {
            case summary, source, severity, timestamp, component, group
            case condition = "class"
            case details = "custom_details"
        }
    }

    enum CodingKeys: String, CodingKey {
        case routingKey = "routing_key"
        case action = "event_action"
        case dedupKey = "dedup_key"
        case payload, client
        case clientURL = "client_url"
        case links
    }
}

extension PagerDutyEvent {
    init(
        _ notification: FleetCore.Notification, routingKey: Secret, from sender: SenderIdentity
    ) throws {
        self.routingKey = routingKey.withRevealed { $0 }
        dedupKey = notification.incident.key.text
        // An update is a trigger of the same key: it changes the alert and notifies nobody anew.
        switch notification.event {
        case .opened, .reopened, .updated, .reminder, .escalation, .test: action = .trigger
        case .acknowledged: action = .acknowledge
        case .resolved: action = .resolve
        }
        guard action == .trigger else { return }
        let body = try IncidentBody(notification, from: sender).bounded()
        let words = IncidentText(notification, from: sender, bounds: .init(headline: Self.summaryLength - 100))
        payload = Payload(
            summary: words.headline.shortened(Self.summaryLength), source: Self.source(body), severity: body.severity,
            timestamp: Timestamp(notification.decidedAt),
            component: (body.scope.kind == "room" ? body.rooms.first?.name : nil) ?? body.scope.name,
            group: Self.commonBuilding(body), condition: body.condition, details: body)
        client = "Roomwatch"
        clientURL = sender.home
        links = words.links.isEmpty ? nil : words.links.map { Link(href: $0.url, text: $0.label) }
    }

    /// The event that closes the alert of this one.
    var end: PagerDutyEvent {
        var end = self
        end.action = .resolve
        end.payload = nil
        end.client = nil
        end.clientURL = nil
        end.links = nil
        return end
    }

    /// PagerDuty wants 1 to 1,024 characters. The headline is never empty, and says so when it is a reminder or a test.
    private static let summaryLength = 1_024

    /// The unique name of what is affected: a single room's address, else the place within its tenant.
    private static func source(_ body: IncidentBody) -> String {
        if body.scope.kind == "room", let room = body.rooms.first, !room.email.isEmpty { return room.email }
        return "\(body.tenant)/\(body.scope.kind)/\(body.scope.id)"
    }

    private static func commonBuilding(_ body: IncidentBody) -> String? {
        guard let first = body.rooms.first?.building, !first.isEmpty else { return nil }
        return body.rooms.allSatisfy { $0.building == first } ? first : nil
    }
}

extension PagerDutyEvent: CustomStringConvertible, CustomReflectable {
    var description: String { "\(action.rawValue) of \(dedupKey)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
