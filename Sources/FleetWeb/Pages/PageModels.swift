// What the templates read. Everything is words by then: a template decides where something stands, never what it means.

import FleetAPI
import Foundation

/// What every page has around its own content.
struct Frame {
    var title: String
    var body: String
    var who: String
    var role: String
    var formKey: String
    var tabs: [Tab]

    struct Tab {
        var title: String
        var address: String
        var isHere: Bool
    }

    static func tabs(at address: String) -> [Tab] {
        [
            ("Fleet", "/"), ("Rooms", "/rooms"), ("Devices", "/devices"), ("Incidents", "/incidents"),
            ("Operations", "/operations"), ("Quiet", "/quiet"), ("Delivery", "/delivery"),
            ("Capabilities", "/capabilities"),
        ].map { Tab(title: $0.0, address: $0.1, isHere: $0.1 == address) }
    }
}

struct IncidentRow {
    var id: String
    var severity: String
    var status: String
    var summary: String
    var opened: String
    var age: String
    var taken: String
    var hasTaken: Bool

    init(_ incident: IncidentBody, at now: Timestamp) {
        id = incident.id
        severity = incident.severity
        status = incident.status
        summary = incident.summary
        opened = incident.openedAt.description
        age = Instant(incident.openedAt, at: now).age
        let quiet = incident.suppression.flatMap { one -> String? in
            switch one.kind {
            // Who took it on is said already.
            case "acknowledged": nil
            case "inhibited": "told of by another incident"
            default: "not told: \(one.sentence)"
            }
        }
        taken = [incident.acknowledgedBy.map { "taken on by \($0)" }, quiet].compactMap(\.self).joined(separator: " · ")
        hasTaken = !taken.isEmpty
    }
}

/// An instant as people read it: how long ago, with the exact time behind it.
struct Instant {
    var exact: String
    var clock: String
    var age: String

    init(_ instant: Timestamp, at now: Timestamp) {
        exact = instant.description
        clock = String(exact.prefix(19)).replacing("T", with: " ") + "Z"
        let seconds = (now.milliseconds - instant.milliseconds) / 1000
        let length = abs(seconds)
        let words: String =
            switch length {
            case ..<60: "\(length) s"
            case ..<3_600: "\(length / 60) min"
            case ..<172_800: "\(length / 3_600) h"
            default: "\(length / 86_400) d"
            }
        age = seconds < 0 ? "in \(words)" : "\(words) ago"
    }
}

struct Fact {
    var name: String
    var value: String
}

struct IncidentModel {
    var id: String
    var summary: String
    var severity: String
    var status: String
    var facts: [Fact]
    var rooms: [TileLink]
    var evidence: [EvidenceRow]
    /// Whether somebody has acknowledged it.
    var isTaken: Bool
    var told: [TellingRow]
    var hasTold: Bool
    var untold: [UntoldRow]
    var hasUntold: Bool
    var comments: [CommentRow]
    var isOpen: Bool
    var mayAct: Bool
    var mayComment: Bool
    var formKey: String
    var silence: String

    struct TileLink {
        var id: String
        var name: String
        var place: String
    }

    struct EvidenceRow {
        var at: String
        var source: String
        var reading: String
        /// An address at the end of the reading, such as that of a consent page; empty without one.
        var link: String
        var hasLink: Bool

        init(at: String, source: String, reading: String) {
            self.at = at
            self.source = source
            let words = reading.split(separator: " ", omittingEmptySubsequences: false)
            let last = words.last.map(String.init) ?? ""
            hasLink = last.hasPrefix("https://") || last.hasPrefix("http://")
            link = hasLink ? last : ""
            self.reading = hasLink ? words.dropLast().joined(separator: " ") : reading
        }
    }

    struct CommentRow {
        var at: String
        var author: String
        var text: String
    }
}

struct TellingRow {
    var incident: String
    var at: String
    var receiver: String
    var event: String
    var rule: String
    var state: String
    var remark: String

    init(_ row: NotificationBody, at now: Timestamp) {
        incident = row.incident
        at = row.decidedAt.map { Instant($0, at: now).clock } ?? ""
        receiver = row.receiver
        event = row.event
        rule = row.rule
        state = row.state
        remark = row.remark ?? ""
    }
}

struct UntoldRow {
    var at: String
    var event: String
    var rule: String
    var sentence: String

    init(_ row: SuppressionBody, at now: Timestamp) {
        at = Instant(row.at, at: now).clock
        event = row.event
        rule = row.rule
        sentence = row.sentence
    }
}

struct DeliveryModel {
    var receivers: [ReceiverRow]
    var told: [TellingRow]
    var hasTold: Bool
    var isBound: Bool

    struct ReceiverRow {
        var name: String
        var kind: String
        var state: String
        var backlog: Int
        var waiting: String
        var fallback: String
    }
}

struct DoctorModel {
    var tally: String
    var at: String
    var areas: [Area]

    struct Area {
        var title: String
        var rows: [Row]
    }

    struct Row {
        var status: String
        var tenant: String
        var summary: String
        var remedy: String
        var examples: String?
    }
}

struct CapabilitiesModel {
    var rows: [Row]
    /// Whether whoever looks may ask the doctor.
    var hasDoctor: Bool

    struct Row {
        var tenant: String
        var name: String
        var state: String
        var detail: String
        var checked: String
    }
}
