// The configuration as the daemon uses it: typed, checked, with every default filled in. Reading it needs a text and
// nothing else, so the whole of it is tested without a file; only `load` touches the disk.

import FleetCore

/// Everything that `/etc/roomwatch/roomwatch.yaml` says (Contract, Configuration), defaults included.
public struct Configuration: Sendable, Hashable {
    /// In the order of the file; at least one, with distinct names.
    public var tenants: [TenantConfiguration]
    public var poll: PollConfiguration
    public var commands: CommandConfiguration
    /// `detection`, `correlation`, `poll.presence` and `poll.suspect`.
    public var detection: DetectionRules
    /// `hours` and the hours, holidays and time zones of `buildings`; has an entry for every building named in either.
    public var hours: HoursTable
    public var buildings: [String: BuildingConfiguration]
    /// In the order of the file.
    public var rooms: [RoomRule]
    /// In the order of the file; the shipped `nightly` is the last one unless the file names it.
    public var maintenance: [MaintenanceWindow]
    public var store: StoreConfiguration
    public var api: APIConfiguration
    public var http: OutboundConfiguration
    /// Not acted on in this version.
    public var heartbeat: HeartbeatConfiguration?
    /// In the order of the file; at least one, with distinct names.
    public var receivers: [ReceiverConfiguration]
    public var routes: [Route]
    public var log: LogConfiguration
    /// Where people read what to do, with `{condition}` in place of the condition's name.
    public var runbookURL: String?
    /// What the operator should know without it being an error; ordered by line.
    public var notices: [ConfigurationNotice]

    /// Where the configuration is looked for unless the command line says otherwise.
    public static let defaultPath = "/etc/roomwatch/roomwatch.yaml"

    /// `routes` and `receivers` as the planner takes them.
    public var routing: RoutingTree {
        RoutingTree(routes: routes, receivers: receivers.map(\.profile))
    }

    /// `hours`, `buildings`, `rooms` and `maintenance` as detection takes them.
    public var site: SiteRules {
        SiteRules(hours: hours, contacts: buildings.compactMapValues(\.contact), rooms: rooms, windows: maintenance)
    }

    /// Every file that the configuration names, in no particular order.
    public var secretReferences: [SecretReference] {
        tenants.flatMap(\.secretReferences) + receivers.compactMap(\.secret)
            + [api.tokensFile, http.caFile, heartbeat?.urlFile].compactMap(\.self)
    }
}
