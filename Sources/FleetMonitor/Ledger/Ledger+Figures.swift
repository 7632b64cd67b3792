// What a scrape and `systemctl status` show of the Ledger. One call answers a scrape, so that a sweep waits for it once;
// what takes one number is copied, and the rooms are walked once.

public import FleetCore
public import FleetStore
public import struct Foundation.Date
import Logging
import Timekeeping

/// Everything that a scrape asks of the Ledger, at one instant.
public struct LedgerFigures: Sendable {
    public var tenants: [Tenant] = []
    public var receivers: [Receiver] = []
    /// Changes that wait in memory for a store that cannot be written.
    public var changesInMemory = 0
    /// Notifications among them that are not settled.
    public var notificationsInMemory = 0
    public var lost = 0
    public var isStoreDegraded = false

    public struct Tenant: Sendable {
        public var census: Census
        /// When the newest complete sweep of this run ended.
        public var lastComplete: Date?
        public var capabilities: [Capability: CapabilityRecord.State]
        /// Operations by the word of their state, those that are not settled.
        public var operations: [String: Int] = [:]
    }

    /// One receiver; that of the synthetic room is one of them.
    public struct Receiver: Sendable {
        public var name: ReceiverName
        public var backlog: Backlog
        public var isDown: Bool
    }

    /// All that waits, whoever it waits for.
    public var backlog: Backlog {
        Backlog(
            waiting: receivers.map(\.backlog.waiting).reduce(0, +),
            oldestDecidedAt: receivers.compactMap(\.backlog.oldestDecidedAt).min())
    }
}

extension Ledger {
    /// How each tenant stands.
    public func census() -> [Census] {
        let now = time.now()
        return fleets.keys.sorted().compactMap { tenant in fleets[tenant].map { Census(tenant: tenant, $0, at: now) } }
    }

    /// How far the outbox is behind, memory included.
    public func backlog() -> Int { backlogs().values.map(\.waiting).reduce(0, +) }

    public func figures() -> LedgerFigures {
        var figures = LedgerFigures()
        figures.tenants = census().map { census in
            LedgerFigures.Tenant(
                census: census, lastComplete: sweeps[census.tenant]?.lastComplete?.wall,
                capabilities: capabilities(of: census.tenant).mapValues(\.state),
                operations: openOperations(of: census.tenant))
        }
        // A receiver that left the configuration may still have rows that wait.
        let backlogs = backlogs()
        figures.receivers = Set(tree.receivers.keys).union(backlogs.keys).sorted().map { name in
            LedgerFigures.Receiver(
                name: name, backlog: backlogs[name] ?? Backlog(waiting: 0, oldestDecidedAt: nil),
                isDown: own.isChannelDown(name))
        }
        figures.changesInMemory = memory.changes.count
        figures.notificationsInMemory = memory.rows.values.count { $0.state == .waiting }
        figures.lost = memory.lost
        figures.isStoreDegraded = own.isStoreDegraded
        return figures
    }

    private func backlogs() -> [ReceiverName: Backlog] {
        var found: [ReceiverName: Backlog] = [:]
        do throws(StoreError) {
            found = try store.backlogs()
        } catch {
            log.error("store: \(error)")
        }
        for row in memory.rows.values where row.state == .waiting {
            let known = found[row.notification.receiver]
            found[row.notification.receiver] = Backlog(
                waiting: (known?.waiting ?? 0) + 1,
                oldestDecidedAt: min(known?.oldestDecidedAt ?? .distantFuture, row.notification.decidedAt))
        }
        return found
    }
}

extension Census {
    init(tenant: TenantName, _ fleet: TenantFleet, at now: Moment) {
        self.init(tenant: tenant)
        rooms = fleet.rooms.count
        // A pass for each question, and no copy of a room or a track: sweeps wait for the Ledger meanwhile.
        weak = fleet.rooms.count { $0.isWeak }
        for phase in ConditionState.Phase.allCases { phases[phase] = fleet.tracks.count { $0.phase == phase } }
        let (watchedSince, rules) = (fleet.watchedSince, fleet.rules)
        unseen = fleet.tracks.count { $0.presence.isUnseen(at: now, watchedSince: watchedSince, rules: rules) }
        for incident in fleet.book.allOpen { open[incident.severity, default: 0] += 1 }
        isBlind = fleet.isBlind
        if fleet.devices.count > 0 { devices = DeviceCensus(fleet, at: now) }
    }
}
