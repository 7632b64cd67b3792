// Devices read back: all of a tenant's at the start, and the history of one for whoever looks at it.

public import FleetCore
public import struct Foundation.Date
import GRDB

/// A stretch in which the records of a device said the same.
public struct StoredDeviceRun: Sendable, Hashable {
    /// `healthy`, or what was wrong: `offline`, `peripheral: microphone`.
    public var reading: String
    public var first: Date
    /// `nil` while it lasts.
    public var last: Date?
}

extension Store {
    /// The newest stretches of one device, oldest first.
    ///
    /// - Parameter device: Graph's id, in whatever case.
    public func deviceRuns(
        tenant: TenantName, device: String, limit: Int
    ) throws(StoreError) -> [StoredDeviceRun] {
        var remarks: [RowRemark] = []
        let found = try read("reading the history of a device") { db in
            try db.rows(
                of: "device_run",
                sql: """
                    SELECT r.device, r.first_at, t.text, r.last_at FROM device_run r JOIN reading t ON t.id = r.reading
                    WHERE r.tenant = ? AND r.device = ? ORDER BY r.first_at DESC LIMIT ?
                    """, arguments: [tenant.text, device, limit], keys: 2, &remarks
            ) { columns in
                _ = try columns.text()
                let first = try columns.date()
                return StoredDeviceRun(reading: try columns.text(), first: first, last: try columns.dateIfAny())
            }
        }
        log(remarks)
        return found.reversed()
    }
}

extension Database {
    func devices(_ tenant: TenantName, _ remarks: inout [RowRemark]) throws -> [StoredDevice] {
        try rows(
            of: "device", sql: "SELECT id, first_listed, last_listed, detail FROM device WHERE tenant = ? ORDER BY id",
            arguments: [tenant.text], &remarks
        ) { columns in
            StoredDevice(
                tenant: tenant, id: try columns.text(), firstListed: try columns.date(),
                lastListed: try columns.date(),
                detail: try JSONColumn.value(StoredDevice.Detail.self, from: try columns.text()))
        }
    }
}
