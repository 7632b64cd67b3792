// What waits for the disk is bounded, keeps its order, and knows what the store cannot know yet.

import FleetSimulation
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct MemoryOutboxTests {
    private let hook = ReceiverName("hook")

    private func notification(_ number: Int, key: Int = 1) -> FleetCore.Notification {
        let start = ManualTime.start.wall
        let incident = Incident(
            id: UniqueID(stored: "incident-\(key)"),
            key: DedupKey(tenant: contoso, condition: .roomOffline, subject: .room(account(key))),
            condition: .roomOffline, tenant: contoso, severity: .error,
            scope: Incident.Scope(kind: .room, id: "", name: ""), rooms: [], cause: .unknown, summary: "",
            firstBadAt: start, lastGoodAt: nil, openedAt: start, evidence: [])
        return FleetCore.Notification(
            id: UniqueID(stored: "notification-\(number)"), receiver: hook, event: .opened, rule: "routes[0]",
            incident: incident, decidedAt: start, notBefore: start)
    }

    private func change(_ numbers: Int..., withdrawing: Int...) -> Change {
        var change = Change()
        change.notifications = numbers.map { notification($0) }
        change.withdrawals = withdrawing.map {
            Change.Withdrawal(notification: UniqueID(stored: "notification-\($0)"), reason: "over")
        }
        return change
    }

    @Test func notificationsBeyondTheBoundAreCountedAsLost() {
        var outbox = MemoryOutbox()
        for number in 1...MemoryOutbox.maximumNotifications + 5 {
            var change = Change()
            change.notifications = [notification(number, key: number)]
            outbox.keep(change)
        }
        #expect(outbox.rows.count == MemoryOutbox.maximumNotifications)
        #expect(outbox.lost == 5)
        #expect(outbox.heads(of: hook).first?.notification.id.text == "notification-1")
    }

    @Test func historyBeyondTheBoundIsNotKept() {
        var outbox = MemoryOutbox()
        var change = Change()
        change.observations.checkpoints = [
            SweepCheckpoint(tenant: contoso, source: .presence, completedAt: ManualTime.start.wall, count: 1)
        ]
        for _ in 1...MemoryOutbox.maximumChanges + 5 { outbox.keep(change) }
        #expect(outbox.changes.count == MemoryOutbox.maximumChanges)
        outbox.keep(self.change(1))
        #expect(outbox.heads(of: hook).count == 1, "a page is kept all the same")
    }

    @Test func onlyTheFirstOfAKeyIsOffered() {
        var outbox = MemoryOutbox()
        outbox.keep(change(1, 2))
        outbox.keep(change(3))
        #expect(outbox.heads(of: hook).map(\.notification.id.text) == ["notification-1"])
        let accepted = DeliveryAttempt(
            notification: UniqueID(stored: "notification-1"), began: ManualTime.start.wall, latency: .zero,
            outcome: .accepted)
        let isOurs = outbox.settle(accepted)
        #expect(isOurs)
        #expect(outbox.heads(of: hook).map(\.notification.id.text) == ["notification-2"])
    }

    /// The disk takes the first change and refuses the second, which withdraws what the first one wrote.
    @Test func whatWasWrittenBeforeItsWithdrawalIsStillWithdrawn() {
        var outbox = MemoryOutbox()
        outbox.keep(change(1))
        outbox.keep(change(withdrawing: 1))
        outbox.written()
        let stored = OutboxEntry(notification: notification(1), attempts: 0, nextAttempt: ManualTime.start.wall)
        #expect(outbox.current(stored) == nil)
        outbox.written()
        #expect(outbox.current(stored) == stored)
        #expect(outbox.isEmpty)
    }

    @Test func attemptsForOneNotificationAreBounded() {
        var outbox = MemoryOutbox()
        for second in 1...1_000 {
            let began = ManualTime.start.wall.addingTimeInterval(Double(second))
            outbox.keep(
                DeliveryAttempt(
                    notification: UniqueID(stored: "notification-1"), began: began, latency: .zero,
                    outcome: .retry(at: began.addingTimeInterval(60), error: "503")), of: notification(1))
        }
        #expect(outbox.unrecorded.values.map(\.attempts.count) == [MemoryOutbox.maximumAttempts])
        let last = ManualTime.start.wall.addingTimeInterval(1_060)
        #expect(outbox.nextDue(receiver: hook, after: ManualTime.start.wall) == last)
    }
}
