// The contract (Contract, Incident) as a document: field names, explicit nulls, and room to grow.

import FleetAPI
import Foundation
import Testing

func sampleIncident() -> IncidentBody {
    IncidentBody(
        id: "01JD0000000000000000000001", revision: 1, dedupKey: "contoso:room.offline:a1", condition: "room.offline",
        severity: "critical", status: "open", tenant: "contoso",
        scope: IncidentBody.Scope(kind: "room", id: "a1", name: "Room 17"),
        rooms: [
            IncidentBody.Room(id: "a1", name: "Room 17", email: "room17@contoso.com", building: "B2", floor: "3")
        ],
        roomsTotal: 1, cause: "network_or_power", summary: "Room 17 (B2, floor 3) is offline",
        firstBadAt: Timestamp("2026-11-20T07:59:50.000Z")!, lastGoodAt: Timestamp("2026-11-20T07:59:45.000Z")!,
        openedAt: Timestamp("2026-11-20T08:00:01.200Z")!,
        links: IncidentBody.Links(own: "https://roomwatch.contoso.com/api/v1/incidents/01JD"),
        notification: IncidentBody.Reason(reason: "opened", rule: "routes[0]"),
        evidence: [
            IncidentBody.Evidence(
                source: "presence", reading: "Offline", observedAt: Timestamp("2026-11-20T07:59:50.000Z")!)
        ])
}

func sampleEvent(_ incident: IncidentBody = sampleIncident()) -> IncidentEvent {
    IncidentEvent(type: .incidentOpened, timestamp: Timestamp("2026-11-20T08:00:01.250Z")!, incident: incident)
}

@Suite struct IncidentBodyTests {
    /// Keys in alphabetical order, because the bytes are signed and must not vary.
    private let golden = """
        {"data":{"incident":{"acknowledged_at":null,"acknowledged_by":null,"cause":"network_or_power",\
        "condition":"room.offline","contact":null,"dedup_key":"contoso:room.offline:a1","evidence":[{"observed_at":\
        "2026-11-20T07:59:50.000Z","reading":"Offline","source":"presence"}],"first_bad_after":null,\
        "first_bad_at":"2026-11-20T07:59:50.000Z",\
        "id":"01JD0000000000000000000001","last_good_at":"2026-11-20T07:59:45.000Z","links":{"runbook":null,"self":\
        "https://roomwatch.contoso.com/api/v1/incidents/01JD"},"meeting":null,"notification":{"reason":"opened","rule":\
        "routes[0]"},"opened_at":"2026-11-20T08:00:01.200Z","reopened_count":0,"resolution":null,"resolved_at":null,\
        "revision":1,"rooms":[{"building":"B2","email":"room17@contoso.com","floor":"3","id":"a1","name":"Room 17"}],\
        "rooms_total":1,"scope":{"id":"a1","kind":"room","name":"Room 17","partial":false},"severity":"critical",\
        "status":"open","summary":"Room 17 (B2, floor 3) is offline","suppression":null,"tenant":"contoso","tried":[]}},\
        "timestamp":"2026-11-20T08:00:01.250Z","type":"incident.opened"}
        """

    @Test func `writes exactly the contract`() throws {
        #expect(String(decoding: try sampleEvent().bytes(), as: UTF8.self) == golden)
    }

    @Test func `reads what it writes`() throws {
        let event = sampleEvent()
        #expect(try WireJSON.value(IncidentEvent.self, from: event.bytes()) == event)
    }

    @Test func `what is unknown is an explicit null`() throws {
        var incident = sampleIncident()
        incident.lastGoodAt = nil
        incident.links = IncidentBody.Links()
        incident.notification = nil
        incident.rooms[0].building = nil
        incident.rooms[0].floor = nil
        let bytes = try WireJSON.bytes(of: IncidentDocument(incident: incident))
        let object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: [String: Any]])
        let fields = try #require(object["data"]?["incident"] as? [String: Any])
        for name in [
            "first_bad_after", "last_good_at", "acknowledged_at", "acknowledged_by", "resolved_at", "resolution",
            "meeting", "notification", "suppression",
        ] {
            #expect(fields[name] is NSNull, "\(name)")
        }
        let links = try #require(fields["links"] as? [String: Any])
        #expect(links["self"] is NSNull && links["runbook"] is NSNull)
        let room = try #require((fields["rooms"] as? [[String: Any]])?.first)
        #expect(room["building"] is NSNull && room["floor"] is NSNull)
        #expect(try WireJSON.value(IncidentDocument.self, from: bytes).data.incident == incident)
    }

    @Test func `a body of a later version is read`() throws {
        let later =
            golden
            .replacing("\"tried\":[]", with: "\"tried\":[{\"any\":1}],\"novelty\":{\"a\":[1]}")
            .replacing("\"severity\":\"critical\"", with: "\"severity\":\"catastrophic\"")
            .replacing("\"type\":\"incident.opened\"", with: "\"type\":\"incident.sang\",\"more\":null")
            .replacing("\"meeting\":null,", with: "").replacing("\"suppression\":null,", with: "")
        let event = try WireJSON.value(IncidentEvent.self, from: Array(later.utf8))
        #expect(event.type.rawValue == "incident.sang")
        #expect(event.data.incident.severity == "catastrophic")
        #expect(event.data.incident.meeting == nil)
        #expect(event.data.incident.tried.isEmpty, "an attempt that cannot be read is left out")
        #expect(event.data.incident.rooms == sampleIncident().rooms)
    }

    @Test func `what was tried has its names and is bounded`() throws {
        var incident = sampleIncident()
        let one = IncidentBody.Attempt(
            what: "restart", by: "ada", at: Timestamp("2026-11-20T08:12:00Z")!, outcome: "missing")
        incident.tried = [one]
        let bytes = try WireJSON.bytes(of: incident)
        #expect(
            String(decoding: bytes, as: UTF8.self).contains(
                #""tried":[{"at":"2026-11-20T08:12:00.000Z","by":"ada","outcome":"missing","what":"restart"}]"#))
        #expect(try WireJSON.value(IncidentBody.self, from: bytes).tried == [one])
        incident.tried = Array(repeating: one, count: 40)
        #expect(try incident.bounded().tried.count == BodyLimits.attempts)
    }

    @Test func `a meeting and a resolution have their names`() throws {
        var incident = sampleIncident()
        incident.meeting = IncidentBody.Meeting(
            startsAt: Timestamp("2026-11-20T08:12:00Z")!, endsAt: Timestamp("2026-11-20T09:00:00Z")!)
        incident.resolution = "recovered"
        let text = String(decoding: try WireJSON.bytes(of: incident), as: UTF8.self)
        #expect(
            text.contains(
                #""meeting":{"ends_at":"2026-11-20T09:00:00.000Z","starts_at":"2026-11-20T08:12:00.000Z"}"#))
        #expect(text.contains(#""resolution":"recovered""#))
    }

    @Test func `a list has a cursor or an explicit null`() throws {
        let last = String(decoding: try WireJSON.bytes(of: IncidentList(incidents: [])), as: UTF8.self)
        #expect(last == #"{"data":{"incidents":[],"next_cursor":null}}"#)
        let list = IncidentList(incidents: [sampleIncident()], nextCursor: "c1")
        #expect(try WireJSON.value(IncidentList.self, from: WireJSON.bytes(of: list)) == list)
    }

    @Test func `the monitor speaks of itself`() throws {
        let event = MonitorEvent(
            type: .monitorTest, timestamp: Timestamp("2026-11-20T08:00:01.250Z")!,
            monitor: MonitorEvent.Monitor(version: "1.0.0", receiver: "oncall"))
        #expect(
            String(decoding: try WireJSON.bytes(of: event), as: UTF8.self)
                == #"{"data":{"monitor":{"receiver":"oncall","version":"1.0.0"}},"#
                + #""timestamp":"2026-11-20T08:00:01.250Z","type":"monitor.test"}"#)
    }

    @Test func `the words of the types never change`() {
        let types: [EventType] = [
            .incidentOpened, .incidentUpdated, .incidentAcknowledged, .incidentReopened, .incidentResolved,
            .monitorHeartbeat, .monitorTest,
        ]
        #expect(
            types.map(\.description) == [
                "incident.opened", "incident.updated", "incident.acknowledged", "incident.reopened",
                "incident.resolved", "monitor.heartbeat", "monitor.test",
            ])
    }
}
