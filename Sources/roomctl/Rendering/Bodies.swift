// How each answer reads as a table.

import FleetAPI
import Foundation

/// Turns answers into tables; instants are said by how long ago they were.
struct Rendering {
    var now: Timestamp

    func incidents(_ incidents: [IncidentBody]) -> Table {
        Table(
            columns: [
                .init("id"), .init("severity"), .init("status"), .init("age"), .init("summary", isFlexible: true),
            ],
            rows: incidents.map { one in
                [
                    Cell(one.id), Cell(one.severity, Self.tone(severity: one.severity, status: one.status)),
                    Cell(status(of: one)), Cell(age(of: one.openedAt)),
                    Cell(one.summary),
                ]
            })
    }

    /// With who has taken it on, or what keeps it quiet: `open, silenced`.
    private func status(of one: IncidentBody) -> String {
        if let by = one.acknowledgedBy { return "\(one.status) by \(by)" }
        guard let kind = one.suppression?.kind else { return one.status }
        return "\(one.status), \(kind)"
    }

    func incident(_ detail: IncidentDetail) -> [(String, Table)] {
        let one = detail.incident
        let since =
            one.firstBadAfter.map { "between \(said($0)) and \(said(one.firstBadAt))" } ?? said(one.firstBadAt)
        var facts: [(String, Cell)] = [
            ("id", Cell(one.id)), ("summary", Cell(one.summary, .bold)),
            ("severity", Cell(one.severity, Self.tone(severity: one.severity, status: one.status))),
            ("status", Cell(one.status)), ("condition", Cell(one.condition)), ("cause", Cell(one.cause)),
            ("tenant", Cell(one.tenant)), ("since", Cell(since)), ("opened", Cell(said(one.openedAt))),
        ]
        if let good = one.lastGoodAt { facts.append(("last seen well", Cell(said(good)))) }
        if let by = one.acknowledgedBy, let at = one.acknowledgedAt {
            facts.append(("acknowledged", Cell("by \(by), \(said(at))")))
        }
        if let quiet = one.suppression { facts.append(("nobody is told", Cell(quiet.sentence))) }
        if let at = one.resolvedAt { facts.append(("resolved", Cell("\(said(at)) (\(one.resolution ?? ""))"))) }
        if let meeting = one.meeting {
            facts.append(("meeting", Cell("from \(meeting.startsAt) to \(meeting.endsAt)")))
        }
        if let contact = one.contact { facts.append(("contact", Cell(contact))) }
        if one.reopenedCount > 0 { facts.append(("reopened", Cell("\(one.reopenedCount) times"))) }
        let named = one.rooms.map { room in
            [Cell(room.name), Cell(room.email), Cell(room.building ?? "-"), Cell(room.floor ?? "-")]
        }
        var parts = [("", Self.facts(facts))]
        if one.roomsTotal > 1 {
            let more = one.roomsTotal > named.count ? ", the first \(named.count)" : ""
            parts.append(
                (
                    "Rooms (\(one.roomsTotal)\(more))",
                    Table(
                        columns: [.init("name", isFlexible: true), .init("mail"), .init("building"), .init("floor")],
                        rows: named)
                ))
        }
        parts.append(
            (
                "Evidence",
                Table(
                    columns: [.init("at"), .init("source"), .init("reading", isFlexible: true)],
                    rows: one.evidence.map { [Cell(clock($0.observedAt)), Cell($0.source), Cell($0.reading)] })
            ))
        parts.append(("Told", notifications(detail.notifications)))
        parts.append(("Not told", suppressions(detail.suppressions)))
        parts.append(
            (
                "Comments",
                Table(
                    columns: [.init("at"), .init("author"), .init("text", isFlexible: true)],
                    rows: detail.comments.map { [Cell(clock($0.at)), Cell($0.author), Cell($0.text)] })
            ))
        return parts.filter { !$0.1.rows.isEmpty }
    }

    func notifications(_ rows: [NotificationBody]) -> Table {
        Table(
            columns: [
                .init("decided"), .init("receiver"), .init("event"), .init("rule"), .init("state"), .init("settled"),
                .init("remark", isFlexible: true),
            ],
            rows: rows.map { row in
                let tone: Tone = row.state == "accepted" ? .good : row.state == "failed" ? .bad : .doubtful
                return [
                    Cell(row.decidedAt.map(clock) ?? "-"), Cell(row.receiver), Cell(row.event), Cell(row.rule),
                    Cell(row.state, tone), Cell((row.settledAt ?? row.dueAt).map(clock) ?? "-"), Cell(row.remark ?? ""),
                ]
            })
    }

    func suppressions(_ rows: [SuppressionBody]) -> Table {
        Table(
            columns: [.init("at"), .init("event"), .init("rule", isFlexible: true), .init("why", isFlexible: true)],
            rows: rows.map { [Cell(clock($0.at)), Cell($0.event), Cell($0.rule), Cell($0.sentence)] })
    }

    func silences(_ silences: [SilenceBody]) -> Table {
        Table(
            columns: [
                .init("id"), .init("state"), .init("until"), .init("matchers", isFlexible: true), .init("author"),
                .init("reason", isFlexible: true),
            ],
            rows: silences.map { one in
                [
                    Cell(one.id), Cell(one.state, one.state == "active" ? .doubtful : .faint), Cell(clock(one.endsAt)),
                    Cell(one.matchers.joined(separator: ",")), Cell(one.author), Cell(one.reason),
                ]
            })
    }

    func preview(_ preview: SilencePreview) -> String {
        var text = "{\(preview.matchers.joined(separator: ","))} until \(clock(preview.endsAt)) matches "
        text +=
            "\(Self.count(preview.roomsTotal, "room")) and hides \(Self.count(preview.incidentsTotal, "open incident"))"
        text += preview.roomsTotal + preview.incidentsTotal > 0 ? ":\n" : ". Check the spelling.\n"
        for incident in preview.incidents.prefix(Self.previewed) {
            text += "  \(incident.id)  \(incident.severity)  \(incident.summary)\n"
        }
        text += Self.more(preview.incidentsTotal, "incident")
        for room in preview.rooms.prefix(Self.previewed) {
            text += "  \(Self.placed(room))\n"
        }
        text += Self.more(preview.roomsTotal, "room")
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).harmless }
            .joined(separator: "\n")
    }

    private static let previewed = 10

    private static func more(_ total: Int, _ what: String) -> String {
        total > previewed ? "  and \(count(total - previewed, "more \(what)"))\n" : ""
    }

    static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    func windows(_ windows: [WindowBody]) -> Table {
        Table(
            columns: [
                .init("id"), .init("name", isFlexible: true), .init("state"), .init("when", isFlexible: true),
                .init("where", isFlexible: true), .init("rooms"), .init("reason", isFlexible: true),
            ],
            rows: windows.map { one in
                let places = [one.tenants, one.buildings, one.floors.map(Self.level), one.rooms].flatMap(\.self)
                var when = one.schedule
                if let from = one.startsAt, let to = one.endsAt { when = "\(clock(from)) to \(clock(to))" }
                let author = one.author.map { ", \($0)" } ?? ""
                return [
                    Cell(one.id ?? "(configured)", one.id == nil ? .faint : .plain), Cell(one.name),
                    Cell(one.state, one.state == "open" ? .doubtful : .plain), Cell(when),
                    Cell(places.isEmpty ? "everywhere" : places.joined(separator: ", ")), Cell(String(one.roomsTotal)),
                    Cell((one.reason ?? "-") + author),
                ]
            })
    }

    func receivers(_ receivers: [ReceiverBody]) -> Table {
        Table(
            columns: [
                .init("name"), .init("kind"), .init("state"), .init("backlog"), .init("waiting since"),
                .init("fallback"),
            ],
            rows: receivers.map { one in
                [
                    Cell(one.name), Cell(one.kind), Cell(one.state, one.state == "ok" ? .good : .bad),
                    Cell(String(one.backlog)), Cell(one.waitingSince.map(said) ?? "-"), Cell(one.fallback ?? "-"),
                ]
            })
    }

    func audit(_ entries: [AuditBody]) -> Table {
        Table(
            columns: [
                .init("at"), .init("actor"), .init("role"), .init("from"), .init("action"),
                .init("subject", isFlexible: true), .init("detail", isFlexible: true),
            ],
            rows: entries.map { one in
                [
                    Cell(one.at.description), Cell(one.actor), Cell(one.role), Cell(one.origin), Cell(one.action),
                    Cell(one.subject), Cell(one.detail),
                ]
            })
    }

    static func facts(_ facts: [(String, Cell)]) -> Table {
        Table(
            columns: [.init("what"), .init("value", isFlexible: true)],
            rows: facts.map { [Cell($0.0, .faint), $0.1] }, hasHead: false)
    }

    static func tone(severity: String, status: String) -> Tone {
        if status == "resolved" { return .faint }
        return severity == "critical" ? .bad : severity == "error" ? .doubtful : .plain
    }

    /// `Room 17 (B2, floor 3)`
    static func placed(_ room: IncidentBody.Room) -> String {
        let place = [room.building, room.floor.map(level)].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? room.name : "\(room.name) (\(place))"
    }

    /// Directories hold `3` as well as `Floor 3`.
    static func level(_ floor: String) -> String { Int(floor) == nil ? floor : "floor \(floor)" }

    // MARK: Instants

    /// `12m`, `3h`, `2d`
    func age(of instant: Timestamp) -> String {
        let seconds = max(0, (now.milliseconds - instant.milliseconds) / 1000)
        if seconds < 120 { return "\(seconds)s" }
        if seconds < 7_200 { return "\(seconds / 60)m" }
        return seconds < 172_800 ? "\(seconds / 3_600)h" : "\(seconds / 86_400)d"
    }

    /// The clock in UTC, with the day where that is not today.
    func clock(_ instant: Timestamp) -> String {
        let text = instant.description
        let time = text.dropFirst(11).prefix(8) + "Z"
        return now.description.prefix(10) == text.prefix(10) ? String(time) : "\(text.prefix(10)) \(time)"
    }

    func said(_ instant: Timestamp) -> String { "\(clock(instant)) (\(age(of: instant)) ago)" }
}
