// From a decision of the core to rows: who is told of it, what the journal says, and one change that holds all of it.

import FleetCore
import FleetStore
import Foundation
import CoreMetrics
import Logging
import Timekeeping

extension Ledger {
    /// Transitions of one decision that get a line of their own in the journal.
    static let maximumLines = 50

    /// Plans who is told of a decision and commits both.
    func carryOut(_ decision: FleetDecision, tenant: TenantName, at now: Moment) {
        keep(decision.observations, at: now)
        guard decision.isUrgent else { return }
        let change = change(by: decision, tenant: tenant, at: now)
        log(decision, tenant: tenant)
        write(change, at: now)
        metrics.operations(change.commands)
        askCalendars(after: decision, tenant: tenant, at: now)
        askForCheck(after: decision, tenant: tenant)
    }

    /// Everything that a decision writes, with who is told of it.
    func change(by decision: FleetDecision, tenant: TenantName, at now: Moment) -> Change {
        var change = Change()
        change.tracks = decision.tracks
        change.conditions = decision.conditions
        change.transitions = decision.transitions
        change.suppressions = decision.suppressions
        change.commands = decision.commands
        change.devices = decision.devices
        plan(decision.events, tenant: tenant, at: now, into: &change)
        return change
    }

    /// Says in the journal what began and what ended; of a place that goes dark the first rooms and a count.
    private func log(_ decision: FleetDecision, tenant: TenantName) {
        guard log.logLevel <= .notice else { return }
        let told = decision.transitions.filter { $0.to == .firing || $0.from.isWrong }
        guard !told.isEmpty else { return }
        let incidents = Dictionary(
            decision.events.map { ($0.incident.id, $0.incident) }, uniquingKeysWith: { _, newer in newer })
        for transition in told.prefix(Self.maximumLines) {
            let incident = transition.incident.flatMap { incidents[$0] }
            var metadata: Logger.Metadata = [
                "tenant": "\(tenant)", "subject": "\(transition.subject)", "reason": "\(transition.reason)",
            ]
            if let id = transition.incident { metadata["incident"] = "\(id)" }
            let story = incident.map { ": \($0.summary)" } ?? ""
            log.notice(
                "\(transition.condition.rawValue) \(transition.from.rawValue) -> \(transition.to.rawValue)\(story)",
                metadata: metadata)
        }
        if told.count > Self.maximumLines {
            log.notice(
                "and \(told.count - Self.maximumLines) more transitions of the same answer",
                metadata: ["tenant": "\(tenant)"])
        }
    }

    func plan(_ events: [IncidentChange], tenant: TenantName, at now: Moment, into change: inout Change) {
        guard !events.isEmpty else { return }
        var planner = planner(for: tenant, at: now)
        for event in events {
            var incident = event.incident
            var plan = Plan()
            switch event {
            case .opened(_, let isUrgent):
                plan = planner.opened(incident, isUrgent: isUrgent)
            case .reopened(_, let isUrgent):
                let reopening = planner.reopened(incident, sent: sent(of: incident.id), isUrgent: isUrgent)
                plan = reopening.plan
                if reopening.endsAcknowledgement {
                    if tenant == .roomwatch {
                        incident = own.endAcknowledgement(of: incident.key) ?? incident
                    } else {
                        incident = fleets[tenant]?.endAcknowledgement(of: incident.key) ?? incident
                    }
                }
            case .updated:
                plan = planner.updated(incident, sent: sent(of: incident.id))
            case .raised(_, let endedAcknowledgement, let isUrgent):
                plan = planner.raised(
                    incident, endedAcknowledgement: endedAcknowledgement, isUrgent: isUrgent,
                    sent: sent(of: incident.id))
            case .released:
                plan = planner.released(incident, sent: sent(of: incident.id))
            case .acknowledged:
                plan = planner.acknowledged(incident, sent: sent(of: incident.id))
            case .merged(_, let larger):
                let decided = change.notifications.filter { $0.incident.id == larger }.map { ($0.receiver, $0.id) }
                let waiting = sent(of: larger).filter { $0.state == .waiting }.map { ($0.receiver, $0.id) }
                plan = planner.merged(
                    incident, sent: sent(of: incident.id),
                    heralds: (waiting + decided).map { (receiver: $0.0, id: $0.1) })
            case .resolved:
                plan = planner.resolved(incident, sent: sent(of: incident.id))
            case .noted:
                break
            }
            change.incidents.append(incident)
            add(plan, to: &change)
            watch(event, incident, at: now)
        }
        keep(planner)
        metrics.incidents(events)
    }

    /// A planner for one decision; hand it to ``keep(_:)`` afterwards.
    func planner(for tenant: TenantName, at now: Moment) -> Planner {
        Planner(
            tree: tree, now: now, settledAt: settledAt[tenant], generator: generator, groups: groups,
            window: (fleets[tenant] ?? own).rules.correlation.window)
    }

    func keep(_ planner: Planner) {
        generator = planner.generator
        groups = planner.groups
    }

    func add(_ plan: Plan, to change: inout Change) {
        change.notifications += plan.notifications
        change.withdrawals += plan.withdrawals
        change.postponements += plan.postponements
        change.suppressions += plan.suppressions
        metrics.suppressed(plan.suppressions)
    }

    /// What each receiver was told of an incident, in the order it was decided.
    func sent(of incident: UniqueID) -> [SentNotification] {
        let stored: [SentNotification]
        do throws(StoreError) {
            stored = try store.notifications(of: incident)
        } catch {
            // Without the rows a resolve might be withheld; treating them as unknown only risks saying it twice.
            log.error("store: \(error)")
            stored = []
        }
        let remembered = stored.map { row in
            var row = row
            if memory.withdrawnInStore.contains(row.id) { row.state = .withdrawn }
            for attempt in memory.unrecorded[row.id]?.attempts ?? [] { row.take(attempt.outcome) }
            return row
        }
        return (remembered + memory.sent(of: incident)).map { row in
            var row = row
            if inFlight[row.id] != nil { row.attempts += 1 }
            return row
        }
    }
}

extension SentNotification {
    /// The row as it will be once an outcome is recorded.
    mutating func take(_ outcome: DeliveryOutcome) {
        attempts += 1
        switch outcome {
        case .accepted: state = .accepted
        case .failed: state = .failed
        case .retry: break
        }
    }
}
