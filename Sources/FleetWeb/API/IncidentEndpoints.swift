// Incidents: what is wrong, and what people say of it.

import FleetAPI
import HTTPTypes
import Hummingbird

extension APIEndpoint {
    static func incidents(_ intents: any Intents) -> [APIEndpoint] {
        [
            APIEndpoint(
                .get, "incidents", .viewer,
                parameters: ["tenant", "condition", "status", "severity", "cursor", "limit"]
            ) { request in
                let query = IncidentsQuery(
                    tenant: request.query["tenant"], condition: request.query["condition"],
                    statuses: request.query.list("status"), severities: request.query.list("severity"),
                    cursor: request.query["cursor"],
                    limit: try request.query.number(
                        "limit", in: 1...IncidentsQuery.maximumLimit, else: IncidentsQuery.defaultLimit))
                return try .data(await intents.incidents(query, for: request.asker))
            },
            APIEndpoint(.get, "incidents/:id", .viewer) { request in
                try .data(await intents.incident(request.parameter("id"), for: request.asker))
            },
            APIEndpoint(.post, "incidents/:id/acknowledge", .operator) { request in
                let note = try request.read(NoteRequest.self, mayBeAbsent: NoteRequest())
                let incident = try await intents.acknowledge(request.parameter("id"), note, for: request.asker)
                return try .data(IncidentDocument.Content(incident: incident))
            },
            APIEndpoint(.post, "incidents/:id/resolve", .operator) { request in
                let note = try request.read(NoteRequest.self, mayBeAbsent: NoteRequest())
                let incident = try await intents.resolve(request.parameter("id"), note, for: request.asker)
                return try .data(IncidentDocument.Content(incident: incident))
            },
            APIEndpoint(.post, "incidents/:id/comments", .facilities) { request in
                let text = try request.read(CommentRequest.self)
                let comment = try await intents.comment(on: request.parameter("id"), text, for: request.asker)
                return try .data(CommentContent(comment: comment), status: .created)
            },
        ]
    }
}
