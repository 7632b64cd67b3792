// Incidents are kept whole as JSON beside the few columns that are searched: the outbox must be able to send, hours
// later, exactly what was known when the page was decided. The JSON is that of Incident's own Codable conformance; it
// is read back by JSONDecoder and written by hand, because JSONEncoder alone took half a second for the 20,000
// incidents that one commit may hold (Design, Budgets). A test holds the two against each other.

import FleetCore
import Foundation

/// Turns incidents into JSON, each value once: the row of the incident and the rows of its notifications share a text.
struct IncidentEncoding {
    private var known: [UniqueID: (incident: Incident, text: [UInt8])] = [:]

    mutating func text(of incident: Incident) throws -> [UInt8] {
        if let known = known[incident.id], known.incident == incident { return known.text }
        let text = try Self.json(of: incident)
        known[incident.id] = (incident, text)
        return text
    }

    /// The properties are written in a fixed order, so that the same incident is always the same text.
    static func json(of incident: Incident) throws -> [UInt8] {
        // Few incidents have one, so that its own coding costs nothing.
        let suppression = try incident.suppression.map { Array(try JSONEncoder().encode($0)) }
        var json = JSONText()
        json.object { json in
            json.add("id", incident.id.text)
            json.add("revision", incident.revision)
            json.add("key", incident.key.text)
            json.add("condition", incident.condition.rawValue)
            json.add("tenant", incident.tenant.text)
            json.add("severity", incident.severity.rawValue)
            json.add("status", incident.status.rawValue)
            json.name("scope")
            json.object { json in
                json.add("kind", incident.scope.kind.rawValue)
                json.add("id", incident.scope.id)
                json.add("name", incident.scope.name)
                json.add("partial", incident.scope.partial)
            }
            json.name("rooms")
            json.array(incident.rooms) { json, room in
                json.add("id", room.id.text)
                json.add("name", room.name)
                json.add("email", room.email)
                json.add("building", room.building)
                json.add("floor", room.floor)
            }
            json.add(
                "furtherRooms",
                incident.roomsTotal > incident.rooms.count
                    ? incident.roomsTotal - incident.rooms.count : nil)
            json.add("cause", incident.cause.rawValue)
            json.add("summary", incident.summary)
            json.add("firstBadAt", incident.firstBadAt)
            json.add("firstBadAfter", incident.firstBadAfter)
            json.add("lastGoodAt", incident.lastGoodAt)
            json.add("openedAt", incident.openedAt)
            json.add("acknowledgedAt", incident.acknowledgedAt)
            json.add("acknowledgedBy", incident.acknowledgedBy)
            json.add("acknowledgedSeverity", incident.acknowledgedSeverity?.rawValue)
            json.add("reopenedCount", incident.reopenedCount)
            json.add("resolvedAt", incident.resolvedAt)
            json.add("resolution", incident.resolution?.rawValue)
            if let meeting = incident.meeting {
                json.name("meeting")
                json.object { json in
                    json.add("startsAt", meeting.startsAt)
                    json.add("endsAt", meeting.endsAt)
                }
            }
            json.add("contact", incident.contact)
            json.add("suppression", written: suppression)
            json.name("evidence")
            json.array(incident.evidence) { json, evidence in
                json.add("source", evidence.source)
                json.add("reading", evidence.reading)
                json.add("observedAt", evidence.observedAt)
            }
            if !incident.tried.isEmpty {
                json.name("attempts")
                json.array(incident.tried) { json, attempt in
                    json.add("what", attempt.what)
                    json.add("by", attempt.by)
                    json.add("at", attempt.at)
                    json.add("outcome", attempt.outcome)
                }
            }
        }
        return json.bytes
    }
}

/// Turns the texts back.
struct IncidentDecoding {
    private let decoder = JSONDecoder()

    func incident(from text: String) throws -> Incident {
        do {
            return try decoder.decode(Incident.self, from: Data(text.utf8))
        } catch {
            throw DamagedRow(reason: "its detail is not an incident: \(error)")
        }
    }
}
