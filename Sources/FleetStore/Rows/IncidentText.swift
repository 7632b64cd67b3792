// Incidents are kept whole as JSON beside the few columns that are searched: the outbox must be able to send, hours
// later, exactly what was known when the page was decided.

import FleetCore
import Foundation

/// Turns incidents into JSON, each value once: the row of the incident and the rows of its notifications share a text.
struct IncidentEncoding {
    private let encoder = JSONEncoder.store
    private var known: [UniqueID: (incident: Incident, text: String)] = [:]

    mutating func text(of incident: Incident) throws -> String {
        if let known = known[incident.id], known.incident == incident { return known.text }
        let text = String(decoding: try encoder.encode(incident), as: UTF8.self)
        known[incident.id] = (incident, text)
        return text
    }
}

extension JSONEncoder {
    /// Sorted keys, so that the same value is the same text and a simulation with the same seed the same file.
    static var store: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
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
