// What is known beside presence when rooms fall: what Microsoft posts about its own service, and whether our own sign-in
// works. None of it says that a room is down; it says where to look (Detection, Scope collapse).

public import Timekeeping

public import struct Foundation.Date

/// An issue that Microsoft has posted about a service and not resolved.
public struct ServiceIssue: Sendable, Hashable {
    /// Microsoft's two classes.
    public enum Kind: String, Sendable, Hashable {
        case incident
        /// Something that annoys; it takes no rooms off the air.
        case advisory
    }

    /// Posts lag an outage by tens of minutes, and some stay open for weeks. One that began longer than this before rooms
    /// fell does not explain why they fell now.
    public static let explainsFor: Duration = .seconds(24 * 3600)

    /// Microsoft's number, `TM123456`.
    public var id: String
    public var title: String
    public var kind: Kind
    /// In Microsoft's words, `serviceDegradation`.
    public var status: String
    public var startedAt: Date?

    public init(id: String, title: String, kind: Kind, status: String, startedAt: Date?) {
        self.id = id
        self.title = title
        self.kind = kind
        self.status = status
        self.startedAt = startedAt
    }

    /// Whether it may be why rooms fell at `onset`.
    public func explains(_ onset: Date) -> Bool {
        guard kind == .incident else { return false }
        return startedAt.map { onset.timeIntervalSince($0) <= Self.explainsFor.seconds } ?? true
    }
}

/// What service health said of Microsoft Teams at one read.
public struct ServiceHealthReading: Sendable, Hashable {
    /// The open issues, newest first; empty when Microsoft posts none.
    public var issues: Reading<[ServiceIssue]>
    public var asked: Moment

    public init(issues: Reading<[ServiceIssue]>, asked: Moment) {
        self.issues = issues
        self.asked = asked
    }
}

/// How the last request for a token ended. Nobody asks for a token only to learn this.
public struct TokenEndpointReading: Sendable, Hashable {
    public enum Outcome: String, Sendable, Hashable {
        case answered
        /// 429, 5xx or no sense: Microsoft Entra is in trouble.
        case failing
        /// Nothing came back: our own road may be cut.
        case unreachable
        /// The application itself is refused, until somebody acts.
        case refused
    }

    public var outcome: Outcome
    /// What was refused or failed, in a few words without secrets; empty for an answer.
    public var detail: String
    public var at: Moment

    public init(outcome: Outcome, detail: String = "", at: Moment) {
        self.outcome = outcome
        self.detail = detail
        self.at = at
    }

    var text: String { detail.isEmpty ? outcome.rawValue : "\(outcome.rawValue): \(detail)" }
}

/// The newest of both, with the bound after which neither proves anything.
public struct TenantCheck: Sendable, Hashable {
    /// What was read longer ago than this says nothing of the present.
    public static let believedFor: Duration = .seconds(20 * 60)
    /// Issues that a page names.
    public static let quotedIssues = 3

    public private(set) var serviceHealth: ServiceHealthReading?
    public private(set) var tokenEndpoint: TokenEndpointReading?

    public init() {}

    /// Takes a read of service health; one that failed takes nothing back while the earlier one is believed.
    ///
    /// - Returns: whether anything else is known now.
    mutating func accept(_ reading: ServiceHealthReading) -> Bool {
        if let known = serviceHealth {
            guard known.asked.steady <= reading.asked.steady else { return false }
            if case .unknown = reading.issues, issues(at: reading.asked) != nil { return false }
        }
        let before = serviceHealth?.issues
        serviceHealth = reading
        return before != reading.issues
    }

    mutating func accept(_ reading: TokenEndpointReading) -> Bool {
        let before = tokenEndpoint
        tokenEndpoint = reading
        return before?.outcome != reading.outcome || before?.detail != reading.detail
    }

    /// The open issues; `nil` when nobody knows.
    func issues(at now: Moment) -> [ServiceIssue]? {
        guard let serviceHealth, serviceHealth.asked.elapsed(until: now) < Self.believedFor,
            case .value(let issues) = serviceHealth.issues
        else { return nil }
        return issues
    }

    /// The outcome of the last token request. A success is hours old while its token is good and a failure is repeated
    /// within minutes, so only a failure ages.
    func tokenEndpoint(at now: Moment) -> TokenEndpointReading? {
        guard let tokenEndpoint else { return nil }
        if tokenEndpoint.outcome != .answered, tokenEndpoint.at.elapsed(until: now) >= Self.believedFor { return nil }
        return tokenEndpoint
    }

    /// The issues that may be why rooms fell at `onset`, as a page quotes them.
    func issueEvidence(for onset: Date, at now: Moment) -> [Evidence] {
        guard let serviceHealth, let issues = issues(at: now) else { return [] }
        return issues.filter { $0.explains(onset) }.prefix(Self.quotedIssues).map {
            Evidence(
                source: Evidence.serviceHealth, reading: "\($0.id) (\($0.status)): \($0.title)",
                observedAt: serviceHealth.asked.wall)
        }
    }

    /// How signing in goes, as a page quotes it.
    func tokenEvidence(at now: Moment) -> Evidence? {
        tokenEndpoint(at: now).map {
            Evidence(source: Evidence.tokenEndpoint, reading: $0.text, observedAt: $0.at.wall)
        }
    }
}

extension Evidence {
    static let serviceHealth = "service_health"
    static let tokenEndpoint = "token_endpoint"
    static let deviceSample = "device_sample"
    /// How many members' accounts explain why they fell.
    static let accounts = "accounts"
    /// Sources that speak of a whole place; a page keeps their newest word, whatever else it quotes.
    static let checks: Set<String> = [serviceHealth, tokenEndpoint, deviceSample, accounts]
}
