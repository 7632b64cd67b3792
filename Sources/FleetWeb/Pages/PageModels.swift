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
        [("Fleet", "/"), ("Incidents", "/incidents"), ("Delivery", "/delivery"), ("Capabilities", "/capabilities")]
            .map { Tab(title: $0.0, address: $0.1, isHere: $0.1 == address) }
    }
}

/// How many rooms are in each state, as a bar and as words.
struct CountsModel {
    var parts: [Part]
    var rooms: Int
    var sentence: String

    struct Part {
        var state: String
        var count: Int
        /// Where its piece of the bar begins and how long it is, of a hundred.
        var start: String
        var share: String
    }

    init(_ counts: FleetBody.Counts) {
        rooms = counts.rooms
        let all = [
            ("down", counts.down), ("pending", counts.pending), ("recovering", counts.recovering),
            ("unseen", counts.unseen), ("unknown", counts.unknown), ("up", counts.up),
        ]
        let total = Double(max(1, counts.rooms))
        var begun = 0
        parts = all.filter { $0.1 > 0 }.map { state, count in
            defer { begun += count }
            return Part(
                state: state, count: count, start: Self.percent(begun, of: total), share: Self.percent(count, of: total)
            )
        }
        sentence =
            parts.isEmpty ? "no rooms" : parts.map { "\($0.count) \($0.state)" }.joined(separator: ", ")
    }

    private static func percent(_ count: Int, of total: Double) -> String {
        String((Double(count) / total * 10_000).rounded() / 100)
    }
}

struct TileModel {
    var id: String
    var name: String
    var state: String
    /// Says the state without colour.
    var sign: String

    init(_ room: RoomBody) {
        id = room.id
        name = room.name
        state = room.state
        sign = Self.sign(of: room.state)
    }

    static func sign(of state: String) -> String {
        switch state {
        case "up": "·"
        case "down": "✕"
        case "pending": "?"
        case "recovering": "↻"
        case "unseen": "◌"
        default: "–"
        }
    }
}

struct FloorModel {
    var name: String
    var tiles: [TileModel]
    /// Rooms that have no tile here because they are well and the fleet is large.
    var more: Int
    var hasMore: Bool
}

struct BuildingModel {
    var name: String
    var address: String
    var counts: CountsModel
    var floors: [FloorModel]
    var isTroubled: Bool
}

struct TenantModel {
    var name: String
    var counts: CountsModel
    var isBlind: Bool
    var failure: String
    var hasFailure: Bool
    var swept: String
    var buildings: [BuildingModel]
}

struct FleetModel {
    var tenants: [TenantModel]
    var incidents: [IncidentRow]
    var hasIncidents: Bool
    var incidentsTotal: Int
}

struct IncidentRow {
    var id: String
    var severity: String
    var status: String
    var summary: String
    var opened: String
    var age: String
    var acknowledged: String

    init(_ incident: IncidentBody, at now: Timestamp) {
        id = incident.id
        severity = incident.severity
        status = incident.status
        summary = incident.summary
        opened = incident.openedAt.description
        age = Instant(incident.openedAt, at: now).age
        acknowledged = incident.acknowledgedBy.map { "taken on by \($0)" } ?? ""
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

struct RoomModel {
    var name: String
    var facts: [Fact]
    var answer: [String]
    var observations: [IncidentModel.EvidenceRow]
    var transitions: [TransitionRow]
    var told: [TellingRow]
    var hasTold: Bool
    var untold: [UntoldRow]
    var hasUntold: Bool

    struct TransitionRow {
        var at: String
        var condition: String
        var from: String
        var to: String
        var reason: String
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
