// The one writer. Every observation, delivery outcome and request to change something comes through here, is judged by
// the pure core, and is committed in one transaction before anybody hears of it. The actor lives on the store's thread,
// so judging and committing happen without a gap in which a second input could slip between.

public import FleetCore
public import FleetStore
import Foundation
import CoreMetrics
public import Logging
public import Timekeeping

/// Decides and writes. All of its work is synchronous on the store's executor.
public actor Ledger {
    /// Observation rows wait for the next transaction at most this long, and this many of them.
    static let observationFlush: Duration = .seconds(10)
    static let maximumPendingObservations = 50_000
    /// Changes that are written from memory in one second once the disk takes them again.
    static let flushBite = 200
    /// A store that keeps failing is said again this often; its log may be on the same full disk.
    static let failureReminder: Duration = .seconds(60)
    /// A store that failed without leaving anything to write counts as whole again after this long without a failure:
    /// the outbox is read and a checkpoint is written several times meanwhile.
    static let storeQuiet: Duration = .seconds(120)

    private let executor: any SerialExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let store: Store
    let time: any TimeSource
    let log: Logger
    let metrics: MonitorMetrics
    /// One for each delivery loop, rung after each commit that wrote notifications.
    var bells: [Bell] = []
    var fleets: [TenantName: TenantFleet] = [:]
    /// What Roomwatch knows about itself: channels and the store.
    var own: TenantFleet
    var tree: RoutingTree
    var memory = MemoryOutbox()
    var pending = ObservationChange()
    var savedInventories: [TenantName: [StoredRoom]] = [:]
    /// Lists of rooms that the disk did not take yet.
    var unsavedInventories: [TenantName: (rooms: [StoredRoom], refreshedAt: Date)] = [:]
    var sweeps: [TenantName: SweepRecord] = [:]
    /// The newest complete list of devices of each tenant, and how many there were.
    var lists: [TenantName: ListRecord] = [:]
    /// Messages that are on their way; bounded by the places of the delivery loops.
    var inFlight: [UniqueID: InFlight] = [:]
    var generator: SeededGenerator
    var retryGenerator: SeededGenerator
    var fallbackGenerator: SeededGenerator
    var settledAt: [TenantName: Moment] = [:]
    /// Pages of siblings that wait for one another.
    var groups = GroupBook()
    /// Incidents whose lead over the device record is measured.
    var leadsTaken: Set<UniqueID> = []
    /// The minute in which the beginning of working hours was last looked for.
    var reportedMinute = Int.min
    /// What is open and not acknowledged, for reminders and escalation.
    var vigils: [UniqueID: Vigil] = [:]
    /// How far the wall clock is ahead of the steady one, in seconds; a change is somebody's correction.
    var wallAhead: Double?
    /// What each tenant offers, as the loops last found it.
    var capabilities: [TenantName: [Capability: CapabilityRecord]] = [:]
    /// What the stream of events is read from.
    nonisolated let feed: EventFeed
    /// Silences and windows that people asked for.
    var quiet = QuietRules()
    /// Where the calendar loop of each tenant takes rooms that cannot wait for its next round.
    var calendarErrands: [TenantName: CalendarErrands] = [:]
    /// What wakes the loop of each tenant that reads the evidence beside presence.
    var checkBells: [TenantName: Bell] = [:]
    /// What wakes the loop of each tenant that carries commands out.
    var operationBells: [TenantName: Bell] = [:]
    /// The failure of the store that was logged last.
    var saidStoreFailure: (kind: String, at: Moment)?
    var lastFlush: Moment
    var lastStoreFailure: Moment?
    /// When the disk last took something.
    var lastCommit: Moment?

    /// The lane of a message that is on its way.
    struct InFlight {
        var receiver: ReceiverName
        var key: DedupKey
    }

    struct ListRecord {
        var last: Date
        var count: Int
    }

    /// How the sweeps of a tenant are going.
    public struct SweepRecord: Sendable {
        public var last: Moment?
        public var lastComplete: Moment?
        public var completeCount = 0
        public var outcome: SweepOutcome?
        /// Why the newest sweep was not complete.
        public var failure: String?
    }

    public init(
        store: Store, tree: RoutingTree, time: any TimeSource, executor: any SerialExecutor, seed: UInt64, log: Logger,
        metrics: MonitorMetrics
    ) {
        self.store = store
        self.tree = tree
        self.time = time
        self.executor = executor
        self.log = log
        self.metrics = metrics
        self.generator = SeededGenerator(seed: seed)
        self.retryGenerator = SeededGenerator(seed: seed ^ 0x7265_7472)
        self.fallbackGenerator = SeededGenerator(seed: seed ^ 0x6661_6C6C)
        var epochs = SeededGenerator(seed: seed ^ 0x6665_6564)
        self.feed = EventFeed(epoch: String(epochs.next(), radix: 36))
        let now = time.now()
        self.lastFlush = now
        self.own = TenantFleet(
            tenant: .roomwatch, rules: DetectionRules(), site: SiteRules(), watchedSince: now,
            generator: SeededGenerator(seed: seed ^ 0x6F77_6E00))
    }

    /// Loads what an earlier run knew of a tenant and begins to watch it.
    public func begin(
        tenant: TenantName, rules: DetectionRules, site: SiteRules, commands: CommandRules = CommandRules()
    ) throws(StoreError) {
        let now = time.now()
        metrics.begin(tenant: tenant)
        let known = try store.load(
            tenant: tenant, resolvedSince: now.wall.addingTimeInterval(-rules.reopenWithin.seconds))
        var fleet = TenantFleet(
            tenant: tenant, rules: rules, site: site, watchedSince: now,
            generator: SeededGenerator(seed: generator.next()), incidents: known.incidents)
        let remarks = fleet.restore(
            rooms: known.rooms, tracks: known.tracks, conditions: known.conditions, devices: known.devices,
            seenUntil: known.checkpoints[.presence]?.completedAt, at: now)
        for remark in known.remarks.map(\.description) + remarks {
            log.warning("store: \(remark)", metadata: ["tenant": "\(tenant)"])
        }
        var record = SweepRecord()
        record.completeCount = known.checkpoints[.presence]?.count ?? 0
        sweeps[tenant] = record
        lists[tenant] = known.checkpoints[.devices].map { ListRecord(last: $0.completedAt, count: $0.count) }
        if !known.rooms.isEmpty {
            // Say only what is still true after the streaks had time to show it (Detection, Restart of the daemon).
            settledAt[tenant] = now.advanced(by: rules.offline.badHold + rules.sweepInterval * 2)
        }
        fleet.adopt(quiet: quiet)
        // Nobody is reminded of what the sweeps are about to find over, as after a restore of last week's copy.
        let seen = now.advanced(by: rules.offline.badHold + rules.offline.goodHold + rules.sweepInterval * 2)
        for incident in fleet.book.allOpen { vigils[incident.id] = Vigil(next: seen) }
        fleets[tenant] = fleet
        try resumeCommands(of: tenant, rules: commands, at: now)
        // Runs that were open when the last run of the daemon ended lasted until its last complete sweep.
        try store.endOpenRuns(tenant: tenant)
        log.notice(
            "watching \(known.rooms.count) rooms known from before, \(known.incidents.count) incidents open or recent",
            metadata: ["tenant": "\(tenant)"])
    }

    /// Loads what an earlier run knew of Roomwatch itself.
    public func beginOwn() throws(StoreError) {
        let now = time.now()
        metrics.beginOwn()
        for receiver in tree.receivers.keys { metrics.begin(receiver: receiver) }
        let known = try store.load(
            tenant: .roomwatch, resolvedSince: now.wall.addingTimeInterval(-own.rules.reopenWithin.seconds))
        own = TenantFleet(
            tenant: .roomwatch, rules: own.rules, site: SiteRules(), watchedSince: now,
            generator: SeededGenerator(seed: generator.next()), incidents: known.incidents)
        let synthetic = StoredRoom(room: .synthetic, listedSince: now.wall)
        quiet = try store.quietRules(endingAfter: now.wall)
        own.adopt(quiet: quiet)
        for remark in own.restore(
            rooms: [synthetic], tracks: known.tracks, conditions: known.conditions, seenUntil: nil, at: now)
        {
            log.warning("store: \(remark)")
        }
    }

    /// Takes over what a reloaded configuration changes while running.
    public func adopt(
        tree: RoutingTree, rules: [TenantName: DetectionRules], site: SiteRules, commands: CommandRules? = nil
    ) {
        self.tree = tree
        for (tenant, rules) in rules { fleets[tenant]?.adopt(rules: rules, site: site) }
        if let commands { for tenant in fleets.keys { fleets[tenant]?.adopt(commandRules: commands) } }
        ring()
    }

    /// Has a bell rung whenever there is something new to deliver.
    public func register(_ bell: Bell) { bells.append(bell) }

    func ring() { for bell in bells { bell.ring() } }
}
