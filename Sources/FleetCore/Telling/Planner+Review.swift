// What time alone makes the planner say: reminders while nobody has acknowledged, and further people after a while.

public import struct Foundation.Date
import Timekeeping

/// What one look at an open incident came to.
public struct Review: Sendable, Hashable {
    public var plan: Plan
    /// When to look again; `nil` when nothing will become due by itself.
    public var next: Date?
}

extension Planner {
    /// Reminders come this long after the incident was first told: half an hour, one, two and four hours, then every
    /// four hours.
    static let reminders: [Duration] = [30, 60, 120, 240].map { .seconds($0 * 60) }
    static let lastingReminder: Duration = .seconds(4 * 3600)

    /// Reminds, and tells further people, when it is time.
    public mutating func reviewed(_ incident: Incident, sent: [SentNotification]) -> Review {
        var review = Review(plan: Plan(), next: nil)
        guard incident.status == .open, Self.isWorthReminding(incident) else { return review }
        var dates: [Date] = []
        for destination in destinations(of: incident) {
            let rows = sent.filter { $0.receiver == destination.receiver.name }
            guard destination.receiver.isReminded, Self.isTold(rows) else { continue }
            let count = rows.count { $0.event == .reminder && $0.state != .withdrawn }
            let due = incident.openedAt.addingTimeInterval(Self.reminder(count).seconds)
            guard due <= now.wall else {
                dates.append(due)
                continue
            }
            // After a night without a daemon one reminder is due, not one for each that was missed.
            tell(.reminder, incident, to: destination, in: &review.plan)
            dates.append(now.wall.addingTimeInterval(Self.reminders[0].seconds))
        }
        for step in tree.escalations(of: incident, at: now.wall) {
            let due = incident.openedAt.addingTimeInterval(step.after.seconds)
            guard !sent.contains(where: { $0.rule == step.rule && $0.receiver == step.receiver.name }) else { continue }
            guard due <= now.wall else {
                dates.append(due)
                continue
            }
            tell(
                .escalation, incident,
                to: RoutingTree.Destination(receiver: step.receiver, rule: step.rule, grouping: Grouping()),
                in: &review.plan)
        }
        review.next = dates.min()
        // Suppressed: look again when that may have ended, and say only once that nobody was reminded.
        if !review.plan.suppressions.isEmpty { review.next = now.wall.addingTimeInterval(Self.reminders[0].seconds) }
        return review
    }

    /// How long after the opening the reminder of a number comes, counted from 0.
    static func reminder(_ number: Int) -> Duration {
        guard number >= reminders.count else { return reminders[number] }
        let last = reminders[reminders.count - 1]
        return last + lastingReminder * (number - reminders.count + 1)
    }

    /// Warnings about ourselves stay open for days; they are seen on the page, and nobody is reminded of them.
    private static func isWorthReminding(_ incident: Incident) -> Bool { incident.severity > .warning }
}
