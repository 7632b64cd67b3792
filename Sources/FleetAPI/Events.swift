// The envelopes: what a webhook carries around an incident, what it carries when there is none, and the two answers of
// the API (Contract, Incident).

/// What an event is about, the `type` of a webhook. Open for new words: an older client meets them without failing.
public struct EventType: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let incidentOpened = EventType(rawValue: "incident.opened")
    public static let incidentUpdated = EventType(rawValue: "incident.updated")
    public static let incidentAcknowledged = EventType(rawValue: "incident.acknowledged")
    public static let incidentReopened = EventType(rawValue: "incident.reopened")
    public static let incidentResolved = EventType(rawValue: "incident.resolved")
    public static let monitorHeartbeat = EventType(rawValue: "monitor.heartbeat")
    public static let monitorTest = EventType(rawValue: "monitor.test")

    public var description: String { rawValue }
}

/// The body of a webhook that tells of an incident.
public struct IncidentEvent: Sendable, Hashable, Codable {
    public var type: EventType
    /// When it was decided to tell; the same on every attempt.
    public var timestamp: Timestamp
    public var data: IncidentDocument.Content

    public init(type: EventType, timestamp: Timestamp, incident: IncidentBody) {
        self.type = type
        self.timestamp = timestamp
        self.data = IncidentDocument.Content(incident: incident)
    }

    /// The body's bytes, fewer than ``BodyLimits/bytes``; the same bytes for the same event.
    ///
    /// - Throws: `EncodingError`; no value that this type can hold leads there.
    public func bytes() throws -> [UInt8] {
        var event = self
        event.data.incident = try data.incident.bounded()
        return try WireJSON.bytes(of: event)
    }
}

/// The answer of `GET /api/v1/incidents/{id}`.
public struct IncidentDocument: Sendable, Hashable, Codable {
    public var data: Content

    public struct Content: Sendable, Hashable, Codable {
        public var incident: IncidentBody

        public init(incident: IncidentBody) { self.incident = incident }
    }

    public init(incident: IncidentBody) { data = Content(incident: incident) }
}

/// The answer of `GET /api/v1/incidents`: one page of a list.
public struct IncidentList: Sendable, Hashable, Codable {
    public var data: Content

    public struct Content: Sendable, Hashable, Codable {
        public var incidents: [IncidentBody]
        /// What to ask for the next page with; `nil` on the last one.
        @OrNull public var nextCursor: String?

        public init(incidents: [IncidentBody], nextCursor: String? = nil) {
            self.incidents = incidents
            self.nextCursor = nextCursor
        }

        private enum CodingKeys: String, CodingKey {
            case incidents
            case nextCursor = "next_cursor"
        }
    }

    public init(incidents: [IncidentBody], nextCursor: String? = nil) {
        data = Content(incidents: incidents, nextCursor: nextCursor)
    }
}

/// The body of a webhook in which Roomwatch speaks of itself: a sign of life or a test somebody asked for.
public struct MonitorEvent: Sendable, Hashable, Codable {
    /// ``EventType/monitorHeartbeat`` or ``EventType/monitorTest``.
    public var type: EventType
    public var timestamp: Timestamp
    public var data: Content

    public struct Content: Sendable, Hashable, Codable {
        public var monitor: Monitor
        /// The made-up incident of a test of the whole path; absent everywhere else.
        public var incident: IncidentBody?

        public init(monitor: Monitor, incident: IncidentBody? = nil) {
            self.monitor = monitor
            self.incident = incident
        }
    }

    /// Who speaks.
    public struct Monitor: Sendable, Hashable, Codable {
        /// The version of the daemon, `1.0.0`.
        public var version: String
        /// The receiver's name in the configuration.
        public var receiver: String

        public init(version: String, receiver: String) {
            self.version = version
            self.receiver = receiver
        }
    }

    public init(type: EventType, timestamp: Timestamp, monitor: Monitor, incident: IncidentBody? = nil) {
        self.type = type
        self.timestamp = timestamp
        self.data = Content(monitor: monitor, incident: incident)
    }
}
