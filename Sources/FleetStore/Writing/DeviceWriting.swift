// Writing what is remembered of devices and what their records said. A commit that is repeated changes nothing: rows
// replace themselves, and a stretch is the same one when it begins at the same instant.

import FleetCore
import GRDB

extension Database {
    func write(_ change: DeviceChange) throws {
        try upsert(change.rows)
        try remove(change.removed)
        try begin(change.begun)
    }

    private func upsert(_ devices: [StoredDevice]) throws {
        guard !devices.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO device (tenant, id, first_listed, last_listed, detail) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (tenant, id) DO UPDATE SET
                  first_listed = excluded.first_listed, last_listed = excluded.last_listed, detail = excluded.detail
                """)
        for device in devices {
            var arguments = Arguments(for: statement)
            arguments.add(device.tenant.text)
            arguments.add(device.id)
            arguments.add(device.firstListed)
            arguments.add(device.lastListed)
            arguments.add(try JSONColumn.text(device.detail))
            try arguments.run()
        }
    }

    private func remove(_ removals: [DeviceChange.Removal]) throws {
        guard !removals.isEmpty else { return }
        let statement = try cachedStatement(sql: "DELETE FROM device WHERE tenant = ? AND id = ?")
        for removal in removals {
            var arguments = Arguments(for: statement)
            arguments.add(removal.tenant.text)
            arguments.add(removal.device)
            try arguments.run()
        }
    }

    /// The stretch before ends when it was last heard, where that is known, and never before it began.
    private func begin(_ runs: [DeviceRun]) throws {
        guard !runs.isEmpty else { return }
        let end = try cachedStatement(
            sql: """
                UPDATE device_run SET last_at = max(first_at, min(?, ?))
                WHERE tenant = ? AND device = ? AND last_at IS NULL AND first_at < ?
                """)
        let insert = try cachedStatement(
            sql: """
                INSERT INTO device_run (tenant, device, first_at, reading) VALUES (?, ?, ?, ?)
                ON CONFLICT (tenant, device, first_at) DO UPDATE SET reading = excluded.reading WHERE last_at IS NULL
                """)
        for run in runs {
            var ended = Arguments(for: end)
            ended.add(run.first)
            ended.add(run.lastBefore ?? run.first)
            ended.add(run.tenant.text)
            ended.add(run.device)
            ended.add(run.first)
            try ended.run()
            guard let reading = run.reading else { continue }
            var arguments = Arguments(for: insert)
            arguments.add(run.tenant.text)
            arguments.add(run.device)
            arguments.add(run.first)
            arguments.add(try number(ofReading: reading))
            try arguments.run()
        }
    }

    /// Stretches that were open when the last run of the daemon ended lasted until the newest list of that run.
    func endOpenDeviceRuns(of tenant: TenantName) throws {
        try execute(
            sql: """
                UPDATE device_run SET last_at = max(first_at, coalesce((
                  SELECT completed_at FROM checkpoint WHERE tenant = ?1 AND source = 'devices'), first_at))
                WHERE tenant = ?1 AND last_at IS NULL
                """, arguments: [tenant.text])
    }
}
