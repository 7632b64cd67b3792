// The outbox from the Ledger's side: what is due, and what became of it. A row is marked only after the receiver
// answered, so a crash repeats a message under the same id and never loses one.

public import FleetChannels
public import FleetCore
public import FleetStore
import Foundation
import CoreMetrics
import Logging
public import Timekeeping

extension Ledger {
    /// A critical message that its receiver has not accepted for this long is also sent to the fallback.
    static let fallbackAfter: Duration = .seconds(60)

    /// Takes rows of a receiver to be sent now, in order; at most one of each key, and none whose key is on its way.
    ///
    /// What is taken counts as possibly heard until it is settled, so nobody withdraws a page that is being sent.
    public func take(receiver: ReceiverName, limit: Int) -> [OutboxEntry] {
        let now = time.now()
        watchClock(at: now)
        let busyKeys = Set(inFlight.values.filter { $0.receiver == receiver }.map(\.key))
        var rows: [OutboxEntry] = []
        do throws(StoreError) {
            rows = try store.dueNotifications(
                at: now.wall, limit: limit + busyKeys.count, receiver: receiver,
                excluding: memory.withdrawnInStore.union(inFlight.keys).union(memory.unrecorded.keys))
            rows += try dueBesideStore(
                receiver: receiver, limit: limit, busyKeys: busyKeys.union(rows.map(\.notification.incident.key)),
                at: now)
        } catch {
            noteStoreFailure(error, at: now)
            // What the store cannot say must not hold up a page, even if an earlier one of its key waits there.
            rows += memory.heads(of: receiver).filter { $0.nextAttempt <= now.wall }
        }
        var keys = busyKeys
        let taken = rows.filter { keys.insert($0.notification.incident.key).inserted }.prefix(limit)
        for row in taken {
            inFlight[row.notification.id] = InFlight(receiver: receiver, key: row.notification.incident.key)
        }
        return Array(taken)
    }

    /// Rows of which the store does not know, or knows the wrong thing, while the disk is full; each the first of its
    /// lane over store and memory together.
    private func dueBesideStore(
        receiver: ReceiverName, limit: Int, busyKeys: Set<DedupKey>, at now: Moment
    ) throws(StoreError) -> [OutboxEntry] {
        let heads = memory.heads(of: receiver).filter { $0.nextAttempt <= now.wall }
        let tried = memory.unrecorded.values.map(\.lane).filter { $0.receiver == receiver }.map(\.key)
        guard !heads.isEmpty || !tried.isEmpty else { return [] }
        let headsByKey = Dictionary(
            heads.map { ($0.notification.incident.key, $0) }, uniquingKeysWith: { first, _ in first })
        var seen = busyKeys
        var found: [OutboxEntry] = []
        for key in tried.sorted(by: { $0.text < $1.text }) + heads.map(\.notification.incident.key) {
            guard seen.insert(key).inserted else { continue }
            let stored = try store.waiting(receiver: receiver, key: key)
            // Memory is younger than the store, so what still waits there goes first.
            guard let first = stored.lazy.compactMap({ self.memory.current($0) }).first ?? headsByKey[key],
                first.nextAttempt <= now.wall, try !isHeldBack(first)
            else { continue }
            found.append(first)
            if found.count == limit { break }
        }
        return found
    }

    /// Whether the row that must be settled before this one still waits, in the store or in memory.
    private func isHeldBack(_ entry: OutboxEntry) throws(StoreError) -> Bool {
        guard let herald = entry.notification.after else { return false }
        if let row = memory.rows[herald] { return row.state == .waiting }
        if memory.withdrawnInStore.contains(herald) { return false }
        if let tried = memory.unrecorded[herald] { return tried.due != nil }
        return try store.isWaiting(herald)
    }

    /// Puts back what was taken and not sent.
    public func putBack(_ entries: [OutboxEntry]) {
        for entry in entries { inFlight[entry.notification.id] = nil }
    }

    /// When something of a receiver is due next; the far future when nothing waits.
    public func nextDue(receiver: ReceiverName) -> Moment? {
        let now = time.now()
        watchClock(at: now)
        let stored: Date?
        do throws(StoreError) {
            stored = try store.nextDue(after: now.wall, receiver: receiver)
        } catch {
            noteStoreFailure(error, at: now)
            stored = nil
        }
        let dates = [stored, memory.nextDue(receiver: receiver, after: now.wall)].compactMap(\.self)
        return dates.min().map { now.advanced(by: .seconds($0.timeIntervalSince(now.wall))) }
    }

    /// Records what became of one attempt.
    public func settle(_ entry: OutboxEntry, began: Moment, result: DeliveryResult) {
        let now = time.now()
        let notification = entry.notification
        inFlight[notification.id] = nil
        let outcome = outcome(of: result, for: entry, at: now)
        let attempt = DeliveryAttempt(
            notification: notification.id, began: began.wall, latency: began.elapsed(until: now), outcome: outcome)
        metrics.delivery(receiver: notification.receiver, outcome: outcome)
        if !memory.settle(attempt) {
            do throws(StoreError) {
                try store.record([attempt])
            } catch {
                memory.keep(attempt, of: notification)
                noteStoreFailure(error, at: now)
            }
        }
        conclude(outcome, of: notification, result: result, at: now)
    }

    private func outcome(of result: DeliveryResult, for entry: OutboxEntry, at now: Moment) -> DeliveryOutcome {
        switch result {
        case .accepted:
            return .accepted
        case .refused(let reason):
            return .failed(error: reason)
        case .retry(let reason, let retryAfter):
            let decision = RetrySchedule().decision(
                afterFailures: entry.attempts + 1,
                firstAttempt: Moment(restoring: entry.notification.notBefore, at: now), now: now,
                retryAfter: retryAfter, using: &retryGenerator)
            switch decision {
            case .retry(let due): return .retry(at: due.wall, error: reason)
            case .giveUp(let why): return .failed(error: "\(why): \(reason)")
            }
        }
    }

    private func conclude(
        _ outcome: DeliveryOutcome, of notification: FleetCore.Notification, result: DeliveryResult, at now: Moment
    ) {
        let receiver = notification.receiver
        switch outcome {
        case .accepted:
            metrics.dwell.record(now.wall.timeIntervalSince(notification.decidedAt))
            guard own.isChannelDown(receiver) else { return }
            carryOut(own.judgeChannel(receiver, refusal: nil, at: now), tenant: .roomwatch, at: now)
            retell(receiver, at: now)
        case .failed(let reason):
            log.error(
                "receiver \(receiver) refused a message: \(reason)",
                metadata: ["incident": "\(notification.incident.id)", "receiver": "\(receiver)"])
            carryOut(own.judgeChannel(receiver, refusal: reason, at: now), tenant: .roomwatch, at: now)
            fallBack(notification, notBefore: now, at: now)
        case .retry(let due, let reason):
            log.warning(
                "receiver \(receiver) did not take a message: \(reason)",
                metadata: ["incident": "\(notification.incident.id)", "receiver": "\(receiver)"])
            // When the receiver is asked next decides: it may have asked for an hour of patience itself.
            let late = notification.notBefore.addingTimeInterval(Self.fallbackAfter.seconds)
            if notification.incident.severity == .critical, due >= late {
                let wait = Duration.seconds(max(0, late.timeIntervalSince(now.wall)))
                fallBack(notification, notBefore: now.advanced(by: wait), at: now)
            }
        }
    }

    /// Tells a receiver that has come back of what it refused and what is still wrong.
    private func retell(_ receiver: ReceiverName, at now: Moment) {
        var planner = Planner(tree: tree, now: now, settledAt: nil, generator: fallbackGenerator)
        var change = Change()
        for fleet in [own] + fleets.values {
            for incident in fleet.book.allOpen {
                change.notifications +=
                    planner.retold(incident, to: receiver, sent: sent(of: incident.id)).notifications
            }
        }
        fallbackGenerator = planner.generator
        write(change, at: now)
    }

    /// Sends the message to the receiver's fallback as well, once.
    ///
    /// - Parameter due: the fallback hears of it then, not earlier.
    private func fallBack(_ notification: FleetCore.Notification, notBefore due: Moment, at now: Moment) {
        // Whoever tests a receiver asks about that one; its fallback is not woken.
        guard notification.event != .test else { return }
        let rule = "fallback:\(notification.receiver)"
        // An incident may reopen several times; only a row behind this one repeats this one.
        let rows = sent(of: notification.incident.id)
        let place = rows.firstIndex { $0.id == notification.id } ?? rows.startIndex
        let already = rows[place...].contains { $0.rule == rule && $0.event == notification.event }
        guard !already else { return }
        var planner = Planner(tree: tree, now: now, settledAt: due, generator: fallbackGenerator)
        let plan = planner.fellBack(notification)
        fallbackGenerator = planner.generator
        var change = Change()
        change.notifications = plan.notifications
        write(change, at: now)
    }
}
