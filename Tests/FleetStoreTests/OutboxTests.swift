import FleetCore
import FleetStore
import Foundation
import Testing

@Suite("The outbox")
struct OutboxTests {
    let directory: TemporaryDirectory
    let store: Store

    init() throws {
        directory = try TemporaryDirectory()
        store = try openStore(directory)
    }

    private func insert(_ notifications: FleetCore.Notification...) throws {
        var change = Change()
        change.notifications = notifications
        try store.commit(change)
    }

    private func due(_ seconds: Double, receiver: String? = nil, limit: Int = 100) throws -> [UniqueID] {
        try store.dueNotifications(at: at(seconds), limit: limit, receiver: receiver.map { ReceiverName($0) })
            .map(\.notification.id)
    }

    private func settle(_ number: Int, _ seconds: Double, _ outcome: DeliveryOutcome) throws {
        try store.record([
            DeliveryAttempt(
                notification: id(number), began: at(seconds), latency: .milliseconds(250), status: 202,
                outcome: outcome)
        ])
    }

    @Test("A row waits for its grouping time, and the sleeper knows until when")
    func notBefore() throws {
        try insert(
            notification(1, of: incident(1), notBefore: at(20)), notification(2, of: incident(2), notBefore: at(5)))
        #expect(try due(4.999).isEmpty)
        #expect(try store.nextDue(after: at(0)) == at(5))
        #expect(try due(5) == [id(2)])
        #expect(try store.nextDue(after: at(5)) == at(20))
        #expect(try due(20) == [id(1), id(2)])
        #expect(try store.nextDue(after: at(20)) == nil)
    }

    @Test("A later row never overtakes an earlier one of the same receiver and key that is backing off")
    func order() throws {
        try insert(
            notification(1, of: incident(1)), notification(2, of: incident(1), event: .resolved),
            notification(3, of: incident(1), to: "oncall"), notification(4, of: incident(2)))
        #expect(try due(0) == [id(1), id(3), id(4)])
        try settle(1, 0, .retry(at: at(60), error: "http_503"))
        #expect(try due(30) == [id(3), id(4)])
        #expect(try store.nextDue(after: at(30)) == at(60))
        #expect(try due(60) == [id(1), id(3), id(4)])
        try settle(1, 60, .accepted)
        #expect(try due(60) == [id(2), id(3), id(4)])
        #expect(try due(60, receiver: "oncall") == [id(3)])
    }

    @Test("A row that is given up or withdrawn lets the next one go")
    func giveUp() throws {
        try insert(
            notification(1, of: incident(1)), notification(2, of: incident(1), event: .updated),
            notification(3, of: incident(1), event: .resolved))
        try settle(1, 1, .failed(error: "http_404"))
        #expect(try due(1) == [id(2)])
        var change = Change()
        change.withdrawals = [
            Change.Withdrawal(notification: id(2), reason: "resolved first"),
            Change.Withdrawal(notification: id(1), reason: "too late"),
        ]
        try store.commit(change)
        #expect(try due(1) == [id(3)])
        let states = try store.notifications(of: id(1))
        #expect(states.map(\.state) == [.failed, .withdrawn, .waiting])
        #expect(states.map(\.remark) == ["http_404", "resolved first", nil])
        #expect(states.map(\.event) == [.opened, .updated, .resolved])
        #expect(states[0].settledAt == at(1.25))
    }

    @Test("Acceptance counts once however often it is recorded, and even after a withdrawal")
    func acceptance() throws {
        try insert(notification(1, of: incident(1)), notification(2, of: incident(2)))
        try settle(1, 1, .accepted)
        try settle(1, 1, .accepted)
        #expect(try store.deliveries(of: id(1)).count == 1)
        try settle(1, 2, .accepted)
        try settle(1, 3, .failed(error: "late"))
        try settle(1, 4, .retry(at: at(9), error: "late"))
        let status = try #require(try store.notifications(of: id(1)).first)
        #expect(status.state == .accepted && status.settledAt == at(1.25) && status.attempts == 1)

        var change = Change()
        change.withdrawals = [Change.Withdrawal(notification: id(2), reason: "resolved first")]
        try store.commit(change)
        try settle(2, 5, .accepted)
        #expect(try store.notifications(of: id(2)).map(\.state) == [.accepted])
    }

    @Test("Every attempt is kept with its status, latency and error")
    func attempts() throws {
        try insert(notification(1, of: incident(1)))
        try settle(1, 1, .retry(at: at(2), error: "http_503"))
        try settle(1, 2, .accepted)
        let deliveries = try store.deliveries(of: id(1))
        #expect(deliveries.map(\.outcome) == ["retry", "accepted"])
        #expect(deliveries.map(\.error) == ["http_503", nil])
        #expect(deliveries.map(\.began) == [at(1), at(2)])
        #expect(deliveries.allSatisfy { $0.latency == .milliseconds(250) && $0.status == 202 })
    }

    @Test("An attempt for a row that the store does not know is named, the others are recorded")
    func unknown() throws {
        try insert(notification(1, of: incident(1)))
        let unknown = try store.record(
            [9, 1].map {
                DeliveryAttempt(notification: id($0), began: at(1), latency: .zero, outcome: .accepted)
            })
        #expect(unknown == [id(9)])
        #expect(try store.backlog().waiting == 0)
    }

    @Test("What was sent from memory while the disk was full is never seen waiting")
    func memoryOutbox() throws {
        let change = outageChange(1)
        let sent = change.notifications[0].id
        try store.commit(
            change, attempts: [DeliveryAttempt(notification: sent, began: at(1), latency: .zero, outcome: .accepted)])
        #expect(try due(100).isEmpty)
        #expect(try store.notifications(of: id(1)).map(\.state) == [.accepted])
    }

    @Test("The backlog tells how much waits and since when; rows in flight are not given out twice")
    func backlog() throws {
        try insert(
            notification(1, of: incident(1, opened: at(-30))), notification(2, of: incident(2)),
            notification(3, of: incident(3), to: "oncall"))
        #expect(try store.backlog() == Backlog(waiting: 3, oldestDecidedAt: at(-30)))
        #expect(try store.backlog(receiver: ReceiverName("oncall")) == Backlog(waiting: 1, oldestDecidedAt: at(0)))
        #expect(
            try store.backlogs() == [
                ReceiverName("oncall"): Backlog(waiting: 1, oldestDecidedAt: at(0)),
                ReceiverName("pager"): Backlog(waiting: 2, oldestDecidedAt: at(-30)),
            ])
        let rest = try store.dueNotifications(at: at(0), limit: 1, excluding: [id(1)])
        #expect(rest.map(\.notification.id) == [id(2)])
        let lane = try store.waiting(receiver: ReceiverName("pager"), key: incident(1).key)
        #expect(lane.map(\.notification.id) == [id(1)])
    }

    @Test("Against a model: due rows, order and next instant, over random histories", arguments: 1...6)
    func model(seed: Int) throws {
        var generator = SeededGenerator(state: UInt64(seed))
        var model = OutboxModel()
        var now = 0.0
        for _ in 0..<100 {
            now += Double(Int.random(in: 0...3, using: &generator))
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4:
                let number = model.rows.count + 1
                let row = OutboxModel.Row(
                    number: number, key: Int.random(in: 1...3, using: &generator),
                    receiver: Bool.random(using: &generator) ? "pager" : "oncall",
                    next: now + Double(Int.random(in: 0...6, using: &generator)))
                model.rows.append(row)
                try insert(
                    notification(number, of: incident(row.key), to: row.receiver, notBefore: at(row.next)))
            case 4..<9:
                let candidates = model.due(at: now)
                guard let number = candidates.randomElement(using: &generator) else { continue }
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    try settle(number, now, .accepted)
                    model.settle(number)
                case 1:
                    try settle(number, now, .failed(error: "http_410"))
                    model.settle(number)
                default:
                    let next = now + Double(Int.random(in: 1...9, using: &generator))
                    try settle(number, now, .retry(at: at(next), error: "http_503"))
                    model.postpone(number, to: next)
                }
            default:
                guard let row = model.rows.filter(\.waits).randomElement(using: &generator) else { continue }
                var change = Change()
                change.withdrawals = [Change.Withdrawal(notification: id(row.number), reason: "resolved first")]
                try store.commit(change)
                model.settle(row.number)
            }
            #expect(try due(now) == model.due(at: now).map { id($0) })
            #expect(try due(now, receiver: "pager") == model.due(at: now, receiver: "pager").map { id($0) })
            #expect(try due(now, limit: 2) == model.due(at: now).prefix(2).map { id($0) })
            #expect(try store.nextDue(after: at(now)) == model.nextDue(after: now).map { at($0) })
            #expect(try store.backlog().waiting == model.rows.count(where: \.waits))
        }
        #expect(model.rows.count > 20, "the history is too short to prove anything")
    }
}

/// The order rule (Telling, Order) in its plainest form.
private struct OutboxModel {
    struct Row {
        var number: Int
        var key: Int
        var receiver: String
        var next: Double
        var waits = true
    }

    var rows: [Row] = []

    private var heads: [Row] {
        var lanes: Set<String> = []
        return rows.filter { $0.waits && lanes.insert("\($0.receiver) \($0.key)").inserted }
    }

    func due(at now: Double, receiver: String? = nil) -> [Int] {
        heads.filter { $0.next <= now && (receiver == nil || $0.receiver == receiver) }.map(\.number)
    }

    func nextDue(after now: Double) -> Double? { heads.map(\.next).filter { $0 > now }.min() }

    mutating func settle(_ number: Int) { rows[number - 1].waits = false }
    mutating func postpone(_ number: Int, to next: Double) { rows[number - 1].next = next }
}
