// What people ask for goes through the one writer like everything else. The decision is made on a copy, committed with
// its audit row, and only then believed: a request that the disk does not take is refused whole, because a person who
// heard "done" goes back to sleep.

import CoreMetrics
import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Logging
import Timekeeping

extension Ledger {
    /// What somebody does to an incident.
    enum IncidentRequest: String {
        case acknowledge
        case resolve
    }

    // MARK: Incidents

    /// Does something to an incident.
    ///
    /// - Returns: the incident as it is afterwards.
    func carryOut(
        _ request: IncidentRequest, on id: UniqueID, note: String?, by asker: Asker
    ) throws(Refusal) -> Incident {
        let now = time.now()
        let incident = try openIncident(id, for: asker)
        try checkWritable()
        let undo = undo
        let decision = decide(incident.tenant) { fleet in
            switch request {
            case .acknowledge: fleet.acknowledge(incident.key, by: asker.name, at: now)
            case .resolve: fleet.close(incident.key, by: asker.name, at: now)
            }
        }
        let change = change(by: decision, tenant: incident.tenant, at: now)
        let renewed = incident.acknowledgedBy.map { "renewed, was \($0)" }
        let audit = audit(
            "incident.\(request.rawValue)", id.text, asker, at: now,
            detail: request == .acknowledge ? renewed ?? incident.summary : incident.summary)
        let comment = note.map { IncidentComment(incident: id, at: now.wall, author: asker.name, text: $0) }
        do throws(StoreError) {
            try store.commit(change, request: RequestRecord(audit: audit, comment: comment))
        } catch {
            restore(undo)
            noteStoreFailure(error, at: now)
            throw Refusal(error)
        }
        noteCommitted(change, at: now)
        say(audit)
        return change.incidents.last ?? incident
    }

    /// Keeps a comment; an incident of the past may have one as well.
    func comment(on id: UniqueID, _ text: String, by asker: Asker) throws(Refusal) -> IncidentComment {
        let now = time.now()
        guard let incident = try anyIncident(id), asker.mayTouch(tenant: incident.tenant.text) else {
            throw .noIncident(id)
        }
        try checkWritable()
        let comment = IncidentComment(incident: id, at: now.wall, author: asker.name, text: text)
        let audit = audit("incident.comment", id.text, asker, at: now)
        try writing(at: now) { () throws(StoreError) in try store.append(comment, audit: audit) }
        say(audit)
        return comment
    }

    /// Everything that is open, whether the disk knows of it or not.
    func openIncidents() -> [Incident] {
        ([own] + fleets.values).flatMap(\.book.allOpen).sorted { $0.id > $1.id }
    }

    /// Whether the store lags behind memory, so that its answers are old.
    var isStoreBehind: Bool { !memory.isEmpty }

    private func openIncident(_ id: UniqueID, for asker: Asker) throws(Refusal) -> Incident {
        guard let incident = try anyIncident(id), asker.mayTouch(tenant: incident.tenant.text) else {
            throw .noIncident(id)
        }
        guard incident.status != .resolved else {
            throw Refusal(
                .conflict, "incident \(id) is resolved already", remedy: "look at the open ones with roomctl incidents")
        }
        return incident
    }

    /// As memory knows it, else as it is stored.
    func anyIncident(_ id: UniqueID) throws(Refusal) -> Incident? {
        for fleet in [own] + fleets.values {
            if let known = fleet.book.incidents.values.first(where: { $0.id == id }) { return known }
        }
        do throws(StoreError) {
            return try store.incident(id: id)
        } catch {
            throw Refusal(error)
        }
    }

    // MARK: Backups

    /// Writes down that somebody takes a copy of everything, before they get it.
    func recordBackup(by asker: Asker) throws(Refusal) {
        let now = time.now()
        try checkWritable()
        let audit = audit("store.backup", "store", asker, at: now)
        try writing(at: now) { () throws(StoreError) in try store.append(audit) }
        say(audit)
    }

    // MARK: Silences and windows

    func create(_ request: SilenceRequest, by asker: Asker) throws(Refusal) -> Silence {
        let now = time.now()
        let silence = try silence(request, by: asker, at: now)
        try checkWritable()
        try checkPlace(for: quiet.silences.count { $0.endsAt > now.wall }, "silences")
        let audit = audit(
            "silence.create", silence.id.text, asker, at: now,
            detail: "\(silence.matchers) until \(Timestamp(silence.endsAt)): \(silence.reason)")
        try writing(at: now) { () throws(StoreError) in try store.save(silence, audit: audit) }
        quiet.silences.append(silence)
        adoptQuiet(at: now)
        say(audit)
        return silence
    }

    /// The silence of a request, which may still be thrown away.
    func silence(_ request: SilenceRequest, by asker: Asker, at now: Moment) throws(Refusal) -> Silence {
        let matchers = try request.readMatchers(for: asker)
        do throws(SilenceError) {
            return try Silence(
                id: UniqueID(at: now.wall, using: &generator), matchers: matchers, author: request.author ?? asker.name,
                reason: request.reason, startsAt: request.startsAt?.date, endsAt: request.endsAt.date, createdAt: now)
        } catch {
            throw Refusal(.invalid, "the silence is refused", remedy: "\(error)")
        }
    }

    func expireSilence(_ id: UniqueID, by asker: Asker) throws(Refusal) -> Silence {
        let now = time.now()
        guard let place = quiet.silences.firstIndex(where: { $0.id == id && $0.isSeen(by: asker) }) else {
            throw Refusal(.notFound, "there is no silence \(id)", remedy: "list them with roomctl silence list")
        }
        let silence = quiet.silences[place]
        guard silence.belongs(to: asker) else {
            throw Refusal(
                .forbidden, "silence \(id) reaches beyond tenant \(asker.tenant ?? "")",
                remedy: "ask somebody whose token is not bound to a tenant")
        }
        guard silence.state(at: now) != .expired else {
            throw Refusal(.conflict, "silence \(id) has ended already", remedy: "nothing is left to do")
        }
        try checkWritable()
        let ended = silence.expired(by: asker.name, at: now)
        let audit = audit("silence.expire", id.text, asker, at: now, detail: "\(silence.matchers)")
        try writing(at: now) { () throws(StoreError) in try store.save(ended, audit: audit) }
        quiet.silences[place] = ended
        adoptQuiet(at: now)
        say(audit)
        return ended
    }

    func plan(_ request: WindowRequest, by asker: Asker) throws(Refusal) -> MaintenanceWindow {
        let now = time.now()
        let match = try place(of: request, for: asker)
        let planned: PlannedInterval
        do throws(PlannedInterval.Invalid) {
            planned = try PlannedInterval(
                id: UniqueID(at: now.wall, using: &generator),
                startsAt: max(request.startsAt?.date ?? now.wall, now.wall), endsAt: request.endsAt.date,
                author: request.author ?? asker.name, reason: request.reason)
        } catch {
            throw Refusal(.invalid, "the window is refused", remedy: "\(error)")
        }
        let window = MaintenanceWindow(name: request.name, schedule: .once(planned), match: match)
        guard coverage(of: window) > 0 else {
            throw Refusal(
                .invalid, "the window covers no room",
                remedy: "spell buildings and floors as the rooms carry them; roomctl explain ROOM shows both")
        }
        try checkWritable()
        try checkPlace(for: quiet.planned.count { $0.end > now.wall }, "planned windows")
        let audit = audit(
            "maintenance.plan", planned.id.text, asker, at: now,
            detail: "\(window.name), \(Timestamp(planned.startsAt)) to \(Timestamp(planned.endsAt)): \(planned.reason)")
        try writing(at: now) { () throws(StoreError) in try store.save(window, planned: planned, audit: audit) }
        quiet.planned.append(window)
        adoptQuiet(at: now)
        say(audit)
        return window
    }

    func cancelWindow(_ id: UniqueID, by asker: Asker) throws(Refusal) {
        let now = time.now()
        guard let window = quiet.planned.first(where: { $0.plannedID == id && $0.match.isSeen(by: asker) }) else {
            throw Refusal(
                .notFound, "there is no planned window \(id)",
                remedy: "list them with roomctl maintenance list; those of the configuration are changed there")
        }
        guard window.match.belongs(to: asker) else {
            throw Refusal(
                .forbidden, "window \(id) reaches beyond tenant \(asker.tenant ?? "")",
                remedy: "ask somebody whose token is not bound to a tenant")
        }
        try checkWritable()
        let audit = audit("maintenance.cancel", id.text, asker, at: now, detail: window.name)
        try writing(at: now) { () throws(StoreError) in _ = try store.deletePlannedWindow(id, audit: audit) }
        quiet.planned.removeAll { $0.plannedID == id }
        adoptQuiet(at: now)
        say(audit)
    }

    /// Every fleet hears of it; the next tick, a second away, hides and releases what follows from it.
    private func adoptQuiet(at now: Moment) {
        quiet.silences.removeAll { $0.endsAt <= now.wall }
        quiet.planned.removeAll { $0.end <= now.wall }
        for tenant in fleets.keys { fleets[tenant]?.adopt(quiet: quiet) }
        own.adopt(quiet: quiet)
    }

    /// Rooms that a window covers.
    func coverage(of window: MaintenanceWindow) -> Int {
        fleets.values.reduce(0) { $0 + $1.count(coveredBy: window) }
    }

    private func place(of request: WindowRequest, for asker: Asker) throws(Refusal) -> PlaceMatch {
        try request.check()
        if let bound = asker.tenant, request.tenants.map({ $0 != [bound] }) ?? false {
            throw Refusal(
                .forbidden, "the token is bound to tenant \(bound)", remedy: "leave tenants out, or name only that one")
        }
        let tenants = asker.tenant.map { [$0] } ?? request.tenants
        if let unknown = tenants?.first(where: { fleets[TenantName($0)] == nil }) {
            throw Refusal(.invalid, "there is no tenant \(unknown)", remedy: "name a tenant of the configuration")
        }
        var rooms: Set<String>?
        var names = roomNames(for: asker)
        for text in request.rooms ?? [] {
            rooms = (rooms ?? []).union([try names.room(called: text).room.account.text])
        }
        return PlaceMatch(
            tenants: tenants.map { Set($0.map { TenantName($0) }) }, buildings: request.buildings.map(Set.init),
            floors: request.floors.map(Set.init), rooms: rooms)
    }

    // MARK: Testing a receiver

    /// Writes a marked message for a receiver to the outbox.
    func beginTest(of receiver: ReceiverName, by asker: Asker) throws(Refusal) -> Incident {
        let now = time.now()
        guard tree.receivers[receiver] != nil else {
            let names = tree.receivers.keys.sorted().map(\.text).joined(separator: ", ")
            throw Refusal(.notFound, "there is no receiver \(receiver)", remedy: "name one of \(names)")
        }
        try checkWritable()
        // One key for each receiver: a test that is repeated folds into the one before.
        let incident = Incident(
            id: UniqueID(at: now.wall, using: &generator),
            key: DedupKey(stored: "\(TenantName.roomwatch):monitor.test:\(receiver)"), condition: .channelDown,
            tenant: .roomwatch, severity: .warning,
            scope: Incident.Scope(kind: .receiver, id: receiver.text, name: receiver.text), rooms: [], cause: .unknown,
            summary: "Test of receiver \(receiver), asked for by \(asker.name); nothing is wrong",
            firstBadAt: now.wall, lastGoodAt: nil, openedAt: now.wall, evidence: [])
        var change = Change()
        change.notifications = [
            FleetCore.Notification(
                id: UniqueID(at: now.wall, using: &generator), receiver: receiver, event: .test, rule: "test",
                incident: incident, decidedAt: now.wall, notBefore: now.wall)
        ]
        let audit = audit("receiver.test", receiver.text, asker, at: now, detail: incident.id.text)
        let whole = change
        try writing(at: now) { () throws(StoreError) in
            try store.commit(whole, request: RequestRecord(audit: audit))
        }
        metrics.notificationsPlanned.increment()
        ring()
        say(audit)
        return incident
    }

    /// Takes a test back that nobody accepted; a test that arrives tomorrow would alarm people.
    func withdrawTest(_ rows: [SentNotification], reason: String) {
        var change = Change()
        change.withdrawals = rows.filter { $0.state == .waiting }.map {
            Change.Withdrawal(notification: $0.id, reason: reason)
        }
        write(change, at: time.now())
    }

    /// How a receiver stands.
    func isDown(_ receiver: ReceiverName) -> Bool { own.isChannelDown(receiver) }

    /// Messages for a receiver that are only in memory.
    func remembered(for receiver: ReceiverName) -> Int {
        memory.rows.values.count { $0.state == .waiting && $0.notification.receiver == receiver }
    }

    // MARK: Writing

    struct Undo {
        var fleets: [TenantName: TenantFleet]
        var own: TenantFleet
        var generator: SeededGenerator
        var groups: GroupBook
        var vigils: [UniqueID: Vigil]
    }

    var undo: Undo { Undo(fleets: fleets, own: own, generator: generator, groups: groups, vigils: vigils) }

    func restore(_ undo: Undo) {
        fleets = undo.fleets
        own = undo.own
        generator = undo.generator
        groups = undo.groups
        vigils = undo.vigils
    }

    private func decide(_ tenant: TenantName, _ body: (inout TenantFleet) -> FleetDecision) -> FleetDecision {
        if tenant == .roomwatch { return body(&own) }
        guard var fleet = fleets[tenant] else { return FleetDecision() }
        let decision = body(&fleet)
        fleets[tenant] = fleet
        return decision
    }

    /// While changes wait in memory for the disk, none may overtake them.
    func checkWritable() throws(Refusal) {
        guard memory.isEmpty else {
            throw Refusal(
                .unavailable, "the store cannot be written at present, so the request was not carried out",
                remedy: "free space on the disk of the store, or repair it, and ask again; pages still go out")
        }
    }

    private func checkPlace(for count: Int, _ what: String) throws(Refusal) {
        guard count < Store.maximumQuiet else {
            throw Refusal(
                .conflict, "there are \(count) \(what) already", remedy: "end some that are not needed any more")
        }
    }

    private func writing(at now: Moment, _ body: () throws(StoreError) -> Void) throws(Refusal) {
        do throws(StoreError) {
            try body()
            metrics.committed.increment()
        } catch {
            noteStoreFailure(error, at: now)
            throw Refusal(error)
        }
    }

    func audit(
        _ action: String, _ subject: String, _ asker: Asker, at now: Moment, detail: String = ""
    ) -> AuditEntry {
        AuditEntry(
            at: now.wall, actor: asker.name, role: asker.role.rawValue, origin: asker.origin, action: action,
            subject: subject, detail: detail)
    }

    func say(_ audit: AuditEntry) {
        log.notice(
            "\(audit.action) \(audit.subject) by \(audit.actor)",
            metadata: ["actor": "\(audit.actor)", "role": "\(audit.role)", "origin": "\(audit.origin)"])
    }
}

extension Refusal {
    /// The store did not take or give something.
    init(_ error: StoreError) {
        self.init(
            error.isTransient ? .unavailable : .failed, "the request was not carried out: \(error)",
            remedy: error.isTransient ? "ask again once that is mended" : "report it, with the daemon's log")
    }

    static func noIncident(_ id: UniqueID) -> Refusal {
        Refusal(.notFound, "there is no incident \(id)", remedy: "list them with roomctl incidents")
    }
}

extension MaintenanceWindow {
    var plannedID: UniqueID? {
        if case .once(let planned) = schedule { planned.id } else { nil }
    }

    /// When it is over for good.
    var end: Date {
        if case .once(let planned) = schedule { planned.endsAt } else { .distantFuture }
    }
}
