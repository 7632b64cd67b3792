// The list of monitored rooms as the last refresh left it, so that a restart watches them before the directory answers.

public import FleetCore
public import struct Foundation.Date
import Foundation
import GRDB

extension Store {
    /// Replaces a tenant's list of rooms; rooms that are not in `rooms` are forgotten with their tracks, their incidents
    /// and observations stay.
    ///
    /// - Parameter refreshedAt: when the complete refresh behind it was asked.
    public func saveInventory(tenant: TenantName, rooms: [StoredRoom], refreshedAt: Date) throws(StoreError) {
        try write("saving the inventory of \(tenant)") { db in
            try db.execute(sql: "DELETE FROM room WHERE tenant = ?", arguments: [tenant.text])
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO room (tenant, account, listed_since, absences, detail)
                    VALUES (?, ?, ?, ?, ?)
                    """)
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            for stored in rooms {
                var arguments = Arguments(for: insert)
                arguments.add(tenant.text)
                arguments.add(stored.room.account.text)
                arguments.add(stored.listedSince)
                arguments.add(stored.absences)
                arguments.add(String(decoding: try encoder.encode(stored.room), as: UTF8.self))
                try arguments.run()
            }
            try db.execute(
                sql: """
                    DELETE FROM track WHERE tenant = ?1
                      AND account NOT IN (SELECT account FROM room WHERE tenant = ?1)
                    """, arguments: [tenant.text])
            try db.execute(
                sql: "INSERT OR REPLACE INTO inventory (tenant, refreshed_at) VALUES (?, ?)",
                arguments: [tenant.text, refreshedAt.milliseconds])
        }
    }
}
