// Observations are stored as runs, never one row per poll: 2,000 rooms every five seconds would be 35 million rows a
// day, and all but a few thousand of them would repeat the row before. An open run needs no writing while it lasts: it
// is extended by each complete sweep, of which one checkpoint row per source keeps count.

public import struct Foundation.Date

/// What the observation tables gain in one transaction.
public struct ObservationChange: Sendable, Hashable {
    /// Runs that begin; the open run of the same subject and source ends with ``RunEnd``.
    public var begun: [RunBegin] = []
    public var ended: [RunEnd] = []
    public var gaps: [SweepGap] = []
    public var checkpoints: [SweepCheckpoint] = []

    public init() {}

    public var isEmpty: Bool { begun.isEmpty && ended.isEmpty && gaps.isEmpty && checkpoints.isEmpty }
}

/// The first observation of a run.
public struct RunBegin: Sendable, Hashable {
    public var tenant: TenantName
    public var account: AccountID
    public var source: Source
    /// The source's own words, or `unknown:<reason>`.
    public var reading: String
    public var first: Date

    public init(tenant: TenantName, account: AccountID, source: Source, reading: String, first: Date) {
        self.tenant = tenant
        self.account = account
        self.source = source
        self.reading = reading
        self.first = first
    }
}

/// The last observation of a run, and how many there were.
public struct RunEnd: Sendable, Hashable {
    public var tenant: TenantName
    public var account: AccountID
    public var source: Source
    public var last: Date
    public var count: Int

    public init(tenant: TenantName, account: AccountID, source: Source, last: Date, count: Int) {
        self.tenant = tenant
        self.account = account
        self.source = source
        self.last = last
        self.count = count
    }
}

/// A sweep that did not answer for everybody.
public struct SweepGap: Sendable, Hashable {
    public var tenant: TenantName
    public var source: Source
    public var outcome: SweepOutcome
    public var began: Date
    public var ended: Date
    /// Subjects asked for and not answered.
    public var unanswered: Int
    /// The kind of failure, `http_503`.
    public var reason: String

    public init(
        tenant: TenantName, source: Source, outcome: SweepOutcome, began: Date, ended: Date, unanswered: Int,
        reason: String
    ) {
        self.tenant = tenant
        self.source = source
        self.outcome = outcome
        self.began = began
        self.ended = ended
        self.unanswered = unanswered
        self.reason = reason
    }
}

/// How a pass over a source ended.
public enum SweepOutcome: String, Sendable, Hashable, Codable, CaseIterable {
    case complete
    case partial
    case failed
}

/// The newest complete sweep of a source: every open run of it lasted at least until then.
public struct SweepCheckpoint: Sendable, Hashable {
    public var tenant: TenantName
    public var source: Source
    public var completedAt: Date
    /// Complete sweeps since the daemon was installed.
    public var count: Int

    public init(tenant: TenantName, source: Source, completedAt: Date, count: Int) {
        self.tenant = tenant
        self.source = source
        self.completedAt = completedAt
        self.count = count
    }
}
