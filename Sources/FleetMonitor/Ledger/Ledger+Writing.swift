// The disk: what can be written is written at once and in order; what cannot waits in memory, and nobody's page waits
// with it.

import FleetCore
import FleetStore
import Foundation
import CoreMetrics
import Logging
import Timekeeping

extension Ledger {
    func keep(_ observations: ObservationChange, at now: Moment) {
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
                lastCommit = now
                metrics.committed.increment()
            } catch {
                memory.keep(change)
                noteStoreFailure(error, at: now)
            }
        }
        feed.append(change, at: now)
        metrics.notificationsPlanned.increment(by: change.notifications.count)
        if !change.notifications.isEmpty { ring() }
    }

    /// Tries to bring the disk up to date with memory.
    func flushMemory(at now: Moment) {
        do throws(StoreError) {
            var bite = Self.flushBite
            while let (change, attempts) = memory.oldest {
                // Each commit waits for the disk; sweeps must not wait for all of them.
                guard bite > 0 else { return }
                bite -= 1
                // A change and the attempts for its messages go together, so a sent row is never seen waiting.
                try store.commit(change, attempts: attempts)
                lastCommit = now
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
    func flushInventories(at now: Moment) -> Bool {
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

    /// Folds the write-ahead log, once every few seconds and outside of any outage's commits.
    func foldLog(at now: Moment) {
        guard memory.isEmpty else { return }
        do throws(StoreError) {
            try store.foldLog()
        } catch {
            noteStoreFailure(error, at: now)
        }
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
