// The sending side of the transactional outbox: which rows may go now. Per receiver and key the order of commits is
// kept strictly (Telling, Order): a row never overtakes an earlier one that still waits, even while that one is backing
// off.

public import FleetCore
public import struct Foundation.Date
import GRDB

/// One waiting row of the outbox.
public struct OutboxEntry: Sendable, Hashable {
    public var notification: Notification
    /// Attempts so far; chooses the next pause.
    public var attempts: Int
    public var nextAttempt: Date

    public init(notification: Notification, attempts: Int, nextAttempt: Date) {
        self.notification = notification
        self.attempts = attempts
        self.nextAttempt = nextAttempt
    }
}

/// How far the outbox is behind.
public struct Backlog: Sendable, Hashable {
    public var waiting: Int
    /// When the oldest waiting row was decided; its age is the backlog's.
    public var oldestDecidedAt: Date?

    public init(waiting: Int, oldestDecidedAt: Date?) {
        self.waiting = waiting
        self.oldestDecidedAt = oldestDecidedAt
    }
}

extension Store {
    /// No caller ever needs more rows at once; bounds the memory of one answer.
    public static let maximumDue = 1_000

    /// The rows that may be sent now, oldest first.
    ///
    /// - Parameters:
    ///   - receiver: only this receiver's, when given.
    ///   - excluding: ids that are being sent at the moment.
    ///   - limit: at most ``maximumDue``.
    public func dueNotifications(
        at now: Date, limit: Int, receiver: ReceiverName? = nil, excluding: Set<UniqueID> = []
    ) throws(StoreError) -> [OutboxEntry] {
        let limit = min(limit, Self.maximumDue)
        var damaged: [RowRemark] = []
        let due = try read("reading the outbox") { db in
            try db.dueEntries(at: now, limit: limit, receiver: receiver, excluding: excluding, &damaged)
        }
        if !damaged.isEmpty { try giveUp(damaged, at: now) }
        return due
    }

    /// When the next row becomes due that may then go: the earliest later than `after`.
    public func nextDue(after: Date, receiver: ReceiverName? = nil) throws(StoreError) -> Date? {
        try read("reading the outbox") { db in
            try Int64.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT min(n.next_attempt) FROM notification n
                        WHERE n.state = 'waiting' AND n.next_attempt > ?1 AND (?2 IS NULL OR n.receiver = ?2)
                          AND \(Database.isFirstOfItsLane)
                        """), arguments: [after.milliseconds, receiver?.text])
        }.map(Date.init(milliseconds:))
    }

    /// The waiting rows of one receiver and key, in the order in which they will be sent.
    public func waiting(receiver: ReceiverName, key: DedupKey) throws(StoreError) -> [OutboxEntry] {
        var remarks: [RowRemark] = []
        let waiting = try read("reading the outbox") { db in
            try db.entries(
                sql: """
                    SELECT \(Database.entryColumns) FROM notification n
                    WHERE n.state = 'waiting' AND n.receiver = ? AND n.dedup_key = ? ORDER BY n.seq
                    """, arguments: [receiver.text, key.text], &remarks)
        }
        log(remarks)
        return waiting
    }

    /// Whether a row waits to be sent; `false` for one that the store does not know.
    public func isWaiting(_ notification: UniqueID) throws(StoreError) -> Bool {
        try read("reading the outbox") { db in
            try Bool.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM notification WHERE id = ? AND state = 'waiting')"),
                arguments: [notification.text]) ?? false
        }
    }

    /// Every notification of an incident that is kept, in order: whether its trigger or its resolve was delivered.
    public func notifications(of incident: UniqueID) throws(StoreError) -> [SentNotification] {
        try sentNotifications(
            "reading the notifications of \(incident)", "WHERE incident = ? ORDER BY seq", [incident.text]
        ).map(\.row)
    }

    /// The newest notifications of all incidents, the newest first.
    ///
    /// - Parameters:
    ///   - states: every state when empty.
    ///   - limit: at most ``maximumDue``.
    public func recentNotifications(
        receiver: ReceiverName? = nil, states: Set<SentNotification.State> = [], limit: Int
    ) throws(StoreError) -> [(incident: UniqueID, row: SentNotification)] {
        let words = states.map(\.rawValue).sorted()
        let marks = Array(repeating: "?", count: words.count).joined(separator: ", ")
        return try sentNotifications(
            "reading the newest notifications",
            """
            WHERE \(receiver == nil ? "1" : "receiver = ?") AND \(words.isEmpty ? "1" : "state IN (\(marks))")
            ORDER BY seq DESC LIMIT ?
            """, StatementArguments([receiver?.text].compactMap(\.self) + words) + [min(limit, Self.maximumDue)])
    }

    private func sentNotifications(
        _ doing: String, _ selection: String, _ arguments: StatementArguments
    ) throws(StoreError) -> [(incident: UniqueID, row: SentNotification)] {
        var remarks: [RowRemark] = []
        let found = try read(doing) { db in
            try db.rows(
                of: "notification",
                sql: """
                    SELECT id, receiver, event, state, attempts, rule, settled_at, remark, decided_at,
                      CASE state WHEN 'waiting' THEN next_attempt END, incident
                    FROM notification \(selection)
                    """, arguments: arguments, &remarks
            ) { columns in
                let row = SentNotification(
                    id: UniqueID(stored: try columns.text()), receiver: ReceiverName(try columns.text()),
                    event: try columns.word(Notification.Event.self),
                    state: try columns.word(SentNotification.State.self), attempts: try columns.number(),
                    rule: try columns.text(), settledAt: try columns.dateIfAny(), remark: try columns.textIfAny(),
                    decidedAt: try columns.dateIfAny(), due: try columns.dateIfAny())
                return (incident: UniqueID(stored: try columns.text()), row: row)
            }
        }
        log(remarks)
        return found
    }

    /// The attempts to deliver one notification, oldest first.
    public func deliveries(of notification: UniqueID) throws(StoreError) -> [StoredDelivery] {
        var remarks: [RowRemark] = []
        let found = try read("reading the deliveries of \(notification)") { db in
            try db.rows(
                of: "delivery",
                sql: """
                    SELECT d.began_at, d.latency, d.outcome, d.status, d.error
                    FROM notification n JOIN delivery d ON d.notification = n.seq
                    WHERE n.id = ? ORDER BY d.began_at
                    """, arguments: [notification.text], &remarks
            ) { columns in
                StoredDelivery(
                    began: try columns.date(), latency: .milliseconds(try columns.number()),
                    outcome: try columns.text(), status: try columns.numberIfAny(), error: try columns.textIfAny())
            }
        }
        log(remarks)
        return found
    }

    /// How many rows wait, and since when.
    public func backlog(receiver: ReceiverName? = nil) throws(StoreError) -> Backlog {
        try read("measuring the outbox") { db in
            let row = try Row.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT count(*), min(decided_at) FROM notification
                        WHERE state = 'waiting' AND (?1 IS NULL OR receiver = ?1)
                        """), arguments: [receiver?.text])
            guard let row else { return Backlog(waiting: 0, oldestDecidedAt: nil) }
            var columns = Columns(row)
            return Backlog(waiting: try columns.number(), oldestDecidedAt: try columns.dateIfAny())
        }
    }

    /// How many rows wait for each receiver, and since when; a receiver for which none waits is left out.
    public func backlogs() throws(StoreError) -> [ReceiverName: Backlog] {
        try read("measuring the outbox") { db in
            var found: [ReceiverName: Backlog] = [:]
            let rows = try Row.fetchCursor(
                try db.cachedStatement(
                    sql: """
                        SELECT receiver, count(*), min(decided_at) FROM notification
                        WHERE state = 'waiting' GROUP BY receiver
                        """))
            while let row = try rows.next() {
                var columns = Columns(row)
                found[ReceiverName(try columns.text())] = Backlog(
                    waiting: try columns.number(), oldestDecidedAt: try columns.dateIfAny())
            }
            return found
        }
    }

    /// A row that cannot be read can never be sent, and would hold up its receiver and key for ever.
    private func giveUp(_ damaged: [RowRemark], at now: Date) throws(StoreError) {
        log(damaged)
        try write("giving up damaged notifications") { db in
            for remark in damaged {
                try db.execute(
                    sql: """
                        UPDATE notification SET state = 'failed', settled_at = ?, remark = ?
                        WHERE id = ? AND state = 'waiting'
                        """, arguments: [now.milliseconds, "unreadable: \(remark.reason)", remark.row])
            }
        }
    }
}

/// One attempt as it was recorded.
public struct StoredDelivery: Sendable, Hashable {
    public var began: Date
    public var latency: Duration
    /// `accepted`, `retry` or `failed`.
    public var outcome: String
    public var status: Int?
    public var error: String?
}

extension Database {
    /// No earlier row of the same receiver and key waits, nor the one that must be settled first.
    fileprivate static let isFirstOfItsLane = """
        NOT EXISTS (
          SELECT 1 FROM notification e
          WHERE e.state = 'waiting' AND e.dedup_key = n.dedup_key AND e.receiver = n.receiver AND e.seq < n.seq)
        AND (n.after IS NULL OR NOT EXISTS (
          SELECT 1 FROM notification h WHERE h.id = n.after AND h.state = 'waiting'))
        """

    fileprivate static let entryColumns =
        "n.id, n.receiver, n.event, n.rule, n.decided_at, n.not_before, n.attempts, n.next_attempt, n.detail, "
        + "n.after"

    fileprivate func dueEntries(
        at now: Date, limit: Int, receiver: ReceiverName?, excluding: Set<UniqueID>, _ remarks: inout [RowRemark]
    ) throws -> [OutboxEntry] {
        // INDEXED BY keeps the planner on the index of waiting rows, which holds them in the order of commits.
        let statement = try cachedStatement(
            sql: """
                SELECT \(Self.entryColumns) FROM notification n INDEXED BY notification_waiting
                WHERE n.state = 'waiting' AND n.next_attempt <= ?1 AND (?2 IS NULL OR n.receiver = ?2)
                  AND \(Self.isFirstOfItsLane)
                ORDER BY n.seq
                """)
        let decoding = IncidentDecoding()
        var due: [OutboxEntry] = []
        let cursor = try Row.fetchCursor(statement, arguments: [now.milliseconds, receiver?.text])
        while due.count < limit, let row = try cursor.next() {
            var key = Columns(row)
            let id = try key.text()
            if excluding.contains(UniqueID(stored: id)) { continue }
            var columns = Columns(row)
            do {
                due.append(try Self.entry(&columns, decoding))
            } catch {
                let reason = (error as? DamagedRow)?.reason ?? "\(error)"
                remarks.append(RowRemark(table: "notification", row: id, reason: reason))
            }
        }
        return due
    }

    fileprivate func entries(
        sql: String, arguments: StatementArguments, _ remarks: inout [RowRemark]
    ) throws -> [OutboxEntry] {
        let decoding = IncidentDecoding()
        return try rows(of: "notification", sql: sql, arguments: arguments, &remarks) { columns in
            try Self.entry(&columns, decoding)
        }
    }

    private static func entry(_ columns: inout Columns, _ decoding: IncidentDecoding) throws -> OutboxEntry {
        let id = UniqueID(stored: try columns.text())
        let receiver = ReceiverName(try columns.text())
        let event = try columns.word(Notification.Event.self)
        let rule = try columns.text()
        let decidedAt = try columns.date()
        let notBefore = try columns.date()
        let attempts = try columns.number()
        let nextAttempt = try columns.date()
        let incident = try decoding.incident(from: try columns.text())
        let after = try columns.textIfAny().map(UniqueID.init(stored:))
        return OutboxEntry(
            notification: Notification(
                id: id, receiver: receiver, event: event, rule: rule, incident: incident, decidedAt: decidedAt,
                notBefore: notBefore, after: after),
            attempts: attempts, nextAttempt: nextAttempt)
    }
}
