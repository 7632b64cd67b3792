// What a run came to, for the table, for machines and for the exit code.

import FleetCore

/// The result of connecting.
public struct ConnectionReport: Sendable {
    public enum Consent: String, Sendable {
        /// A person consented during this run.
        case given
        /// Everything was granted before.
        case granted
        /// A managed identity: app roles are assigned, there is no page.
        case assigned
        /// It was not asked for.
        case skipped
    }

    public struct File: Sendable, Hashable {
        public var path: String
        public var outcome: FileWriter.Outcome
    }

    public let name: String
    /// The directory that consented, else as it was given.
    public internal(set) var tenantID: String
    public internal(set) var consent = Consent.skipped
    public internal(set) var results: [TrialResult] = []
    /// Roles that nothing which was chosen uses.
    public internal(set) var excess: [String] = []
    public internal(set) var files: [File] = []

    init(_ plan: ConnectionPlan) {
        name = plan.name
        tenantID = plan.tenant.lowercased()
    }

    /// Whether rooms can be found and watched.
    public var detects: Bool {
        results.filter { $0.need.module == .detection }
            .allSatisfy { $0.isGranted && $0.verdict != .refused }
    }

    /// What is chosen and does not work for want of a permission.
    public var obstacles: [TrialResult] { results.filter { $0.verdict == .missing || $0.verdict == .refused } }

    public var isConnected: Bool { obstacles.isEmpty }
}

/// What `-o json` shows where there is no report.
public struct ConnectionFaultBody: Encodable, Sendable {
    let connected = false
    let problem: String
    let remedy: String

    public init(_ fault: ConnectionFault) {
        problem = fault.problem
        remedy = fault.remedy
    }
}

/// The report as `-o json` shows it; names only grow (Contract, Commands).
public struct ConnectionBody: Encodable, Sendable {
    struct Permission: Encodable {
        let permission, module: String
        let granted: Bool
        let verdict, remark: String
    }

    struct File: Encodable {
        let path, outcome: String
    }

    let tenant: String
    let tenantID: String
    let consent: String
    let permissions: [Permission]
    let excess: [String]
    let files: [File]
    let connected: Bool

    enum CodingKeys: String, CodingKey {
        case tenant, consent, permissions, excess, files, connected
        case tenantID = "tenant_id"
    }

    public init(_ report: ConnectionReport) {
        tenant = report.name
        tenantID = report.tenantID
        consent = report.consent.rawValue
        permissions = report.results.map {
            Permission(
                permission: $0.need.permission, module: $0.need.module.rawValue, granted: $0.isGranted,
                verdict: $0.verdict.rawValue, remark: $0.remark)
        }
        excess = report.excess
        files = report.files.map { File(path: $0.path, outcome: $0.outcome.rawValue) }
        connected = report.isConnected
    }
}
