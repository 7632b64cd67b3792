// What the daemon told us: a webhook that was received, verified and read.

import FleetAPI
import Foundation

/// One verified webhook about an incident.
struct Notice: Sendable, Hashable {
    /// The `webhook-id`; a repeated delivery carries the same.
    var message: String
    var type: EventType
    var receivedAt: Date
    var incident: IncidentBody

    /// Whether somebody is being called: an incident began, or began again.
    var isCall: Bool { type == .incidentOpened || type == .incidentReopened }
    /// The rooms' accounts, spelled as in the ground truth.
    var accounts: Set<String> { Set(incident.rooms.map { $0.id.lowercased() }) }
    /// Whether the incident says that rooms are dark.
    var isOfDarkness: Bool { incident.condition.hasSuffix(".offline") }

    /// Whether the incident is a place's, and not a room's.
    var isOfPlace: Bool { isOfDarkness && incident.scope.kind != "room" }

    /// Whether the incident speaks for everybody in the building; its list of rooms is cut, and later ones join unlisted.
    func speaks(forBuilding building: String) -> Bool {
        guard isOfPlace else { return false }
        return incident.scope.kind == "tenant" || (incident.scope.kind == "building" && incident.scope.id == building)
    }

    /// The room or place, `Room 17 (B2)`.
    var subject: String {
        let building = incident.rooms.first?.building.map { " (\($0))" } ?? ""
        return incident.scope.name + (incident.scope.kind == "room" ? building : "")
    }
}
