// The fleet as it stands, who is told of it, and who changed what.

import FleetAPI
import HTTPTypes
import Hummingbird

extension APIEndpoint {
    static func fleet(_ intents: any Intents) -> [APIEndpoint] {
        [
            APIEndpoint(.get, "fleet", .viewer) { request in
                try .data(FleetContent(fleet: await intents.fleet(for: request.asker)))
            },
            APIEndpoint(
                .get, "rooms", .viewer,
                parameters: ["tenant", "building", "floor", "state", "text", "cursor", "limit"]
            ) { request in
                let query = RoomsQuery(
                    tenant: request.query["tenant"], building: request.query["building"],
                    floor: request.query["floor"], states: request.query.list("state"), text: request.query["text"],
                    cursor: request.query["cursor"],
                    limit: try request.query.number(
                        "limit", in: 1...RoomsQuery.maximumLimit, else: RoomsQuery.defaultLimit))
                return try .data(await intents.rooms(query, for: request.asker))
            },
            APIEndpoint(.get, "rooms/:id", .viewer) { request in
                try .data(RoomContent(room: await intents.room(request.parameter("id"), for: request.asker)))
            },
            APIEndpoint(.get, "rooms/:id/explain", .viewer) { request in
                let explanation = try await intents.explain(room: request.parameter("id"), for: request.asker)
                return try .data(ExplanationContent(explanation: explanation))
            },
            APIEndpoint(.get, "capabilities", .viewer) { request in
                try .data(CapabilityList(capabilities: await intents.capabilities(for: request.asker)))
            },
            APIEndpoint(.get, "deliveries", .viewer, parameters: ["receiver", "state", "limit"]) { request in
                let query = DeliveriesQuery(
                    receiver: request.query["receiver"], states: request.query.list("state"),
                    limit: try request.query.number(
                        "limit", in: 1...DeliveriesQuery.maximumLimit, else: DeliveriesQuery.defaultLimit))
                return try .data(DeliveryList(deliveries: await intents.deliveries(query, for: request.asker)))
            },
            APIEndpoint(.get, "receivers", .viewer) { request in
                try .data(ReceiverList(receivers: await intents.receivers(for: request.asker)))
            },
            APIEndpoint(.post, "receivers/:name/test", .operator) { request in
                let test = try await intents.test(receiver: request.parameter("name"), for: request.asker)
                return try .data(ReceiverTestContent(test: test))
            },
            APIEndpoint(.get, "events", .viewer) { request in
                .events(
                    try await intents.listen(after: request.lastEventID, for: request.asker),
                    while: request.isStillAllowed)
            },
            APIEndpoint(.get, "doctor", .operator) { request in
                try .data(await intents.doctor(for: request.asker))
            },
            APIEndpoint(.get, "audit", .admin, parameters: ["limit"]) { request in
                let limit = try request.query.number("limit", in: 1...1_000, else: 100)
                return try .data(AuditList(audit: await intents.audit(limit: limit, for: request.asker)))
            },
        ]
    }
}
