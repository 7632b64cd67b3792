// Runs, gaps and checkpoints. Orders of arrival that should not happen (an end without a run, a beginning on top of an
// open run) are made harmless here, because a daemon that was killed leaves exactly those behind.

import FleetCore
import struct Foundation.Date
import GRDB

extension Store {
    /// Ends every open run of a tenant at the newest complete sweep of its source: called after a start, because
    /// nothing was observed while the daemon was down. Runs of a source without any complete sweep end where they began.
    ///
    /// A disk that does not take it now does not keep the daemon from starting: the next transaction does it first, so
    /// that no run of this life is ever mistaken for one of the last.
    public func endOpenRuns(tenant: TenantName) throws(StoreError) {
        do throws(StoreError) {
            try write("ending the open runs of \(tenant)") { try $0.endOpenRuns(of: tenant) }
        } catch {
            switch error {
            case .diskFull, .io: owe(endOfRunsOf: tenant)
            default: throw error
            }
        }
    }
}

extension Database {
    func endOpenRuns(of tenant: TenantName) throws {
        try execute(
            sql: """
                UPDATE run SET last_at = max(first_at, coalesce((
                  SELECT c.completed_at FROM series s JOIN checkpoint c USING (tenant, source)
                  WHERE s.id = run.series), first_at))
                WHERE last_at IS NULL AND series IN (SELECT id FROM series WHERE tenant = ?)
                """, arguments: [tenant.text])
        try endOpenDeviceRuns(of: tenant)
    }
}

extension Database {
    func write(_ change: ObservationChange) throws {
        try end(change.ended)
        try begin(change.begun)
        try append(change.gaps)
        try upsert(change.checkpoints)
    }

    /// The bound on `first_at` makes a repeated commit harmless: the run that began with it is never older than the
    /// end of the run before.
    private func end(_ runs: [RunEnd]) throws {
        guard !runs.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                UPDATE run SET last_at = ?, observed = ?
                WHERE last_at IS NULL AND first_at <= ?
                  AND series = (SELECT id FROM series WHERE tenant = ? AND account = ? AND source = ?)
                """)
        for run in runs {
            var arguments = Arguments(for: statement)
            arguments.add(run.last)
            arguments.add(run.count)
            arguments.add(run.last)
            arguments.add(run.tenant.text)
            arguments.add(run.account.text)
            arguments.add(run.source.rawValue)
            try arguments.run()
        }
    }

    private func begin(_ runs: [RunBegin]) throws {
        guard !runs.isEmpty else { return }
        let insert = try cachedStatement(
            sql: """
                INSERT INTO run (series, first_at, reading) VALUES (?, ?, ?)
                ON CONFLICT (series, first_at) DO UPDATE SET reading = excluded.reading
                WHERE last_at IS NULL AND reading <> excluded.reading
                """)
        let endOthers = try cachedStatement(
            sql: """
                UPDATE run SET last_at = max(first_at, ?)
                WHERE last_at IS NULL AND series = ? AND first_at <> ?
                """)
        var readings: [String: Int] = [:]
        for run in runs {
            let series = try series(of: run)
            let reading = try readings[run.reading] ?? number(ofReading: run.reading)
            readings[run.reading] = reading
            var arguments = Arguments(for: insert)
            arguments.add(series)
            arguments.add(run.first)
            arguments.add(reading)
            try arguments.run()
            guard changesCount > 0 else { continue }
            var others = Arguments(for: endOthers)
            others.add(run.first)
            others.add(series)
            others.add(run.first)
            try others.run()
        }
    }

    private func series(of run: RunBegin) throws -> Int {
        let arguments: StatementArguments = [run.tenant.text, run.account.text, run.source.rawValue]
        let find = try cachedStatement(sql: "SELECT id FROM series WHERE tenant = ? AND account = ? AND source = ?")
        if let known = try Int.fetchOne(find, arguments: arguments) { return known }
        try cachedStatement(sql: "INSERT INTO series (tenant, account, source) VALUES (?, ?, ?)")
            .execute(arguments: arguments)
        return Int(lastInsertedRowID)
    }

    func number(ofReading text: String) throws -> Int {
        let find = try cachedStatement(sql: "SELECT id FROM reading WHERE text = ?")
        if let known = try Int.fetchOne(find, arguments: [text]) { return known }
        try cachedStatement(sql: "INSERT INTO reading (text) VALUES (?)").execute(arguments: [text])
        return Int(lastInsertedRowID)
    }

    private func append(_ gaps: [SweepGap]) throws {
        guard !gaps.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO gap (tenant, source, began_at, ended_at, outcome, unanswered, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, source, began_at, ended_at) DO NOTHING
                """)
        for gap in gaps {
            var arguments = Arguments(for: statement)
            arguments.add(gap.tenant.text)
            arguments.add(gap.source.rawValue)
            arguments.add(gap.began)
            arguments.add(gap.ended)
            arguments.add(gap.outcome.rawValue)
            arguments.add(gap.unanswered)
            arguments.add(gap.reason)
            try arguments.run()
        }
    }

    private func upsert(_ checkpoints: [SweepCheckpoint]) throws {
        guard !checkpoints.isEmpty else { return }
        let statement = try cachedStatement(
            sql: "INSERT OR REPLACE INTO checkpoint (tenant, source, completed_at, sweeps) VALUES (?, ?, ?, ?)")
        for checkpoint in checkpoints {
            var arguments = Arguments(for: statement)
            arguments.add(checkpoint.tenant.text)
            arguments.add(checkpoint.source.rawValue)
            arguments.add(checkpoint.completedAt)
            arguments.add(checkpoint.count)
            try arguments.run()
        }
    }
}
