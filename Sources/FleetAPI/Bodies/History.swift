// What has become of an incident: who was told, who was not, and what people wrote about it.

/// The answer of `GET /api/v1/incidents/{id}`: the incident as the webhook carries it, and its history beside it.
public struct IncidentDetail: Sendable, Hashable, Codable {
    public var incident: IncidentBody
    /// Oldest first.
    public var comments: [CommentBody]
    /// In the order they were decided.
    public var notifications: [NotificationBody]
    /// Newest first.
    public var suppressions: [SuppressionBody]

    public init(
        incident: IncidentBody, comments: [CommentBody], notifications: [NotificationBody],
        suppressions: [SuppressionBody]
    ) {
        self.incident = incident
        self.comments = comments
        self.notifications = notifications
        self.suppressions = suppressions
    }
}

public struct CommentBody: Sendable, Hashable, Codable {
    public var at: Timestamp
    public var author: String
    public var text: String

    public init(at: Timestamp, author: String, text: String) {
        self.at = at
        self.author = author
        self.text = text
    }
}

/// That a receiver was, will be or was to be told of an incident.
public struct NotificationBody: Sendable, Hashable, Codable {
    public var id: String
    public var incident: String
    public var receiver: String
    /// `opened`, `updated`, `reminder`, …
    public var event: String
    /// The rule that chose the receiver, `routes[0]` or `fallback:<receiver>`.
    public var rule: String
    /// `waiting`, `accepted`, `failed` or `withdrawn`.
    public var state: String
    /// Attempts so far.
    public var attempts: Int
    @OrNull public var decidedAt: Timestamp?
    /// When it is sent or tried again; only while it waits.
    @OrNull public var dueAt: Timestamp?
    @OrNull public var settledAt: Timestamp?
    /// The newest error, or why it was withdrawn.
    @OrNull public var remark: String?

    public init(
        id: String, incident: String, receiver: String, event: String, rule: String, state: String, attempts: Int,
        decidedAt: Timestamp? = nil, dueAt: Timestamp? = nil, settledAt: Timestamp? = nil, remark: String? = nil
    ) {
        self.id = id
        self.incident = incident
        self.receiver = receiver
        self.event = event
        self.rule = rule
        self.state = state
        self.attempts = attempts
        self.decidedAt = decidedAt
        self.dueAt = dueAt
        self.settledAt = settledAt
        self.remark = remark
    }

    private enum CodingKeys: String, CodingKey {
        case id, incident, receiver, event, rule, state, attempts, remark
        case decidedAt = "decided_at"
        case dueAt = "due_at"
        case settledAt = "settled_at"
    }
}

/// That nobody, or one receiver, was not told of something, and why.
public struct SuppressionBody: Sendable, Hashable, Codable {
    public var at: Timestamp
    /// What would have been said: `opened`, `reminder`, …
    public var event: String
    /// `maintenance`, `expected`, `inhibited`, `silenced`, `acknowledged` or `flapping`.
    public var kind: String
    /// `window:nightly`, `silence:01J…`, …
    public var rule: String
    /// As far as was known.
    @OrNull public var until: Timestamp?
    /// One line for people.
    public var sentence: String
    /// The receiver that was spared; `null` when nobody was told.
    @OrNull public var receiver: String?
    @OrNull public var incident: String?

    public init(
        at: Timestamp, event: String, kind: String, rule: String, until: Timestamp?, sentence: String,
        receiver: String?, incident: String?
    ) {
        self.at = at
        self.event = event
        self.kind = kind
        self.rule = rule
        self.until = until
        self.sentence = sentence
        self.receiver = receiver
        self.incident = incident
    }
}

/// Who changed what, and from where.
public struct AuditBody: Sendable, Hashable, Codable {
    public var at: Timestamp
    public var actor: String
    public var role: String
    public var origin: String
    /// `incident.acknowledge`, `silence.create`, …
    public var action: String
    public var subject: String
    public var detail: String

    public init(
        at: Timestamp, actor: String, role: String, origin: String, action: String, subject: String, detail: String
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

/// `{"audit": […]}`, newest first.
public struct AuditList: Sendable, Hashable, Codable {
    public var audit: [AuditBody]

    public init(audit: [AuditBody]) { self.audit = audit }
}
