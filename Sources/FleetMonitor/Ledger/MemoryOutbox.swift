// A full disk never stops a page (design section 6). What could not be committed waits here, is delivered from here,
// and is written in its order when the disk takes it again.

import FleetCore
import FleetStore
import Foundation

/// Changes that are decided but not stored yet, oldest first, and what became of their notifications meanwhile.
struct MemoryOutbox {
    /// Notifications that are kept; later ones are counted as lost and logged.
    static let maximumNotifications = 10_000
    /// Changes that are kept; with the oldest beyond it only history is lost, never a page.
    static let maximumChanges = 50_000

    private(set) var changes: [Change] = []
    private(set) var rows: [UniqueID: Row] = [:]
    private var order: [UniqueID] = []
    /// Attempts that could not be recorded, oldest first.
    private(set) var unrecorded: [DeliveryAttempt] = []
    /// Stored notifications that an unwritten change withdraws.
    private(set) var withdrawnInStore: Set<UniqueID> = []
    private(set) var lost = 0

    struct Row {
        var notification: FleetCore.Notification
        var state: SentNotification.State
        var attempts: Int
        var due: Date
        var tried: [DeliveryAttempt] = []
    }

    var isEmpty: Bool { changes.isEmpty && unrecorded.isEmpty }

    /// Keeps a change that could not be committed.
    mutating func keep(_ change: Change) {
        var kept = change
        if changes.count >= Self.maximumChanges {
            lost += 1
            kept.transitions = []
            kept.observations = ObservationChange()
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
        changes.append(kept)
    }

    /// Rows of one incident, in the order they were decided.
    func sent(of incident: UniqueID) -> [SentNotification] {
        order.compactMap { rows[$0] }.filter { $0.notification.incident.id == incident }.map {
            SentNotification(
                id: $0.notification.id, receiver: $0.notification.receiver, event: $0.notification.event,
                state: $0.state, attempts: $0.attempts, rule: $0.notification.rule)
        }
    }

    /// Due rows of a receiver, none of them behind an earlier waiting row of its key.
    func due(receiver: ReceiverName, at now: Date, limit: Int) -> [OutboxEntry] {
        var found: [OutboxEntry] = []
        var seen: Set<DedupKey> = []
        for id in order {
            guard let row = rows[id], row.state == .waiting, row.notification.receiver == receiver else { continue }
            guard seen.insert(row.notification.incident.key).inserted, row.due <= now else { continue }
            found.append(
                OutboxEntry(notification: row.notification, attempts: row.attempts, nextAttempt: row.due))
            if found.count == limit { break }
        }
        return found
    }

    /// When the next row of a receiver is due.
    func nextDue(receiver: ReceiverName) -> Date? {
        rows.values.filter { $0.state == .waiting && $0.notification.receiver == receiver }.map(\.due).min()
    }

    /// Notes what became of an attempt; `false` when its notification is not one of ours.
    mutating func settle(_ attempt: DeliveryAttempt) -> Bool {
        let id = attempt.notification
        guard rows[id] != nil else { return false }
        rows[id]?.attempts += 1
        rows[id]?.tried.append(attempt)
        switch attempt.outcome {
        case .accepted: rows[id]?.state = .accepted
        case .failed: rows[id]?.state = .failed
        case .retry(let due, _): rows[id]?.due = due
        }
        return true
    }

    /// Whether a stored notification needs no attempt now, although the store does not know it yet.
    func isSettled(_ id: UniqueID, at now: Date) -> Bool {
        switch unrecorded.last(where: { $0.notification == id })?.outcome {
        case nil: false
        case .accepted, .failed: true
        case .retry(let due, _): due > now
        }
    }

    /// Keeps an attempt that the store did not take.
    mutating func keep(_ attempt: DeliveryAttempt) { unrecorded.append(attempt) }

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
        for notification in change.notifications { rows[notification.id] = nil }
        // Rows were kept in the order of their changes, so those of the oldest change stand at the front.
        order.removeFirst(change.notifications.count)
        for withdrawal in change.withdrawals { withdrawnInStore.remove(withdrawal.notification) }
    }
}
