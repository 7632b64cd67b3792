// Settling outbox rows. A row is marked only after the receiver answered, so a crash in between sends it again with the
// same id; an attempt is recognised by its notification and the instant it began, so recording one twice is harmless.

public import FleetCore
public import struct Foundation.Date
import GRDB
import Timekeeping

/// One attempt to deliver one notification.
public struct DeliveryAttempt: Sendable, Hashable {
    public var notification: UniqueID
    public var began: Date
    public var latency: Duration
    /// The receiver's status code, when there was one.
    public var status: Int?
    public var outcome: DeliveryOutcome

    public init(
        notification: UniqueID, began: Date, latency: Duration, status: Int? = nil, outcome: DeliveryOutcome
    ) {
        self.notification = notification
        self.began = began
        self.latency = latency
        self.status = status
        self.outcome = outcome
    }
}

/// What became of an attempt. The errors are notes to the operator and must not quote secrets.
public enum DeliveryOutcome: Sendable, Hashable {
    case accepted
    /// Not now; the row waits until `at`, and later rows of the same receiver and key wait behind it.
    case retry(at: Date, error: String)
    /// Never; the row is settled and later rows may go.
    case failed(error: String)
}

extension Store {
    /// Records attempts in one transaction (one fsync for all of them).
    ///
    /// Acceptance always counts, even for a row that was withdrawn or given up meanwhile: the receiver has heard it.
    ///
    /// - Returns: the ids that the store does not know; they were not recorded.
    @discardableResult
    public func record(_ attempts: [DeliveryAttempt]) throws(StoreError) -> [UniqueID] {
        guard !attempts.isEmpty else { return [] }
        return try write("recording deliveries") { db in
            var unknown: [UniqueID] = []
            for attempt in attempts where try !db.record(attempt) { unknown.append(attempt.notification) }
            return unknown
        }
    }
}

extension Store {
    /// Moves what waits when the wall clock was set, so that it keeps its distance from the present.
    public func shiftWaiting(by seconds: Double) throws(StoreError) {
        let milliseconds = Int((seconds * 1000).rounded())
        try write("moving waiting notifications") { db in
            try db.execute(
                sql: """
                    UPDATE notification SET not_before = not_before + ?1, next_attempt = next_attempt + ?1
                    WHERE state = 'waiting'
                    """, arguments: [milliseconds])
        }
    }
}

extension Database {
    /// - Returns: whether the notification is known.
    @discardableResult
    func record(_ attempt: DeliveryAttempt) throws -> Bool {
        let find = try cachedStatement(sql: "SELECT seq FROM notification WHERE id = ?")
        guard let seq = try Int.fetchOne(find, arguments: [attempt.notification.text]) else { return false }
        let outcome = attempt.outcome
        let insert = try cachedStatement(
            sql: """
                INSERT INTO delivery (notification, began_at, latency, outcome, status, error)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (notification, began_at) DO NOTHING
                """)
        var row = Arguments(for: insert)
        row.add(seq)
        row.add(attempt.began)
        row.add(attempt.latency.milliseconds)
        row.add(outcome.word)
        row.add(attempt.status)
        row.add(outcome.error)
        try row.run()
        guard changesCount > 0 else { return true }

        var settled = Arguments(for: try cachedStatement(sql: outcome.settlement))
        switch outcome {
        case .retry(let next, _): settled.add(next)
        case .accepted, .failed:
            settled.add(attempt.began.addingTimeInterval(attempt.latency.seconds))
        }
        settled.add(outcome.error)
        settled.add(seq)
        try settled.run()
        return true
    }
}

extension DeliveryOutcome {
    /// The word in the table `delivery`.
    public var word: String {
        switch self {
        case .accepted: "accepted"
        case .retry: "retry"
        case .failed: "failed"
        }
    }

    /// What it does to the row: takes an instant, the error and the row's number.
    fileprivate var settlement: String {
        switch self {
        case .accepted:
            """
            UPDATE notification SET state = 'accepted', settled_at = ?, remark = ?, attempts = attempts + 1
            WHERE seq = ? AND state <> 'accepted'
            """
        case .retry:
            """
            UPDATE notification SET next_attempt = ?, remark = ?, attempts = attempts + 1
            WHERE seq = ? AND state = 'waiting'
            """
        case .failed:
            """
            UPDATE notification SET state = 'failed', settled_at = ?, remark = ?, attempts = attempts + 1
            WHERE seq = ? AND state = 'waiting'
            """
        }
    }

    fileprivate var error: String? {
        switch self {
        case .accepted: nil
        case .retry(_, let error), .failed(let error): error
        }
    }
}
