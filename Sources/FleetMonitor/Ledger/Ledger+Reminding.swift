// While nobody has acknowledged, people are reminded and others are told. What is open is looked at when the planner said
// so, by the steady clock; the rows of the outbox tell after a restart how far the reminding had come.

import FleetCore
import Foundation
import Timekeeping

/// The watch over one open incident.
struct Vigil {
    /// Since when people could hear of it; `nil` until the rows of an earlier run were read.
    var since: Moment?
    /// When they last heard of it again.
    var reminded: Moment?
    var next: Moment
    /// The rule that kept a reminder back, as it was last written down.
    var heldBy: String?
}

extension Ledger {
    /// Looks that are due in one tick; the rest waits for the next one, a second later.
    static let reviewBite = 200
    /// Soon enough for the shortest escalation.
    private static let firstReview: Duration = .seconds(60)

    /// Keeps the watch over an incident in step with what happened to it.
    func watch(_ event: IncidentChange, _ incident: Incident, at now: Moment) {
        guard incident.status == .open else {
            vigils[incident.id] = nil
            return
        }
        let soon = now.advanced(by: Self.firstReview)
        switch event {
        case .opened, .reopened, .released:
            vigils[incident.id] = Vigil(since: now, next: soon)
        case .raised:
            vigils[incident.id, default: Vigil(next: soon)].reminded = now
        case .updated, .noted, .resolved, .merged, .acknowledged:
            if vigils[incident.id] == nil { vigils[incident.id] = Vigil(next: now) }
        }
    }

    /// Reminds of, and escalates, what nobody has acknowledged.
    func review(at now: Moment) {
        let due = vigils.filter { $0.value.next.steady <= now.steady }
            .sorted { ($0.value.next.steady, $0.key) < ($1.value.next.steady, $1.key) }.prefix(Self.reviewBite)
        guard !due.isEmpty else { return }
        let wanted = Set(due.map(\.key))
        var open: Set<UniqueID> = []
        var change = Change()
        for (tenant, fleet) in fleets.sorted(by: { $0.key < $1.key }) + [(TenantName.roomwatch, own)] {
            for incident in fleet.book.allOpen where wanted.contains(incident.id) {
                open.insert(incident.id)
                review(incident, tenant: tenant, at: now, into: &change)
            }
        }
        for id in wanted where !open.contains(id) { vigils[id] = nil }
        guard !change.isEmpty else { return }
        write(change, at: now)
    }

    private func review(_ incident: Incident, tenant: TenantName, at now: Moment, into change: inout Change) {
        guard var vigil = vigils[incident.id] else { return }
        let rows = sent(of: incident.id)
        let since = vigil.since ?? Self.told(incident, rows, at: now)
        let reminded = vigil.reminded ?? Self.reminded(rows, after: since, at: now)
        vigil.since = since
        vigil.reminded = reminded
        var planner = planner(for: tenant, at: now)
        var review = planner.reviewed(incident, sent: rows, since: since, reminded: reminded)
        keep(planner)
        if review.reminds { vigil.reminded = now }
        // The same rule is written down once, however often a reminder comes due under it.
        let rule = review.plan.suppressions.first?.suppression.rule
        if rule != nil, rule == vigil.heldBy { review.plan.suppressions = [] }
        vigil.heldBy = rule
        add(review.plan, to: &change)
        if let next = review.next { vigil.next = next }
        vigils[incident.id] = review.next == nil ? nil : vigil
    }

    /// When an incident of an earlier run was last told as new: when that was decided, as in the run that decided it. Counted
    /// from its delivery, which grouping puts off, the reminder after it would seem to have come before its time.
    private static func told(_ incident: Incident, _ rows: [SentNotification], at now: Moment) -> Moment {
        let trigger = rows.last { $0.event.isTrigger && $0.state != .withdrawn }
        return Moment(restoring: trigger?.decidedAt ?? incident.openedAt, at: now)
    }

    private static func reminded(_ rows: [SentNotification], after since: Moment, at now: Moment) -> Moment? {
        let last = rows.last { $0.event == .reminder && $0.state != .withdrawn }?.settledAt
        return last.map { Moment(restoring: $0, at: now) }.flatMap { $0.steady > since.steady ? $0 : nil }
    }
}
