// Ground truth as the simulator writes it and notices as the daemon sends them, with as few words as a test needs.

import FleetAPI
import Foundation

@testable import roomwatch_demo

/// 2026-11-20 08:00:00 UTC and so many seconds.
func at(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_795_161_600 + seconds) }

func truth(
    _ event: String, room: Int = 1, at seconds: Double, cause: Int = 1, expected: String = "incident",
    kind: String = "power_cut"
) throws -> GroundTruthRecord {
    let instant = Timestamp(at(seconds)).description
    let text = """
        {"event":"\(event)","at":"\(instant)","visible_at":"\(instant)","expected":"\(expected)",
         "account":"ACCOUNT-\(room)","room":"Room \(room)","building":"B1","cause":\(cause),"cause_kind":"\(kind)"}
        """
    return try JSONDecoder().decode(GroundTruthRecord.self, from: Data(text.utf8))
}

func notice(
    _ type: EventType, _ message: String, room: Int = 1, at seconds: Double, firstBad: Double = 0, revision: Int = 1,
    incident: String = "01J1", condition: String = "room.offline", rooms: [Int]? = nil, name: String? = nil
) -> Notice {
    let body = IncidentBody(
        id: incident, revision: revision, dedupKey: "contoso:\(condition):account-\(room)", condition: condition,
        severity: "error", status: type == .incidentResolved ? "resolved" : "open", tenant: "contoso",
        scope: IncidentBody.Scope(kind: "room", id: "account-\(room)", name: name ?? "Room \(room)"),
        rooms: (rooms ?? [room]).map {
            IncidentBody.Room(
                id: "account-\($0)", name: name ?? "Room \($0)", email: "room\($0)@contoso.com", building: "B1")
        },
        roomsTotal: 1, cause: "network_or_power", summary: "\(name ?? "Room \(room)") is offline",
        firstBadAt: Timestamp(at(firstBad)), openedAt: Timestamp(at(seconds)))
    return Notice(message: message, type: type, receivedAt: at(seconds), incident: body)
}

/// A notice of the whole building, which lists only some of its rooms.
func placeNotice(
    _ type: EventType, _ message: String, at seconds: Double, building: String = "B1", incident: String = "01JP",
    revision: Int = 1, rooms: [Int], openedAt: Double? = nil
) -> Notice {
    let base = notice(
        type, message, at: seconds, revision: revision, incident: incident, condition: "building.offline",
        rooms: rooms)
    var body = base.incident
    body.scope = IncidentBody.Scope(kind: "building", id: building, name: building)
    body.openedAt = Timestamp(at(openedAt ?? seconds))
    return Notice(message: message, type: type, receivedAt: at(seconds), incident: body)
}
