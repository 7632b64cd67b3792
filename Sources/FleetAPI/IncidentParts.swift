// The parts of an incident's body, in a file of their own to keep the body readable at a glance.

extension IncidentBody {
    /// How far the trouble reaches.
    public struct Scope: Sendable, Hashable, Codable {
        /// `room`, `floor`, `building`, `tenant`, `receiver`, `source`, `command` or `store`.
        public var kind: String
        public var id: String
        public var name: String
        /// Whether only a part of the place is affected.
        public var partial: Bool

        public init(kind: String, id: String, name: String, partial: Bool = false) {
            self.kind = kind
            self.id = id
            self.name = name
            self.partial = partial
        }
    }

    /// A room that is affected.
    public struct Room: Sendable, Hashable, Codable {
        /// The directory's object id of the room's account.
        public var id: String
        public var name: String
        public var email: String
        @OrNull public var building: String?
        @OrNull public var floor: String?

        public init(id: String, name: String, email: String, building: String? = nil, floor: String? = nil) {
            self.id = id
            self.name = name
            self.email = email
            self.building = building
            self.floor = floor
        }
    }

    /// What keeps the incident quiet.
    public struct Suppressed: Sendable, Hashable, Codable {
        /// `maintenance`, `expected`, `inhibited`, `silenced`, `acknowledged` or `flapping`.
        public var kind: String
        /// `window:nightly`, `silence:01J…`, …
        public var rule: String
        /// As far as is known.
        @OrNull public var until: Timestamp?
        /// One line for people.
        public var sentence: String

        public init(kind: String, rule: String, until: Timestamp?, sentence: String) {
            self.kind = kind
            self.rule = rule
            self.until = until
            self.sentence = sentence
        }
    }

    /// A command to a room's device.
    public struct Attempt: Sendable, Hashable, Codable {
        /// `restart`, `update_software` or `run_diagnostics`.
        public var what: String
        /// Who asked for it.
        public var by: String
        /// When it left.
        public var at: Timestamp
        /// The state of its operation; `missing` when the room did not come back from it.
        public var outcome: String

        public init(what: String, by: String, at: Timestamp, outcome: String) {
            self.what = what
            self.by = by
            self.at = at
            self.outcome = outcome
        }
    }

    /// A booking; its subject is never known to Roomwatch.
    public struct Meeting: Sendable, Hashable, Codable {
        public var startsAt: Timestamp
        public var endsAt: Timestamp

        public init(startsAt: Timestamp, endsAt: Timestamp) {
            self.startsAt = startsAt
            self.endsAt = endsAt
        }

        private enum CodingKeys: String, CodingKey {
            case startsAt = "starts_at"
            case endsAt = "ends_at"
        }
    }

    /// Where to read on.
    public struct Links: Sendable, Hashable, Codable {
        /// The incident in the API; `nil` when the configuration has no `api.external_url`.
        @OrNull public var own: String?
        @OrNull public var runbook: String?

        public init(own: String? = nil, runbook: String? = nil) {
            self.own = own
            self.runbook = runbook
        }

        private enum CodingKeys: String, CodingKey {
            case own = "self"
            case runbook
        }
    }

    /// Why a receiver is told.
    public struct Reason: Sendable, Hashable, Codable {
        /// `opened`, `updated`, `acknowledged`, `reopened`, `resolved`, `reminder`, `escalation` or `test`.
        public var reason: String
        /// The rule that chose the receiver, `routes[0]` or `fallback:<receiver>`.
        public var rule: String

        public init(reason: String, rule: String) {
            self.reason = reason
            self.rule = rule
        }
    }

    /// What a source said.
    public struct Evidence: Sendable, Hashable, Codable {
        public var source: String
        /// In the source's own words.
        public var reading: String
        public var observedAt: Timestamp

        public init(source: String, reading: String, observedAt: Timestamp) {
            self.source = source
            self.reading = reading
            self.observedAt = observedAt
        }

        private enum CodingKeys: String, CodingKey {
            case source, reading
            case observedAt = "observed_at"
        }
    }
}
