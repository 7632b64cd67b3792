// A body stays below 20 KB whatever people call their rooms.

import FleetAPI
import Foundation
import Testing

@Suite struct BodyLimitsTests {
    private static let hostile = [
        String(repeating: "x", count: 100_000), String(repeating: "\u{1}", count: 50_000),
        String(repeating: "\"\\", count: 50_000), String(repeating: "会議室", count: 20_000),
        "e" + String(repeating: "\u{301}", count: 50_000), String(repeating: "👩‍👩‍👧", count: 10_000),
        String(repeating: "\u{2028}\u{0}", count: 20_000), String(repeating: "/", count: 100_000),
        String(repeating: "\u{7F}", count: 100_000),
    ]

    private static func incident(everyText text: String) -> IncidentBody {
        let instant = Timestamp("2026-11-20T08:00:01.250Z")!
        let room = IncidentBody.Room(id: text, name: text, email: text, building: text, floor: text)
        return IncidentBody(
            id: text, revision: .max, dedupKey: text, condition: text, severity: text, status: text, tenant: text,
            scope: IncidentBody.Scope(kind: text, id: text, name: text, partial: true),
            rooms: Array(repeating: room, count: 60), roomsTotal: 2_000, cause: text, summary: text,
            firstBadAt: instant, lastGoodAt: instant, openedAt: instant, acknowledgedAt: instant,
            acknowledgedBy: text, reopenedCount: .max, resolvedAt: instant, resolution: text,
            meeting: IncidentBody.Meeting(startsAt: instant, endsAt: instant),
            links: IncidentBody.Links(own: text, runbook: text),
            notification: IncidentBody.Reason(reason: text, rule: text),
            evidence: Array(
                repeating: IncidentBody.Evidence(source: text, reading: text, observedAt: instant), count: 30))
    }

    @Test(arguments: hostile.indices)
    func `every text hostile at once`(index: Int) throws {
        let event = IncidentEvent(
            type: .incidentAcknowledged, timestamp: Timestamp("2026-11-20T08:00:01.250Z")!,
            incident: Self.incident(everyText: Self.hostile[index]))
        let bytes = try event.bytes()
        #expect(bytes.count < 20_000)
        #expect(try event.bytes() == bytes)
        let read = try WireJSON.value(IncidentEvent.self, from: bytes).data.incident
        #expect(read.roomsTotal == 2_000)
        #expect(read.summary.hasSuffix("…"))
        #expect(read.links == IncidentBody.Links(), "half a URL leads somewhere else")
        #expect(read.firstBadAt == Timestamp("2026-11-20T08:00:01.250Z")!)
    }

    @Test(arguments: hostile.indices)
    func `a hostile room name costs only its own length`(index: Int) throws {
        var incident = sampleIncident()
        incident.rooms[0].name = Self.hostile[index]
        incident.scope.name = Self.hostile[index]
        let read = try WireJSON.value(IncidentEvent.self, from: sampleEvent(incident).bytes()).data.incident
        #expect(read.rooms.count == 1)
        #expect(read.rooms[0].email == "room17@contoso.com")
        #expect(read.evidence == incident.evidence)
        #expect(read.dedupKey == incident.dedupKey)
    }

    @Test func `fifty ordinary rooms and twenty readings fit untouched`() throws {
        var incident = sampleIncident()
        incident.rooms = (0..<50).map { number in
            IncidentBody.Room(
                id: "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f00\(10 + number)", name: "Conference Room North Wing \(number)",
                email: "conference.room.north.wing.\(number)@contoso.com", building: "Headquarters Building 2",
                floor: "Floor 3")
        }
        incident.roomsTotal = 50
        incident.evidence = Array(repeating: incident.evidence[0], count: 20)
        let bytes = try sampleEvent(incident).bytes()
        #expect(bytes.count < 20_000)
        #expect(try WireJSON.value(IncidentEvent.self, from: bytes).data.incident == incident)
    }

    @Test func `long lists are cut, the newest evidence stays, the count stays true`() throws {
        var incident = sampleIncident()
        incident.rooms = (0..<70).map {
            IncidentBody.Room(id: "\($0)", name: "Room \($0)", email: "r\($0)@contoso.com")
        }
        incident.roomsTotal = 70
        incident.evidence = (0..<30).map {
            IncidentBody.Evidence(source: "presence", reading: "\($0)", observedAt: incident.openedAt)
        }
        let read = try incident.bounded()
        #expect(read.rooms.map(\.id) == (0..<50).map(String.init))
        #expect(read.roomsTotal == 70)
        #expect(read.evidence.map(\.reading) == (10..<30).map(String.init))
    }

    @Test func `control characters survive as escapes`() throws {
        var incident = sampleIncident()
        incident.rooms[0].name = "Room\u{0}\u{1B}[31m\r\n\u{7F}\"\\\u{2028}</script>"
        let bytes = try sampleEvent(incident).bytes()
        #expect(!bytes.contains { $0 < 0x20 })
        #expect(try WireJSON.value(IncidentEvent.self, from: bytes).data.incident.rooms == incident.rooms)
    }

    @Test func `a text is cut only when it does not fit, and at a whole scalar`() throws {
        var incident = sampleIncident()
        incident.summary = String(repeating: "é", count: 512)
        #expect(try incident.bounded().summary == incident.summary)
        incident.summary += "é"
        let cut = try incident.bounded().summary
        #expect(cut == String(repeating: "é", count: 510) + "…")
    }
}
