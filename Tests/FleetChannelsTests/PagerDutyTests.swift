// PagerDuty's events against the schema that PagerDuty publishes for its Events API v2.

import FleetAPI
import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@testable import FleetChannels

private let routingKey = "0123456789abcdef0123456789abcdef"
private let success = #"{"status":"success","message":"Event processed","dedup_key":"k"}"#

private func deliver(
    _ notification: FleetCore.Notification = sampleNotification(), base: String = PagerDutyChannel.defaultBase,
    sender: SenderIdentity = sender, answer: ScriptedTransport.Answer = .status(202, [:], success)
) async throws -> (result: DeliveryResult, call: HTTPCall) {
    let transport = ScriptedTransport(answer)
    let channel = try PagerDutyChannel(
        receiver: ReceiverName("pager"), base: base, routingKey: Secret(routingKey), sender: sender,
        transport: transport)
    let result = await channel.deliver(notification, at: noon)
    return (result, try #require(transport.calls.first))
}

@Suite struct PagerDutyTests {
    @Test func `a trigger has the fields of the schema and no others`() async throws {
        let (result, call) = try await deliver()
        #expect(result == .accepted(detail: "pager (events.pagerduty.com) answered 202: success; Event processed"))
        #expect(call.method == .post && call.url == "https://events.pagerduty.com/v2/enqueue")
        #expect(call.field("content-type") == "application/json" && call.field("user-agent") == "Roomwatch/1.2.3")
        #expect(call.limits.total == .seconds(10))
        let event = try #require(call.json)
        #expect(
            Set(event.keys) == [
                "routing_key", "event_action", "dedup_key", "payload", "client", "client_url", "links",
            ])
        #expect(event["routing_key"] as? String == routingKey)
        #expect(event["event_action"] as? String == "trigger")
        #expect(event["dedup_key"] as? String == "contoso:room.offline:a17")
        #expect(event["client"] as? String == "Roomwatch")
        #expect(event["client_url"] as? String == "https://roomwatch.contoso.com/")
        #expect(
            event["links"] as? [[String: String]] == [
                [
                    "href": "https://roomwatch.contoso.com/incidents/01JD0000000000000000000001",
                    "text": "Open in Roomwatch",
                ]
            ])
        let payload = try #require(event["payload"] as? [String: Any])
        #expect(
            Set(payload.keys) == [
                "summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details",
            ])
        #expect(payload["summary"] as? String == "Room 17 (B2, floor 3) is offline")
        #expect(payload["source"] as? String == "room17@contoso.com")
        #expect(payload["severity"] as? String == "critical")
        #expect(payload["timestamp"] as? String == "2026-11-20T08:00:01.250Z")
        #expect(payload["component"] as? String == "Room 17")
        #expect(payload["group"] as? String == "B2")
        #expect(payload["class"] as? String == "room.offline")
        let details = try #require(payload["custom_details"] as? [String: Any])
        #expect(details["cause"] as? String == "network_or_power" && details["rooms_total"] as? Int == 1)
    }

    @Test(arguments: [
        (FleetCore.Notification.Event.opened, "trigger"), (.reopened, "trigger"), (.updated, "trigger"),
        (.acknowledged, "acknowledge"), (.resolved, "resolve"),
    ])
    func `every event has its action on the same key`(
        event: FleetCore.Notification.Event, action: String
    ) async throws {
        let fields = try #require(try await deliver(sampleNotification(event)).call.json)
        #expect(fields["event_action"] as? String == action)
        #expect(fields["dedup_key"] as? String == "contoso:room.offline:a17")
        if action != "trigger" { #expect(Set(fields.keys) == ["routing_key", "event_action", "dedup_key"]) }
    }

    @Test(arguments: Severity.allCases)
    func `every severity is a word of PagerDuty's`(severity: Severity) async throws {
        let call = try await deliver(sampleNotification(.opened, sampleIncident(severity: severity))).call
        let payload = try #require(call.json?["payload"] as? [String: Any])
        #expect(payload["severity"] as? String == severity.rawValue)
        #expect(["critical", "error", "warning", "info"].contains(severity.rawValue))
    }

    @Test func `a place names itself, and its building only when all rooms share it`() async throws {
        let scope = Incident.Scope(kind: .floor, id: "B2/3", name: "Floor 3")
        let shared = sampleIncident(rooms: [reference(1), reference(2)], scope: scope)
        var payload = try #require(
            try await deliver(sampleNotification(.opened, shared)).call.json?["payload"] as? [String: Any])
        #expect(payload["source"] as? String == "contoso/floor/B2/3")
        #expect(payload["component"] as? String == "Floor 3" && payload["group"] as? String == "B2")
        let mixed = sampleIncident(rooms: [reference(1), reference(2, building: nil)], scope: scope)
        payload = try #require(
            try await deliver(sampleNotification(.opened, mixed)).call.json?["payload"] as? [String: Any])
        #expect(payload["group"] == nil)
        let none = sampleIncident(rooms: [], scope: Incident.Scope(kind: .tenant, id: "contoso", name: "contoso"))
        payload = try #require(
            try await deliver(sampleNotification(.opened, none)).call.json?["payload"] as? [String: Any])
        #expect(payload["source"] as? String == "contoso/tenant/contoso")
    }

    @Test(arguments: ["x", "é", "👩‍👩‍👧", "e\u{301}"])
    func `a summary has 1 to 1,024 characters`(piece: String) async throws {
        let long = String(repeating: piece, count: 3_000)
        let call = try await deliver(sampleNotification(.opened, sampleIncident(summary: long))).call
        let summary = try #require((call.json?["payload"] as? [String: Any])?["summary"] as? String)
        #expect(summary.utf16.count <= 1_024 && summary.hasSuffix("…"))
        let empty = try await deliver(sampleNotification(.opened, sampleIncident(summary: " \n"))).call
        let words = (empty.json?["payload"] as? [String: Any])?["summary"] as? String
        #expect(words == "room.offline: Room 17")
    }

    @Test(arguments: [
        (FleetCore.Notification.Event.opened, ""), (.reminder, "Reminder: "), (.escalation, "Escalation: "),
        (.test, "TEST: "), (.reopened, "Again: "),
    ])
    func `a reminder, an escalation and a test say so`(event: FleetCore.Notification.Event, lead: String) async throws {
        let fields = try #require(try await deliver(sampleNotification(event), sender: fullSender).call.json)
        #expect(fields["event_action"] as? String == "trigger")
        let summary = (fields["payload"] as? [String: Any])?["summary"] as? String
        #expect(summary == lead + "Room 17 (B2, floor 3) is offline")
        #expect((fields["links"] as? [[String: String]])?.map { $0["text"] } == ["Open in Roomwatch", "Runbook"])
    }

    @Test func `a test leaves no alert behind`() async throws {
        let transport = ScriptedTransport(.status(202, [:], success))
        let channel = try PagerDutyChannel(
            receiver: ReceiverName("pager"), routingKey: Secret(routingKey), sender: sender, transport: transport
        )
        let result = await channel.deliver(sampleNotification(.test), at: noon)
        #expect(result.word == "accepted")
        let events = transport.calls.compactMap(\.json)
        #expect(events.map { $0["event_action"] as? String } == ["trigger", "resolve"])
        #expect(Set(events.map { $0["dedup_key"] as? String }) == ["contoso:room.offline:a17"])
        #expect(Set(try #require(events.last).keys) == ["routing_key", "event_action", "dedup_key"])
    }

    /// A test whose end was not accepted is sent again; one whose trigger was not has no end.
    @Test func `a test that was not accepted whole is tried again`() async throws {
        let transport = ScriptedTransport(.status(202, [:], success), .status(503), .status(503))
        let channel = try PagerDutyChannel(
            receiver: ReceiverName("pager"), routingKey: Secret(routingKey), sender: sender, transport: transport
        )
        #expect(await channel.deliver(sampleNotification(.test), at: noon).word == "retry")
        #expect(transport.calls.count == 2)
        #expect(await channel.deliver(sampleNotification(.test), at: noon).word == "retry")
        #expect(transport.calls.count == 3)
    }

    @Test func `an event of two thousand hostile rooms is far below 512 KB`() async throws {
        let name = String(repeating: "\u{1}", count: 50_000)
        let rooms = (0..<2_000).map {
            Incident.RoomReference(id: AccountID("\($0)"), name: name, email: name, building: name, floor: name)
        }
        let call = try await deliver(sampleNotification(.opened, sampleIncident(rooms: rooms, summary: name))).call
        #expect(try #require(call.body).count < 64 * 1024)
    }

    @Test func `a repeated attempt has the same body`() async throws {
        #expect(try await deliver().call.body == deliver(answer: .status(500)).call.body)
    }

    @Test func `without an external URL there are no links`() async throws {
        let fields = try #require(try await deliver(sender: SenderIdentity(version: "1")).call.json)
        #expect(fields["links"] == nil && fields["client_url"] == nil)
    }

    @Test(arguments: [
        (202, success, "accepted"), (202, "", "accepted"), (202, "<html>", "accepted"), (202, "{}", "retry"),
        (202, #"{"status":"throttled"}"#, "retry"), (202, #"{"status":"SUCCESS"}"#, "accepted"),
        (200, success, "accepted"), (200, "<html>welcome to the guest network</html>", "retry"), (204, "", "retry"),
        (400, #"{"status":"invalid event","errors":["Length of 'routing_key' is incorrect"]}"#, "refused"),
        (500, "", "retry"), (301, "", "refused"),
    ])
    func `only PagerDuty's own word counts as accepted`(status: Int, body: String, word: String) async throws {
        let result = try await deliver(answer: .status(status, [:], body)).result
        #expect(result.word == word)
        if status == 400 { #expect(result.text.contains("invalid event; Length of 'routing_key' is incorrect")) }
    }

    @Test func `a throttled event waits as long as it is told, or half a minute`() async throws {
        #expect(try await deliver(answer: .status(429)).result.retryAfter == .seconds(30))
        #expect(try await deliver(answer: .status(429, ["Retry-After": "90"])).result.retryAfter == .seconds(90))
        #expect(try await deliver(answer: .status(503)).result.retryAfter == nil)
    }

    @Test(arguments: [
        ("https://events.eu.pagerduty.com/", "https://events.eu.pagerduty.com/v2/enqueue"),
        ("http://127.0.0.1:9081", "http://127.0.0.1:9081/v2/enqueue"),
        ("https://proxy.contoso.com/pd", "https://proxy.contoso.com/pd/v2/enqueue"),
    ])
    func `the path is appended to the base`(base: String, url: String) async throws {
        #expect(try await deliver(base: base).call.url == url)
    }

    @Test(arguments: ["", " \n", "two keys", "key\nkey"])
    func `a file without exactly one key is refused`(key: String) throws {
        #expect(throws: ChannelConfigurationError.self) {
            try PagerDutyChannel(
                receiver: ReceiverName("pager"), routingKey: Secret(key), sender: sender,
                transport: ScriptedTransport(.status(202)))
        }
    }

    @Test func `a base with a query is refused`() async {
        await #expect(throws: ChannelConfigurationError.self) {
            _ = try await deliver(base: "https://events.pagerduty.com/?key=1")
        }
    }
}
