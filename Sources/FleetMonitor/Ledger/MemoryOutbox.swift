// A full disk never stops a page (Telling, Full disk). What could not be committed waits here, is delivered from here,
// and is written in its order when the disk takes it again.

import FleetCore
import FleetStore
import Foundation

/// Changes that are decided but not stored yet, oldest first, and what became of their notifications meanwhile.
struct MemoryOutbox {
    /// Notifications that are kept; later ones are counted as lost and logged.
    static let maximumNotifications = 10_000
    /// Changes that are kept with their history; of later ones only what pages need is kept.
    static let maximumChanges = 50_000
    /// Attempts that are kept of one notification; with older ones only their place in the history is lost.
    static let maximumAttempts = 100

    private(set) var changes: [Change] = []
    private(set) var rows: [UniqueID: Row] = [:]
    private var order: [UniqueID] = []
    /// Attempts for stored notifications that could not be recorded.
    private(set) var unrecorded: [UniqueID: Unrecorded] = [:]
    /// Stored notifications that an unwritten change withdraws.
    private(set) var withdrawnInStore: Set<UniqueID> = []
    private(set) var lost = 0

    /// The messages of one receiver about one key, which are sent one after the other.
    struct Lane: Hashable {
        var receiver: ReceiverName
        var key: DedupKey

        init(_ notification: FleetCore.Notification) {
            receiver = notification.receiver
            key = notification.incident.key
        }
    }

    struct Row {
        var notification: FleetCore.Notification
        var state: SentNotification.State
        var attempts: Int
        var due: Date
        var tried: [DeliveryAttempt] = []
    }

    /// What was tried for a stored notification without the store knowing it; oldest first.
    struct Unrecorded {
        var lane: Lane
        var attempts: [DeliveryAttempt]

        /// When it is due again; `nil` when it needs no further attempt.
        var due: Date? {
            guard case .retry(let due, _)? = attempts.last?.outcome else { return nil }
            return due
        }
    }

    var isEmpty: Bool { changes.isEmpty && unrecorded.isEmpty }

    /// Keeps a change that could not be committed.
    mutating func keep(_ change: Change) {
        var kept = change
        if changes.count >= Self.maximumChanges {
            lost += 1
            kept.transitions = []
            kept.observations = ObservationChange()
            if kept.isEmpty { return }
        }
        // A notification beyond the bound is not dropped from delivery silently: the caller logs `lost`.
        let room = max(0, Self.maximumNotifications - rows.count)
        if kept.notifications.count > room {
            lost += kept.notifications.count - room
            kept.notifications.removeLast(kept.notifications.count - room)
        }
        for notification in kept.notifications {
            rows[notification.id] = Row(
                notification: notification, state: .waiting, attempts: 0, due: notification.notBefore)
            order.append(notification.id)
        }
        for withdrawal in kept.withdrawals {
            if rows[withdrawal.notification] == nil { withdrawnInStore.insert(withdrawal.notification) }
            rows[withdrawal.notification]?.state = .withdrawn
        }
        for postponement in kept.postponements {
            guard let row = rows[postponement.notification], row.attempts == 0 else { continue }
            rows[postponement.notification]?.due = max(row.due, postponement.notBefore)
        }
        changes.append(kept)
    }

    /// Rows of one incident, in the order they were decided.
    func sent(of incident: UniqueID) -> [SentNotification] {
        order.compactMap { rows[$0] }.filter { $0.notification.incident.id == incident }.map {
            SentNotification(
                id: $0.notification.id, receiver: $0.notification.receiver, event: $0.notification.event,
                state: $0.state, attempts: $0.attempts, rule: $0.notification.rule,
                decidedAt: $0.notification.decidedAt, due: $0.state == .waiting ? $0.due : nil)
        }
    }

    /// The first waiting row of each of a receiver's lanes, in the order they were decided.
    func heads(of receiver: ReceiverName) -> [OutboxEntry] {
        guard !rows.isEmpty else { return [] }
        var found: [OutboxEntry] = []
        var seen: Set<DedupKey> = []
        for id in order {
            guard let row = rows[id], row.state == .waiting, row.notification.receiver == receiver,
                seen.insert(row.notification.incident.key).inserted
            else { continue }
            if let herald = row.notification.after, rows[herald]?.state == .waiting { continue }
            found.append(
                OutboxEntry(notification: row.notification, attempts: row.attempts, nextAttempt: row.due))
        }
        return found
    }

    /// When the next of a receiver's rows becomes due; what is due already waits for something else than the clock.
    func nextDue(receiver: ReceiverName, after now: Date) -> Date? {
        let retries = unrecorded.values.filter { $0.lane.receiver == receiver }.compactMap(\.due)
        return (heads(of: receiver).map(\.nextAttempt) + retries).filter { $0 > now }.min()
    }

    /// The wall clock was set: what waits keeps its distance from the present.
    mutating func shift(by seconds: TimeInterval) {
        for (id, row) in rows where row.state == .waiting { rows[id]?.due = row.due.addingTimeInterval(seconds) }
    }

    /// Notes what became of an attempt; `false` when its notification is not one of ours.
    mutating func settle(_ attempt: DeliveryAttempt) -> Bool {
        guard var row = rows[attempt.notification] else { return false }
        row.attempts += 1
        Self.append(attempt, to: &row.tried)
        switch attempt.outcome {
        case .accepted: row.state = .accepted
        case .failed: row.state = .failed
        case .retry(let due, _): row.due = due
        }
        rows[attempt.notification] = row
        return true
    }

    /// Keeps an attempt that the store did not take.
    mutating func keep(_ attempt: DeliveryAttempt, of notification: FleetCore.Notification) {
        Self.append(
            attempt,
            to: &unrecorded[notification.id, default: Unrecorded(lane: Lane(notification), attempts: [])].attempts)
    }

    private static func append(_ attempt: DeliveryAttempt, to attempts: inout [DeliveryAttempt]) {
        if attempts.count >= maximumAttempts { attempts.removeFirst() }
        attempts.append(attempt)
    }

    /// A stored row as it stands by what memory knows; `nil` when it needs no attempt any more.
    func current(_ stored: OutboxEntry) -> OutboxEntry? {
        let id = stored.notification.id
        guard !withdrawnInStore.contains(id) else { return nil }
        guard let tried = unrecorded[id] else { return stored }
        guard let due = tried.due else { return nil }
        var entry = stored
        entry.attempts += tried.attempts.count
        entry.nextAttempt = due
        return entry
    }

    /// The store took all of them.
    mutating func forgetAttempts() { unrecorded.removeAll() }

    /// The oldest change that is not written yet, and the attempts that were made for its notifications.
    var oldest: (change: Change, attempts: [DeliveryAttempt])? {
        guard let change = changes.first else { return nil }
        return (change, change.notifications.flatMap { rows[$0.id]?.tried ?? [] })
    }

    /// The oldest change has been written, with its attempts; both are the store's business from now on.
    mutating func written() {
        let change = changes.removeFirst()
        for withdrawal in change.withdrawals { withdrawnInStore.remove(withdrawal.notification) }
        for notification in change.notifications {
            // Who withdraws it still waits for the disk, and the store believes that it is to be sent.
            if rows[notification.id]?.state == .withdrawn { withdrawnInStore.insert(notification.id) }
            rows[notification.id] = nil
        }
        // Rows were kept in the order of their changes, so those of the oldest change stand at the front.
        order.removeFirst(change.notifications.count)
    }
}
