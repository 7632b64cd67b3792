// What people ask for while the monitor runs, and who asked: silences, planned windows, comments and the audit trail. Each
// request is one transaction with its audit row, so that nothing is changed without a trace.

public import FleetCore
public import struct Foundation.Date
import GRDB

/// Who changed what, and from where.
public struct AuditEntry: Sendable, Hashable {
    public var at: Date
    /// The name of the token, or of the unix user on the socket.
    public var actor: String
    public var role: String
    /// Where the request came from: `unix`, or an address.
    public var origin: String
    /// What was asked for: `incident.acknowledge`, `silence.create`, …
    public var action: String
    /// The incident, silence or window.
    public var subject: String
    /// What else matters, as people read it.
    public var detail: String

    public init(
        at: Date, actor: String, role: String, origin: String, action: String, subject: String, detail: String = ""
    ) {
        self.at = at
        self.actor = actor
        self.role = role
        self.origin = origin
        self.action = action
        self.subject = subject
        self.detail = detail
    }
}

/// A remark of a person on an incident.
public struct IncidentComment: Sendable, Hashable {
    public var incident: UniqueID
    public var at: Date
    public var author: String
    public var text: String

    public init(incident: UniqueID, at: Date, author: String, text: String) {
        self.incident = incident
        self.at = at
        self.author = author
        self.text = text
    }
}

extension Store {
    /// Writes a silence, new or changed, with its audit row.
    public func save(_ silence: Silence, audit: AuditEntry) throws(StoreError) {
        try write("saving silence \(silence.id)") { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO silence (id, ends_at, detail) VALUES (?, ?, ?)",
                arguments: [silence.id.text, silence.endsAt.milliseconds, try JSONColumn.text(silence)])
            try db.append(audit)
        }
    }

    /// Writes a window that was planned for once, with its audit row.
    public func save(
        _ window: MaintenanceWindow, planned: PlannedInterval, audit: AuditEntry
    ) throws(StoreError) {
        try write("saving the window \(window.ruleName)") { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO planned_window (id, ends_at, detail) VALUES (?, ?, ?)",
                arguments: [planned.id.text, planned.endsAt.milliseconds, try JSONColumn.text(window)])
            try db.append(audit)
        }
    }

    /// Deletes a planned window, with its audit row.
    ///
    /// - Returns: whether it was there.
    public func deletePlannedWindow(_ id: UniqueID, audit: AuditEntry) throws(StoreError) -> Bool {
        try write("deleting the window \(id)") { db in
            try db.execute(sql: "DELETE FROM planned_window WHERE id = ?", arguments: [id.text])
            guard db.changesCount > 0 else { return false }
            try db.append(audit)
            return true
        }
    }

    public func append(_ comment: IncidentComment, audit: AuditEntry) throws(StoreError) {
        try write("keeping a comment on \(comment.incident)") { db in
            try db.append(comment)
            try db.append(audit)
        }
    }

    /// Records what was done elsewhere.
    public func append(_ audit: AuditEntry) throws(StoreError) {
        try write("keeping the audit trail") { try $0.append(audit) }
    }
}

/// What is written beside a change that a person asked for.
public struct RequestRecord: Sendable, Hashable {
    public var audit: AuditEntry
    public var comment: IncidentComment?

    public init(audit: AuditEntry, comment: IncidentComment? = nil) {
        self.audit = audit
        self.comment = comment
    }
}

extension Database {
    func append(_ comment: IncidentComment) throws {
        try execute(
            sql: "INSERT INTO comment (incident, at, author, text) VALUES (?, ?, ?, ?)",
            arguments: [comment.incident.text, comment.at.milliseconds, comment.author, comment.text])
    }

    func append(_ audit: AuditEntry) throws {
        try execute(
            sql: """
                INSERT INTO audit (at, actor, role, origin, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                audit.at.milliseconds, audit.actor, audit.role, audit.origin, audit.action, audit.subject, audit.detail,
            ])
    }
}
