// People at the API: what they ask for goes the way that a request over the socket takes, and what they were promised is
// remembered for the audit.

import FleetAPI
import FleetCore
import FleetMonitor
import Foundation
import GRDB
import Timekeeping

/// Carries out what people do in one run.
struct People {
    private let asker = Asker(name: "person", role: .operator, origin: "unix")
    /// May force what the guards hold back.
    private let admin = Asker(name: "admin", role: .admin, origin: "unix")
    private let jobs: JobQueue
    private let log: RunLog
    private let canary: Canary?
    private var silences: [String] = []
    private var windows: [String] = []
    private var commands: [String] = []

    init(jobs: JobQueue, log: RunLog, canary: Canary?) {
        self.jobs = jobs
        self.log = log
        self.canary = canary
    }

    mutating func carryOut(
        _ deed: RunPlan.Deed, on daemon: Incarnation, at now: Moment, audit: inout PeopleAudit
    ) throws {
        log.count("deeds")
        switch deed {
        case .acknowledge(let pick): try acknowledge(pick, daemon, at: now, audit: &audit)
        case .comment(let pick):
            guard let incident = try open(daemon, pick) else { return }
            ask("comments on \(incident.dedupKey)", daemon) { [asker] intents throws(Refusal) in
                _ = try await intents.comment(on: incident.id, CommentRequest(text: "called the site"), for: asker)
            }
        case .resolve(let pick):
            guard let incident = try open(daemon, pick) else { return }
            ask("closes \(incident.dedupKey)", daemon) { [asker] intents throws(Refusal) in
                _ = try await intents.resolve(incident.id, NoteRequest(), for: asker)
            }
        case .silence(let target, let lasts): silence(target, lasts, daemon, at: now, audit: &audit)
        case .endSilence(let pick):
            guard !silences.isEmpty else { return }
            let id = silences.remove(at: pick % silences.count)
            let done: Void? = ask("ends silence \(id)", daemon) { [asker] intents throws(Refusal) in
                _ = try await intents.expireSilence(id, for: asker)
            }
            if done != nil { audit.ended(id, at: now) }
        case .window(let target, let start, let lasts): plan(target, start, lasts, daemon, at: now, audit: &audit)
        case .cancelWindow(let pick):
            guard !windows.isEmpty else { return }
            let id = windows.remove(at: pick % windows.count)
            let done: Void? = ask("cancels window \(id)", daemon) { [asker] intents throws(Refusal) in
                try await intents.cancelWindow(id, for: asker)
            }
            if done != nil { audit.ended(id, at: now) }
        case .order(let order): self.order(order, daemon)
        case .withdraw(let pick):
            guard !commands.isEmpty else { return }
            let id = commands[pick % commands.count]
            ask("takes back command \(id)", daemon) { [admin] intents throws(Refusal) in
                _ = try await intents.withdraw(command: id, for: admin)
            }
        }
    }

    private mutating func order(_ order: RunPlan.Order, _ daemon: Incarnation) {
        var request = CommandRequest(
            action: order.action, matchers: [Self.matcher(order.target)], reason: "it was asked for",
            force: order.isForced, waitSeconds: Int(order.wait.seconds))
        if order.action == "update_software" { request.software = "teams_client" }
        let what = "\(order.isForced ? "forces" : "asks for") \(order.action) of \(request.matchers?.first ?? "")"
        let id = ask(what, daemon) { [admin, request] intents throws(Refusal) in
            try await intents.request(request, for: admin).id
        }
        if let id { commands.append(id) }
    }

    private static func matcher(_ target: RunPlan.Target) -> String {
        switch target {
        case .room(let number): "room=\"Room \(number)\""
        case .building(let number): "building=\"B\(number)\""
        case .tenant: "tenant=\"\(Incarnation.tenant)\""
        case .offlineRooms: "condition=\"room.offline\""
        }
    }

    /// - Returns: `nil` when it was refused.
    @discardableResult
    private func ask<Value: Sendable>(
        _ what: String, _ daemon: Incarnation,
        _ body: @escaping @Sendable (LedgerIntents) async throws(Refusal) -> Value
    ) -> Value? {
        let result = jobs.perform { [intents = daemon.intents] () async -> Result<Value, Refusal> in
            do throws(Refusal) {
                return .success(try await body(intents))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value):
            log.say("person", what)
            log.count("deeds done")
            return value
        case .failure(let refusal):
            log.say("person", "\(what), refused: \(refusal.description)")
            return nil
        }
    }

    /// One of the open incidents.
    private func open(_ daemon: Incarnation, _ pick: Int) throws -> IncidentBody? {
        let list = ask("looks at what is open", daemon) { [asker] intents throws(Refusal) in
            try await intents.incidents(IncidentsQuery(statuses: ["open", "acknowledged"]), for: asker).incidents
        }
        guard let list, !list.isEmpty else { return nil }
        return list[pick % list.count]
    }

    private func acknowledge(
        _ pick: Int, _ daemon: Incarnation, at now: Moment, audit: inout PeopleAudit
    ) throws {
        guard let incident = try open(daemon, pick) else { return }
        var severity: String? = incident.severity
        if canary != .deafToAcknowledgements {
            severity = ask("takes \(incident.dedupKey) on", daemon) { [asker] intents throws(Refusal) in
                try await intents.acknowledge(incident.id, NoteRequest(comment: "on it"), for: asker).severity
            }
        }
        guard let severity else { return }
        let row = try daemon.disk.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM notification") } ?? 0
        audit.acknowledged(incident.id, severity: severity, row: row, at: now)
    }

    private mutating func silence(
        _ target: RunPlan.Target, _ lasts: Duration, _ daemon: Incarnation, at now: Moment, audit: inout PeopleAudit
    ) {
        let matcher = Self.matcher(target)
        let until = now.wall + lasts.seconds
        let request = SilenceRequest(
            matchers: [matcher],
            endsAt: Timestamp(
                canary == .staleSilences ? until + 7200 : canary == .shortSilences ? now.wall + 2 : until),
            reason: "known")
        let id = ask("silences \(matcher) for \(Int(lasts.seconds)) s", daemon) { [asker] intents throws(Refusal) in
            try await intents.create(request, for: asker).id
        }
        guard let id else { return }
        silences.append(id)
        audit.silenced(id, target, until: until, at: now)
    }

    private mutating func plan(
        _ target: RunPlan.Target, _ start: Duration, _ lasts: Duration, _ daemon: Incarnation, at now: Moment,
        audit: inout PeopleAudit
    ) {
        let name = "work \(windows.count + 1) at \(Int(now.steady.seconds))"
        let from = now.wall + start.seconds
        let until = from + lasts.seconds
        var request = WindowRequest(name: name, reason: "work", startsAt: Timestamp(from), endsAt: Timestamp(until))
        switch target {
        case .room(let number): request.rooms = ["Room \(number)"]
        case .building(let number): request.buildings = ["B\(number)"]
        case .tenant, .offlineRooms: request.tenants = [Incarnation.tenant.text]
        }
        let id = ask("plans \(name)", daemon) { [asker, request] intents throws(Refusal) in
            try await intents.plan(request, for: asker).id
        }
        guard let id = id ?? nil else { return }
        windows.append(id)
        audit.planned(id, name: name, target, from: from, until: until)
    }
}
