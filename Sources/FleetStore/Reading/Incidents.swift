// Looking incidents and their history up, for the API and for the planner. Lists are paged by the id of the last row:
// ids sort by time, so a page stays right while new incidents are opened.

public import FleetCore
public import struct Foundation.Date
import GRDB

/// Which incidents are asked for; a part that is `nil` asks nothing.
public struct IncidentQuery: Sendable, Hashable {
    public var tenant: TenantName?
    public var condition: Condition?
    public var statuses: Set<Incident.Status>?
    public var severities: Set<Severity>?
    /// Only incidents older than this one: the `next` of the page before.
    public var before: UniqueID?
    public var limit: Int

    public init(
        tenant: TenantName? = nil, condition: Condition? = nil, statuses: Set<Incident.Status>? = nil,
        severities: Set<Severity>? = nil, before: UniqueID? = nil, limit: Int = 50
    ) {
        self.severities = severities
        self.tenant = tenant
        self.condition = condition
        self.statuses = statuses
        self.before = before
        self.limit = limit
    }
}

/// A page of incidents, newest first.
public struct IncidentPage: Sendable, Hashable {
    public var incidents: [Incident]
    /// Where the next page begins; `nil` on the last one.
    public var next: UniqueID?
}

extension Store {
    /// A page of a list is never longer.
    public static let maximumPage = 500

    public func incident(id: UniqueID) throws(StoreError) -> Incident? {
        try incidents("looking incident \(id) up", sql: "SELECT id, detail FROM incident WHERE id = ?", [id.text]).first
    }

    /// The unresolved incident of a key; the newest should there be several.
    public func openIncident(key: DedupKey) throws(StoreError) -> Incident? {
        try incidents(
            "looking the open incident of \(key) up",
            sql: """
                SELECT id, detail FROM incident WHERE dedup_key = ? AND status <> 'resolved' ORDER BY id DESC LIMIT 1
                """, [key.text]
        ).first
    }

    /// Incidents, newest first.
    public func recentIncidents(_ query: IncidentQuery) throws(StoreError) -> IncidentPage {
        let limit = max(1, min(query.limit, Self.maximumPage))
        var conditions = ["(?1 IS NULL OR tenant = ?1)", "(?2 IS NULL OR condition = ?2)", "(?3 IS NULL OR id < ?3)"]
        if let statuses = query.statuses {
            // The words are raw values of an enumeration and hold no quote.
            conditions.append("status IN (\(statuses.map { "'\($0.rawValue)'" }.sorted().joined(separator: ",")))")
        }
        if let severities = query.severities {
            conditions.append("severity IN (\(severities.map { "'\($0.rawValue)'" }.sorted().joined(separator: ",")))")
        }
        var remarks: [RowRemark] = []
        let page = try read("listing incidents") { db in
            var last: UniqueID?
            var count = 0
            let decoding = IncidentDecoding()
            let incidents = try db.rows(
                of: "incident",
                sql: """
                    SELECT id, detail FROM incident WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY id DESC LIMIT ?4
                    """,
                arguments: [query.tenant?.text, query.condition?.rawValue, query.before?.text, limit + 1], &remarks
            ) { columns in
                count += 1
                let id = UniqueID(stored: try columns.text())
                guard count <= limit else { return Incident?.none }
                last = id
                return try decoding.incident(from: try columns.text())
            }
            return IncidentPage(incidents: incidents.compactMap(\.self), next: count > limit ? last : nil)
        }
        log(remarks)
        return page
    }

    /// The transitions of a tenant, in the order in which they were committed.
    ///
    /// - Parameters:
    ///   - subject: only this subject's (``Subject/text``), when given.
    ///   - since: transitions at or after this instant.
    ///   - limit: the oldest so many of them.
    public func transitions(
        tenant: TenantName, subject: String? = nil, since: Date, limit: Int = 1_000
    ) throws(StoreError) -> [Transition] {
        var remarks: [RowRemark] = []
        let columns = "seq, subject, condition, from_phase, to_phase, at, decided_at, reason, incident"
        let found = try read("reading transitions of \(tenant)") { db in
            try db.rows(
                of: "transition",
                sql: subject == nil
                    ? "SELECT \(columns) FROM transition WHERE tenant = ?1 AND at >= ?2 ORDER BY seq LIMIT ?4"
                    : """
                    SELECT \(columns) FROM transition
                    WHERE tenant = ?1 AND at >= ?2 AND subject = ?3 ORDER BY seq LIMIT ?4
                    """,
                arguments: subject == nil
                    ? [tenant.text, since.milliseconds, nil, limit]
                    : [tenant.text, since.milliseconds, subject, limit], &remarks
            ) { columns in
                _ = try columns.number()
                let subject = try columns.text()
                return Transition(
                    tenant: tenant, condition: try columns.word(Condition.self), subject: subject,
                    from: try columns.word(ConditionState.Phase.self), to: try columns.word(ConditionState.Phase.self),
                    at: try columns.date(), decidedAt: try columns.date(), reason: try columns.text(),
                    incident: try columns.textIfAny().map(UniqueID.init(stored:)))
            }
        }
        log(remarks)
        return found
    }

    private func incidents(
        _ doing: String, sql: String, _ arguments: StatementArguments
    ) throws(StoreError) -> [Incident] {
        var remarks: [RowRemark] = []
        let found = try read(doing) { try $0.incidents(sql: sql, arguments: arguments, &remarks) }
        log(remarks)
        return found
    }
}
