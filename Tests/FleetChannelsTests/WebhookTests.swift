// The webhook against the Standard Webhooks specification and the contract (Contract, Incident).

import Crypto
import FleetAPI
import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@testable import FleetChannels

private let specificationSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
private let otherSecret = "whsec_" + Data(repeating: 7, count: 64).base64EncodedString()
private let url = "https://hooks.contoso.com/services/T0KEN-IN-PATH?key=T0KEN-IN-QUERY"

private func channel(
    _ transport: ScriptedTransport, url: String = url, secret: String = specificationSecret,
    sender: SenderIdentity = sender
) throws -> WebhookChannel {
    try WebhookChannel(
        receiver: ReceiverName("oncall"), url: Secret(url), secret: Secret(secret), sender: sender,
        transport: transport)
}

@Suite struct WebhookSignatureTests {
    private func sign(_ secret: String) throws -> String {
        try WebhookSigner(Secret(secret), receiver: ReceiverName("oncall")).signatures(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
    }

    @Test(arguments: [specificationSecret, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", " \(specificationSecret)\n"])
    func `the vector of the specification's libraries`(secret: String) throws {
        #expect(try sign(secret) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `several secrets give as many signatures in their order`() throws {
        let both = try sign("\(specificationSecret) \(otherSecret)\n").split(separator: " ").map(String.init)
        #expect(both == [try sign(specificationSecret), try sign(otherSecret)])
        #expect(both[0] != both[1])
    }

    @Test(arguments: [
        ("", "0 secrets"), ("a b c d e", "5 secrets"), ("whsec_n0t!base64", "not base64"),
        ("whsec_" + Data(repeating: 1, count: 23).base64EncodedString(), "23 bytes"),
        ("whsec_" + Data(repeating: 1, count: 65).base64EncodedString(), "65 bytes"),
        ("whsk_" + Data(repeating: 1, count: 32).base64EncodedString(), "ed25519"),
        ("\(specificationSecret) whsec_AAAA", "secret 2 of 2"),
    ])
    func `a secret that cannot work is refused without being quoted`(secret: String, reason: String) throws {
        let error = #expect(throws: ChannelConfigurationError.self) { try sign(secret) }
        let text = try #require(error).description
        #expect(text.hasPrefix("receiver oncall: ") && text.contains(reason))
        for word in secret.split(separator: " ") where word.count > 6 { #expect(!text.contains(word)) }
    }

    @Test(arguments: [24, 64])
    func `the bounds of the specification are inclusive`(length: Int) throws {
        #expect(try sign(Data(repeating: 1, count: length).base64EncodedString()).hasPrefix("v1,"))
    }
}

@Suite struct WebhookTests {
    @Test func `a message has the contract's body and the specification's header fields`() async throws {
        let transport = ScriptedTransport(.status(204))
        let result = try await channel(transport).deliver(sampleNotification(), at: noon.advanced(by: .seconds(5)))
        #expect(result == .accepted(detail: "oncall (hooks.contoso.com) answered 204"))
        let call = try #require(transport.calls.first)
        #expect(call.method == .post && call.url == url)
        #expect(call.field("content-type") == "application/json")
        #expect(call.field("user-agent") == "Roomwatch/1.2.3")
        #expect(call.field("webhook-id") == "01JDN000000000000000000001")
        #expect(call.field("webhook-timestamp") == "1795161606")
        #expect(call.limits.total == .seconds(10) && call.limits.connect == .seconds(5))
        let golden = """
            {"data":{"incident":{"acknowledged_at":null,"acknowledged_by":null,"cause":"network_or_power",\
            "condition":"room.offline","contact":null,"dedup_key":"contoso:room.offline:a17","evidence":[{"observed_at":\
            "2026-11-20T07:59:50.000Z","reading":"Offline","source":"presence"}],\
            "first_bad_after":null,"first_bad_at":"2026-11-20T07:59:50.000Z","id":"01JD0000000000000000000001",\
            "last_good_at":"2026-11-20T07:59:45.000Z","links":{"runbook":null,"self":\
            "https://roomwatch.contoso.com/api/v1/incidents/01JD0000000000000000000001"},"meeting":null,\
            "notification":{"reason":"opened","rule":"routes[0]"},"opened_at":"2026-11-20T08:00:01.200Z",\
            "reopened_count":0,"resolution":null,"resolved_at":null,"revision":1,"rooms":[{"building":"B2",\
            "email":"room17@contoso.com","floor":"3","id":"a17","name":"Room 17"}],"rooms_total":1,\
            "scope":{"id":"a17","kind":"room","name":"Room 17","partial":false},"severity":"critical",\
            "status":"open","summary":"Room 17 (B2, floor 3) is offline","suppression":null,"tenant":"contoso","tried":[]}},\
            "timestamp":"2026-11-20T08:00:01.250Z","type":"incident.opened"}
            """
        #expect(String(decoding: call.body ?? [], as: UTF8.self) == golden)
    }

    @Test func `a receiver can verify the signature from what it was sent`() async throws {
        let transport = ScriptedTransport(.status(200))
        _ = try await channel(transport, secret: "\(otherSecret) \(specificationSecret)").deliver(
            sampleNotification(), at: noon)
        let call = try #require(transport.calls.first)
        let signed = "\(call.field("webhook-id")!).\(call.field("webhook-timestamp")!)."
        let expected = [Data(repeating: 7, count: 64), Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!].map {
            "v1," + Data(hmacSHA256($0, Data(signed.utf8) + Data(call.body!))).base64EncodedString()
        }
        #expect(call.field("webhook-signature") == expected.joined(separator: " "))
    }

    /// HMAC written out from RFC 2104, so that the signature is not checked with the function that made it.
    private func hmacSHA256(_ key: Data, _ message: Data) -> SHA256.Digest {
        let padded = [UInt8](key) + [UInt8](repeating: 0, count: 64 - key.count)
        let inner = SHA256.hash(data: Data(padded.map { $0 ^ 0x36 }) + message)
        return SHA256.hash(data: Data(padded.map { $0 ^ 0x5C }) + Data(inner))
    }

    @Test func `a repeated attempt has the same id and body, and a signature of its own time`() async throws {
        let transport = ScriptedTransport(.status(503), .failure(.totalTimedOut), .status(200))
        let channel = try channel(transport)
        for minute in 0..<3 {
            _ = await channel.deliver(sampleNotification(), at: noon.advanced(by: .seconds(minute * 60)))
        }
        let calls = transport.calls
        #expect(Set(calls.map(\.body)).count == 1 && calls.count == 3)
        #expect(Set(calls.map { $0.field("webhook-id") }).count == 1)
        #expect(calls.map { $0.field("webhook-timestamp") } == ["1795161601", "1795161661", "1795161721"])
        #expect(Set(calls.map { $0.field("webhook-signature") }).count == 3)
    }

    @Test func `a notification that went through the store has the same body`() async throws {
        let transport = ScriptedTransport(.status(200))
        let channel = try channel(transport)
        let stored = try JSONDecoder().decode(
            FleetCore.Notification.self, from: JSONEncoder().encode(sampleNotification()))
        _ = await channel.deliver(sampleNotification(), at: noon)
        _ = await channel.deliver(stored, at: noon)
        #expect(transport.calls[0].body == transport.calls[1].body)
    }

    @Test(arguments: [
        (FleetCore.Notification.Event.opened, "incident.opened"), (.updated, "incident.updated"),
        (.acknowledged, "incident.acknowledged"), (.reopened, "incident.reopened"), (.resolved, "incident.resolved"),
    ])
    func `every event has its type`(event: FleetCore.Notification.Event, type: String) async throws {
        let transport = ScriptedTransport(.status(200))
        var incident = sampleIncident()
        incident.status = .resolved
        incident.resolution = .merged
        incident.resolvedAt = noon.wall
        incident.acknowledgedAt = noon.wall
        incident.acknowledgedBy = "operator"
        incident.reopenedCount = 2
        incident.revision = 7
        _ = try await channel(transport).deliver(sampleNotification(event, incident), at: noon)
        let read = try WireJSON.value(IncidentEvent.self, from: try #require(transport.calls.first?.body))
        #expect(read.type.rawValue == type)
        let body = read.data.incident
        #expect(body.notification == IncidentBody.Reason(reason: event.rawValue, rule: "routes[0]"))
        #expect(body.status == "resolved" && body.resolution == "merged" && body.revision == 7)
        #expect(body.resolvedAt == Timestamp(noon.wall) && body.acknowledgedAt == Timestamp(noon.wall))
        #expect(body.acknowledgedBy == "operator" && body.reopenedCount == 2)
    }

    @Test func `without an external URL there is no link`() async throws {
        let transport = ScriptedTransport(.status(200))
        _ = try await channel(transport, sender: SenderIdentity(version: "1")).deliver(sampleNotification(), at: noon)
        let read = try WireJSON.value(IncidentEvent.self, from: try #require(transport.calls.first?.body))
        #expect(read.data.incident.links.own == nil)
    }

    @Test func `a tenant-wide incident with hostile names stays below 20 KB and tells the true count`() async throws {
        let transport = ScriptedTransport(.status(200))
        let name = String(repeating: "\u{1}\"", count: 5_000)
        let rooms = (0..<2_000).map {
            Incident.RoomReference(id: AccountID("\($0)"), name: name, email: name, building: name, floor: name)
        }
        let scope = Incident.Scope(kind: .tenant, id: "contoso", name: name)
        let incident = sampleIncident(rooms: rooms, scope: scope, summary: name)
        _ = try await channel(transport).deliver(sampleNotification(.opened, incident), at: noon)
        let body = try #require(transport.calls.first?.body)
        #expect(body.count < 20_000)
        #expect(try WireJSON.value(IncidentEvent.self, from: body).data.incident.roomsTotal == 2_000)
    }

    @Test func `a test message is signed like any other`() async throws {
        let transport = ScriptedTransport(.status(200))
        let id = UniqueID(stored: "01JDT000000000000000000001")
        #expect(try await channel(transport).deliver(.monitorTest, id: id, at: noon).word == "accepted")
        let call = try #require(transport.calls.first)
        #expect(call.field("webhook-id") == id.text && call.field("webhook-signature")?.hasPrefix("v1,") == true)
        let read = try WireJSON.value(MonitorEvent.self, from: try #require(call.body))
        #expect(read.type == .monitorTest && read.data.monitor.receiver == "oncall")
    }

    @Test func `a test of the whole path has the shape of a test and shows the incident it made up`() async throws {
        let transport = ScriptedTransport(.status(200))
        #expect(try await channel(transport).deliver(sampleNotification(.test), at: noon).word == "accepted")
        let call = try #require(transport.calls.first)
        let read = try WireJSON.value(MonitorEvent.self, from: try #require(call.body))
        #expect(read.type == .monitorTest && read.timestamp.description == "2026-11-20T08:00:01.250Z")
        #expect(read.data.monitor.receiver == "oncall" && read.data.incident?.notification?.reason == "test")
        #expect(call.field("webhook-id") == "01JDN000000000000000000001")
        let huge = ScriptedTransport(.status(200))
        _ = try await channel(huge).deliver(sampleNotification(.test, hugeIncident(name: hostile)), at: noon)
        #expect(try #require(huge.calls.first?.body).count < 20_000)
    }

    @Test(arguments: [
        "hooks.contoso.com", "ftp://hooks.contoso.com/SECRETPATH", "https:///SECRETPATH", "",
        "https://user:SECRETPATH@hooks.contoso.com/", "https://hooks.contoso.com/x#SECRETPATH",
        "https://hooks.contoso.com/SECRETPATH\nhttps://other.contoso.com/SECRETPATH",
        "https://hooks.contoso.com/SECRETPATH/über",
    ])
    func `an address that cannot work is refused without being quoted`(address: String) throws {
        let transport = ScriptedTransport(.status(200))
        let error = #expect(throws: ChannelConfigurationError.self) { try channel(transport, url: address) }
        #expect(try !#require(error).description.contains("SECRETPATH"))
    }
}
