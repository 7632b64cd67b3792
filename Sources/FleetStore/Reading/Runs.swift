// Observations read back for reports and replays. An open run is as long as the newest complete sweep of its source
// says, which is why nothing had to be written while it lasted.

public import FleetCore
public import struct Foundation.Date
import GRDB

/// A stretch of equal observations.
public struct StoredRun: Sendable, Hashable {
    public var account: AccountID
    public var source: Source
    /// The source's own words, or `unknown:<reason>`.
    public var reading: String
    public var first: Date
    /// The last observation; of an open run, the newest complete sweep.
    public var last: Date
    public var isOpen: Bool
    /// Observations in the run, when they were counted to its end.
    public var count: Int?
}

extension Store {
    /// The runs that touch `from..<to`, by account, source and time.
    ///
    /// - Parameter account: only this room's, when given. A report over all rooms asks room by room, so that no answer
    ///   holds more than one room's runs.
    public func runs(
        tenant: TenantName, account: AccountID? = nil, source: Source? = nil, from: Date, to: Date
    ) throws(StoreError) -> [StoredRun] {
        var remarks: [RowRemark] = []
        let found = try read("reading the runs of \(tenant)") { db in
            // Runs of a series do not overlap, so the last one that began before `from` is the first that matters.
            try db.rows(
                of: "run",
                sql: """
                    SELECT s.account, s.source, t.text, r.first_at, coalesce(r.last_at, c.completed_at, r.first_at),
                      r.last_at IS NULL, r.observed
                    FROM series s
                    CROSS JOIN run r ON r.series = s.id
                    JOIN reading t ON t.id = r.reading
                    LEFT JOIN checkpoint c ON c.tenant = s.tenant AND c.source = s.source
                    WHERE s.tenant = ?1 \(account == nil ? "AND ?2 IS NULL" : "AND s.account = ?2")
                      AND (?3 IS NULL OR s.source = ?3)
                      AND r.first_at < ?5
                      AND r.first_at >= coalesce(
                        (SELECT max(p.first_at) FROM run p WHERE p.series = s.id AND p.first_at <= ?4), ?4)
                      AND coalesce(r.last_at, c.completed_at, r.first_at) >= ?4
                    ORDER BY s.account, s.source, r.first_at
                    """,
                arguments: [tenant.text, account?.text, source?.rawValue, from.milliseconds, to.milliseconds],
                keys: 4, &remarks
            ) { columns in
                let account = AccountID(try columns.text())
                let source = try columns.word(Source.self)
                let reading = try columns.text()
                let first = try columns.date()
                return StoredRun(
                    account: account, source: source, reading: reading, first: first,
                    last: max(first, try columns.date()), isOpen: try columns.flag(), count: try columns.numberIfAny())
            }
        }
        log(remarks)
        return found
    }

    /// The sweeps that did not answer for everybody and touch `from..<to`, oldest first.
    public func gaps(
        tenant: TenantName, source: Source? = nil, from: Date, to: Date
    ) throws(StoreError) -> [SweepGap] {
        var remarks: [RowRemark] = []
        let found = try read("reading the sweep gaps of \(tenant)") { db in
            try db.rows(
                of: "gap",
                sql: """
                    SELECT source, outcome, began_at, ended_at, unanswered, reason FROM gap
                    WHERE tenant = ?1 AND (?2 IS NULL OR source = ?2) AND began_at < ?4 AND ended_at >= ?3
                    ORDER BY began_at, source
                    """,
                arguments: [tenant.text, source?.rawValue, from.milliseconds, to.milliseconds], keys: 3, &remarks
            ) { columns in
                SweepGap(
                    tenant: tenant, source: try columns.word(Source.self),
                    outcome: try columns.word(SweepOutcome.self), began: try columns.date(),
                    ended: try columns.date(), unanswered: try columns.number(), reason: try columns.text())
            }
        }
        log(remarks)
        return found
    }
}
