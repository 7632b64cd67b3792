// The incident as receivers and scripts see it (Contract, Incident). The contract changes only by adding, so words such
// as the severity are texts here: a client that is older than the daemon must still read a body with a word it has
// never heard of. Fields that it does not know are ignored for the same reason.

/// One incident on the wire: the webhook's `data.incident` and the answer of `GET /api/v1/incidents/{id}`.
public struct IncidentBody: Sendable, Hashable, Codable {
    public var id: String
    /// Counts the changes that a receiver may hear of, from 1.
    public var revision: Int
    /// `<tenant>:<condition>:<subject>`, stable for one trouble.
    public var dedupKey: String
    /// `room.offline`, `tenant.blind`, …
    public var condition: String
    /// `warning`, `error` or `critical`.
    public var severity: String
    /// `open`, `acknowledged` or `resolved`.
    public var status: String
    public var tenant: String
    public var scope: Scope
    /// At most ``BodyLimits/rooms``; ``roomsTotal`` is the true count.
    public var rooms: [Room]
    public var roomsTotal: Int
    public var cause: String
    /// One sentence for the lock screen of a phone.
    public var summary: String
    public var firstBadAt: Timestamp
    /// Set when sight was lost before ``firstBadAt``: the trouble began between the two.
    public var firstBadAfter: Timestamp?
    public var lastGoodAt: Timestamp?
    public var openedAt: Timestamp
    public var acknowledgedAt: Timestamp?
    public var acknowledgedBy: String?
    public var reopenedCount: Int
    public var resolvedAt: Timestamp?
    /// `recovered`, `merged`, `removed` or `manual`.
    public var resolution: String?
    /// The booking that is running or next, when there is one.
    public var meeting: Meeting?
    /// Whom to call on site, in the operator's words.
    public var contact: String?
    public var links: Links
    /// Why the receiver was told; `nil` where nobody is being told, as in an answer of the API.
    public var notification: Reason?
    /// At most ``BodyLimits/evidence``, newest last.
    public var evidence: [Evidence]

    public init(
        id: String, revision: Int, dedupKey: String, condition: String, severity: String, status: String,
        tenant: String, scope: Scope, rooms: [Room], roomsTotal: Int, cause: String, summary: String,
        firstBadAt: Timestamp, firstBadAfter: Timestamp? = nil, lastGoodAt: Timestamp? = nil, openedAt: Timestamp,
        acknowledgedAt: Timestamp? = nil, acknowledgedBy: String? = nil, reopenedCount: Int = 0,
        resolvedAt: Timestamp? = nil, resolution: String? = nil,
        meeting: Meeting? = nil, contact: String? = nil, links: Links = Links(), notification: Reason? = nil,
        evidence: [Evidence] = []
    ) {
        self.id = id
        self.revision = revision
        self.dedupKey = dedupKey
        self.condition = condition
        self.severity = severity
        self.status = status
        self.tenant = tenant
        self.scope = scope
        self.rooms = rooms
        self.roomsTotal = roomsTotal
        self.cause = cause
        self.summary = summary
        self.firstBadAt = firstBadAt
        self.firstBadAfter = firstBadAfter
        self.lastGoodAt = lastGoodAt
        self.openedAt = openedAt
        self.acknowledgedAt = acknowledgedAt
        self.acknowledgedBy = acknowledgedBy
        self.reopenedCount = reopenedCount
        self.resolvedAt = resolvedAt
        self.resolution = resolution
        self.meeting = meeting
        self.contact = contact
        self.links = links
        self.notification = notification
        self.evidence = evidence
    }

    private enum CodingKeys: String, CodingKey {
        case id, revision
        case dedupKey = "dedup_key"
        case condition, severity, status, tenant, scope, rooms
        case roomsTotal = "rooms_total"
        case cause, summary
        case firstBadAt = "first_bad_at"
        case firstBadAfter = "first_bad_after"
        case lastGoodAt = "last_good_at"
        case openedAt = "opened_at"
        case acknowledgedAt = "acknowledged_at"
        case acknowledgedBy = "acknowledged_by"
        case reopenedCount = "reopened_count"
        case resolvedAt = "resolved_at"
        case resolution, meeting, contact, links, notification, evidence
    }

    private enum ReservedKeys: String, CodingKey {
        case tried
    }

    /// Writes every field; what is not known is an explicit `null`, so a receiver never has to tell absent from
    /// unknown.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(revision, forKey: .revision)
        try fields.encode(dedupKey, forKey: .dedupKey)
        try fields.encode(condition, forKey: .condition)
        try fields.encode(severity, forKey: .severity)
        try fields.encode(status, forKey: .status)
        try fields.encode(tenant, forKey: .tenant)
        try fields.encode(scope, forKey: .scope)
        try fields.encode(rooms, forKey: .rooms)
        try fields.encode(roomsTotal, forKey: .roomsTotal)
        try fields.encode(cause, forKey: .cause)
        try fields.encode(summary, forKey: .summary)
        try fields.encode(firstBadAt, forKey: .firstBadAt)
        try fields.encode(firstBadAfter, forKey: .firstBadAfter)
        try fields.encode(lastGoodAt, forKey: .lastGoodAt)
        try fields.encode(openedAt, forKey: .openedAt)
        try fields.encode(acknowledgedAt, forKey: .acknowledgedAt)
        try fields.encode(acknowledgedBy, forKey: .acknowledgedBy)
        try fields.encode(reopenedCount, forKey: .reopenedCount)
        try fields.encode(resolvedAt, forKey: .resolvedAt)
        try fields.encode(resolution, forKey: .resolution)
        try fields.encode(meeting, forKey: .meeting)
        try fields.encode(contact, forKey: .contact)
        try fields.encode(links, forKey: .links)
        try fields.encode(notification, forKey: .notification)
        try fields.encode(evidence, forKey: .evidence)
        // What was tried has no shape yet, because nothing is tried yet; only the empty list is promised. It is not
        // read back either, so that whatever its elements become does not break a client of today.
        var reserved = encoder.container(keyedBy: ReservedKeys.self)
        try reserved.encode([String](), forKey: .tried)
    }
}
