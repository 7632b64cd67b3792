// Each page: what it asks of the monitor, and how the answer becomes what its template reads.

import FleetAPI
import Foundation
import Hummingbird
import HummingbirdCore
import Timekeeping

extension PageRoutes {
    var now: Timestamp { Timestamp(time.now().wall) }

    func incidentsPage(_ request: PageRequest, _ session: Session) async throws(Refusal) -> String {
        struct Model {
            var rows: [IncidentRow]
            var hasRows: Bool
            var isOpenOnly: Bool
            var hasNext: Bool
            var next: String
        }
        let showsAll = request.query["all"] != nil
        let list = try await intents.incidents(
            IncidentsQuery(
                statuses: showsAll ? [] : ["open", "acknowledged"], cursor: request.filled("cursor"),
                limit: 100), for: session.asker)
        let next = list.nextCursor.map { "/incidents?\(showsAll ? "all=1&" : "")cursor=\(Self.segment($0))" }
        let model = Model(
            rows: list.incidents.map { IncidentRow($0, at: now) }, hasRows: !list.incidents.isEmpty,
            isOpenOnly: !showsAll, hasNext: next != nil, next: next ?? "")
        return templates.page("incidents", model, title: "Incidents", at: "/incidents", for: session)
    }

    func incidentPage(_ id: String, _ session: Session) async throws(Refusal) -> String {
        let detail = try await intents.incident(id, for: session.asker)
        let one = detail.incident
        let now = now
        var facts = [
            Fact(name: "Since", value: Instant(one.firstBadAt, at: now).words),
            Fact(name: "Condition", value: one.condition), Fact(name: "Cause", value: one.cause),
            Fact(name: "Rooms", value: String(one.roomsTotal)),
        ]
        if let after = one.firstBadAfter {
            facts[0].value = "between \(Instant(after, at: now).clock) and \(Instant(one.firstBadAt, at: now).words)"
        }
        if let good = one.lastGoodAt { facts.append(Fact(name: "Last seen well", value: Instant(good, at: now).words)) }
        if let meeting = one.meeting {
            facts.append(Fact(name: "Meeting", value: meeting.words(at: now)))
        }
        if let contact = one.contact { facts.append(Fact(name: "Contact", value: contact)) }
        if let by = one.acknowledgedBy { facts.append(Fact(name: "Taken on by", value: by)) }
        if let quiet = one.suppression { facts.append(Fact(name: "Nobody is told", value: quiet.sentence)) }
        if let at = one.resolvedAt {
            facts.append(Fact(name: "Resolved", value: "\(Instant(at, at: now).words) (\(one.resolution ?? ""))"))
        }
        if let runbook = one.links.runbook { facts.append(Fact(name: "Runbook", value: runbook)) }
        let model = IncidentModel(
            id: one.id, summary: one.summary, severity: one.severity, status: one.status, facts: facts,
            rooms: one.rooms.map {
                IncidentModel.TileLink(
                    id: $0.id, name: $0.name, place: [$0.building, $0.floor].compactMap(\.self).joined(separator: ", "))
            },
            evidence: one.evidence.map {
                IncidentModel.EvidenceRow(
                    at: Instant($0.observedAt, at: now).clock, source: $0.source, reading: $0.reading)
            },
            isTaken: one.acknowledgedBy != nil,
            told: detail.notifications.map { TellingRow($0, at: now) }, hasTold: !detail.notifications.isEmpty,
            untold: detail.suppressions.map { UntoldRow($0, at: now) }, hasUntold: !detail.suppressions.isEmpty,
            comments: detail.comments.map {
                IncidentModel.CommentRow(at: Instant($0.at, at: now).clock, author: $0.author, text: $0.text)
            },
            isOpen: one.status != "resolved", mayAct: session.asker.role >= .operator,
            mayComment: session.asker.role >= .facilities, formKey: session.formKey,
            silence: Self.scopeWords(one))
        return templates.page("incident", model, title: one.summary, at: "/incidents", for: session)
    }

    private static func scopeWords(_ incident: IncidentBody) -> String {
        incident.scope.kind == "room" ? "this room" : "this \(incident.scope.kind)"
    }

    /// Silences what the incident is about, and nothing wider.
    func silence(_ id: String, _ form: [String: String], _ session: Session) async throws(Refusal) {
        let end = try end(after: form["hours"])
        let incident = try await intents.incident(id, for: session.asker).incident
        func quoted(_ text: String) -> String {
            "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        var matchers = ["tenant=\(quoted(incident.tenant))"]
        switch incident.scope.kind {
        case "room":
            // Two rooms may share a name, but no account id.
            matchers.append("room=\(quoted(incident.rooms.first?.id ?? incident.scope.id))")
        case "floor":
            matchers.append("floor=\(quoted(incident.rooms.first?.floor ?? incident.scope.name))")
            if let building = incident.rooms.first?.building { matchers.append("building=\(quoted(building))") }
        case "building": matchers.append("building=\(quoted(incident.rooms.first?.building ?? incident.scope.name))")
        default: matchers.append("condition=\(quoted(incident.condition))")
        }
        _ = try await intents.create(
            SilenceRequest(matchers: matchers, endsAt: end, reason: form["reason"] ?? ""),
            for: session.asker)
    }

    func deliveryPage(_ session: Session) async throws(Refusal) -> String {
        guard session.asker.tenant == nil else {
            let model = DeliveryModel(receivers: [], told: [], hasTold: false, isBound: true)
            return templates.page("delivery", model, title: "Delivery", at: "/delivery", for: session)
        }
        let receivers = try await intents.receivers(for: session.asker)
        let newest = try await intents.deliveries(DeliveriesQuery(), for: session.asker)
        let now = now
        let model = DeliveryModel(
            receivers: receivers.map {
                DeliveryModel.ReceiverRow(
                    name: $0.name, kind: $0.kind, state: $0.state, backlog: $0.backlog,
                    waiting: $0.waitingSince.map { Instant($0, at: now).age } ?? "", fallback: $0.fallback ?? "")
            }, told: newest.map { TellingRow($0, at: now) }, hasTold: !newest.isEmpty, isBound: false)
        return templates.page("delivery", model, title: "Delivery", at: "/delivery", for: session)
    }

    func capabilitiesPage(_ session: Session) async throws(Refusal) -> String {
        let rows = try await intents.capabilities(for: session.asker)
        let model = CapabilitiesModel(
            rows: rows.map {
                CapabilitiesModel.Row(
                    tenant: $0.tenant, name: $0.name, state: $0.state, detail: $0.detail,
                    checked: $0.checkedAt.map { Instant($0, at: now).age } ?? "")
            }, hasDoctor: session.asker.role >= .operator)
        return templates.page("capabilities", model, title: "Capabilities", at: "/capabilities", for: session)
    }

    /// Drawn once: looking at everything opens connections, which no page does by itself.
    func doctorPage(_ session: Session) async throws(Refusal) -> String {
        guard session.asker.role >= .operator else {
            throw Refusal(
                .forbidden, "the doctor is for operators, and \(session.asker.name) is \(session.asker.role.rawValue)",
                remedy: "sign in with the token of an operator")
        }
        let report = try await intents.doctor(for: session.asker)
        var areas: [DoctorModel.Area] = []
        for check in report.checks {
            let title = CheckBody.Area(rawValue: check.area)?.title ?? check.area
            if areas.last?.title != title { areas.append(DoctorModel.Area(title: title, rows: [])) }
            areas[areas.count - 1].rows.append(
                DoctorModel.Row(
                    status: check.status, tenant: check.tenant ?? "", summary: check.summary,
                    remedy: check.remedy ?? "",
                    examples: check.examples.isEmpty ? nil : check.examples.joined(separator: "; ")))
        }
        let model = DoctorModel(tally: report.counts.tally, at: Instant(report.at, at: now).words, areas: areas)
        return templates.page("doctor", model, title: "Doctor", at: "", for: session)
    }
}

extension Instant {
    /// The exact time and how long ago that was.
    var words: String { "\(clock), \(age)" }
}

extension IncidentBody.Meeting {
    func words(at now: Timestamp) -> String {
        "\(Instant(startsAt, at: now).clock) to \(Instant(endsAt, at: now).clock)"
    }
}
