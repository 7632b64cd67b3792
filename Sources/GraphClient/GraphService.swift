// Microsoft throttles per service, application and tenant, and counts the requests it refuses. So the client keeps
// its own, lower budgets and stays below them; these are the August 2026 figures of the throttling-limits page with a
// margin, and every one of them can be replaced.

/// The name of a throttling bucket. Closing one bucket leaves the others open.
public struct GraphService: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let presence = GraphService(rawValue: "presence")
    /// Teams devices and everything else under `teamwork`.
    public static let teamwork = GraphService(rawValue: "teamwork")
    /// Users, groups, licences: budgeted in resource units, see ``GraphRequest/cost``.
    public static let identity = GraphService(rawValue: "identity")
    public static let callRecords = GraphService(rawValue: "callRecords")
    /// The call records' list call has a far lower limit than single records.
    public static let callRecordList = GraphService(rawValue: "callRecordList")
    public static let pstn = GraphService(rawValue: "pstn")
    public static let outlook = GraphService(rawValue: "outlook")
    public static let places = GraphService(rawValue: "places")
    /// Sign-in and audit logs.
    public static let reports = GraphService(rawValue: "reports")
    public static let serviceHealth = GraphService(rawValue: "serviceHealth")
    public static let activityFeed = GraphService(rawValue: "activityFeed")
    /// Anything without limits of its own.
    public static let general = GraphService(rawValue: "general")
}

extension GraphService {
    /// What Microsoft documents for one application in one tenant (Graph facts, Limits), where it documents anything; for
    /// people to compare with, our own budgets are lower.
    public var documentedLimits: [RequestWindow] {
        switch self {
        case .presence: [RequestWindow(1_500, per: .seconds(30))]
        case .teamwork: [RequestWindow(30, per: .seconds(1))]
        case .identity: [RequestWindow(3_500, per: .seconds(10))]
        case .callRecords: [RequestWindow(1_500, per: .seconds(20))]
        case .callRecordList: [RequestWindow(40, per: .seconds(20))]
        case .pstn: [RequestWindow(50, per: .seconds(60))]
        // For each mailbox.
        case .outlook: [RequestWindow(10_000, per: .seconds(600))]
        case .places: [RequestWindow(3, per: .seconds(1))]
        case .reports: [RequestWindow(5, per: .seconds(10))]
        case .serviceHealth: [RequestWindow(240, per: .seconds(60)), RequestWindow(800, per: .seconds(3600))]
        case .activityFeed: [RequestWindow(2, per: .seconds(1))]
        default: []
        }
    }
}

/// At most `limit` units in any stretch of time as long as `per`.
public struct RequestWindow: Sendable, Hashable {
    public let limit: Int
    public let per: Duration

    /// A window of at least one unit.
    public init(_ limit: Int, per: Duration) {
        self.limit = max(1, limit)
        self.per = per
    }
}

/// What one service of one tenant may be asked.
public struct RequestBudget: Sendable, Hashable {
    /// All of them hold at once.
    public var windows: [RequestWindow]
    /// Requests that may stand in line at once; one more fails at once.
    public var places: Int

    public init(_ windows: [RequestWindow], places: Int = 256) {
        self.windows = windows
        self.places = places
    }

    /// Four fifths of the documented limits (Teams: the 83 % that its documentation says can be sustained).
    public static let defaults: [GraphService: RequestBudget] = [
        .presence: RequestBudget([RequestWindow(1_200, per: .seconds(30))]),
        .teamwork: RequestBudget([RequestWindow(24, per: .seconds(1))]),
        .identity: RequestBudget([RequestWindow(2_800, per: .seconds(10))]),
        .callRecords: RequestBudget([RequestWindow(1_200, per: .seconds(20))]),
        .callRecordList: RequestBudget([RequestWindow(32, per: .seconds(20))]),
        .pstn: RequestBudget([RequestWindow(40, per: .seconds(60))]),
        .outlook: RequestBudget([RequestWindow(8_000, per: .seconds(600))]),
        .places: RequestBudget([RequestWindow(2, per: .seconds(1))]),
        .reports: RequestBudget([RequestWindow(4, per: .seconds(10))]),
        .serviceHealth: RequestBudget([
            RequestWindow(192, per: .seconds(60)), RequestWindow(640, per: .seconds(3600)),
        ]),
        .activityFeed: RequestBudget([RequestWindow(1, per: .seconds(1))]),
    ]

    /// For services without a documented limit: far below the 130,000 in 10 s of any application.
    public static let fallback = RequestBudget([RequestWindow(1_000, per: .seconds(10))])
}
