// What people asked for, and what nobody was told because of it: the answers to "what is silenced?" and "why was I not
// told?".

public import FleetCore
public import struct Foundation.Date
import GRDB

extension Store {
    /// A list is never longer.
    public static let maximumQuiet = 1_000

    /// Silences and planned windows that end after an instant, the soonest first.
    public func quietRules(endingAfter instant: Date) throws(StoreError) -> QuietRules {
        var remarks: [RowRemark] = []
        let rules = try read("reading silences") { db in
            QuietRules(
                silences: try db.details(Silence.self, of: "silence", endingAfter: instant, &remarks),
                planned: try db.details(MaintenanceWindow.self, of: "planned_window", endingAfter: instant, &remarks))
        }
        log(remarks)
        return rules
    }

    /// Of what nobody was told, newest first.
    public func suppressions(
        key: DedupKey? = nil, tenant: TenantName? = nil, since: Date, limit: Int = 100
    ) throws(StoreError) -> [SuppressedNotification] {
        var remarks: [RowRemark] = []
        let found = try read("reading what nobody was told") { db in
            try db.rows(
                of: "suppression",
                sql: """
                    SELECT seq, detail FROM suppression
                    WHERE at >= ?1 AND (?2 IS NULL OR dedup_key = ?2) AND (?3 IS NULL OR tenant = ?3)
                    ORDER BY seq DESC LIMIT ?4
                    """, arguments: [since.milliseconds, key?.text, tenant?.text, min(limit, Self.maximumQuiet)],
                &remarks
            ) { columns in
                _ = try columns.number()
                return try JSONColumn.value(SuppressedNotification.self, from: try columns.text())
            }
        }
        log(remarks)
        return found
    }

    /// What people wrote about an incident, oldest first.
    public func comments(of incident: UniqueID) throws(StoreError) -> [IncidentComment] {
        var remarks: [RowRemark] = []
        let found = try read("reading comments") { db in
            try db.rows(
                of: "comment",
                sql: "SELECT seq, at, author, text FROM comment WHERE incident = ? ORDER BY seq LIMIT 1000",
                arguments: [incident.text], &remarks
            ) { columns in
                _ = try columns.number()
                return IncidentComment(
                    incident: incident, at: try columns.date(), author: try columns.text(), text: try columns.text())
            }
        }
        log(remarks)
        return found
    }

    /// The audit trail, newest first.
    public func audit(limit: Int = 100) throws(StoreError) -> [AuditEntry] {
        var remarks: [RowRemark] = []
        let found = try read("reading the audit trail") { db in
            try db.rows(
                of: "audit",
                sql: """
                    SELECT seq, at, actor, role, origin, action, subject, detail FROM audit ORDER BY seq DESC LIMIT ?
                    """, arguments: [min(limit, Self.maximumQuiet)], &remarks
            ) { columns in
                _ = try columns.number()
                return AuditEntry(
                    at: try columns.date(), actor: try columns.text(), role: try columns.text(),
                    origin: try columns.text(), action: try columns.text(), subject: try columns.text(),
                    detail: try columns.text())
            }
        }
        log(remarks)
        return found
    }
}

extension Database {
    fileprivate func details<Value: Decodable>(
        _: Value.Type, of table: String, endingAfter instant: Date, _ remarks: inout [RowRemark]
    ) throws -> [Value] {
        try rows(
            of: table, sql: "SELECT id, detail FROM \(table) WHERE ends_at > ? ORDER BY ends_at LIMIT ?",
            arguments: [instant.milliseconds, Store.maximumQuiet], &remarks
        ) { columns in
            _ = try columns.text()
            return try JSONColumn.value(Value.self, from: try columns.text())
        }
    }
}
