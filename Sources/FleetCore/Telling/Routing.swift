// Who hears of an incident: the routing tree of the configuration as a pure function (Contract: first match
// wins unless `continue`; the last route must match everything, which the configuration checks).

/// One route of the configuration.
public struct Route: Sendable, Hashable {
    /// Its place in the configuration, `routes[0]`, quoted as the rule of a notification.
    public var rule: String
    public var match: RouteMatch
    public var receivers: [ReceiverName]
    public var continues: Bool
    public var grouping: Grouping

    public init(
        rule: String, match: RouteMatch, receivers: [ReceiverName], continues: Bool = false,
        grouping: Grouping = Grouping()
    ) {
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

    public init(name: ReceiverName, isPaging: Bool, fallback: ReceiverName? = nil) {
        self.name = name
        self.isPaging = isPaging
        self.fallback = fallback
    }
}

/// The whole of `routes` and `receivers`.
public struct RoutingTree: Sendable, Hashable {
    public var routes: [Route]
    public var receivers: [ReceiverName: ReceiverProfile]

    public init(routes: [Route], receivers: [ReceiverProfile]) {
        self.routes = routes
        self.receivers = Dictionary(receivers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// One receiver that an incident is sent to, and the rule that says so.
    public struct Destination: Sendable, Hashable {
        public var receiver: ReceiverProfile
        public var rule: String
        public var grouping: Grouping
    }

    /// The receivers of an incident in the order of the routes; each receiver once, by the first rule that named it.
    public func destinations(of incident: Incident) -> [Destination] {
        var found: [Destination] = []
        for route in routes where route.match.matches(incident) {
            for name in route.receivers where !found.contains(where: { $0.receiver.name == name }) {
                guard let receiver = receivers[name] else { continue }
                found.append(Destination(receiver: receiver, rule: route.rule, grouping: route.grouping))
            }
            if !route.continues { break }
        }
        return found
    }
}
