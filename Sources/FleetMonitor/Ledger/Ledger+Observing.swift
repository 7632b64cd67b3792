// What comes in: pages of sweeps, refreshed inventories, device records, and time itself. Each is judged as it arrives.

public import FleetCore
public import FleetStore
import Foundation
import CoreMetrics
import Logging
public import Timekeeping

extension Ledger {
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
    func note(_ outcome: SweepOutcome, unanswered: Int, reason: String, tenant: TenantName) {
        let before = sweeps[tenant]
        let isNews = before?.outcome != outcome || (outcome != .complete && before?.failure != reason)
        guard isNews else { return }
        if outcome == .complete {
            if before?.outcome != nil {
                log.notice("presence sweeps are complete again", metadata: ["tenant": "\(tenant)"])
            }
        } else {
            let why = FailureText.words(reason)
            log.warning(
                "presence sweep \(outcome.rawValue): \(why); \(unanswered) rooms went unanswered and count as not seen",
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
            takeLead(record.reading, of: account, tenant: tenant)
        }
        if reading.devices != nil {
            lists[tenant] = ListRecord(last: reading.asked.wall, count: (lists[tenant]?.count ?? 0) + 1)
        }
    }

    /// Takes one read of a room's main device.
    public func accept(_ reading: DeviceReading, of account: AccountID, tenant: TenantName) {
        let now = time.now()
        takeLead(reading, of: account, tenant: tenant)
        guard let decision = fleets[tenant]?.accept(reading, of: account, decided: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// Records how a read of a slow source ended.
    public func noteSource(
        _ source: Source, tenant: TenantName, succeeded: Bool, isRetired: Bool, isRefused: Bool, interval: Duration
    ) {
        fleets[tenant]?.noteSource(
            source, succeeded: succeeded, isRetired: isRetired, isRefused: isRefused, interval: interval,
            at: time.now())
    }

    public func noteSource(
        _ source: Source, tenant: TenantName, succeeded: Bool, isRetired: Bool, interval: Duration
    ) {
        noteSource(
            source, tenant: tenant, succeeded: succeeded, isRetired: isRetired, isRefused: false, interval: interval)
    }

    /// Main devices worth a read between two lists of all devices.
    public func devicesInTrouble(tenant: TenantName, limit: Int) -> [(account: AccountID, device: String)] {
        fleets[tenant]?.devicesInTrouble(limit: limit) ?? []
    }

    /// Main devices of weak rooms that look well and are booked now or within minutes.
    public func devicesInDemand(tenant: TenantName) -> [(account: AccountID, device: String)] {
        fleets[tenant]?.devicesInDemand(at: time.now()) ?? []
    }

    /// Rooms on the list, for the directory to look up those that it no longer lists by itself.
    public func knownAccounts(tenant: TenantName) -> [AccountID] { fleets[tenant]?.rooms.map(\.account) ?? [] }

    /// What time alone changes; called once a second.
    public func tick() {
        let now = time.now()
        watchClock(at: now)
        for tenant in fleets.keys.sorted() {
            if let decision = fleets[tenant]?.judgeSight(at: now, sweep: nil, failure: sweeps[tenant]?.failure) {
                carryOut(decision, tenant: tenant, at: now)
            }
            if let decision = fleets[tenant]?.tick(at: now) { carryOut(decision, tenant: tenant, at: now) }
        }
        carryOut(own.tick(at: now), tenant: .roomwatch, at: now)
        review(at: now)
        reportOvernight(at: now)
        if !memory.isEmpty || !unsavedInventories.isEmpty {
            flushMemory(at: now)
        } else if lastStoreFailure.map({ $0.elapsed(until: now) >= Self.storeQuiet }) ?? true {
            carryOut(own.judgeStore(failure: nil, at: now), tenant: .roomwatch, at: now)
        }
        if lastFlush.elapsed(until: now) >= Self.observationFlush {
            lastFlush = now
            checkpoint()
            write(Change(), at: now)
            foldLog(at: now)
            for (tenant, fleet) in fleets { groups.forget(of: tenant, at: now, window: fleet.rules.correlation.window) }
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

    func checkpoint() {
        pending.checkpoints = sweeps.compactMap { tenant, record in
            record.lastComplete.map {
                SweepCheckpoint(
                    tenant: tenant, source: .presence, completedAt: $0.wall, count: record.completeCount)
            }
        }
        pending.checkpoints += lists.map { tenant, list in
            SweepCheckpoint(tenant: tenant, source: .devices, completedAt: list.last, count: list.count)
        }
    }

    func keep(gap: SweepGap) {
        guard pending.gaps.count < Self.maximumPendingObservations else { return }
        pending.gaps.append(gap)
    }
}
