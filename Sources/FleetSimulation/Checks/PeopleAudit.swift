// What people were promised when they took an incident on, silenced something or planned work: from then on until it ends,
// some messages must not be decided, and afterwards they must.

import FleetCore
import Foundation
import GRDB
import Timekeeping

/// The promises to people, and whether the rows keep them.
struct PeopleAudit {
    /// Everything that is wrong is hidden or shown again within a tick of a second; this is a little more.
    private static let tick: TimeInterval = 2.5
    /// An acknowledgement that nobody renews ends (Telling, Acknowledgement).
    private static let acknowledgementHolds: Duration = .seconds(12 * 3600)
    /// What may be held back by an acknowledgement or a silence (Telling, Suppression).
    private static let pages: Set<String> = ["opened", "reopened", "updated", "reminder", "escalation"]

    private struct Acknowledgement {
        var at: Duration
        var severity: Int
        /// The newest row when it was given.
        var row: Int64
    }

    private struct Quiet {
        /// As suppressions name it.
        var token: String
        var target: RunPlan.Target
        var from: Date
        var until: Date
        var isSilence: Bool
    }

    private let log: RunLog
    /// Whether what ends by the wall clock can be judged.
    let judgesClock: Bool
    private var acknowledgements: [String: Acknowledgement] = [:]
    private var quiet: [String: Quiet] = [:]

    init(log: RunLog, plan: RunPlan) {
        self.log = log
        judgesClock = !plan.setsClock
    }

    static func rank(_ severity: String) -> Int { ["warning", "error", "critical"].firstIndex(of: severity) ?? 3 }

    // MARK: What people did

    mutating func acknowledged(_ incident: String, severity: String, row: Int64, at now: Moment) {
        acknowledgements[incident] = Acknowledgement(at: now.steady, severity: Self.rank(severity), row: row)
    }

    mutating func silenced(_ id: String, _ target: RunPlan.Target, until: Date, at now: Moment) {
        quiet[id] = Quiet(token: id, target: target, from: now.wall, until: until, isSilence: true)
    }

    mutating func planned(_ id: String, name: String, _ target: RunPlan.Target, from: Date, until: Date) {
        quiet[id] = Quiet(token: "\"\(name)\"", target: target, from: from, until: until, isSilence: false)
    }

    mutating func ended(_ id: String, at now: Moment) {
        guard let until = quiet[id]?.until else { return }
        quiet[id]?.until = min(until, now.wall)
    }

    // MARK: What the rows say

    /// One new row of the outbox, with the incident as it was when it was written.
    mutating func judge(_ row: Row, _ db: Database, now: Moment) throws {
        let event: String = row["event"]
        let rule: String = row["rule"]
        // A fallback repeats what was decided before.
        guard Self.pages.contains(event), !rule.hasPrefix("fallback:") else { return }
        let detail: String = row["detail"]
        guard let incident = (try? JSONSerialization.jsonObject(with: Data(detail.utf8))) as? [String: Any] else {
            return
        }
        try judgeAcknowledgement(row, incident, event: event, db, now: now)
        judgeSilence(row, incident, event: event)
    }

    private mutating func judgeAcknowledgement(
        _ row: Row, _ incident: [String: Any], event: String, _ db: Database, now: Moment
    ) throws {
        let id: String = row["incident"]
        let seq: Int64 = row["seq"]
        guard let known = acknowledgements[id], seq > known.row else { return }
        let isWorse = Self.rank(incident["severity"] as? String ?? "") > known.severity
        let isOld = now.steady - known.at >= Self.acknowledgementHolds
        var isBack = false
        // Somebody who was told of the end hears of a return as of something new, also when it was held back at first.
        if event == "reopened" || event == "opened" {
            isBack =
                try Bool.fetchOne(
                    db,
                    sql: """
                        SELECT EXISTS (
                          SELECT 1 FROM notification
                          WHERE incident = ? AND event = 'resolved' AND state <> 'withdrawn' AND seq > ? AND seq < ?)
                        """, arguments: [id, known.row, seq]) ?? false
        }
        guard isWorse || isOld || isBack else {
            log.violate(
                .acknowledgementHolds, "\(event) of \(row["dedup_key"] as String) although somebody works on it")
            return
        }
        acknowledgements[id] = nil
    }

    private func judgeSilence(_ row: Row, _ incident: [String: Any], event: String) {
        guard judgesClock else { return }
        let decided = Date(timeIntervalSince1970: Double(row["decided_at"] as Int64) / 1000)
        for silence in quiet.values.sorted(by: { $0.token < $1.token }) where silence.isSilence {
            guard decided >= silence.from + Self.tick, decided < silence.until, Self.covers(silence.target, incident)
            else { continue }
            log.violate(.silenceHolds, "\(event) of \(row["dedup_key"] as String) although it is silenced")
        }
    }

    private static func covers(_ target: RunPlan.Target, _ incident: [String: Any]) -> Bool {
        guard incident["tenant"] as? String == Incarnation.tenant.text else { return false }
        let rooms = incident["rooms"] as? [[String: Any]] ?? []
        let isWhole = incident["furtherRooms"] as? Int == nil && !rooms.isEmpty
        switch target {
        case .tenant: return true
        case .offlineRooms: return incident["condition"] as? String == "room.offline"
        case .room(let number): return isWhole && rooms.allSatisfy { $0["name"] as? String == "Room \(number)" }
        case .building(let number): return isWhole && rooms.allSatisfy { $0["building"] as? String == "B\(number)" }
        }
    }

    /// Whether the record of a suppression names something that people asked for and that has been over for a while.
    func isOver(_ suppression: String, at now: Moment, for grace: TimeInterval) -> Bool {
        guard judgesClock else { return false }
        return quiet.values.contains { now.wall - $0.until > grace && suppression.contains($0.token) }
    }

    /// An acknowledgement covers the severity that was acknowledged and no worse one.
    func checkOpen(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db, sql: "SELECT dedup_key, severity, detail FROM incident WHERE status = 'acknowledged' ORDER BY id")
        for row in rows {
            let detail: String = row["detail"]
            let object = (try? JSONSerialization.jsonObject(with: Data(detail.utf8))) as? [String: Any]
            guard let known = object?["acknowledgedSeverity"] as? String else { continue }
            if Self.rank(row["severity"]) > Self.rank(known) {
                log.violate(
                    .acknowledgementHolds,
                    "\(row["dedup_key"] as String) became \(row["severity"] as String) and nobody was told")
            }
        }
    }
}

extension Date {
    fileprivate static func - (later: Date, earlier: Date) -> TimeInterval { later.timeIntervalSince(earlier) }
}
