// What the Ledger needs to know at start, in one snapshot. A row that does not make sense costs that row, never the
// start: the room it belonged to is judged afresh from the first sweep.

public import FleetCore
public import Foundation
import GRDB
import Logging

/// Everything that survives a restart about one tenant.
public struct StoredTenant: Sendable, Hashable {
    public var rooms: [StoredRoom] = []
    public var tracks: [TrackRecord] = []
    public var conditions: [ConditionRecord] = []
    public var devices: [StoredDevice] = []
    /// Unresolved ones and those resolved lately, oldest first.
    public var incidents: [Incident] = []
    /// When the newest complete refresh of the inventory was asked; `nil` before the first.
    public var inventoryRefreshedAt: Date?
    /// The newest complete sweep of each source.
    public var checkpoints: [Source: SweepCheckpoint] = [:]
    /// The rows that were skipped.
    public var remarks: [RowRemark] = []

    public init() {}
}

extension Store {
    /// Reads a tenant.
    ///
    /// - Parameters:
    ///   - tenant: ``TenantName/roomwatch`` gives what the daemon knows about itself.
    ///   - resolvedSince: incidents resolved at or after this are included, because they may still be reopened.
    public func load(tenant: TenantName, resolvedSince: Date) throws(StoreError) -> StoredTenant {
        let stored = try read("loading \(tenant)") { db in
            var stored = StoredTenant()
            var remarks: [RowRemark] = []
            stored.rooms = try db.rooms(tenant, &remarks)
            stored.tracks = try db.tracks(tenant, &remarks)
            stored.conditions = try db.conditions(tenant, &remarks)
            stored.devices = try db.devices(tenant, &remarks)
            stored.incidents = try db.incidents(
                sql: """
                    SELECT id, detail FROM incident WHERE tenant = ?1 AND status <> 'resolved'
                    UNION ALL
                    SELECT id, detail FROM incident WHERE tenant = ?1 AND status = 'resolved' AND resolved_at >= ?2
                    ORDER BY id
                    """, arguments: [tenant.text, resolvedSince.milliseconds], &remarks)
            stored.inventoryRefreshedAt = try Int64.fetchOne(
                db, sql: "SELECT refreshed_at FROM inventory WHERE tenant = ?", arguments: [tenant.text]
            ).map(Date.init(milliseconds:))
            stored.checkpoints = try db.checkpoints(tenant, &remarks)
            stored.remarks = remarks
            return stored
        }
        log(stored.remarks)
        return stored
    }

    /// A damaged row is skipped, never silently.
    func log(_ remarks: [RowRemark]) {
        for remark in remarks {
            log.error("A damaged row was skipped", metadata: ["remark": "\(remark)"])
        }
    }
}

extension Database {
    /// Decodes every row of a query whose first `keys` columns name the row.
    func rows<Value>(
        of table: String, sql: String, arguments: StatementArguments, keys: Int = 1, _ remarks: inout [RowRemark],
        decode: (inout Columns) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        let cursor = try Row.fetchCursor(try cachedStatement(sql: sql), arguments: arguments)
        while let row = try cursor.next() {
            var columns = Columns(row)
            do {
                values.append(try decode(&columns))
            } catch {
                let key = row.databaseValues.prefix(keys).map { "\($0)" }.joined(separator: " ")
                let reason = (error as? DamagedRow)?.reason ?? "\(error)"
                remarks.append(RowRemark(table: table, row: key, reason: reason))
            }
        }
        return values
    }

    func incidents(
        sql: String, arguments: StatementArguments, _ remarks: inout [RowRemark]
    ) throws -> [Incident] {
        let decoding = IncidentDecoding()
        return try rows(of: "incident", sql: sql, arguments: arguments, &remarks) { columns in
            _ = try columns.text()
            return try decoding.incident(from: try columns.text())
        }
    }

    fileprivate func rooms(_ tenant: TenantName, _ remarks: inout [RowRemark]) throws -> [StoredRoom] {
        let decoder = JSONDecoder()
        return try rows(
            of: "room",
            sql: "SELECT account, listed_since, absences, detail FROM room WHERE tenant = ? ORDER BY account",
            arguments: [tenant.text], &remarks
        ) { columns in
            _ = try columns.text()
            let listedSince = try columns.date()
            let absences = try columns.number()
            let room = try decoder.decode(Room.self, from: Data(try columns.text().utf8))
            return StoredRoom(room: room, listedSince: listedSince, absences: absences)
        }
    }

    fileprivate func tracks(_ tenant: TenantName, _ remarks: inout [RowRemark]) throws -> [TrackRecord] {
        try rows(
            of: "track",
            sql: """
                SELECT account, presence_phase, presence_first_bad, presence_fired, presence_streak_first,
                  presence_streak_count, device_phase, device_first_bad, device_fired, device_streak_first,
                  device_streak_count, last_good, last_usable, last_good_proved_use, in_use_at_first_bad, onset, voice,
                  flap, first_bad_after
                FROM track WHERE tenant = ? ORDER BY account
                """, arguments: [tenant.text], &remarks
        ) { columns in
            var record = TrackRecord(
                tenant: tenant, account: AccountID(try columns.text()), presence: try columns.state(),
                device: try columns.state(), lastGood: try columns.dateIfAny(), lastUsable: try columns.dateIfAny(),
                lastGoodProvedUse: try columns.flag(), inUseAtFirstBad: try columns.flag(),
                onset: try columns.dateIfAny(),
                voice: try columns.textIfAny(),
                flap: try columns.textIfAny().map { try JSONColumn.value(FlapPenalty.Record.self, from: $0) })
            record.firstBadAfter = try columns.dateIfAny()
            return record
        }
    }

    fileprivate func conditions(_ tenant: TenantName, _ remarks: inout [RowRemark]) throws -> [ConditionRecord] {
        try rows(
            of: "condition",
            sql: """
                SELECT dedup_key, condition, subject, phase, first_bad, fired, streak_first, streak_count
                FROM condition WHERE tenant = ? ORDER BY dedup_key
                """, arguments: [tenant.text], &remarks
        ) { columns in
            ConditionRecord(
                key: DedupKey(stored: try columns.text()), tenant: tenant,
                condition: try columns.word(Condition.self), subject: try columns.text(), state: try columns.state())
        }
    }

    fileprivate func checkpoints(
        _ tenant: TenantName, _ remarks: inout [RowRemark]
    ) throws -> [Source: SweepCheckpoint] {
        let found = try rows(
            of: "checkpoint", sql: "SELECT source, completed_at, sweeps FROM checkpoint WHERE tenant = ?",
            arguments: [tenant.text], &remarks
        ) { columns in
            SweepCheckpoint(
                tenant: tenant, source: try columns.word(Source.self), completedAt: try columns.date(),
                count: try columns.number())
        }
        return Dictionary(found.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
