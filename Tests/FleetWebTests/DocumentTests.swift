// The OpenAPI document is a promise to people who generate clients from it. It is written by hand, so these tests hold it
// against the routes and against what the bodies really write.

import FleetAPI
@testable import FleetWeb
import Foundation
import HTTPTypes
import Testing
import Yams

@Suite struct DocumentTests {
    private typealias Tree = [String: Any]

    private static func document() throws -> [String: Any] {
        let text = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    private static let endpoints = APIEndpoint.all(ScriptedIntents())

    @Test func everyRouteIsDescribedAndNothingElse() throws {
        let paths = try #require(try Self.document()["paths"] as? [String: [String: Any]])
        let described = paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } }
        let served = Self.endpoints.map { endpoint in
            let path = endpoint.path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : "\($0)" }
            return "\(endpoint.method.rawValue) /\(path.joined(separator: "/"))"
        }
        #expect(described.sorted() == served.sorted())
    }

    @Test func everyRouteNamesItsRoleAndItsParameters() throws {
        let document = try Self.document()
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let components = try #require(document["components"] as? [String: Any])
        let parameters = try #require(components["parameters"] as? [String: [String: Any]])
        for endpoint in Self.endpoints {
            let words = endpoint.path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : "\($0)" }
            let operation = try #require(
                paths["/" + words.joined(separator: "/")]?[endpoint.method.rawValue.lowercased()])
            let description = try #require(operation["description"] as? String)
            #expect(description.contains("Takes the role \(endpoint.role.rawValue)."), "\(endpoint.path)")
            let references = (operation["parameters"] as? [[String: String]] ?? []).compactMap { $0["$ref"] }
            let named = try references.map { reference in
                try #require(parameters[String(reference.split(separator: "/").last ?? "")], "\(reference)")
            }
            let ofQuery = named.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
            #expect(Set(ofQuery) == endpoint.parameters, "\(endpoint.path)")
        }
    }

    @Test func whatBodiesWriteIsWhatTheSchemasRequire() throws {
        let components = try #require(try Self.document()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let at = ScriptedIntents.at
        var tenant = FleetBody.Tenant(
            name: "contoso", counts: .init(), weak: 0, blind: false, sweptAt: nil, sweepFailure: nil,
            open: .init(critical: 0, error: 0, warning: 0), buildings: [])
        tenant.buildings = [.init(name: nil, counts: .init(), floors: [.init(name: nil, counts: .init())])]
        let samples: [(String, any Encodable)] = [
            ("Incident", ScriptedIntents.incident), ("Room", ScriptedIntents.room),
            ("Silence", ScriptedIntents.silence),
            ("Window", ScriptedIntents.window), ("Fleet", FleetBody(at: at, tenants: [tenant])),
            ("FleetTenant", tenant), ("FleetBuilding", tenant.buildings[0]), ("Counts", tenant.counts),
            ("Capability", CapabilityBody(tenant: "c", name: "n", state: "off", detail: "d", checkedAt: nil)),
            ("Check", ScriptedIntents.check), ("CheckCounts", DoctorBody.Counts([])),
            ("Doctor", DoctorBody(at: at, tookMs: 1, version: "1.0.0", checks: [ScriptedIntents.check])),
            ("RoomList", RoomList(rooms: [], roomsTotal: 0, nextCursor: nil)),
            ("IncidentList", IncidentList.Content(incidents: [])),
            (
                "IncidentDetail",
                IncidentDetail(incident: ScriptedIntents.incident, comments: [], notifications: [], suppressions: [])
            ),
            ("Comment", CommentBody(at: at, author: "a", text: "t")),
            (
                "Notification",
                NotificationBody(
                    id: "n", incident: "i", receiver: "r", event: "opened", rule: "routes[0]", state: "waiting",
                    attempts: 0)
            ),
            (
                "Suppression",
                SuppressionBody(
                    at: at, event: "opened", kind: "silenced", rule: "r", until: nil, sentence: "s", receiver: nil,
                    incident: nil)
            ),
            (
                "Receiver",
                ReceiverBody(name: "n", kind: "k", state: "ok", backlog: 0, waitingSince: nil, fallback: nil)
            ),
            (
                "ReceiverTest",
                ReceiverTestBody(
                    receiver: "r", incident: "i", state: "accepted", attempts: 1, tookMs: 1, remark: nil)
            ),
            (
                "AuditEntry",
                AuditBody(at: at, actor: "a", role: "admin", origin: "o", action: "x", subject: "s", detail: "d")
            ),
            ("Device", ScriptedIntents.device), ("DeviceRoom", ScriptedIntents.place),
            ("DeviceProblem", ScriptedIntents.device.problems[0]), ("Software", ScriptedIntents.device.software[1]),
            ("DeviceList", DeviceList(devices: [], devicesTotal: 0, nextCursor: nil)),
            ("DeviceDetail", DeviceDetail(device: ScriptedIntents.device, history: [], operations: [])),
            ("DeviceStretch", DeviceDetail.Stretch(reading: "healthy", firstAt: at, lastAt: nil)),
            ("CommandPreview", ScriptedIntents.plan), ("PlannedRoom", ScriptedIntents.plan.rooms[2]),
            ("CommandPreviewContent", CommandPreviewContent(preview: ScriptedIntents.plan)),
            ("Command", ScriptedIntents.command), ("CommandProgress", ScriptedIntents.command.progress),
            ("CommandContent", CommandContent(command: ScriptedIntents.command)),
            ("CommandList", CommandList(commands: [], nextCursor: nil)),
            ("Operation", ScriptedIntents.operation),
            ("OperationList", OperationList(operations: [], nextCursor: nil)),
            ("OperationDetail", OperationDetail(operation: ScriptedIntents.operation, steps: [])),
            ("OperationStep", OperationDetail.Step(at: at, state: "waiting", detail: nil)),
            (
                "OperationNews",
                FeedEvent.OperationNews(
                    tenant: "contoso", id: "o", command: "c", room: "1", device: "d", state: "accepted", detail: nil,
                    at: at)
            ),
            (
                "Suppressed",
                IncidentBody.Suppressed(kind: "silenced", rule: "silence:1", until: at, sentence: "silenced by 1")
            ),
            ("Problem", Problem(Refusal(.invalid, "d", remedy: "r"))),
        ]
        for (name, sample) in samples {
            let schema = try #require(schemas[name], "\(name)")
            let written = try #require(
                try JSONSerialization.jsonObject(with: JSONEncoder().encode(sample)) as? [String: Any])
            #expect(Set(written.keys) == Set(schema["required"] as? [String] ?? []), "\(name)")
            let described = try #require(schema["properties"] as? [String: Any])
            #expect(Set(written.keys) == Set(described.keys), "\(name)")
        }
    }
}

extension DocumentTests {
    /// The words of a question are an enumeration in the document and a list in the code.
    @Test func theWordsOfQuestionsAreThoseThatTheServerTakes() throws {
        let components = try #require(try Self.document()["components"] as? [String: Any])
        let parameters = try #require(components["parameters"] as? [String: [String: Any]])
        for (name, words) in [
            ("deviceKind", DeviceBody.kinds), ("problem", [DeviceProblemBody.any] + DeviceProblemBody.conditions),
            ("operationState", OperationBody.states),
        ] {
            let schema = try #require(parameters[name]?["schema"] as? [String: Any])
            #expect((schema["items"] as? [String: Any])?["enum"] as? [String] == words, "\(name)")
        }
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let command = try #require(schemas["CommandRequest"]?["properties"] as? [String: [String: Any]])
        #expect(Set(command.keys) == CommandRequest.fields)
        #expect(command["action"]?["enum"] as? [String] == CommandRequest.actions)
        #expect((command["software"]?["enum"] as? [Any])?.compactMap { $0 as? String } == SoftwareBody.kinds)
        #expect(command["rooms"]?["maxItems"] as? Int == CommandRequest.maximumRooms)
        #expect(command["matchers"]?["maxItems"] as? Int == CommandRequest.maximumMatchers)
        #expect(command["reason"]?["maxLength"] as? Int == CommandRequest.maximumReasonLength)
        #expect(command["wait_seconds"]?["maximum"] as? Int == CommandRequest.longestWait)
    }
}

@Suite struct EventTextTests {
    @Test func eventsAreWrittenAsTheSpecificationReadsThem() async throws {
        let events = ScriptedEvents()
        let first = String(decoding: try EventText.bytes(of: await events.next()), as: UTF8.self)
        let blocks = first.components(separatedBy: "\n\n")
        #expect(blocks.count == 4 && blocks[3].isEmpty)
        #expect(
            blocks[0]
                == "event: room\ndata: {\"at\":\"2026-11-20T08:00:00.000Z\",\"condition\":\"room.offline\","
                + "\"from\":\"pending\",\"room\":\"1\",\"tenant\":\"contoso\",\"to\":\"firing\"}")
        let lines = blocks[1].split(separator: "\n")
        #expect(lines.first == "event: incident" && lines.count == 2)
        #expect(
            blocks[2]
                == "event: operation\ndata: {\"at\":\"2026-11-20T08:00:00.000Z\",\"command\":\"c\",\"detail\":null,"
                + "\"device\":\"dev-1\",\"id\":\"o\",\"room\":\"1\",\"state\":\"accepted\",\"tenant\":\"contoso\"}"
                + "\nid: run-2")
        let reset = String(decoding: try EventText.bytes(of: await events.next()), as: UTF8.self)
        #expect(reset == "event: reset\ndata: {}\nid: run-9\n\n")
        let silence = EventBatch(events: [], isReset: false, lastID: "run-9")
        #expect(String(decoding: try EventText.bytes(of: silence), as: UTF8.self).hasPrefix(":"))
    }
}
