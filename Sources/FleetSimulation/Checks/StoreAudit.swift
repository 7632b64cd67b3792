// Looks into the daemon's own file from outside, every few simulated seconds, and compares it with what the answers
// entitle it to and with what it said before.

import FleetCore
import Foundation
import GRDB
import TenantSimulator
import Timekeeping

/// What the store has said so far.
struct StoreAudit {
    private struct Chain: Hashable {
        var condition: String
        var subject: String
    }

    private struct Step {
        var at: Int64
        var from: String
        var to: String
    }

    private let oracle: PresenceOracle
    private let bookings: BookingOracle
    var people: PeopleAudit
    var commands: CommandAudit
    private let log: RunLog
    private var lastTransition: Int64 = 0
    private var lastNotification: Int64 = 0
    private var phases: [Chain: String] = [:]
    private var notifications: [String: String] = [:]
    private var names: [String: String] = [:]
    private var firingSince: [String: Duration] = [:]
    private var offlineSince: [String: Duration] = [:]
    /// Why Graph says nothing of a room, and faults of Graph that show old answers.
    private var unknown: [String: Set<Int>] = [:]
    private var stale: Set<Int> = []
    /// Since when every room has been asked and answered for.
    private var clearSince: Duration?
    /// Since when fewer than half of the rooms have been seen lately, by the steady clock.
    private var darkSince: Duration?
    /// Since when at least half of them have been.
    private var brightSince: Duration?
    private var calledBlind = false

    init(
        oracle: PresenceOracle, bookings: BookingOracle, people: PeopleAudit, commands: CommandAudit, log: RunLog
    ) {
        self.oracle = oracle
        self.bookings = bookings
        self.people = people
        self.commands = commands
        self.log = log
    }

    /// Looks at everything new.
    ///
    /// - Parameter isWritable: whether the disk takes everything at once, so that the store cannot lag.
    mutating func look(
        at disk: Disk, life: Life, now: Moment, isWritable: Bool, desks: [ReceiverDesk], submissions: [Submission]
    ) throws {
        try disk.read { db in
            try readRooms(db)
            try commands.look(db, submissions: submissions)
            try readTransitions(db, now: now)
            try readNotifications(db, now: now)
            try checkIncidents(db)
            try people.checkOpen(db)
        }
        guard isWritable else {
            clearSince = nil
            return
        }
        checkOwed()
        checkSight(life: life, now: now)
        checkTruth(life: life, now: now)
        try disk.read { db in
            try checkTold(db, life: life, now: now, desks: desks)
            try checkBooked(db, now: now)
        }
    }

    // MARK: Against what really happened

    /// What the tenant knows and the daemon does not.
    mutating func learn(_ record: GroundTruthRecord, at now: Duration) {
        commands.learn(record, at: now)
        if record.event == "graph_fault_begin", record.detail?.hasSuffix("stale") ?? false {
            stale.insert(record.cause)
        }
        if record.event == "graph_fault_end" { stale.remove(record.cause) }
        guard let account = record.account?.lowercased() else { return }
        switch record.event {
        case "presence_unknown", "account_disabled": unknown[account, default: []].insert(record.cause)
        case "presence_known", "account_enabled": unknown[account]?.remove(record.cause)
        default: break
        }
        switch record.event {
        // What is dark behind an unknown presence is not shown, and so is nothing that could be overlooked.
        case "presence_offline" where !(unknown[account] ?? []).isEmpty: offlineSince[account] = nil
        case "presence_offline": offlineSince[account] = offlineSince[account] ?? now
        // Of several causes the first that ends is enough to begin anew: only what is certain is demanded.
        case "presence_online", "presence_unknown", "account_disabled": offlineSince[account] = nil
        case "presence_known", "account_enabled": offlineSince[account] = nil
        default: break
        }
    }

    /// A room that really is dark must not be overlooked while everything can be seen.
    private mutating func checkTruth(life: Life, now: Moment) {
        let (seen, known) = oracle.seen(within: .seconds(12), before: now.steady)
        let isClear = known > 0 && seen * 10 >= known * 9 && stale.isEmpty
        clearSince = isClear ? clearSince ?? now.steady : nil
        guard let clearSince else { return }
        let from = max(clearSince, life.began.steady)
        for (id, since) in offlineSince.sorted(by: { $0.key < $1.key }) where names[id] != nil {
            let dark = now.steady - max(since, from)
            let phase = phases[Chain(condition: "room.offline", subject: id)] ?? "clear"
            // Hold, two sweeps, a slow road, and a minute in which an older answer may be doubted.
            if dark > .seconds(100), phase != "firing", phase != "recovering",
                oracle.sees(id, within: .seconds(12), before: now.steady)
            {
                log.violate(.everyOutageIsTold, "\(name(id)) is really dark and nobody noticed")
            }
        }
    }

    /// Whoever is down is spoken for, and the receiver that keeps account knows of it.
    private func checkTold(_ db: Database, life: Life, now: Moment, desks: [ReceiverDesk]) throws {
        guard now.steady - life.began.steady > .seconds(300), let desk = desks.first,
            desk.hasBeenWell(for: .seconds(300))
        else { return }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT account, voice FROM track AS room
                WHERE (presence_phase = 'firing' OR device_phase = 'firing')
                -- Whoever takes it on or closes it by hand wants to hear no more of it.
                AND NOT EXISTS (
                  SELECT 1 FROM incident
                  WHERE dedup_key IN ('contoso:room.offline:' || room.account, room.voice)
                    AND (status = 'acknowledged' OR json_extract(detail, '$.resolution') = 'manual')
                ) AND NOT EXISTS (
                  SELECT 1 FROM notification
                  WHERE dedup_key IN ('contoso:room.offline:' || room.account, room.voice) AND decided_at > ?
                )
                ORDER BY account
                """, arguments: [Int64(now.wall.timeIntervalSince1970 * 1000) - 150_000])
        for row in rows {
            let id: String = row["account"]
            guard let since = firingSince[id], now.steady - since > .seconds(200) else { continue }
            let voice: String? = row["voice"]
            let excuses = try String.fetchAll(
                db, sql: "SELECT detail FROM suppression WHERE dedup_key IN (?, ?)",
                arguments: ["contoso:room.offline:\(id)", voice])
            let ended = excuses.filter {
                people.isOver($0, at: now, for: 150) || commands.isOver($0, at: now, for: 150)
            }
            if excuses.count > ended.count { continue }
            // What ended while nothing could be seen is told once the room is seen again.
            let isSeen = oracle.sees(id, within: .seconds(12), before: now.steady)
            let sightLasts = brightSince.map { now.steady - $0 > .seconds(150) } ?? false
            if !ended.isEmpty, !isSeen || !sightLasts { continue }
            let key = voice == "own" ? "contoso:room.offline:\(id)" : voice
            // A member of a trouble that is over waits to be looked at again, at most ten minutes.
            if let key, desk.believes(key) { continue }
            if key != nil, key != "contoso:room.offline:\(id)", now.steady - since < .seconds(3600) { continue }
            log.violate(
                ended.isEmpty ? .everyOutageIsTold : .silenceEnds,
                "\(name(id)) is down, and \(desk.name) has not heard of it")
        }
    }

    /// Whoever needs the room makes its outage critical, within the minute in which severities are worked out anew.
    private func checkBooked(_ db: Database, now: Moment) throws {
        guard people.judgesClock else { return }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT track.account AS account, incident.detail AS detail, incident.severity AS severity
                FROM incident JOIN track ON incident.dedup_key = 'contoso:room.offline:' || track.account
                WHERE incident.status <> 'resolved' AND incident.severity <> 'critical'
                  AND track.presence_phase = 'firing' AND track.voice = 'own'
                ORDER BY incident.id
                """)
        for row in rows {
            let id: String = row["account"]
            let detail: String = row["detail"]
            let object = (try? JSONSerialization.jsonObject(with: Data(detail.utf8))) as? [String: Any]
            let rooms = object?["rooms"] as? [[String: Any]]
            guard let address = rooms?.first?["email"] as? String, let since = firingSince[id],
                let needed = bookings.isNeeded(address, at: now),
                min(needed, now.steady - since) > .seconds(75)
            else { continue }
            log.violate(.criticalWhenBooked, "\(name(id)) is booked and only \(row["severity"] as String)")
        }
    }

    private mutating func readRooms(_ db: Database) throws {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM room") ?? 0
        guard names.count < count else { return }
        for row in try Row.fetchAll(db, sql: "SELECT account, detail FROM room") {
            let detail: String = row["detail"]
            let object = (try? JSONSerialization.jsonObject(with: Data(detail.utf8))) as? [String: Any]
            let room = object?["room"] as? [String: Any] ?? object
            names[row["account"]] = room?["name"] as? String ?? row["account"]
        }
    }

    /// A room as people call it.
    func name(_ subject: String) -> String { names[subject] ?? subject }

    /// Rooms whose account a panel keeps alive; the simulated tenant gives one to every tenth room.
    private func isWeak(_ subject: String) -> Bool {
        guard let name = names[subject], let number = Int(name.split(separator: " ").last ?? "") else { return true }
        return (number - 1) % 10 == 4
    }

    private mutating func readTransitions(_ db: Database, now: Moment) throws {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM transition WHERE seq > ? ORDER BY seq", arguments: [lastTransition])
        for row in rows {
            lastTransition = row["seq"]
            let chain = Chain(condition: row["condition"], subject: row["subject"])
            let step = Step(at: row["at"], from: row["from_phase"], to: row["to_phase"])
            log.count("transitions")
            log.say(
                "state",
                "\(chain.condition) \(name(chain.subject)) \(step.from) -> \(step.to): \(row["reason"] as String)")
            let before = phases[chain] ?? "clear"
            if before != step.from {
                log.violate(
                    .replay, "\(chain.condition) \(name(chain.subject)) left \(step.from) while it was \(before)")
            }
            phases[chain] = step.to
            if chain.condition == "room.offline" {
                firingSince[chain.subject] = step.to == "firing" ? firingSince[chain.subject] ?? now.steady : nil
            }
            judge(step, of: chain)
        }
    }

    private mutating func judge(_ step: Step, of chain: Chain) {
        if chain.condition == "tenant.blind", step.to == "firing", step.from != "recovering" { calledBlind = true }
        if chain.condition == "room.offline", !isWeak(chain.subject) {
            let mark = oracle.mark(of: chain.subject, wall: step.at)
            if step.to == "firing", step.from == "pending" || step.from == "clear", mark?.mayFire != true {
                log.violate(.firesOnlyAfterHold, "\(name(chain.subject)) fired early")
            }
            if step.to == "clear", step.from == "recovering" || step.from == "firing", mark?.mayClear != true {
                log.violate(.clearsOnlyAfterHold, "\(name(chain.subject)) was called well early")
            }
        }
    }

    /// Where answers leave only one phase possible, the store must show it.
    private func checkOwed() {
        for (id, mark) in oracle.owed() where names[id] != nil && !isWeak(id) {
            let chain = Chain(condition: "room.offline", subject: id)
            let phase = phases[chain] ?? "clear"
            if mark.mustFire, phase != "firing" {
                log.violate(.firesWhenDue, "\(name(id)) was bad for long enough and is \(phase)")
            }
            if mark.mustClear, phase != "clear" {
                log.violate(.clearsWhenDue, "\(name(id)) was good for long enough and is \(phase)")
            }
        }
    }

    private mutating func checkSight(life: Life, now: Moment) {
        let chain = Chain(condition: "tenant.blind", subject: "tenant")
        let isBlind = phases[chain].map { $0 == "firing" || $0 == "recovering" } ?? false
        let narrow = oracle.seen(within: .seconds(120), before: now.steady)
        if narrow.known > 0, narrow.seen * 2 < narrow.known {
            darkSince = darkSince ?? now.steady
        } else {
            darkSince = nil
        }
        // Seen again a moment ago is no contradiction: the verdict is as old as the last look.
        if narrow.seen * 2 >= narrow.known { brightSince = brightSince ?? now.steady } else { brightSince = nil }
        if calledBlind, let brightSince,
            now.steady - max(brightSince, oracle.lastDark ?? .zero) > .seconds(12)
        {
            log.violate(.blindOnlyWhenDark, "monitoring was called blind while rooms were seen")
        }
        calledBlind = false
        let since = max(darkSince ?? now.steady, life.began.steady + .seconds(120))
        if darkSince != nil, now.steady - since > .seconds(15), !isBlind {
            log.violate(.blindWhenDark, "nobody was told that monitoring is blind")
        }
    }

    private mutating func readNotifications(_ db: Database, now: Moment) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT seq, id, dedup_key, incident, receiver, event, rule, decided_at, detail
                FROM notification WHERE seq > ? ORDER BY seq
                """, arguments: [lastNotification])
        for row in rows {
            try people.judge(row, db, now: now)
            let key: String = row["dedup_key"]
            commands.judge(row, isWeak: isWeak(String(key.split(separator: ":").last ?? "")), now: now)
            lastNotification = row["seq"]
            notifications[row["id"]] = row["dedup_key"]
            log.count("notifications")
        }
    }

    private func checkIncidents(_ db: Database) throws {
        let twice = try String.fetchAll(
            db, sql: "SELECT dedup_key FROM incident WHERE status <> 'resolved' GROUP BY 1 HAVING count(*) > 1")
        for key in twice { log.violate(.oneOpenIncident, "\(key) has two open incidents") }
    }

    // MARK: At a start and at the end

    /// The log of transitions leads to the stored states, and nothing that was written is gone.
    func compare(with disk: Disk) throws {
        try disk.read { db in
            for row in try Row.fetchAll(db, sql: "SELECT account, presence_phase, device_phase FROM track") {
                let id: String = row["account"]
                let stored = Self.worse(row["presence_phase"], row["device_phase"])
                let replayed = phases[Chain(condition: "room.offline", subject: id)] ?? "clear"
                if stored != replayed {
                    log.violate(.replay, "\(name(id)) is stored as \(stored) and replayed as \(replayed)")
                }
            }
            var open: [Chain: String] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT condition, subject, phase FROM condition") {
                open[Chain(condition: row["condition"], subject: row["subject"])] = row["phase"]
            }
            for (chain, replayed) in phases.sorted(by: {
                ($0.key.condition, $0.key.subject) < ($1.key.condition, $1.key.subject)
            })
            where chain.condition != "room.offline" && !chain.condition.hasSuffix(".offline") {
                let stored = open[chain] ?? "clear"
                if stored != replayed {
                    log.violate(
                        .replay, "\(chain.condition) \(chain.subject) is stored as \(stored), replayed as \(replayed)")
                }
            }
            let kept = Dictionary(
                uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT id, dedup_key FROM notification").map {
                    ($0["id"] as String, $0["dedup_key"] as String)
                })
            for (id, key) in notifications.sorted(by: { $0.key < $1.key }) where kept[id] != key {
                log.violate(.nothingVanishes, "notification \(id) of \(key) is gone or has another key")
            }
        }
    }

    private static func worse(_ a: String, _ b: String) -> String {
        let order = ["firing", "recovering", "pending", "clear"]
        return order.first { $0 == a || $0 == b } ?? a
    }
}
