// What people read, whatever the channel.

import FleetCore
import Foundation
import Testing
import Timekeeping

@testable import FleetChannels

/// A name that tries everything at once: line ends, markup of every kind, mentions, direction marks and emoji.
let hostile =
    "Room *17* _x_ ~y~ `z` <!channel> <@U1> <at>all</at> [click](https://evil.contoso.com) & \"q\" 'a'\r\nBcc: x@y.z"
    + "\n\n.\r\n\u{202E}txet\u{2066} 👩‍👩‍👧 קומה **bold** <b>b</b> <script>alert(1)</script> =?UTF-8?Q?x?= \u{0}\u{7F}"

/// Twenty thousand rooms, each with a name of `name`.
func hugeIncident(name: String) -> Incident {
    let rooms = (0..<20_000).map {
        Incident.RoomReference(id: AccountID("\($0)"), name: name, email: name, building: name, floor: name)
    }
    var incident = sampleIncident(
        rooms: rooms, scope: Incident.Scope(kind: .building, id: name, name: name, partial: true), summary: name)
    incident.contact = name
    incident.acknowledgedBy = name
    incident.acknowledgedAt = noon.wall
    incident.resolvedAt = noon.wall
    incident.meeting = Incident.Meeting(startsAt: noon.wall, endsAt: noon.wall)
    incident.evidence = (0..<20).map { _ in
        FleetCore.Evidence(source: name, reading: name, observedAt: noon.wall)
    }
    return incident
}

/// A megabyte of what is hard to shorten.
let extremes = [
    String(repeating: "&<>\"*_", count: 200_000), String(repeating: "👩‍👩‍👧", count: 50_000),
    "e" + String(repeating: "\u{301}", count: 500_000), String(repeating: "\u{1}", count: 1_000_000),
    String(repeating: "שלום ", count: 200_000), String(repeating: "\\\"", count: 500_000), "",
]

let fullSender = SenderIdentity(
    version: "1.2.3", externalURL: "https://roomwatch.contoso.com/",
    runbookURL: "https://wiki.contoso.com/rooms?c={condition}&x=1")

@Suite struct IncidentTextTests {
    private func text(
        _ event: FleetCore.Notification.Event, status: Incident.Status = .open, severity: Severity = .critical
    ) -> IncidentText {
        var incident = sampleIncident(severity: severity)
        incident.status = status
        return IncidentText(sampleNotification(event, incident), from: fullSender)
    }

    @Test func `a title begins with what matters`() {
        let name = "Room 17 (B2, floor 3) is offline"
        #expect(text(.opened).title == "[CRITICAL] \(name)")
        #expect(text(.opened, severity: .warning).title == "[WARNING] \(name)")
        #expect(text(.updated).title == "[CRITICAL] Update: \(name)")
        #expect(text(.reopened).title == "[CRITICAL] Again: \(name)")
        #expect(text(.reminder).title == "[CRITICAL] Reminder: \(name)")
        #expect(text(.escalation, severity: .error).title == "[ERROR] Escalation: \(name)")
        #expect(text(.test).title == "[TEST] \(name)" && text(.test).headline == "TEST: \(name)")
        #expect(text(.acknowledged, status: .acknowledged).title == "[ACKNOWLEDGED] \(name)")
        #expect(text(.resolved, status: .resolved).title == "[RESOLVED] \(name)")
        #expect(text(.updated, status: .acknowledged).mark == "CRITICAL")
    }

    @Test func `reminders, escalations and tests say what they are`() {
        #expect(text(.opened).remark == nil)
        #expect(text(.reminder).remark == "Nobody has acknowledged this incident yet.")
        #expect(text(.escalation).remark?.contains("you are told as well") == true)
        #expect(text(.test).remark?.contains("TEST") == true && text(.test).tone == .acknowledged)
    }

    @Test func `a beginning that nobody saw is a span`() {
        var incident = sampleIncident()
        incident.firstBadAfter = noon.wall.addingTimeInterval(-600)
        let since = IncidentText(sampleNotification(.opened, incident), from: sender).facts.first {
            $0.label == "Since"
        }
        #expect(since?.value == "between 2026-11-20 07:50:01 UTC and 2026-11-20 07:59:50 UTC")
        #expect(since?.instant == nil)
    }

    @Test func `the facts of a room with everything`() {
        var incident = sampleIncident()
        incident.contact = "Front desk B2, extension 4711"
        incident.meeting = Incident.Meeting(
            startsAt: noon.wall.addingTimeInterval(720), endsAt: noon.wall.addingTimeInterval(4_320))
        incident.acknowledgedBy = "oncall"
        incident.acknowledgedAt = noon.wall
        incident.resolvedAt = noon.wall.addingTimeInterval(750)
        let facts = IncidentText(sampleNotification(.resolved, incident), from: sender).facts
        #expect(
            facts.map { "\($0.label): \($0.value)" } == [
                "Where: Room 17 (B2, floor 3)", "Severity: critical", "Likely cause: network or power",
                "Since: 2026-11-20 07:59:50 UTC", "Last seen well: 2026-11-20 07:59:45 UTC",
                "Resolved: 2026-11-20 08:12:31 UTC", "Lasted: 12 min", "Meeting begins: 2026-11-20 08:12:01 UTC",
                "Meeting ends: 2026-11-20 09:12:01 UTC", "Contact on site: Front desk B2, extension 4711",
                "Acknowledged by: oncall", "Acknowledged: 2026-11-20 08:00:01 UTC",
                "Evidence: presence: Offline (2026-11-20 07:59:50 UTC)", "Tenant: contoso",
            ])
    }

    @Test func `a building names its first rooms and counts the others`() {
        let rooms = (1...37).map { reference($0) }
        let scope = Incident.Scope(kind: .building, id: "B2", name: "B2")
        let words = IncidentText(sampleNotification(.opened, sampleIncident(rooms: rooms, scope: scope)), from: sender)
        #expect(words.facts[0].value == "building B2")
        #expect(
            words.facts[1]
                == IncidentText.Fact(
                    label: "Rooms", value: "37: Room 1, Room 2, Room 3, Room 4, Room 5 and 32 more"))
        let few = IncidentText(
            sampleNotification(.opened, sampleIncident(rooms: Array(rooms.prefix(2)), scope: scope)), from: sender)
        #expect(few.facts[1].value == "2: Room 1, Room 2")
        // What is named and what is counted are all rooms together, also when long names leave room for few.
        let long = hugeIncident(name: String(repeating: "A long name ", count: 20))
        for bounds in [IncidentText.Bounds.card, .mail] {
            let value = IncidentText(sampleNotification(.opened, long), from: sender, bounds: bounds).facts[1].value
            let named = value.split(separator: ", ").count
            #expect(named >= 3 && value.hasSuffix(" and \(20_000 - named) more"), "\(value)")
        }
    }

    @Test func `links lead to the incident and its runbook, and nowhere strange`() {
        #expect(
            text(.opened).links == [
                IncidentText.Link(
                    label: "Open in Roomwatch",
                    url: "https://roomwatch.contoso.com/incidents/01JD0000000000000000000001"),
                IncidentText.Link(label: "Runbook", url: "https://wiki.contoso.com/rooms?c=room.offline&x=1"),
            ])
        #expect(IncidentText(sampleNotification(), from: SenderIdentity(version: "1")).links == [])
        for bad in [
            "javascript:alert(1)", "https://a b", "https://ü", "https://" + String(repeating: "x", count: 3_000),
        ] {
            let sender = SenderIdentity(version: "1", runbookURL: bad)
            #expect(IncidentText(sampleNotification(), from: sender).links == [])
        }
    }

    @Test func `a foreign text stays on its line and cannot turn its neighbours`() {
        let line = hostile.oneLine(500)
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
        #expect(!line.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) || $0.value == 0x2066 })
        #expect(line.contains("קומה") && line.contains("👩‍👩‍👧") && line.contains("'a' Bcc: x@y.z . txet"))
        #expect("  a \t\r\n b\u{2028}c  ".oneLine(10) == "a b c")
        #expect("abcdef".oneLine(6) == "abcdef" && "abcdefg".oneLine(6) == "abcde…")
        #expect("👍👍👍".oneLine(5) == "👍👍…" && "👍👍👍".oneLine(4) == "👍…")
        #expect("abcdefg".shortened(6) == "abcde…" && "abcdef".shortened(6) == "abcdef")
    }

    @Test(arguments: extremes.indices)
    func `every text is bounded`(index: Int) {
        let incident = hugeIncident(name: extremes[index])
        for bounds in [IncidentText.Bounds.card, .mail] {
            let words = IncidentText(sampleNotification(.opened, incident), from: sender, bounds: bounds)
            #expect(!words.headline.isEmpty && words.headline.utf16.count <= bounds.headline + 300)
            #expect(words.facts.allSatisfy { $0.value.utf16.count <= bounds.value })
            #expect(words.facts.count <= 14 + bounds.evidence)
            #expect(words.facts.contains { $0.label == "Rooms" && $0.value.contains("20000") })
        }
    }

    @Test func `absurd dates crash nothing`() {
        var incident = sampleIncident()
        for interval in [Double.infinity, -.infinity, .nan, 1e300, -1e300] {
            incident.firstBadAt = Date(timeIntervalSince1970: interval)
            incident.resolvedAt = Date(timeIntervalSince1970: -interval)
            let words = IncidentText(sampleNotification(.resolved, incident), from: sender)
            #expect(words.facts.contains { $0.label == "Lasted" })
            #expect(UTCTime.mailDate(incident.firstBadAt).hasSuffix("+0000"))
        }
    }

    @Test(arguments: [
        (0.0, "Thu, 01 Jan 1970 00:00:00 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
        (1_795_161_601.25, "Fri, 20 Nov 2026 08:00:01 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
    ])
    func `a mail's date is that of RFC 5322`(seconds: Double, text: String) {
        #expect(UTCTime.mailDate(Date(timeIntervalSince1970: seconds)) == text)
    }
}
