// What time alone makes the planner say: reminders while nobody has acknowledged, and further people after a while. All
// of it is counted on the steady clock, so that a corrected wall clock reminds nobody.

import Timekeeping

/// What one look at an open incident came to.
public struct Review: Sendable, Hashable {
    public var plan: Plan
    /// Whether its receivers were reminded with this look.
    public var reminds = false
    /// When to look again; `nil` when nothing will become due by itself.
    public var next: Moment?
}

extension Planner {
    /// Reminders come this long after the incident was first told: half an hour, one, two and four hours, then every
    /// four hours.
    static let reminders: [Duration] = [30, 60, 120, 240].map { .seconds($0 * 60) }
    static let lastingReminder: Duration = .seconds(4 * 3600)
    /// A reminder waits for the page itself, which may be waiting for its receiver.
    static let patience: Duration = .seconds(60)

    /// Reminds, and tells further people, when it is time.
    ///
    /// - Parameters:
    ///   - since: when people could first hear of it: it opened, reopened, or what kept it quiet was over.
    ///   - reminded: when they last heard of it again, by a reminder or because it became worse.
    public mutating func reviewed(
        _ incident: Incident, sent: [SentNotification], since: Moment, reminded: Moment?
    ) -> Review {
        var review = Review(plan: Plan())
        guard incident.status == .open, Self.isWorthReminding(incident) else { return review }
        var dates: [Moment] = []
        var wanted: [(event: Notification.Event, destination: RoutingTree.Destination)] = []
        let listeners = destinations(of: incident).filter(\.receiver.isReminded)
        if !listeners.isEmpty {
            let due = since.advanced(by: Self.reminder(after: since.elapsed(until: reminded ?? since)))
            let told = listeners.filter { listener in
                Self.isTold(sent.filter { $0.receiver == listener.receiver.name })
            }
            if due.steady > now.steady {
                dates.append(due)
            } else if told.isEmpty, incident.suppression == nil {
                dates.append(now.advanced(by: Self.patience))
            } else {
                // After a night without a daemon one reminder is due, not one for each that was missed.
                wanted += told.map { (.reminder, $0) }
                review.reminds = true
                dates.append(since.advanced(by: Self.reminder(after: since.elapsed(until: now))))
            }
        }
        for step in tree.escalations(of: incident, at: now.wall) {
            let isDone = sent.contains {
                $0.rule == step.rule && $0.receiver == step.receiver.name && $0.state != .withdrawn
            }
            if isDone { continue }
            let due = since.advanced(by: step.after)
            guard due.steady <= now.steady else {
                dates.append(due)
                continue
            }
            let destination = RoutingTree.Destination(receiver: step.receiver, rule: step.rule, grouping: Grouping())
            wanted.append((.escalation, destination))
        }
        if let first = wanted.first?.event ?? (review.reminds ? .reminder : nil),
            isSuppressed(first, incident, in: &review.plan)
        {
            // What keeps it quiet says when it is over; until then one row is enough.
            return Review(plan: review.plan, next: now.advanced(by: Self.reminders[0]))
        }
        for (event, destination) in wanted { tell(event, incident, to: destination, in: &review.plan) }
        review.next = dates.min { $0.steady < $1.steady }
        return review
    }

    /// The first reminder later than an age of the incident.
    static func reminder(after age: Duration) -> Duration {
        if let early = reminders.first(where: { $0 > age }) { return early }
        let last = reminders[reminders.count - 1]
        let rounds = Int(((age - last).seconds / lastingReminder.seconds).rounded(.down)) + 1
        return last + lastingReminder * rounds
    }

    /// Warnings about ourselves stay open for days; they are seen on the page, and nobody is reminded of them.
    private static func isWorthReminding(_ incident: Incident) -> Bool { incident.severity > .warning }
}
