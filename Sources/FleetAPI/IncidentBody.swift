// The incident as receivers and scripts see it (Contract, Incident). The contract changes only by adding, so words such
// as the severity are texts here: a client that is older than the daemon must still read a body with a word it has
// never heard of. Fields that it does not know are ignored for the same reason.

/// One incident on the wire: the webhook's `data.incident` and the answer of `GET /api/v1/incidents/{id}`.
///
/// Every field is written; what is not known is an explicit `null`, so a receiver never has to tell absent from unknown.
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
    @OrNull public var firstBadAfter: Timestamp?
    @OrNull public var lastGoodAt: Timestamp?
    public var openedAt: Timestamp
    @OrNull public var acknowledgedAt: Timestamp?
    @OrNull public var acknowledgedBy: String?
    public var reopenedCount: Int
    @OrNull public var resolvedAt: Timestamp?
    /// `recovered`, `merged`, `removed` or `manual`.
    @OrNull public var resolution: String?
    /// The booking that is running or next, when there is one.
    @OrNull public var meeting: Meeting?
    /// Whom to call on site, in the operator's words.
    @OrNull public var contact: String?
    public var links: Links
    /// Why the receiver was told; `nil` where nobody is being told, as in an answer of the API.
    @OrNull public var notification: Reason?
    /// Why nobody is told of it at present; `null` when nothing holds it back, and in what a receiver is told.
    @OrNull public var suppression: Suppressed?
    /// At most ``BodyLimits/evidence``, newest last.
    public var evidence: [Evidence]
    private var attempts: Attempts

    public init(
        id: String, revision: Int, dedupKey: String, condition: String, severity: String, status: String,
        tenant: String, scope: Scope, rooms: [Room], roomsTotal: Int, cause: String, summary: String,
        firstBadAt: Timestamp, firstBadAfter: Timestamp? = nil, lastGoodAt: Timestamp? = nil, openedAt: Timestamp,
        acknowledgedAt: Timestamp? = nil, acknowledgedBy: String? = nil, reopenedCount: Int = 0,
        resolvedAt: Timestamp? = nil, resolution: String? = nil,
        meeting: Meeting? = nil, contact: String? = nil, links: Links = Links(), notification: Reason? = nil,
        suppression: Suppressed? = nil, evidence: [Evidence] = [], tried: [Attempt] = []
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
        self.suppression = suppression
        self.evidence = evidence
        self.attempts = Attempts(tried)
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
        case resolution, meeting, contact, links, notification, suppression, evidence
        case attempts = "tried"
    }
}

extension IncidentBody {
    /// What was tried on the room by a command, oldest first; at most ``BodyLimits/attempts``.
    public var tried: [Attempt] {
        get { attempts.all }
        set { attempts.all = newValue }
    }

    /// The list as it is read: an element of a later version that cannot be read is left out, and does not cost the body.
    struct Attempts: Sendable, Hashable, Codable {
        var all: [Attempt]

        init(_ all: [Attempt] = []) { self.all = all }

        init(from decoder: any Decoder) throws {
            all = try decoder.singleValueContainer().decode([Readable].self).compactMap(\.attempt)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(all)
        }

        private struct Readable: Decodable {
            var attempt: Attempt?

            init(from decoder: any Decoder) { attempt = try? Attempt(from: decoder) }
        }
    }
}

extension KeyedDecodingContainer {
    /// What synthesised code calls for the field, which may be missing.
    func decode(_ type: IncidentBody.Attempts.Type, forKey key: Key) throws -> IncidentBody.Attempts {
        try decodeIfPresent(type, forKey: key) ?? .init()
    }
}
