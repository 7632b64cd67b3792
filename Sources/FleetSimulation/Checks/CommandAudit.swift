// What the tenant says it was asked to do to devices, against what the daemon's file says was asked. The two sides share
// nothing: the tenant keeps its own list, and the file is read with SQL.

import FleetCore
import Foundation
import GRDB
import TenantSimulator
import Timekeeping

/// The promises about commands, and whether they are kept.
struct CommandAudit {
    /// States of an operation whose request may have had an effect.
    private static let mayHaveActed: Set<String> = [
        "submitting", "unconfirmed", "accepted", "succeeded", "failed", "cancelled", "unknown",
    ]
    /// Nothing older than this has to do with an outage that begins now.
    private static let horizon: Duration = .seconds(1800)

    /// A row of the table of operations.
    private struct Written {
        var id: String
        var device: String
        var state: String
        var hasLeft: Bool
        var graphID: String?
        var excusedUntil: Date?
    }

    /// Something that really happened to an account.
    private struct Happening {
        var at: Duration
        var event: String
        var cause: Int
    }

    private let log: RunLog
    private let judgesClock: Bool
    private var written: [Written] = []
    private var submissions: [Submission] = []
    /// By the tenant's id of an operation: what began with it, and how it ended there.
    private var causes: [String: Int] = [:]
    private var endings: [String: String] = [:]
    private var happenings: [String: [Happening]] = [:]
    private var stale: Set<Int> = []

    init(log: RunLog, plan: RunPlan) {
        self.log = log
        judgesClock = !plan.setsClock
    }

    mutating func learn(_ record: GroundTruthRecord, at now: Duration) {
        if record.event == "graph_fault_begin", record.detail?.hasSuffix("stale") ?? false {
            stale.insert(record.cause)
        }
        if record.event == "graph_fault_end" { stale.remove(record.cause) }
        if record.event.hasPrefix("operation_"), let id = record.detail?.split(separator: " ").first.map(String.init) {
            if record.event == "operation_queued" { causes[id] = record.cause }
            if let word = ["operation_succeeded": "succeeded", "operation_failed": "failed"][record.event] {
                endings[id] = endings[id] ?? word
            }
            return
        }
        guard let account = record.account?.lowercased() else { return }
        happenings[account, default: []].append(Happening(at: now, event: record.event, cause: record.cause))
    }

    // MARK: While it runs

    mutating func look(_ db: Database, submissions: [Submission]) throws {
        for submission in submissions.dropFirst(self.submissions.count) {
            log.count("commands \(submission.outcome.rawValue)")
            log.say(
                "device",
                "\(submission.room ?? submission.device) \(submission.command.rawValue): \(submission.outcome.rawValue)"
                    + ", answered \(submission.status.map(String.init) ?? "nothing")")
        }
        self.submissions = submissions
        written = try Self.read(db)
        guard !submissions.isEmpty else { return }
        let accepted = Dictionary(grouping: submissions.filter { $0.outcome == .accepted }, by: \.device)
        let possible = Dictionary(
            grouping: written.filter { $0.hasLeft && Self.mayHaveActed.contains($0.state) }, by: \.device)
        for (device, taken) in accepted.sorted(by: { $0.key < $1.key }) {
            let most = possible[device]?.count ?? 0
            if taken.count > most {
                log.violate(
                    .submittedOnce,
                    "\(taken.first?.room ?? device) took \(taken.count) commands, and \(most) are written down as sent")
            }
        }
    }

    private static func read(_ db: Database) throws -> [Written] {
        try Row.fetchAll(db, sql: "SELECT id, device, state, submitted_at, detail FROM operation ORDER BY id").map {
            row in
            let detail: String = row["detail"]
            let object = (try? JSONSerialization.jsonObject(with: Data(detail.utf8))) as? [String: Any]
            return Written(
                id: row["id"], device: (row["device"] as String).lowercased(), state: row["state"],
                hasLeft: row["submitted_at"] as Int64? != nil, graphID: (object?["graphID"] as? String)?.lowercased(),
                excusedUntil: (object?["excusedUntil"] as? Double).map(Date.init(timeIntervalSinceReferenceDate:)))
        }
    }

    /// A page about one room: not while the only thing that ever happened to it is a restart of ours, in its time.
    func judge(_ row: Row, isWeak: Bool, now: Moment) {
        let event: String = row["event"]
        let rule: String = row["rule"]
        let key: String = row["dedup_key"]
        guard judgesClock, stale.isEmpty, !isWeak, event == "opened" || event == "reopened",
            !rule.hasPrefix("fallback:"), let account = Self.room(of: key)
        else { return }
        let past = (happenings[account] ?? []).filter { now.steady - $0.at < Self.horizon }
        let own = Set(submissions.compactMap { $0.operation.flatMap { causes[$0] } })
        guard let fall = past.last(where: { $0.event == "presence_offline" }),
            past.allSatisfy({ own.contains($0.cause) })
        else { return }
        let excused = submissions.contains { submission in
            guard let operation = submission.operation, causes[operation] == fall.cause else { return false }
            let allowance: TimeInterval = submission.command == .updateSoftware ? 2700 : 600
            return now.wall.timeIntervalSince(submission.at) < allowance
        }
        if excused { log.violate(.ownRestartsAreQuiet, "\(event) of \(key) although only we have restarted it") }
    }

    private static func room(of key: String) -> String? {
        let prefix = "\(Incarnation.tenant):room.offline:"
        return key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
    }

    /// Whether the record of a suppression names an operation whose time is over.
    func isOver(_ suppression: String, at now: Moment, for grace: TimeInterval) -> Bool {
        guard judgesClock, let row = written.first(where: { suppression.contains($0.id) }) else { return false }
        return row.excusedUntil.map { now.wall.timeIntervalSince($0) > grace } ?? true
    }

    // MARK: At the end

    /// Everything that the tenant took is known, under its name, and as it ended there.
    func finish() {
        let byGraphID = Dictionary(grouping: written.filter { $0.graphID != nil }, by: { $0.graphID ?? "" })
        for (id, rows) in byGraphID.sorted(by: { $0.key < $1.key }) where rows.count > 1 {
            log.violate(.submittedOnce, "\(rows.count) operations claim to be \(id)")
        }
        for submission in submissions where submission.outcome == .accepted {
            guard let id = submission.operation?.lowercased() else { continue }
            let who = submission.room ?? submission.device
            guard let row = byGraphID[id]?.first else {
                let isOpen = written.contains {
                    $0.device == submission.device && $0.graphID == nil && $0.state == "unknown"
                }
                if !isOpen {
                    log.violate(.commandsAreKnown, "the \(submission.command.rawValue) of \(who) is forgotten")
                }
                continue
            }
            let ending = endings[submission.operation ?? ""]
            switch row.state {
            case "succeeded", "failed":
                if row.state != ending {
                    log.violate(
                        .commandsAreKnown, "\(who) is said to have \(row.state), and it \(ending ?? "never ended")")
                }
            case "unknown", "cancelled": break
            default:
                log.violate(.commandsAreKnown, "\(who) took a \(submission.command.rawValue) that is \(row.state)")
            }
        }
    }
}
