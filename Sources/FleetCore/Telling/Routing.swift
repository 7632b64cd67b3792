// Who hears of an incident: the routing tree of the configuration as a pure function (Contract: first match
// wins unless `continue`; the last route must match everything, which the configuration checks).

public import struct Foundation.Date

/// One route of the configuration.
public struct Route: Sendable, Hashable {
    /// Its place in the configuration, `routes[0]`, quoted as the rule of a notification.
    public var rule: String
    public var match: RouteMatch
    public var receivers: [ReceiverName]
    public var continues: Bool
    public var grouping: Grouping
    /// When the route is used; always without it.
    public var times: ActiveTimes?
    /// Who else is told when nobody acknowledges.
    public var escalations: [Escalation]

    /// Further receivers after a while without acknowledgement.
    public struct Escalation: Sendable, Hashable {
        public var after: Duration
        public var receivers: [ReceiverName]

        public init(after: Duration, receivers: [ReceiverName]) {
            self.after = after
            self.receivers = receivers
        }
    }

    public init(
        rule: String, match: RouteMatch, receivers: [ReceiverName], continues: Bool = false,
        grouping: Grouping = Grouping(), times: ActiveTimes? = nil, escalations: [Escalation] = []
    ) {
        self.times = times
        self.escalations = escalations
        self.rule = rule
        self.match = match
        self.receivers = receivers
        self.continues = continues
        self.grouping = grouping
    }
}

/// How long a first page waits for siblings (Telling, Grouping).
public struct Grouping: Sendable, Hashable {
    public var wait: Duration
    public var maximum: Duration

    public init(wait: Duration = .seconds(20), maximum: Duration = .seconds(60)) {
        self.wait = wait
        self.maximum = maximum
    }
}

/// What a route asks of an incident; a part that is `nil` asks nothing.
public struct RouteMatch: Sendable, Hashable {
    public var severities: Set<Severity>?
    public var conditions: Set<Condition>?
    public var tenants: Set<TenantName>?
    public var buildings: Set<String>?

    public init(
        severities: Set<Severity>? = nil, conditions: Set<Condition>? = nil, tenants: Set<TenantName>? = nil,
        buildings: Set<String>? = nil
    ) {
        self.severities = severities
        self.conditions = conditions
        self.tenants = tenants
        self.buildings = buildings
    }

    /// Whether it matches whatever comes.
    public var matchesEverything: Bool {
        severities == nil && conditions == nil && tenants == nil && buildings == nil
    }

    public func matches(_ incident: Incident) -> Bool {
        if let severities, !severities.contains(incident.severity) { return false }
        if let conditions, !conditions.contains(incident.condition) { return false }
        if let tenants, !tenants.contains(incident.tenant) { return false }
        if let buildings, !incident.rooms.contains(where: { buildings.contains($0.building ?? "") }) { return false }
        return true
    }
}

/// What the planner must know of a receiver.
public struct ReceiverProfile: Sendable, Hashable {
    public var name: ReceiverName
    /// Paging kinds wake people, so a trigger that is overtaken by its resolve is dropped; ledger kinds record
    /// everything in order (Telling, Order).
    public var isPaging: Bool
    public var fallback: ReceiverName?
    /// PagerDuty and Alertmanager keep acknowledgements, reminders and escalation themselves.
    public var ownsAcknowledgement: Bool
    /// `escalate: true`: reminders and escalation all the same.
    public var escalates: Bool

    /// Whether it hears reminders.
    public var isReminded: Bool { !ownsAcknowledgement || escalates }

    public init(
        name: ReceiverName, isPaging: Bool, fallback: ReceiverName? = nil, ownsAcknowledgement: Bool = false,
        escalates: Bool = false
    ) {
        self.ownsAcknowledgement = ownsAcknowledgement
        self.escalates = escalates
        self.name = name
        self.isPaging = isPaging
        self.fallback = fallback
    }
}

/// The whole of `routes` and `receivers`.
public struct RoutingTree: Sendable, Hashable {
    public var routes: [Route]
    public var receivers: [ReceiverName: ReceiverProfile]
    /// Who hears of the incidents of rooms that do not exist; nobody else does.
    public var probe: Probe?

    /// A room that only shows whether pages get through, and its receiver.
    public struct Probe: Sendable, Hashable {
        public var room: AccountID
        public var receiver: ReceiverProfile

        public init(room: AccountID, receiver: ReceiverProfile) {
            self.room = room
            self.receiver = receiver
        }
    }

    public init(routes: [Route], receivers: [ReceiverProfile], probe: Probe? = nil) {
        self.routes = routes
        self.probe = probe
        self.receivers = Dictionary(receivers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// One receiver that an incident is sent to, and the rule that says so.
    public struct Destination: Sendable, Hashable {
        public var receiver: ReceiverProfile
        public var rule: String
        public var grouping: Grouping
    }

    /// The receivers of an incident in the order of the routes; each receiver once, by the first rule that named it.
    ///
    /// A route outside of its times is passed over as if it did not match.
    public func destinations(of incident: Incident, at now: Date) -> [Destination] {
        if let probe, incident.rooms.first?.id == probe.room {
            return [Destination(receiver: probe.receiver, rule: "synthetic", grouping: Grouping(wait: .zero))]
        }
        var found: [Destination] = []
        for route in matching(incident, at: now) {
            for name in route.receivers where !found.contains(where: { $0.receiver.name == name }) {
                guard let receiver = receivers[name] else { continue }
                found.append(Destination(receiver: receiver, rule: route.rule, grouping: route.grouping))
            }
        }
        return found
    }

    /// One receiver that is told after a while without acknowledgement.
    struct EscalationStep {
        var after: Duration
        var receiver: ReceiverProfile
        var rule: String
    }

    func escalations(of incident: Incident, at now: Date) -> [EscalationStep] {
        matching(incident, at: now).flatMap { route in
            route.escalations.enumerated().flatMap { place, step in
                step.receivers.compactMap { receivers[$0] }.map {
                    EscalationStep(after: step.after, receiver: $0, rule: "\(route.rule).escalate[\(place)]")
                }
            }
        }
    }

    private func matching(_ incident: Incident, at now: Date) -> [Route] {
        var found: [Route] = []
        for route in routes where route.match.matches(incident) && route.times?.isActive(at: now) ?? true {
            found.append(route)
            if !route.continues { break }
        }
        return found
    }
}
