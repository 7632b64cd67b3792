// The answer to "why was I told?" and "why was I not told?", in one piece: what was observed, what was concluded, who
// was told by which rule, and who was not and why.

/// Everything known about one room and the decisions about it.
public struct RoomExplanation: Sendable, Hashable, Codable {
    public var at: Timestamp
    public var tenant: String
    public var room: IncidentBody.Room
    /// The answer in sentences, the most important first.
    public var answer: [String]
    public var observations: [Observation]
    public var condition: Condition
    public var standing: Standing
    public var severity: Severity
    /// The incident that speaks for the room now, else its newest of the last day.
    @OrNull public var incident: IncidentBody?
    /// Of that incident and the others of the last day, in the order they were decided.
    public var notifications: [NotificationBody]
    /// Of the last day, newest first.
    public var suppressions: [SuppressionBody]
    /// What keeps people from being told of the room now.
    public var quiet: [IncidentBody.Suppressed]
    public var flapping: Flapping
    /// Of the last day, oldest first.
    public var transitions: [Transition]
    /// What presence said in the last day, oldest first; the newest ``maximumStretches`` where there were more.
    public var presence: [Stretch]

    /// Stretches of presence that are listed at most; a room that flaps once a minute all day has more.
    public static let maximumStretches = 500

    public struct Observation: Sendable, Hashable, Codable {
        public var source: String
        /// In the source's own words; `nothing yet` before the first answer.
        public var reading: String
        @OrNull public var askedAt: Timestamp?

        public init(source: String, reading: String, askedAt: Timestamp?) {
            self.source = source
            self.reading = reading
            self.askedAt = askedAt
        }

        private enum CodingKeys: String, CodingKey {
            case source, reading
            case askedAt = "asked_at"
        }
    }

    public struct Condition: Sendable, Hashable, Codable {
        /// `clear`, `pending`, `firing` or `recovering`.
        public var phase: String
        @OrNull public var firstBadAt: Timestamp?
        @OrNull public var firedAt: Timestamp?
        /// Equal answers in the streak that decides what is next, and how many it takes.
        public var streak: Int
        public var needed: Int
        @OrNull public var lastGoodAt: Timestamp?
        public var isUnseen: Bool

        public init(
            phase: String, firstBadAt: Timestamp?, firedAt: Timestamp?, streak: Int, needed: Int,
            lastGoodAt: Timestamp?, isUnseen: Bool
        ) {
            self.phase = phase
            self.firstBadAt = firstBadAt
            self.firedAt = firedAt
            self.streak = streak
            self.needed = needed
            self.lastGoodAt = lastGoodAt
            self.isUnseen = isUnseen
        }

        private enum CodingKeys: String, CodingKey {
            case phase, streak, needed
            case firstBadAt = "first_bad_at"
            case firedAt = "fired_at"
            case lastGoodAt = "last_good_at"
            case isUnseen = "unseen"
        }
    }

    public struct Standing: Sendable, Hashable, Codable {
        /// `none`, `own`, or the dedup key of the incident of the place that speaks for the room.
        public var voice: String
        /// When it fell or was released, as far as sharing a cause is concerned.
        @OrNull public var onsetAt: Timestamp?

        public init(voice: String, onsetAt: Timestamp?) {
            self.voice = voice
            self.onsetAt = onsetAt
        }

        private enum CodingKeys: String, CodingKey {
            case voice
            case onsetAt = "onset_at"
        }
    }

    public struct Severity: Sendable, Hashable, Codable {
        /// What an outage would be, or is, now.
        public var now: String
        public var reasons: [String]

        public init(now: String, reasons: [String]) {
            self.now = now
            self.reasons = reasons
        }
    }

    public struct Flapping: Sendable, Hashable, Codable {
        public var penalty: Int
        public var isFlapping: Bool
        @OrNull public var endsAt: Timestamp?

        public init(penalty: Int, isFlapping: Bool, endsAt: Timestamp?) {
            self.penalty = penalty
            self.isFlapping = isFlapping
            self.endsAt = endsAt
        }

        private enum CodingKeys: String, CodingKey {
            case penalty
            case isFlapping = "flapping"
            case endsAt = "ends_at"
        }
    }

    public struct Transition: Sendable, Hashable, Codable {
        public var at: Timestamp
        public var condition: String
        public var from: String
        public var to: String
        public var reason: String

        public init(at: Timestamp, condition: String, from: String, to: String, reason: String) {
            self.at = at
            self.condition = condition
            self.from = from
            self.to = to
            self.reason = reason
        }
    }

    /// A time in which a source said the same thing. Between two of them nobody was watching.
    public struct Stretch: Sendable, Hashable, Codable {
        public var from: Timestamp
        /// Of the last one, the newest complete sweep.
        public var to: Timestamp
        /// In the source's own words, or `unknown:` and why nothing is known.
        public var reading: String
        /// What it proves of the room: `good`, `bad` or `unknown`.
        public var signal: String

        public init(from: Timestamp, to: Timestamp, reading: String, signal: String) {
            self.from = from
            self.to = to
            self.reading = reading
            self.signal = signal
        }
    }

    public init(
        at: Timestamp, tenant: String, room: IncidentBody.Room, answer: [String], observations: [Observation],
        condition: Condition, standing: Standing, severity: Severity, incident: IncidentBody?,
        notifications: [NotificationBody], suppressions: [SuppressionBody], quiet: [IncidentBody.Suppressed],
        flapping: Flapping,
        transitions: [Transition], presence: [Stretch]
    ) {
        self.at = at
        self.tenant = tenant
        self.room = room
        self.answer = answer
        self.observations = observations
        self.condition = condition
        self.standing = standing
        self.severity = severity
        self.incident = incident
        self.notifications = notifications
        self.suppressions = suppressions
        self.quiet = quiet
        self.flapping = flapping
        self.transitions = transitions
        self.presence = presence
    }
}

public struct ExplanationContent: Sendable, Hashable, Codable {
    public var explanation: RoomExplanation

    public init(explanation: RoomExplanation) { self.explanation = explanation }
}
