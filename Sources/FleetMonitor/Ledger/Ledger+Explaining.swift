// "Why was I told?" and "why was I not told?": everything about one room, taken at one instant from memory and from the
// store.

import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Timekeeping

/// What an explanation is written from.
struct RoomCase {
    var tenant: TenantName
    var now: Moment
    var findings: RoomFindings
    /// The incident that speaks for the room, else the newest of the last day.
    var incident: Incident?
    /// Whether ``incident`` speaks for it now.
    var isCurrent: Bool
    /// By incident, the oldest first.
    var told: [(incident: UniqueID, rows: [SentNotification])]
    /// Newest first.
    var suppressions: [SuppressedNotification]
    /// Oldest first.
    var transitions: [Transition]
}

extension Ledger {
    /// How far back an explanation looks.
    static let explained: Duration = .seconds(24 * 3600)
    /// Incidents of that time whose notifications are listed, and rows of each other kind.
    static let explainedIncidents = 10
    static let explainedRows = 100

    /// Finds a room by account id, mail address or name.
    func findRoom(_ text: String, for asker: Asker) throws(Refusal) -> (tenant: TenantName, room: Room) {
        var names = roomNames(for: asker)
        return try names.room(called: text)
    }

    /// Whatever the asker may call a room; made once for a request that names many.
    func roomNames(for asker: Asker) -> RoomNames {
        RoomNames(fleets.filter { asker.mayTouch(tenant: $0.key.text) })
    }

    func explain(_ text: String, for asker: Asker) throws(Refusal) -> RoomCase {
        let now = time.now()
        let (tenant, room) = try findRoom(text, for: asker)
        guard let findings = fleets[tenant]?.findings(about: room.account, at: now) else {
            throw Refusal(.notFound, "the room \(text) has just been removed", remedy: "ask again")
        }
        let since = now.wall.addingTimeInterval(-Self.explained.seconds)
        do throws(StoreError) {
            let transitions = try store.transitions(tenant: tenant, subject: room.account.text, since: since)
            var ids = transitions.compactMap(\.incident)
            let ownKey = DedupKey(tenant: tenant, condition: .roomOffline, subject: .room(room.account))
            if let known = fleets[tenant]?.book.incidents[ownKey] { ids.append(known.id) }
            if let speaking = findings.incident { ids.append(speaking.id) }
            let recent = Array(Set(ids).sorted().suffix(Self.explainedIncidents))
            var incidents: [Incident] = []
            for id in recent {
                var incident = fleets[tenant]?.book.incidents.values.first { $0.id == id }
                if incident == nil { incident = try store.incident(id: id) }
                if let incident { incidents.append(incident) }
            }
            let flapping = DedupKey(tenant: tenant, condition: .roomFlapping, subject: .room(room.account))
            var suppressions: [SuppressedNotification] = []
            for key in Set(incidents.map(\.key) + [ownKey, flapping]) {
                suppressions += try store.suppressions(key: key, since: since, limit: Self.explainedRows)
            }
            return RoomCase(
                tenant: tenant, now: now, findings: findings, incident: findings.incident ?? incidents.last,
                isCurrent: findings.incident != nil, told: recent.map { ($0, sent(of: $0)) },
                suppressions: Array(suppressions.sorted { $0.at > $1.at }.prefix(Self.explainedRows)),
                transitions: transitions.suffix(Self.explainedRows))
        } catch {
            throw Refusal(error)
        }
    }
}
