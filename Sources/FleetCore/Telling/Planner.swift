// Who is told what, decided once and with its reason (Telling). The planner sees the incident, the routes and
// what each receiver has already been sent; it answers with rows to write and rows to withdraw, and does neither.

import struct Foundation.Date
public import Timekeeping

/// What the planner wants written.
public struct Plan: Sendable, Hashable {
    public var notifications: [Notification] = []
    public var withdrawals: [Change.Withdrawal] = []
    public var postponements: [Change.Postponement] = []
    public var suppressions: [SuppressedNotification] = []

    public init() {}
}

/// Makes notifications. A value per decision: it carries the instant, the routes and the source of ids.
public struct Planner: Sendable {
    public let tree: RoutingTree
    public let now: Moment
    /// Nothing is sent before this: the first sweeps after a start say only what is still true at their end.
    public let settledAt: Moment?
    public var generator: SeededGenerator
    /// Pages of siblings that wait for one another.
    public var groups: GroupBook
    /// Rooms that fall within it may share a cause.
    let window: Duration

    public init(
        tree: RoutingTree, now: Moment, settledAt: Moment?, generator: SeededGenerator, groups: GroupBook = GroupBook(),
        window: Duration = CorrelationRules().window
    ) {
        self.groups = groups
        self.window = window
        self.tree = tree
        self.now = now
        self.settledAt = settledAt
        self.generator = generator
    }

    /// An incident opened.
    ///
    /// - Parameter isUrgent: whether the page must not wait for siblings (in use, booked, very important).
    public mutating func opened(_ incident: Incident, isUrgent: Bool) -> Plan {
        var plan = Plan()
        guard !isSuppressed(.opened, incident, in: &plan) else { return plan }
        for destination in destinations(of: incident) {
            page(.opened, incident, to: destination, isUrgent: isUrgent, in: &plan)
        }
        return plan
    }

    /// Nobody had been told because of a window, a silence or flapping, and that is over: who knows of it is reminded
    /// that it lasts, who does not is told.
    public mutating func released(_ incident: Incident, sent: [SentNotification]) -> Plan {
        var plan = Plan()
        guard !isSuppressed(.reminder, incident, in: &plan), incident.status == .open else { return plan }
        for destination in destinations(of: incident) {
            let rows = sent.filter { $0.receiver == destination.receiver.name }
            let knows = Self.knows(rows)
            if knows, !destination.receiver.isReminded { continue }
            tell(knows ? .reminder : .opened, incident, to: destination, in: &plan)
        }
        return plan
    }

    /// An incident changed in a way that its receivers should hear of, or became the business of others.
    public mutating func updated(_ incident: Incident, sent: [SentNotification]) -> Plan {
        var plan = Plan()
        guard !isSuppressed(.updated, incident, in: &plan) else { return plan }
        for destination in destinations(of: incident) {
            let rows = sent.filter { $0.receiver == destination.receiver.name }
            tell(Self.knows(rows) ? .updated : .opened, incident, to: destination, in: &plan)
        }
        return plan
    }

    /// The severity rose.
    ///
    /// - Parameters:
    ///   - endedAcknowledgement: whether somebody had acknowledged it while it was less severe. PagerDuty tells nobody of
    ///     a trigger whose key is acknowledged, so there the alert is closed and opened again.
    ///   - isUrgent: whether a page that waits for siblings must not wait any longer.
    public mutating func raised(
        _ incident: Incident, endedAcknowledgement: Bool, isUrgent: Bool, sent: [SentNotification]
    ) -> Plan {
        var plan = Plan()
        guard !isSuppressed(.updated, incident, in: &plan) else { return plan }
        for destination in destinations(of: incident) {
            let rows = sent.filter { $0.receiver == destination.receiver.name }
            if let waiting = Self.unsentPage(rows), incident.condition == .roomOffline {
                replace(waiting, by: incident, to: destination, isUrgent: isUrgent, in: &plan)
                continue
            }
            let knows = Self.knows(rows)
            if knows, endedAcknowledgement, destination.receiver.ownsAcknowledgement, destination.receiver.isPaging {
                tell(.resolved, incident, to: destination, in: &plan)
                tell(.opened, incident, to: destination, in: &plan)
            } else {
                tell(knows ? .updated : .opened, incident, to: destination, in: &plan)
            }
        }
        return plan
    }

    /// Somebody works on it: whoever was told hears so, and nobody else is woken.
    public mutating func acknowledged(_ incident: Incident, sent: [SentNotification]) -> Plan {
        var plan = Plan()
        for (receiver, rows) in Self.byReceiver(sent) where Self.knows(rows) {
            let rule = rows.last?.rule ?? "acknowledge"
            plan.notifications.append(notification(.acknowledged, incident, to: receiver, rule: rule, due: now))
        }
        return plan
    }

    /// An incident ended because another one speaks for its rooms.
    ///
    /// What nobody has heard yet nobody needs to hear, of whatever kind the receiver is; who was told hears of the larger
    /// trouble first and of this end after it.
    ///
    /// - Parameter heralds: the messages about the larger incident, those of this decision included.
    public mutating func merged(
        _ incident: Incident, sent: [SentNotification], heralds: [(receiver: ReceiverName, id: UniqueID)]
    ) -> Plan {
        var plan = Plan()
        for (receiver, rows) in Self.byReceiver(sent) {
            for row in rows where row.state == .waiting && row.event != .resolved {
                plan.withdrawals.append(
                    Change.Withdrawal(notification: row.id, reason: "a larger incident speaks for the room"))
            }
            let isTold = Self.isTold(rows) || rows.contains { $0.state == .waiting && $0.attempts > 0 }
            guard isTold else { continue }
            let herald = heralds.last { $0.receiver == receiver }?.id
            plan.notifications.append(
                notification(
                    .resolved, incident, to: receiver, rule: rows.last?.rule ?? "merge", due: now, after: herald))
        }
        return plan
    }

    /// An incident resolved.
    ///
    /// Told to whoever was, or may have been, told of it. A trigger that never left is dropped together with its
    /// resolve for paging kinds; ledger kinds get both in order.
    public mutating func resolved(_ incident: Incident, sent: [SentNotification]) -> Plan {
        var plan = Plan()
        for (receiver, rows) in Self.byReceiver(sent) {
            // The incident came and went once more while nobody was to be told of it: one end is enough.
            if let planned = Self.plannedEnd(rows) {
                guard planned.attempts == 0 else { continue }
                plan.withdrawals.append(
                    Change.Withdrawal(
                        notification: planned.id, reason: "the incident reopened and resolved again before it was sent")
                )
            }
            let waiting = rows.filter { $0.state == .waiting }
            let isPaging = tree.receivers[receiver]?.isPaging ?? true
            let heard = Self.isTold(rows)
            if isPaging {
                for row in waiting where row.event != .resolved {
                    plan.withdrawals.append(
                        Change.Withdrawal(notification: row.id, reason: "the incident resolved before it was sent"))
                }
                let mayHaveHeard = heard || waiting.contains { $0.attempts > 0 }
                guard mayHaveHeard else { continue }
            } else {
                guard heard || waiting.contains(where: { $0.event.isTrigger }) else { continue }
            }
            let rule = rows.last?.rule ?? "resolve"
            plan.notifications.append(notification(.resolved, incident, to: receiver, rule: rule, due: now))
        }
        return plan
    }

    /// What reopening means for an incident's acknowledgement and receivers.
    public struct Reopening: Sendable, Hashable {
        public var plan: Plan
        /// Whether some receiver has heard of the resolve, so that the acknowledgement ended with it.
        public var endsAcknowledgement: Bool
    }

    /// An incident fired again soon after it cleared (Detection, rule 4).
    ///
    /// A resolve that was not sent yet is withdrawn, and its receiver never hears of the interruption; where it was
    /// sent, the reopening is a new page.
    public mutating func reopened(_ incident: Incident, sent: [SentNotification], isUrgent: Bool) -> Reopening {
        var reopening = Reopening(plan: Plan(), endsAcknowledgement: false)
        var unaware: Set<ReceiverName> = []
        for (receiver, rows) in Self.byReceiver(sent) {
            let unsentResolves = rows.filter { $0.event == .resolved && $0.state == .waiting && $0.attempts == 0 }
            for row in unsentResolves {
                unaware.insert(receiver)
                reopening.plan.withdrawals.append(
                    Change.Withdrawal(notification: row.id, reason: "the incident reopened before it was sent"))
            }
            if unsentResolves.isEmpty, rows.contains(where: { $0.event == .resolved && $0.state != .withdrawn }) {
                reopening.endsAcknowledgement = true
            }
        }
        var incident = incident
        if reopening.endsAcknowledgement { incident.endAcknowledgement() }
        guard !isSuppressed(.reopened, incident, in: &reopening.plan) else { return reopening }
        for destination in destinations(of: incident) where !unaware.contains(destination.receiver.name) {
            page(.reopened, incident, to: destination, isUrgent: isUrgent, in: &reopening.plan)
        }
        return reopening
    }

    /// A receiver that had refused the page of an incident that is still open accepts messages again: it is told now.
    ///
    /// - Returns: nothing when it knows of the incident, never was to hear of it, or its fallback took the page instead.
    public mutating func retold(_ incident: Incident, to receiver: ReceiverName, sent: [SentNotification]) -> Plan {
        var plan = Plan()
        let rows = sent.filter { $0.receiver == receiver }
        guard let refused = rows.last(where: { $0.event.isTrigger }), refused.state == .failed,
            !rows.contains(where: { $0.state == .waiting }),
            !sent.contains(where: { $0.rule == "fallback:\(receiver)" && $0.state == .accepted })
        else { return plan }
        plan.notifications.append(
            notification(.opened, incident, to: receiver, rule: refused.rule, due: now))
        return plan
    }

    /// The same message to the receiver's fallback, because the receiver refused it or is too slow for it.
    public mutating func fellBack(_ refused: Notification) -> Plan {
        var plan = Plan()
        guard let name = tree.receivers[refused.receiver]?.fallback, let fallback = tree.receivers[name],
            Self.isFit(fallback, for: refused.incident)
        else { return plan }
        plan.notifications.append(
            notification(
                refused.event, refused.incident, to: name, rule: "fallback:\(refused.receiver)", due: now))
        return plan
    }

    /// `source.stalled` never pages (Detection, Blindness), and nobody is told of a dead channel through that channel.
    private static func isFit(_ receiver: ReceiverProfile, for incident: Incident) -> Bool {
        switch incident.condition {
        case .sourceStalled: !receiver.isPaging
        case .channelDown: receiver.name.text != incident.scope.id
        case .roomOffline, .floorOffline, .buildingOffline, .tenantOffline, .roomFlapping, .roomUnseen, .roomNeverSeen,
            .roomAccount, .deviceOffline, .devicePeripheral, .deviceLogin, .deviceSoftware, .deviceHardware,
            .deviceUnexpectedUser, .commandFailed, .tenantBlind, .tenantPermissions, .inventoryShrunk, .storeDegraded:
            true
        }
    }

    /// The receivers of the routes that are fit for the incident, each once; a dead channel's fallback stands in for it.
    func destinations(of incident: Incident) -> [RoutingTree.Destination] {
        let routed = tree.destinations(of: incident, at: now.wall)
        var found = routed.filter { Self.isFit($0.receiver, for: incident) }
        for destination in routed
        where incident.condition == .channelDown && !Self.isFit(destination.receiver, for: incident) {
            guard let name = destination.receiver.fallback, let fallback = tree.receivers[name],
                !found.contains(where: { $0.receiver.name == name })
            else { continue }
            found.append(
                RoutingTree.Destination(
                    receiver: fallback, rule: "fallback:\(destination.receiver.name)", grouping: destination.grouping))
        }
        return found
    }

    /// Whether nobody is told; if so, the plan says why.
    func isSuppressed(_ event: Notification.Event, _ incident: Incident, in plan: inout Plan) -> Bool {
        var reasons = [incident.suppression].compactMap(\.self)
        if incident.status == .acknowledged, event == .updated || event == .reminder || event == .escalation {
            reasons.append(
                .acknowledged(
                    by: incident.acknowledgedBy ?? "",
                    until: incident.acknowledgedAt?.addingTimeInterval(Incident.acknowledgementHolds.seconds)))
        }
        guard let reason = Suppression.first(of: reasons) else { return false }
        plan.suppressions.append(
            SuppressedNotification(
                tenant: incident.tenant, key: incident.key, incident: incident.id, event: event, suppression: reason,
                at: now.wall))
        return true
    }

    /// A first page: that of a room waits for its siblings.
    private mutating func page(
        _ event: Notification.Event, _ incident: Incident, to destination: RoutingTree.Destination, isUrgent: Bool,
        in plan: inout Plan
    ) {
        let id = UniqueID(at: now.wall, using: &generator)
        var due = now
        if incident.condition == .roomOffline {
            let address = GroupBook.Address(
                tenant: incident.tenant, building: incident.rooms.first?.building, receiver: destination.receiver.name)
            let joined = groups.join(
                id, of: address, grouping: destination.grouping, isUrgent: isUrgent, window: window, at: now)
            due = joined.due
            plan.postponements += joined.postponed
        }
        plan.notifications.append(
            notification(event, incident, to: destination.receiver.name, rule: destination.rule, due: due, id: id))
    }

    /// A page that waits for siblings says the newer severity, and when that is urgent it does not wait any longer.
    private mutating func replace(
        _ waiting: SentNotification, by incident: Incident, to destination: RoutingTree.Destination, isUrgent: Bool,
        in plan: inout Plan
    ) {
        let id = UniqueID(at: now.wall, using: &generator)
        let address = GroupBook.Address(
            tenant: incident.tenant, building: incident.rooms.first?.building, receiver: destination.receiver.name)
        let goesNow = groups.replace(waiting.id, by: id, of: address, isUrgent: isUrgent, window: window, at: now)
        let wait = Duration.seconds(max(0, waiting.due?.timeIntervalSince(now.wall) ?? 0))
        plan.withdrawals.append(
            Change.Withdrawal(notification: waiting.id, reason: "it became more severe before it was sent"))
        plan.notifications.append(
            notification(
                waiting.event, incident, to: destination.receiver.name, rule: destination.rule,
                due: goesNow ? now : now.advanced(by: wait), id: id))
    }

    /// A message that waits for nobody.
    mutating func tell(
        _ event: Notification.Event, _ incident: Incident, to destination: RoutingTree.Destination, in plan: inout Plan
    ) {
        plan.notifications.append(
            notification(event, incident, to: destination.receiver.name, rule: destination.rule, due: now))
    }

    private mutating func notification(
        _ event: Notification.Event, _ incident: Incident, to receiver: ReceiverName, rule: String, due: Moment,
        after: UniqueID? = nil, id: UniqueID? = nil
    ) -> Notification {
        var due = due
        if let settledAt, settledAt.steady > due.steady { due = settledAt }
        return Notification(
            id: id ?? UniqueID(at: now.wall, using: &generator), receiver: receiver, event: event, rule: rule,
            incident: incident, decidedAt: now.wall,
            // Counted from now: the wall clock may have been set since the wait was decided.
            notBefore: now.advanced(by: now.elapsed(until: due)).wall, after: after)
    }
}
