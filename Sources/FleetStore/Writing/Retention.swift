// Forgetting, in bites: deleting a quarter's rows at once would hold the writer for seconds, and a page that is decided
// meanwhile would wait. Nothing that is still at work is ever forgotten: waiting notifications, unresolved incidents
// with all that was told of them, open runs.

public import struct Foundation.Date
import GRDB

/// How long things are kept (config `store.retention`).
public struct RetentionPolicy: Sendable, Hashable {
    public var observations: Duration
    /// Resolved incidents, their notifications, transitions, and operations that are over.
    public var incidents: Duration

    public init(observations: Duration = .seconds(90 * 86_400), incidents: Duration = .seconds(400 * 86_400)) {
        self.observations = observations
        self.incidents = incidents
    }
}

/// What one bite did.
public struct RetentionStep: Sendable, Hashable {
    public var deleted: Int
    /// Whether another bite would find something.
    public var hasMore: Bool

    public init(deleted: Int, hasMore: Bool) {
        self.deleted = deleted
        self.hasMore = hasMore
    }
}

extension Store {
    /// Free pages are reused by later rows; only when more than one page in four is free, this many are given back to
    /// the file system after a bite (4 MiB), because moving pages costs writes.
    static let pagesGivenBack = 1_000

    /// Deletes at most `chunk` rows that have outlived the policy. Call again while `hasMore`, with pauses.
    public func applyRetention(
        _ policy: RetentionPolicy, at now: Date, chunk: Int = 2_000
    ) throws(StoreError) -> RetentionStep {
        let observed = now.addingTimeInterval(-Double(policy.observations.components.seconds)).milliseconds
        let resolved = now.addingTimeInterval(-Double(policy.incidents.components.seconds)).milliseconds
        let step = try write("forgetting old rows") { db in
            var left = max(1, chunk)
            for deletion in Self.deletions {
                guard left > 0 else { break }
                let before = deletion.isObservation ? observed : resolved
                try db.cachedStatement(sql: deletion.sql).execute(arguments: [before, left])
                left -= db.changesCount
            }
            return RetentionStep(deleted: max(1, chunk) - left, hasMore: left <= 0)
        }
        if step.deleted > 0 { try giveBackPages() }
        return step
    }

    private func giveBackPages() throws(StoreError) {
        do {
            try pool.writeWithoutTransaction { db in
                let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                guard free > pages / 4 else { return }
                try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesGivenBack))")
            }
        } catch {
            throw StoreError(error, path: path, doing: "giving free pages back")
        }
    }

    private struct Deletion {
        let isObservation: Bool
        let sql: String
    }

    /// Each statement takes the instant and the number of rows. Attempts go with their notification.
    private static let deletions = [
        Deletion(
            isObservation: true,
            sql: """
                DELETE FROM run WHERE (series, first_at) IN (
                  SELECT r.series, r.first_at FROM series s CROSS JOIN run r ON r.series = s.id
                  WHERE r.first_at < ?1 AND r.last_at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: true,
            sql: """
                DELETE FROM gap WHERE (tenant, source, began_at, ended_at) IN (
                  SELECT tenant, source, began_at, ended_at FROM gap WHERE ended_at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: true,
            sql: """
                DELETE FROM device_run WHERE (tenant, device, first_at) IN (
                  SELECT tenant, device, first_at FROM device_run
                  WHERE last_at IS NOT NULL AND last_at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM notification WHERE seq IN (
                  SELECT n.seq FROM notification n
                  WHERE n.state <> 'waiting' AND n.settled_at < ?1 AND NOT EXISTS (
                    SELECT 1 FROM incident i WHERE i.id = n.incident
                      AND (i.status <> 'resolved' OR i.resolved_at >= ?1))
                  LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM transition WHERE seq IN (
                  SELECT t.seq FROM transition t
                  WHERE t.at < ?1 AND NOT EXISTS (
                    SELECT 1 FROM incident i WHERE i.id = t.incident
                      AND (i.status <> 'resolved' OR i.resolved_at >= ?1))
                  LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM suppression WHERE seq IN (SELECT seq FROM suppression WHERE at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM silence WHERE id IN (SELECT id FROM silence WHERE ends_at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM planned_window WHERE id IN (SELECT id FROM planned_window WHERE ends_at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM comment WHERE seq IN (
                  SELECT c.seq FROM comment c
                  WHERE c.at < ?1 AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.id = c.incident) LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM incident WHERE id IN (
                  SELECT i.id FROM incident i
                  WHERE i.status = 'resolved' AND i.resolved_at < ?1
                    AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.incident = i.id)
                  LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM operation_step WHERE seq IN (
                  SELECT s.seq FROM operation o CROSS JOIN operation_step s ON s.operation = o.id
                  WHERE o.settled_at < ?1 LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM operation WHERE id IN (
                  SELECT o.id FROM operation o
                  WHERE o.settled_at < ?1 AND NOT EXISTS (SELECT 1 FROM operation_step s WHERE s.operation = o.id)
                  LIMIT ?2)
                """),
        Deletion(
            isObservation: false,
            sql: """
                DELETE FROM command WHERE id IN (
                  SELECT c.id FROM command c
                  WHERE c.requested_at < ?1 AND NOT EXISTS (SELECT 1 FROM operation o WHERE o.command = c.id)
                  LIMIT ?2)
                """),
    ]
}
