// What must be true once everything has been well for a while: nothing is open, nothing waits, and everybody who was
// told of a trouble was told of its end.

import FleetCore
import Foundation
import GRDB
import Timekeeping

/// The demands at the end of a run.
struct FinalAudit {
    let log: RunLog
    let name: (String) -> String

    /// What still keeps the run from having converged; empty when nothing does.
    static func leftovers(_ db: Database) throws -> [String] {
        var found: [String] = []
        // A command that ended badly is told of for a day.
        let keys = try String.fetchAll(
            db,
            sql: """
                SELECT dedup_key FROM incident
                WHERE status <> 'resolved' AND condition <> 'command.failed' ORDER BY 1
                """)
        for key in keys { found.append("\(key) is open") }
        for row in try Row.fetchAll(db, sql: "SELECT id, state FROM operation WHERE stage < 3 ORDER BY 1") {
            found.append("operation \(row["id"] as String) is \(row["state"] as String)")
        }
        for row in try Row.fetchAll(
            db, sql: "SELECT receiver, event, dedup_key FROM notification WHERE state = 'waiting' ORDER BY seq")
        {
            found.append(
                "\(row["event"] as String) \(row["dedup_key"] as String) waits for \(row["receiver"] as String)")
        }
        for id in try String.fetchAll(
            db,
            sql: "SELECT account FROM track WHERE presence_phase <> 'clear' OR device_phase <> 'clear' ORDER BY 1")
        {
            found.append("room \(id) is not clear")
        }
        let conditions = try String.fetchAll(
            db,
            sql: """
                SELECT dedup_key FROM condition WHERE phase <> 'clear' AND condition <> 'command.failed' ORDER BY 1
                """)
        for key in conditions {
            found.append("\(key) is not clear")
        }
        return found
    }

    func judge(_ db: Database, desks: [ReceiverDesk]) throws {
        // A page that was tried and never answered may have been heard, so its end is told even if it was not.
        let doubtful = Set(
            try String.fetchAll(db, sql: "SELECT incident FROM notification WHERE state = 'withdrawn'"))
        for desk in desks {
            judgeLedger(of: desk, doubtful: doubtful.intersection(desk.arrived))
            try judgeRows(db, of: desk)
        }
        try judgeOutages(db, ledger: desks.first { $0.kind == .webhook })
    }

    /// Every key that a receiver took as opened was closed under the same key.
    private func judgeLedger(of desk: ReceiverDesk, doubtful: Set<String>) {
        for message in desk.lastWords where !message.isResolve && !message.key.contains(":command.failed:") {
            log.violate(.convergence, "\(desk.name) still believes in \(message.key)")
        }
        var open: [String: String] = [:]
        for message in desk.taken {
            // What stands in for another receiver's page is no second page; an end is an end by whatever rule it comes.
            let standsIn = message.rule.hasPrefix("fallback:")
            if message.isResolve {
                if open[message.key] == nil, desk.kind == .webhook, !standsIn, !doubtful.contains(message.incident) {
                    log.violate(.orderWithinKey, "\(desk.name) heard the end of \(message.key) before its beginning")
                }
                open[message.key] = nil
            } else if message.isTrigger, desk.kind == .webhook, !standsIn {
                if let other = open[message.key] {
                    log.violate(
                        .toldOnce,
                        "\(desk.name) was told of \(message.key) \(other == message.incident ? "twice" : "anew")")
                }
                open[message.key] = message.incident
            }
        }
    }

    /// What counts as accepted was really taken.
    private func judgeRows(_ db: Database, of desk: ReceiverDesk) throws {
        let ids = Set(desk.taken.map(\.id))
        let keys = Set(desk.taken.map { "\($0.isResolve) \($0.key)" })
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, event, dedup_key, state FROM notification WHERE receiver = ? ORDER BY seq",
            arguments: [desk.name.text])
        for row in rows {
            let event: String = row["event"]
            let key: String = row["dedup_key"]
            let state: String = row["state"]
            if state == "failed" { log.violate(.everyOutageIsTold, "\(event) \(key) to \(desk.name) was given up") }
            guard state == "accepted" else { continue }
            let isTaken =
                desk.kind == .webhook ? ids.contains(row["id"]) : keys.contains("\(event == "resolved") \(key)")
            if !isTaken { log.violate(.acceptedIsTaken, "\(desk.name) never took \(event) \(key)") }
        }
    }

    private func judgeOutages(_ db: Database, ledger: ReceiverDesk?) throws {
        guard let ledger else { return }
        let untold = try Row.fetchAll(
            db,
            sql: """
                SELECT dedup_key, id FROM incident
                WHERE NOT EXISTS (
                  SELECT 1 FROM notification
                  WHERE notification.incident = incident.id AND receiver = ? AND event IN ('opened', 'reopened')
                ) AND NOT EXISTS (
                  SELECT 1 FROM suppression
                  WHERE suppression.incident = incident.id OR suppression.dedup_key = incident.dedup_key
                ) ORDER BY id
                """, arguments: [ledger.name.text])
        for row in untold { log.violate(.everyOutageIsTold, "nobody was to hear of \(row["dedup_key"] as String)") }
        let silent = try Row.fetchAll(
            db,
            sql: """
                SELECT subject, at FROM transition
                WHERE condition = 'room.offline' AND to_phase = 'firing' AND from_phase IN ('clear', 'pending')
                  AND incident IS NULL AND NOT EXISTS (
                    SELECT 1 FROM suppression
                    WHERE dedup_key = transition.tenant || ':room.offline:' || transition.subject
                  ) ORDER BY seq
                """)
        for row in silent {
            log.violate(.everyOutageIsTold, "\(name(row["subject"])) fired and no incident spoke for it")
        }
        let dropped = try Row.fetchAll(
            db,
            sql: """
                SELECT dedup_key, remark FROM notification n
                WHERE receiver = ? AND state = 'withdrawn' AND event = 'opened'
                  AND remark NOT LIKE '%larger incident%' AND NOT EXISTS (
                    -- A page that became more severe while it waited is replaced by one that says so.
                    SELECT 1 FROM notification
                    WHERE receiver = n.receiver AND incident = n.incident AND event = 'opened' AND seq > n.seq
                      AND state <> 'withdrawn'
                  ) ORDER BY seq
                """, arguments: [ledger.name.text])
        for row in dropped {
            log.violate(
                .everyOutageIsTold,
                "\(row["dedup_key"] as String) was withdrawn from \(ledger.name): "
                    + "\(row["remark"] as String? ?? "")")
        }
    }
}
