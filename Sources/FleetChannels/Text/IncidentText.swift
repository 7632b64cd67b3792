// What people read, worded once. PagerDuty, Slack, Teams and mail differ in how a text is laid out and escaped, never
// in what it says, so that two people who hold two channels beside one another read the same incident.

import FleetCore

import struct Foundation.Date

/// A notification in words: plain text, bounded, on single lines, not yet escaped for anything.
struct IncidentText: Sendable, Hashable {
    /// One thing that is known, with the word it is known by.
    struct Fact: Sendable, Hashable {
        var label: String
        var value: String
        /// The instant that the value says in UTC, for channels that can say it in the reader's own time.
        var instant: Date?
    }

    struct Link: Sendable, Hashable {
        var label: String
        var url: String
    }

    /// How alarming the message is meant to look.
    enum Tone: Sendable, Hashable {
        case critical
        case error
        case warning
        case acknowledged
        case resolved
    }

    /// How much of everything there is room for.
    struct Bounds: Sendable {
        /// UTF-16 units of the sentence that says what is wrong.
        var headline = 300
        /// ... and of every other value.
        var value = 200
        var rooms = 5
        var evidence = 3

        /// What fits a card in a chat.
        static let card = Bounds()
        /// What a mail has room for beyond that.
        static let mail = Bounds(headline: 500, value: 500, rooms: 20, evidence: 10)
    }

    /// `CRITICAL`, `ERROR`, `WARNING`, `ACKNOWLEDGED`, `RESOLVED` or `TEST`.
    var mark: String
    var tone: Tone
    /// What is wrong in one sentence, behind `Reminder:`, `Escalation:` or `TEST:` where it is one.
    var headline: String
    /// Why this message comes now, when that is not plain from the headline.
    var remark: String?
    var facts: [Fact]
    var links: [Link]
    /// What somebody needs who looks the message up: the incident's id and the rule that chose the receiver.
    var footer: String

    /// `[CRITICAL] Room 17 (B2, floor 3) is offline`
    var title: String

    init(_ notification: Notification, from sender: SenderIdentity, bounds: Bounds = .card) {
        let incident = notification.incident
        let words = Words(incident: incident, event: notification.event, bounds: bounds)
        mark = words.mark
        tone = words.tone
        headline = words.lead + words.sentence
        title = "[\(words.mark)] " + (notification.event == .test ? "" : words.lead) + words.sentence
        remark = words.remark
        facts = words.facts
        links = [
            sender.page(of: incident.id).map { Link(label: "Open in Roomwatch", url: $0) },
            sender.runbook(for: incident.condition).map { Link(label: "Runbook", url: $0) },
        ].compactMap(\.self).filter { $0.url.isSafeLink }
        footer = "Roomwatch · incident \(incident.id) · \(notification.rule.oneLine(bounds.value))"
    }
}

extension String {
    /// Longer URLs are left out, because half a URL leads somewhere else; and only what a browser shows as a page.
    fileprivate var isSafeLink: Bool {
        utf8.count <= 2_048 && (hasPrefix("https://") || hasPrefix("http://"))
            && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// The wording itself.
private struct Words {
    let incident: Incident
    let event: Notification.Event
    let bounds: IncidentText.Bounds

    var mark: String {
        if event == .test { return "TEST" }
        return switch incident.status {
        case .resolved: "RESOLVED"
        case .acknowledged where event == .acknowledged: "ACKNOWLEDGED"
        case .open, .acknowledged: incident.severity.rawValue.uppercased()
        }
    }

    var tone: IncidentText.Tone {
        if event == .test { return .acknowledged }
        switch incident.status {
        case .resolved: return .resolved
        case .acknowledged: return .acknowledged
        case .open: break
        }
        switch incident.severity {
        case .critical: return .critical
        case .error: return .error
        case .warning: return .warning
        }
    }

    var sentence: String {
        let summary = incident.summary.oneLine(bounds.headline)
        let name = incident.scope.name.oneLine(bounds.value)
        return summary.isEmpty ? "\(incident.condition.rawValue): \(name)" : summary
    }

    var lead: String {
        switch event {
        case .opened, .acknowledged, .resolved: ""
        case .updated: "Update: "
        case .reopened: "Again: "
        case .reminder: "Reminder: "
        case .escalation: "Escalation: "
        case .test: "TEST: "
        }
    }

    var remark: String? {
        switch event {
        case .opened: nil
        case .updated: "What is known of this incident has changed."
        case .acknowledged: nil
        case .reopened: "It had been resolved and is wrong again."
        case .reminder: "Nobody has acknowledged this incident yet."
        case .escalation: "Nobody has acknowledged this incident, so you are told as well."
        case .test: "This is a TEST of the way to you. Nothing is wrong and nothing is to be done."
        case .resolved:
            switch incident.resolution {
            case .recovered, nil: "It is working again."
            case .merged: "It is part of a larger incident now, which goes on."
            case .removed: "It is no longer watched."
            case .manual: "Somebody closed it by hand."
            }
        }
    }

    var facts: [IncidentText.Fact] {
        var facts = [fact("Where", place)]
        if incident.scope.kind != .room, incident.roomsTotal > 0 { facts.append(fact("Rooms", rooms)) }
        facts.append(fact("Severity", incident.severity.rawValue))
        facts.append(fact("Likely cause", cause))
        if let after = incident.firstBadAfter {
            // Nobody saw it begin.
            let span = "between \(UTCTime.text(after)) and \(UTCTime.text(incident.firstBadAt))"
            facts.append(fact("Since", span))
        } else {
            facts.append(fact("Since", at: incident.firstBadAt))
        }
        if let good = incident.lastGoodAt { facts.append(fact("Last seen well", at: good)) }
        if let resolved = incident.resolvedAt {
            facts.append(fact("Resolved", at: resolved))
            facts.append(fact("Lasted", Self.span(from: incident.firstBadAt, to: resolved)))
        }
        if let meeting = incident.meeting {
            facts.append(fact("Meeting begins", at: meeting.startsAt))
            facts.append(fact("Meeting ends", at: meeting.endsAt))
        }
        if let contact = incident.contact { facts.append(fact("Contact on site", contact)) }
        if let acknowledged = incident.acknowledgedAt {
            facts.append(fact("Acknowledged by", incident.acknowledgedBy ?? "somebody"))
            facts.append(fact("Acknowledged", at: acknowledged))
        }
        for piece in incident.evidence.suffix(bounds.evidence).reversed() {
            let time = UTCTime.text(piece.observedAt)
            facts.append(
                fact("Evidence", "\(piece.source): \(piece.reading.oneLine(bounds.value - 60)) (\(time))"))
        }
        facts.append(fact("Tenant", incident.tenant.text))
        return facts.filter { !$0.value.isEmpty }
    }

    private func fact(_ label: String, _ value: String) -> IncidentText.Fact {
        IncidentText.Fact(label: label, value: value.oneLine(bounds.value))
    }

    private func fact(_ label: String, at instant: Date) -> IncidentText.Fact {
        IncidentText.Fact(label: label, value: UTCTime.text(instant), instant: instant)
    }

    private var place: String {
        if incident.scope.kind == .room, let room = incident.rooms.first { return room.placedName }
        let part = incident.scope.partial ? ", in part" : ""
        return "\(incident.scope.kind.rawValue) \(incident.scope.name.oneLine(bounds.value - 40))\(part)"
    }

    /// The true number, the first names as far as they fit, and how many are left out.
    private var rooms: String {
        let total = String(incident.roomsTotal)
        var list = ""
        var named = 0
        for room in incident.rooms.prefix(bounds.rooms) {
            let piece = (named == 0 ? "" : ", ") + room.name.oneLine(Self.roomName)
            // Room for the numbers at both ends.
            guard list.utf16.count + piece.utf16.count <= bounds.value - 40 else { break }
            list += piece
            named += 1
        }
        if named == 0 { return total }
        return "\(total): \(list)" + (incident.roomsTotal > named ? " and \(incident.roomsTotal - named) more" : "")
    }

    /// UTF-16 units of a room's name in a list of rooms.
    private static let roomName = 40

    private var cause: String {
        switch incident.cause {
        case .networkOrPower: "network or power"
        case .signedOut: "the room is signed out"
        case .account: "the room's account"
        case .appDown: "the Teams app is not running"
        case .peripheral: "a device of the room"
        case .calendar: "the calendar"
        case .provider: "Microsoft 365"
        case .didNotReturn: "it did not return after maintenance"
        case .unknown: "unknown"
        }
    }

    private static func span(from begin: Date, to end: Date) -> String {
        let exact = end.timeIntervalSince(begin)
        // A clock that was set back makes no negative span, and an absurd date no crash.
        let seconds = exact > 0 ? Int(min(exact, 1e9)) : 0
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min" }
        let hours = seconds / 3_600
        return hours < 48 ? "\(hours) h \(seconds % 3_600 / 60) min" : "\(hours / 24) days \(hours % 24) h"
    }
}
