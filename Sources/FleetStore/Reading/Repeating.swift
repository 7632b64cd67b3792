// Some receivers forget what is not repeated. What one of them should believe follows from the outbox: what it has
// accepted, and what has become of the incident since.

public import FleetCore
public import struct Foundation.Date
import GRDB

extension Store {
    /// Repeated at once at most; a tenant with more incidents has one that covers them.
    public static let maximumRepeated = 5_000

    /// The incidents that a receiver has accepted a message about, and that are open or were resolved since an instant;
    /// as they are now, oldest first.
    public func incidentsToRepeat(receiver: ReceiverName, resolvedSince: Date) throws(StoreError) -> [Incident] {
        var remarks: [RowRemark] = []
        let found = try read("reading what \(receiver) should believe") { db in
            try db.incidents(
                sql: """
                    SELECT i.id, i.detail FROM incident i
                    WHERE (i.status <> 'resolved' OR (i.status = 'resolved' AND i.resolved_at >= ?1)) AND EXISTS (
                      SELECT 1 FROM notification n
                      WHERE n.incident = i.id AND n.receiver = ?2 AND n.state = 'accepted' AND n.event <> 'test')
                    ORDER BY i.id LIMIT ?3
                    """,
                arguments: [resolvedSince.milliseconds, receiver.text, Self.maximumRepeated], &remarks)
        }
        log(remarks)
        return found
    }
}
