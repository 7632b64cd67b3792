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
    private var bells: [Bell] = []
    var fleets: [TenantName: TenantFleet] = [:]
    /// What Roomwatch knows about itself: channels and the store.
    var own: TenantFleet
    var tree: RoutingTree
    var memory = MemoryOutbox()
    var pending = ObservationChange()
    private var savedInventories: [TenantName: [StoredRoom]] = [:]
    /// Lists of rooms that the disk did not take yet.
    private var unsavedInventories: [TenantName: (rooms: [StoredRoom], refreshedAt: Date)] = [:]
    var sweeps: [TenantName: SweepRecord] = [:]
    /// Messages that are on their way; bounded by the places of the delivery loops.
    var inFlight: [UniqueID: InFlight] = [:]
    private var generator: SeededGenerator
    var retryGenerator: SeededGenerator
    var fallbackGenerator: SeededGenerator
    private var settledAt: [TenantName: Moment] = [:]
    /// The failure of the store that was logged last.
    private var saidStoreFailure: (kind: String, at: Moment)?
    private var lastFlush: Moment
    private var lastStoreFailure: Moment?

    /// The lane of a message that is on its way.
    struct InFlight {
        var receiver: ReceiverName
        var key: DedupKey
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
        let now = time.now()
        self.lastFlush = now
        self.own = TenantFleet(
            tenant: .roomwatch, rules: DetectionRules(), hours: HoursTable(), watchedSince: now,
            generator: SeededGenerator(seed: seed ^ 0x6F77_6E00))
    }

    // MARK: Beginning

    /// Loads what an earlier run knew of a tenant and begins to watch it.
    public func begin(tenant: TenantName, rules: DetectionRules, hours: HoursTable) throws(StoreError) {
        let now = time.now()
        let known = try store.load(
            tenant: tenant, resolvedSince: now.wall.addingTimeInterval(-rules.reopenWithin.seconds))
        var fleet = TenantFleet(
            tenant: tenant, rules: rules, hours: hours, watchedSince: now,
            generator: SeededGenerator(seed: generator.next()), incidents: known.incidents)
        let remarks = fleet.restore(
            rooms: known.rooms, tracks: known.tracks, conditions: known.conditions,
            seenUntil: known.checkpoints[.presence]?.completedAt, at: now)
        for remark in known.remarks.map(\.description) + remarks {
            log.warning("store: \(remark)", metadata: ["tenant": "\(tenant)"])
        }
        var record = SweepRecord()
        record.completeCount = known.checkpoints[.presence]?.count ?? 0
        sweeps[tenant] = record
        if !known.rooms.isEmpty {
            // Say only what is still true after the streaks had time to show it (Detection, Restart of the daemon).
            settledAt[tenant] = now.advanced(by: rules.offline.badHold + rules.sweepInterval * 2)
        }
        fleets[tenant] = fleet
        // Runs that were open when the last run of the daemon ended lasted until its last complete sweep.
        try store.endOpenRuns(tenant: tenant)
        log.notice(
            "watching \(known.rooms.count) rooms known from before, \(known.incidents.count) incidents open or recent",
            metadata: ["tenant": "\(tenant)"])
    }

    /// Loads what an earlier run knew of Roomwatch itself.
    public func beginOwn() throws(StoreError) {
        let now = time.now()
        let known = try store.load(
            tenant: .roomwatch, resolvedSince: now.wall.addingTimeInterval(-own.rules.reopenWithin.seconds))
        own = TenantFleet(
            tenant: .roomwatch, rules: own.rules, hours: HoursTable(), watchedSince: now,
            generator: SeededGenerator(seed: generator.next()), incidents: known.incidents)
        for remark in own.restore(
            rooms: [], tracks: [], conditions: known.conditions, seenUntil: nil, at: now)
        {
            log.warning("store: \(remark)")
        }
    }

    /// Takes over what a reloaded configuration changes while running.
    public func adopt(tree: RoutingTree, rules: [TenantName: DetectionRules], hours: HoursTable) {
        self.tree = tree
        for (tenant, rules) in rules { fleets[tenant]?.adopt(rules: rules, hours: hours) }
        ring()
    }

    /// Has a bell rung whenever there is something new to deliver.
    public func ring(_ bell: Bell) { bells.append(bell) }

    func ring() { for bell in bells { bell.ring() } }

    // MARK: Observing

    /// The pages of one sweep of a lane.
    public func pages(of lane: TenantFleet.Lane, tenant: TenantName) -> [SweepPage] {
        fleets[tenant]?.pages(of: lane) ?? []
    }

    /// Judges one page of a sweep, as it arrived.
    public func accept(_ page: PresencePage, tenant: TenantName) {
        guard fleets[tenant] != nil, let decision = fleets[tenant]?.accept(page) else { return }
        metrics.blips.increment(by: decision.blips)
        metrics.lateAnswers.increment(by: decision.lateAnswers)
        carryOut(decision, tenant: tenant, at: time.now())
        if decision.isUrgent { metrics.judged.record(page.received.elapsed(until: time.now()).seconds) }
    }

    /// Ends a sweep.
    public func endSweep(
        _ lane: TenantFleet.Lane, tenant: TenantName, outcome: SweepOutcome, began: Moment, unanswered: Int,
        reason: String
    ) {
        let now = time.now()
        metrics.sweep(tenant: tenant, lane: lane, outcome: outcome, took: began.elapsed(until: now))
        if outcome != .complete {
            keep(
                gap: SweepGap(
                    tenant: tenant, source: .presence, outcome: outcome, began: began.wall, ended: now.wall,
                    unanswered: unanswered, reason: reason))
        }
        guard lane == .steady else { return }
        note(outcome, unanswered: unanswered, reason: reason, tenant: tenant)
        sweeps[tenant, default: SweepRecord()].last = now
        sweeps[tenant]?.outcome = outcome
        sweeps[tenant]?.failure = outcome == .complete ? nil : reason
        if outcome == .complete {
            sweeps[tenant]?.lastComplete = now
            sweeps[tenant]?.completeCount += 1
        }
        guard
            let decision = fleets[tenant]?.judgeSight(at: now, sweep: outcome, failure: sweeps[tenant]?.failure)
        else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// A sweep that ends otherwise than the one before is worth a line; one every five seconds is not.
    private func note(_ outcome: SweepOutcome, unanswered: Int, reason: String, tenant: TenantName) {
        let before = sweeps[tenant]
        let isNews = before?.outcome != outcome || (outcome != .complete && before?.failure != reason)
        guard isNews else { return }
        if outcome == .complete {
            if before?.outcome != nil {
                log.notice("presence sweeps are complete again", metadata: ["tenant": "\(tenant)"])
            }
        } else {
            log.warning(
                "presence sweep \(outcome.rawValue): \(reason); \(unanswered) rooms went unanswered and count as not seen",
                metadata: ["tenant": "\(tenant)"])
        }
    }

    /// Takes one refresh of the inventory.
    public func accept(_ reading: InventoryReading, tenant: TenantName, scope: InventoryScope) {
        let now = time.now()
        guard let outcome = fleets[tenant]?.accept(reading, scope: scope, decided: now) else { return }
        if let list = outcome.list {
            // Most refreshes change nothing, and 20,000 rows are not rewritten to say so.
            if savedInventories[tenant] != list {
                unsavedInventories[tenant] = (list, now.wall)
                flushInventories(at: now)
            }
        }
        carryOut(outcome.decision, tenant: tenant, at: now)
        for record in reading.devices ?? [] {
            // A room may have two room systems; the witness is always the same one.
            guard let account = record.account,
                fleets[tenant]?.room(of: account)?.mainDevice?.id == record.device.id
            else { continue }
            accept(record.reading, of: account, tenant: tenant)
        }
    }

    /// Takes one read of a room's main device.
    public func accept(_ reading: DeviceReading, of account: AccountID, tenant: TenantName) {
        let now = time.now()
        guard let decision = fleets[tenant]?.accept(reading, of: account, decided: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// Records how a read of a slow source ended.
    public func noteSource(
        _ source: Source, tenant: TenantName, succeeded: Bool, isRetired: Bool, interval: Duration
    ) {
        fleets[tenant]?.noteSource(
            source, succeeded: succeeded, isRetired: isRetired, interval: interval, at: time.now())
    }

    /// Main devices worth a read between two lists of all devices.
    public func devicesInTrouble(tenant: TenantName, limit: Int) -> [(account: AccountID, device: String)] {
        fleets[tenant]?.devicesInTrouble(limit: limit) ?? []
    }

    /// Rooms on the list, for the directory to look up those that it no longer lists by itself.
    public func knownAccounts(tenant: TenantName) -> [AccountID] { fleets[tenant]?.rooms.map(\.account) ?? [] }

    /// What time alone changes; called once a second.
    public func tick() {
        let now = time.now()
        for tenant in fleets.keys.sorted() {
            if let decision = fleets[tenant]?.judgeSight(at: now, sweep: nil, failure: sweeps[tenant]?.failure) {
                carryOut(decision, tenant: tenant, at: now)
            }
            if let decision = fleets[tenant]?.tick(at: now) { carryOut(decision, tenant: tenant, at: now) }
        }
        if !memory.isEmpty || !unsavedInventories.isEmpty {
            flushMemory(at: now)
        } else if lastStoreFailure.map({ $0.elapsed(until: now) >= Self.storeQuiet }) ?? true {
            carryOut(own.judgeStore(failure: nil, at: now), tenant: .roomwatch, at: now)
        }
        if lastFlush.elapsed(until: now) >= Self.observationFlush {
            lastFlush = now
            checkpoint()
            write(Change(), at: now)
        }
    }

    /// Deletes one bite of rows that have outlived the policy.
    public func applyRetention(_ policy: RetentionPolicy) {
        let now = time.now()
        do throws(StoreError) {
            let step = try store.applyRetention(policy, at: now.wall)
            if step.deleted > 0 { log.info("store: \(step.deleted) old rows deleted") }
        } catch {
            noteStoreFailure(error, at: now)
        }
    }

    /// Writes what waits; the last call before the store is closed.
    public func finish() {
        let now = time.now()
        checkpoint()
        write(Change(), at: now)
        if !memory.isEmpty || !unsavedInventories.isEmpty { flushMemory(at: now) }
    }

    private func checkpoint() {
        pending.checkpoints = sweeps.compactMap { tenant, record in
            record.lastComplete.map {
                SweepCheckpoint(
                    tenant: tenant, source: .presence, completedAt: $0.wall, count: record.completeCount)
            }
        }
    }

    private func keep(gap: SweepGap) {
        guard pending.gaps.count < Self.maximumPendingObservations else { return }
        pending.gaps.append(gap)
    }

    // MARK: Telling the daemon itself

    /// What is worth a line in `systemctl status` and a scrape.
    public func census() -> [Census] {
        fleets.keys.sorted().compactMap { tenant in
            guard let fleet = fleets[tenant] else { return nil }
            var census = Census(tenant: tenant)
            census.rooms = fleet.rooms.count
            census.weak = fleet.rooms.count { $0.isWeak }
            for track in fleet.tracks { census.phases[track.phase, default: 0] += 1 }
            for incident in fleet.book.allOpen { census.open[incident.severity, default: 0] += 1 }
            census.isBlind = fleet.isBlind
            return census
        }
    }

    /// How far the outbox is behind, memory included.
    public func backlog() -> Int {
        let stored: Int
        do throws(StoreError) {
            stored = try store.backlog().waiting
        } catch {
            log.error("store: \(error)")
            stored = 0
        }
        return stored + memory.rows.values.count { $0.state == .waiting }
    }

    // MARK: Deciding

    /// Plans who is told of a decision and commits both.
    func carryOut(_ decision: FleetDecision, tenant: TenantName, at now: Moment) {
        keep(decision.observations, at: now)
        guard decision.isUrgent else { return }
        var change = Change()
        change.tracks = decision.tracks
        change.conditions = decision.conditions
        change.transitions = decision.transitions
        plan(decision.events, tenant: tenant, at: now, into: &change)
        let incidents = Dictionary(
            decision.events.map { ($0.incident.id, $0.incident) }, uniquingKeysWith: { _, newer in newer })
        for transition in decision.transitions where transition.to == .firing || transition.from.isWrong {
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
        write(change, at: now)
    }

    private func plan(_ events: [IncidentChange], tenant: TenantName, at now: Moment, into change: inout Change) {
        guard !events.isEmpty else { return }
        var planner = Planner(tree: tree, now: now, settledAt: settledAt[tenant], generator: generator)
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
            case .resolved:
                plan = planner.resolved(incident, sent: sent(of: incident.id))
            case .noted:
                break
            }
            metrics.incident(event)
            change.incidents.append(incident)
            change.notifications += plan.notifications
            change.withdrawals += plan.withdrawals
        }
        generator = planner.generator
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

    // MARK: Writing

    private func keep(_ observations: ObservationChange, at now: Moment) {
        pending.begun += observations.begun
        pending.ended += observations.ended
        pending.gaps += observations.gaps
        if pending.begun.count + pending.ended.count > Self.maximumPendingObservations { write(Change(), at: now) }
    }

    /// Commits a change together with the observations that wait; what cannot be written is kept in memory.
    func write(_ change: Change, at now: Moment) {
        var change = change
        change.observations = pending
        guard !change.isEmpty else { return }
        pending = ObservationChange()
        if !memory.changes.isEmpty {
            // Order matters: nothing overtakes what is waiting for the disk.
            memory.keep(change)
        } else {
            do throws(StoreError) {
                try store.commit(change)
                metrics.committed.increment()
            } catch {
                memory.keep(change)
                noteStoreFailure(error, at: now)
            }
        }
        metrics.notificationsPlanned.increment(by: change.notifications.count)
        if !change.notifications.isEmpty { ring() }
    }

    /// Tries to bring the disk up to date with memory.
    private func flushMemory(at now: Moment) {
        do throws(StoreError) {
            var bite = Self.flushBite
            while let (change, attempts) = memory.oldest {
                // Each commit waits for the disk; sweeps must not wait for all of them.
                guard bite > 0 else { return }
                bite -= 1
                // A change and the attempts for its messages go together, so a sent row is never seen waiting.
                try store.commit(change, attempts: attempts)
                memory.written()
            }
            try store.record(memory.unrecorded.values.flatMap(\.attempts))
            memory.forgetAttempts()
        } catch {
            noteStoreFailure(error, at: now)
            return
        }
        guard flushInventories(at: now) else { return }
        log.notice("store: everything that waited in memory is written")
        carryOut(own.judgeStore(failure: nil, at: now), tenant: .roomwatch, at: now)
    }

    @discardableResult
    private func flushInventories(at now: Moment) -> Bool {
        for (tenant, list) in unsavedInventories {
            do throws(StoreError) {
                try store.saveInventory(tenant: tenant, rooms: list.rooms, refreshedAt: list.refreshedAt)
                savedInventories[tenant] = list.rooms
                unsavedInventories[tenant] = nil
            } catch {
                noteStoreFailure(error, at: now)
                return false
            }
        }
        return true
    }

    func noteStoreFailure(_ error: StoreError, at now: Moment) {
        lastStoreFailure = now
        metrics.storeFailures.increment()
        let isNews = saidStoreFailure.map { $0.kind != error.kind || $0.at.elapsed(until: now) >= Self.failureReminder }
        if isNews ?? true {
            saidStoreFailure = (error.kind, now)
            log.error("store: \(error)")
            if memory.lost > 0 { log.critical("store: \(memory.lost) records were lost; memory is full") }
        }
        carryOut(own.judgeStore(failure: error.description, at: now), tenant: .roomwatch, at: now)
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
