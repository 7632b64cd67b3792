// Devices, and what people ask of them. A command is taken for carrying out and not carried out while the client waits:
// its answer is 202 with the address where it is followed.

import FleetAPI
import HTTPTypes
import Hummingbird

extension APIEndpoint {
    static func devices(_ intents: any Intents) -> [APIEndpoint] {
        [
            APIEndpoint(
                .get, "devices", .viewer,
                parameters: [
                    "tenant", "building", "floor", "model", "kind", "problem", "text", "cursor", "limit",
                ]
            ) { request in
                let query = DevicesQuery(
                    tenant: try request.query.text("tenant"), building: try request.query.text("building"),
                    floor: try request.query.text("floor"), model: try request.query.text("model"),
                    kinds: try request.query.words("kind", among: DeviceBody.kinds),
                    problems: try request.query.words(
                        "problem", among: [DeviceProblemBody.any] + DeviceProblemBody.conditions),
                    text: try request.query.text("text"), cursor: request.query["cursor"],
                    limit: try request.query.number(
                        "limit", in: 1...DevicesQuery.maximumLimit, else: DevicesQuery.defaultLimit))
                return try .data(await intents.devices(query, for: request.asker))
            },
            APIEndpoint(.get, "devices/:id", .viewer) { request in
                try .data(await intents.device(request.parameter("id"), for: request.asker))
            },
        ]
    }

    static func commands(_ intents: any Intents) -> [APIEndpoint] {
        [
            APIEndpoint(.post, "commands", .operator) { request in
                let command = try request.command()
                let taken = try await intents.request(command, for: request.asker)
                var response = try Response.data(CommandContent(command: taken), status: .accepted)
                response.headers[.location] = "\(APIRoutes.base)/commands/\(taken.id)"
                return response
            },
            APIEndpoint(.post, "commands/preview", .operator) { request in
                let command = try request.command()
                return try .data(CommandPreviewContent(preview: await intents.preview(command, for: request.asker)))
            },
            APIEndpoint(.get, "commands", .viewer, parameters: ["cursor", "limit"]) { request in
                let limit = try request.query.number(
                    "limit", in: 1...OperationsQuery.maximumLimit, else: OperationsQuery.defaultLimit)
                return try .data(
                    await intents.commands(cursor: request.query["cursor"], limit: limit, for: request.asker))
            },
            APIEndpoint(.get, "commands/:id", .viewer) { request in
                try .data(
                    CommandContent(command: await intents.command(request.parameter("id"), for: request.asker)))
            },
            APIEndpoint(.delete, "commands/:id", .operator) { request in
                let command = try await intents.withdraw(command: request.parameter("id"), for: request.asker)
                return try .data(CommandContent(command: command))
            },
            APIEndpoint(
                .get, "operations", .viewer,
                parameters: ["tenant", "command", "room", "device", "state", "open", "cursor", "limit"]
            ) { request in
                let query = OperationsQuery(
                    tenant: try request.query.text("tenant"), command: try request.query.text("command"),
                    room: try request.query.text("room"), device: try request.query.text("device"),
                    states: try request.query.words("state", among: OperationBody.states),
                    isOpen: try request.query.flag("open"),
                    cursor: request.query["cursor"],
                    limit: try request.query.number(
                        "limit", in: 1...OperationsQuery.maximumLimit, else: OperationsQuery.defaultLimit))
                return try .data(await intents.operations(query, for: request.asker))
            },
            APIEndpoint(.get, "operations/:id", .viewer) { request in
                try .data(await intents.operation(request.parameter("id"), for: request.asker))
            },
        ]
    }
}

extension APIRequest {
    /// A command that makes sense and that the asker may give.
    fileprivate func command() throws(Refusal) -> CommandRequest {
        let command = try read(CommandRequest.self)
        try command.check(for: asker)
        return command
    }
}

extension CommandRequest {
    /// - Throws: ``Refusal`` also when somebody else than an admin wants to override the guards.
    func check(for asker: Asker) throws(Refusal) {
        // Who may not do it at all is not told first how to write it.
        guard force != true || asker.role >= .admin else {
            throw Refusal(
                .forbidden, "overriding the guards takes the role admin, and \(asker.name) is \(asker.role.rawValue)",
                remedy: "use the token of an admin, or leave force out")
        }
        try check()
    }
}
