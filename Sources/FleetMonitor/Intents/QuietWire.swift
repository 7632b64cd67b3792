// From the core's quiet rules and rows to the bodies of the API.

import FleetAPI
import FleetChannels
import FleetCore
import FleetStore
import Foundation
import Timekeeping

extension SilenceBody {
    init(_ silence: Silence, at now: Moment) {
        self.init(
            id: silence.id.text, matchers: silence.matchers.all.map(\.description),
            state: silence.state(at: now).rawValue, startsAt: Timestamp(silence.startsAt),
            endsAt: Timestamp(silence.endsAt), createdAt: Timestamp(silence.createdAt), author: silence.author,
            reason: silence.reason, expiredBy: silence.expiredBy)
    }
}

extension WindowBody {
    /// - Parameter zone: by which a recurring window is said to be open or closed when it has none of its own.
    init(_ window: MaintenanceWindow, rooms: Int, at now: Date, zone: TimeZone) {
        let match = window.match
        var id: String?
        var author: String?
        var reason: String?
        var stretch: Stretch?
        let isOpen = window.isOpen(at: now, timeZone: zone)
        var state = isOpen ? "open" : "closed"
        let schedule: String
        switch window.schedule {
        case .once(let planned):
            id = planned.id.text
            author = planned.author
            reason = planned.reason
            stretch = planned.stretch
            schedule = "once"
            if !isOpen { state = now < planned.startsAt ? "planned" : "over" }
        case .weekly(let weekly, let own):
            schedule = weekly.words + (own.map { ", \($0.identifier)" } ?? ", time of the building")
        }
        if !window.isEnabled { state = "off" }
        self.init(
            id: id, name: window.name, kind: id == nil ? "weekly" : "once", enabled: window.isEnabled, state: state,
            schedule: schedule + (window.returnWithin.map { ", absences up to \($0.inWords)" } ?? ""),
            startsAt: stretch.map { Timestamp($0.start) }, endsAt: stretch.map { Timestamp($0.end) },
            tenants: (match.tenants ?? []).map(\.text).sorted(), buildings: (match.buildings ?? []).sorted(),
            floors: (match.floors ?? []).sorted(), rooms: (match.rooms ?? []).sorted(), roomsTotal: rooms,
            author: author, reason: reason)
    }
}

extension WeeklySchedule {
    /// `mon-fri 02:00-03:30`
    var words: String {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        let order: [BookableHours.Weekday] = [
            .monday, .tuesday, .wednesday, .thursday, .friday, .saturday, .sunday,
        ]
        let places = order.indices.filter { days.contains(order[$0]) }
        let isRow = places.count > 2 && places.last.map { $0 - places[0] + 1 == places.count } ?? false
        let text =
            places.count == 7
            ? "daily"
            : isRow
                ? "\(names[places[0]])-\(names[places[places.count - 1]])"
                : places.map { names[$0] }.joined(separator: ",")
        return "\(text) \(Self.clock(fromMinute))-\(Self.clock(toMinute))"
    }

    private static func clock(_ minute: Int) -> String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(padded(minute / 60)):\(padded(minute % 60))"
    }
}

extension CommentBody {
    init(_ comment: IncidentComment) {
        self.init(at: Timestamp(comment.at), author: comment.author, text: comment.text)
    }
}

extension NotificationBody {
    init(_ row: SentNotification, of incident: UniqueID) {
        self.init(
            id: row.id.text, incident: incident.text, receiver: row.receiver.text, event: row.event.rawValue,
            rule: row.rule, state: row.state.rawValue, attempts: row.attempts,
            decidedAt: row.decidedAt.map(Timestamp.init), dueAt: row.due.map(Timestamp.init),
            settledAt: row.settledAt.map(Timestamp.init), remark: row.remark)
    }
}

extension SuppressionBody {
    init(_ record: SuppressedNotification) {
        self.init(
            at: Timestamp(record.at), event: record.event.rawValue, kind: record.suppression.kind.rawValue,
            rule: record.suppression.rule, until: record.suppression.until.flatMap(Timestamp.init(finite:)),
            sentence: record.suppression.sentence(at: record.at), receiver: record.receiver?.text,
            incident: record.incident?.text)
    }
}

extension AuditBody {
    init(_ entry: AuditEntry) {
        self.init(
            at: Timestamp(entry.at), actor: entry.actor, role: entry.role, origin: entry.origin, action: entry.action,
            subject: entry.subject, detail: entry.detail)
    }
}
