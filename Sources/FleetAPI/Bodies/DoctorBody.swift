// What the doctor found: one entry for everything it looked at, good or bad, so that somebody in the first hour also sees
// what is already right. What is not right says what to do about it.

/// One thing that was looked at.
public struct CheckBody: Sendable, Hashable, Codable {
    /// How a thing was found, from the best to the worst; `unknown` says that it could not be looked at.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case ok
        /// Worth knowing; nothing has to be done.
        case notice
        /// Works, and will not for long or not in every case.
        case warning
        /// Something that Roomwatch is there for does not work.
        case problem
        case unknown
    }

    /// Where a check belongs, in the order in which areas are shown.
    public enum Area: String, Sendable, Hashable, CaseIterable {
        /// What only roomctl sees: the unit, the socket, the groups of whoever asks.
        case machine
        /// The daemon as a service.
        case service
        case token
        case credential
        case clock
        case network
        case permissions
        case graph
        case rooms
        /// The rooms' own accounts.
        case accounts
        case receivers
        case watching
        case store
        case api

        /// For people.
        public var title: String {
            switch self {
            case .machine: "This machine"
            case .service: "The daemon"
            case .token: "Token"
            case .credential: "Credential"
            case .clock: "Clock"
            case .network: "Network"
            case .permissions: "Permissions"
            case .graph: "Microsoft Graph"
            case .rooms: "Rooms"
            case .accounts: "Room accounts"
            case .receivers: "Receivers"
            case .watching: "Watching the watcher"
            case .store: "Store"
            case .api: "API"
            }
        }
    }

    /// What was looked at, a word that scripts may rely on: `token`, `permission.excess`, `store.integrity`, …
    public var id: String
    /// ``Area``; open for new words.
    public var area: String
    /// `null` for what is the same for all tenants.
    @OrNull public var tenant: String?
    /// Which one of several: a permission, a host, a receiver.
    @OrNull public var subject: String?
    /// ``Status``; open for new words.
    public var status: String
    /// What was found, in one sentence.
    public var summary: String
    /// What to do about it.
    @OrNull public var remedy: String?
    /// Some of the things that are meant, the names of rooms say; at most ``maximumExamples``.
    public var examples: [String]
    /// When it was found, where that was not just now.
    @OrNull public var checkedAt: Timestamp?

    public static let maximumExamples = 10

    public init(
        _ id: String, area: Area, tenant: String? = nil, subject: String? = nil, _ status: Status,
        _ summary: String, remedy: String? = nil, examples: [String] = [], checkedAt: Timestamp? = nil
    ) {
        self.id = id
        self.area = area.rawValue
        self.tenant = tenant
        self.subject = subject
        self.status = status.rawValue
        self.summary = summary
        self.remedy = remedy
        self.examples = Array(examples.prefix(Self.maximumExamples))
        self.checkedAt = checkedAt
    }

    /// `unknown` for a word of a later version.
    public var finding: Status { Status(rawValue: status) ?? .unknown }

    private enum CodingKeys: String, CodingKey {
        case id, area, tenant, subject, status, summary, remedy, examples
        case checkedAt = "checked_at"
    }
}

/// The answer of `GET /api/v1/doctor`.
public struct DoctorBody: Sendable, Hashable, Codable {
    /// When the examination began.
    public var at: Timestamp
    public var tookMs: Int
    /// The version of the daemon; `null` only where roomctl speaks of one that it cannot reach.
    @OrNull public var version: String?
    /// By area, and within one in the order in which they are worth reading.
    public var checks: [CheckBody]
    /// How many checks have which status; a status that none has is 0.
    public var counts: Counts

    public struct Counts: Sendable, Hashable, Codable {
        public var ok = 0
        public var notice = 0
        public var warning = 0
        public var problem = 0
        public var unknown = 0

        /// `2 problems, 1 warning, 3 notices, 31 ok.`
        public var tally: String {
            let parts = [
                (problem, "problem", "problems"), (warning, "warning", "warnings"), (unknown, "unknown", "unknown"),
                (notice, "notice", "notices"), (ok, "ok", "ok"),
            ].filter { $0.0 > 0 }.map { count, one, many in "\(count) \(count == 1 ? one : many)" }
            return parts.joined(separator: ", ") + "."
        }

        public init(_ checks: [CheckBody]) {
            for check in checks {
                switch check.finding {
                case .ok: ok += 1
                case .notice: notice += 1
                case .warning: warning += 1
                case .problem: problem += 1
                case .unknown: unknown += 1
                }
            }
        }
    }

    public init(at: Timestamp, tookMs: Int, version: String?, checks: [CheckBody]) {
        self.at = at
        self.tookMs = tookMs
        self.version = version
        self.checks = checks
        self.counts = Counts(checks)
    }

    private enum CodingKeys: String, CodingKey {
        case at, version, checks, counts
        case tookMs = "took_ms"
    }
}

extension [CheckBody] {
    /// By area, within one what is worst first, and otherwise as they were found.
    public var inReadingOrder: [CheckBody] {
        let areas = CheckBody.Area.allCases.map(\.rawValue)
        return enumerated().sorted { a, b in
            func place(_ check: CheckBody) -> Int { areas.firstIndex(of: check.area) ?? areas.count }
            func weight(_ check: CheckBody) -> Int {
                switch check.finding {
                case .problem: 0
                case .warning: 1
                case .unknown: 2
                case .notice: 3
                case .ok: 4
                }
            }
            return (place(a.element), weight(a.element), a.offset) < (place(b.element), weight(b.element), b.offset)
        }.map(\.element)
    }
}
