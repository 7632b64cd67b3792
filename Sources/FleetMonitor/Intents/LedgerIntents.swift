// The API's way into the monitor: it checks what people wrote, asks the Ledger, and puts the answer into the words of
// the contract.

public import FleetAPI
public import FleetChannels
public import FleetCore
public import FleetStore
import Foundation
public import Timekeeping

/// ``Intents`` on the ``Ledger``.
public struct LedgerIntents: Intents {
    /// A test that no receiver took for so long is withdrawn.
    static let testPatience: Duration = .seconds(30)
    static let testLook: Duration = .milliseconds(100)

    let ledger: Ledger
    let archive: Archive
    let view: FleetView
    private let sender: SenderIdentity
    private let kinds: [ReceiverName: String]
    let doctor: Doctor?
    let time: any TimeSource
    let backups: Backups

    /// - Parameters:
    ///   - executor: a thread for questions about the past, beside the Ledger's own.
    ///   - copier: a thread for copies of the store, which take seconds; `nil` for that of the questions.
    ///   - kinds: the kind of each receiver, in the words of the configuration.
    ///   - doctor: who looks at everything when asked; a rehearsal has none.
    public init(
        ledger: Ledger, store: Store, executor: any SerialExecutor, copier: (any SerialExecutor)? = nil,
        sender: SenderIdentity, kinds: [ReceiverName: String], doctor: Doctor? = nil, time: any TimeSource
    ) {
        self.doctor = doctor
        self.ledger = ledger
        self.archive = Archive(store: store, executor: executor)
        self.view = FleetView(ledger: ledger, time: time, executor: executor)
        self.sender = sender
        self.kinds = kinds
        self.time = time
        self.backups = Backups(store: store, executor: copier ?? executor, time: time)
    }

    // MARK: Incidents

    public func incidents(
        _ query: IncidentsQuery, for asker: Asker
    ) async throws(Refusal) -> IncidentList.Content {
        let wanted = try query.read(for: asker)
        var page = try await asking { () async throws(StoreError) in try await archive.incidents(wanted) }
        if await ledger.isStoreBehind {
            let known = await ledger.openIncidents().filter(wanted.matches)
            let ids = Set(known.map(\.id))
            page.incidents.removeAll { ids.contains($0.id) }
            // Older ones belong to later pages.
            let end = page.next ?? UniqueID(stored: "")
            page.incidents = (page.incidents + known.filter { $0.id >= end }).sorted { $0.id > $1.id }
        }
        return IncidentList.Content(
            incidents: page.incidents.filter { !$0.isSynthetic }.map { IncidentBody($0, from: sender) },
            nextCursor: page.next?.text)
    }

    public func incident(_ id: String, for asker: Asker) async throws(Refusal) -> IncidentDetail {
        let id = try Self.id(id)
        guard let incident = try await ledger.anyIncident(id), asker.mayTouch(tenant: incident.tenant.text) else {
            throw .noIncident(id)
        }
        let rows = await ledger.sent(of: id)
        let history = try await asking { () async throws(StoreError) in try await archive.history(of: incident) }
        return IncidentDetail(
            incident: IncidentBody(incident, from: sender), comments: history.comments.map { CommentBody($0) },
            notifications: rows.map { NotificationBody($0, of: id) },
            suppressions: history.suppressions.map { SuppressionBody($0) })
    }

    public func acknowledge(
        _ id: String, _ note: NoteRequest, for asker: Asker
    ) async throws(Refusal) -> IncidentBody {
        let (id, text) = (try Self.id(id), try Self.text(note.comment))
        return IncidentBody(
            try await ledger.carryOut(.acknowledge, on: id, note: text, by: asker), from: sender)
    }

    public func resolve(_ id: String, _ note: NoteRequest, for asker: Asker) async throws(Refusal) -> IncidentBody {
        let (id, text) = (try Self.id(id), try Self.text(note.comment))
        return IncidentBody(try await ledger.carryOut(.resolve, on: id, note: text, by: asker), from: sender)
    }

    public func comment(
        on id: String, _ comment: CommentRequest, for asker: Asker
    ) async throws(Refusal) -> CommentBody {
        let id = try Self.id(id)
        guard let text = try Self.text(comment.text) else {
            throw Refusal(.invalid, "the comment is empty", remedy: "write what the next person should know")
        }
        return CommentBody(try await ledger.comment(on: id, text, by: asker))
    }

    // MARK: Silences

    public func silences(for asker: Asker) async throws(Refusal) -> [SilenceBody] {
        let now = time.now()
        return await ledger.quiet.silences.filter { $0.isSeen(by: asker) }.map { SilenceBody($0, at: now) }
            .sorted { ($0.endsAt, $0.id) < ($1.endsAt, $1.id) }
    }

    public func preview(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilencePreview {
        // The same checks as when it is created, so that what can be previewed can be created.
        let made = try await ledger.silence(silence, by: asker, at: time.now())
        let fleets = await ledger.fleets.filter { asker.mayTouch(tenant: $0.key.text) }
        var rooms: [Room] = []
        for (tenant, fleet) in fleets {
            rooms += fleet.rooms.filter { made.matchers.canMatch($0, of: tenant) }
        }
        rooms.sort { ($0.name, $0.account) < ($1.name, $1.account) }
        var incidents = fleets.values.flatMap { fleet in
            fleet.book.allOpen.filter { incident in
                made.matchers.matches(everyOf: Labels.of(incident) { fleet.room(of: $0) })
            }
        }
        if asker.tenant == nil {
            incidents += await ledger.own.book.allOpen.filter { incident in
                made.matchers.matches(everyOf: Labels.of(incident) { _ in nil })
            }
        }
        incidents.sort { $0.id > $1.id }
        let most = SilencePreview.maximumNamed
        return SilencePreview(
            matchers: made.matchers.all.map(\.description), endsAt: Timestamp(made.endsAt),
            rooms: rooms.prefix(most).map { IncidentBody.Room(Incident.RoomReference($0)) }, roomsTotal: rooms.count,
            incidents: incidents.prefix(most).map { IncidentBody($0, from: sender) }, incidentsTotal: incidents.count)
    }

    public func create(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilenceBody {
        SilenceBody(try await ledger.create(silence, by: asker), at: time.now())
    }

    public func expireSilence(_ id: String, for asker: Asker) async throws(Refusal) -> SilenceBody {
        let id = try Self.id(id)
        return SilenceBody(try await ledger.expireSilence(id, by: asker), at: time.now())
    }

    // MARK: Windows

    public func windows(for asker: Asker) async throws(Refusal) -> [WindowBody] {
        let now = time.now().wall
        let fleets = await ledger.fleets.filter { asker.mayTouch(tenant: $0.key.text) }
        let site = fleets.values.first?.site ?? SiteRules()
        let zone = site.timeZone(of: nil)
        let planned = await ledger.quiet.planned.sorted { $0.end < $1.end }
        return (site.windows + planned).filter { $0.match.isSeen(by: asker) }.map { window in
            let rooms = fleets.values.reduce(0) { $0 + $1.count(coveredBy: window) }
            return WindowBody(window, rooms: rooms, at: now, zone: zone)
        }
    }

    public func plan(_ window: WindowRequest, for asker: Asker) async throws(Refusal) -> WindowBody {
        let planned = try await ledger.plan(window, by: asker)
        return WindowBody(
            planned, rooms: await ledger.coverage(of: planned), at: time.now().wall, zone: .gmt)
    }

    public func cancelWindow(_ id: String, for asker: Asker) async throws(Refusal) {
        let id = try Self.id(id)
        try await ledger.cancelWindow(id, by: asker)
    }

    // MARK: Rooms, receivers, audit

    public func explain(room: String, for asker: Asker) async throws(Refusal) -> RoomExplanation {
        let one = try await ledger.explain(room, for: asker)
        let (tenant, account, now) = (one.tenant, one.findings.room.account, one.now.wall)
        let runs = try await asking { () async throws(StoreError) in
            try await archive.presence(of: account, tenant: tenant, until: now)
        }
        return ExplanationText(of: one).body(
            from: sender, presence: runs.suffix(RoomExplanation.maximumStretches).map(RoomExplanation.Stretch.init))
    }

    public func receivers(for asker: Asker) async throws(Refusal) -> [ReceiverBody] {
        try Self.checkUnbound(asker, "receivers serve every tenant")
        let profiles = await ledger.tree.receivers.values.sorted { $0.name < $1.name }
        let names = profiles.map(\.name)
        let backlogs = try await asking { () async throws(StoreError) in try await archive.backlog(of: names) }
        var bodies: [ReceiverBody] = []
        for profile in profiles {
            let backlog = backlogs[profile.name] ?? Backlog(waiting: 0, oldestDecidedAt: nil)
            let remembered = await ledger.remembered(for: profile.name)
            bodies.append(
                ReceiverBody(
                    name: profile.name.text, kind: kinds[profile.name] ?? "unknown",
                    state: await ledger.isDown(profile.name) ? "down" : "ok", backlog: backlog.waiting + remembered,
                    waitingSince: backlog.oldestDecidedAt.map(Timestamp.init), fallback: profile.fallback?.text))
        }
        return bodies
    }

    public func test(receiver: String, for asker: Asker) async throws(Refusal) -> ReceiverTestBody {
        try Self.checkUnbound(asker, "receivers serve every tenant")
        let began = time.now()
        let incident = try await ledger.beginTest(of: ReceiverName(receiver), by: asker)
        let deadline = began.advanced(by: Self.testPatience)
        var rows = await ledger.sent(of: incident.id)
        while rows.contains(where: { $0.state == .waiting }) {
            guard time.now().steady < deadline.steady else {
                let seconds = Int(Self.testPatience.seconds)
                let last = rows.compactMap(\.remark).last.map { "; it last said: \($0)" } ?? ""
                await ledger.withdrawTest(rows, reason: "not accepted within \(seconds) s\(last)")
                rows = await ledger.sent(of: incident.id)
                break
            }
            do {
                try await time.sleep(for: Self.testLook)
            } catch {
                throw Refusal(
                    .unavailable, "the daemon stopped while the test was on its way",
                    remedy: "ask again when it runs")
            }
            rows = await ledger.sent(of: incident.id)
        }
        let row = rows.last
        return ReceiverTestBody(
            receiver: receiver, incident: incident.id.text, state: row?.state.rawValue ?? "withdrawn",
            attempts: row?.attempts ?? 0, tookMs: Int(began.elapsed(until: time.now()).milliseconds),
            remark: row?.remark)
    }

    public func doctor(for asker: Asker) async throws(Refusal) -> DoctorBody {
        guard let doctor else {
            throw Refusal(.unavailable, "this monitor has no doctor", remedy: "ask a roomwatchd that was started whole")
        }
        return Self.seen(await doctor.examine(), by: asker)
    }

    /// What all tenants share, hosts and files, is no business of whoever is bound to one.
    static func seen(_ report: DoctorBody, by asker: Asker) -> DoctorBody {
        guard let bound = asker.tenant else { return report }
        return DoctorBody(
            at: report.at, tookMs: report.tookMs, version: report.version,
            checks: report.checks.filter { $0.tenant == bound })
    }

    public func audit(limit: Int, for asker: Asker) async throws(Refusal) -> [AuditBody] {
        try Self.checkUnbound(asker, "the audit trail speaks of every tenant")
        let entries = try await asking { () async throws(StoreError) in try await archive.audit(limit: limit) }
        return entries.map { AuditBody($0) }
    }

    // MARK: Checking

    func asking<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(Refusal) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            throw Refusal(error)
        }
    }

    /// Ids are 26 characters of Crockford's base 32, in either case.
    static func id(_ text: String) throws(Refusal) -> UniqueID {
        guard let id = UniqueID(written: text) else {
            throw Refusal(.notFound, "\(text.prefix(40)) is no id", remedy: "give all 26 characters of it")
        }
        return id
    }

    /// An id that narrows a list: one that can be none is a mistake of the question.
    static func filter(_ text: String, _ name: String) throws(Refusal) -> UniqueID {
        guard let id = UniqueID(written: text) else {
            throw Refusal(.invalid, "\(name) is no id", remedy: "give all 26 characters of it, or leave it out")
        }
        return id
    }

    /// Where a list of what carries ids goes on.
    static func place(ofCursor cursor: String?) throws(Refusal) -> UniqueID? {
        guard let cursor else { return nil }
        guard let id = UniqueID(written: cursor) else { throw .foreignCursor }
        return id
    }

    private static func text(_ text: String?) throws(Refusal) -> String? {
        guard let text, text.contains(where: { !$0.isWhitespace }) else { return nil }
        guard text.unicodeScalars.count <= CommentRequest.maximumLength else {
            throw Refusal(
                .invalid, "the comment is longer than \(CommentRequest.maximumLength) characters", remedy: "shorten it")
        }
        return text
    }

    static func checkUnbound(_ asker: Asker, _ why: String) throws(Refusal) {
        guard let bound = asker.tenant else { return }
        throw Refusal(
            .forbidden, "the token is bound to tenant \(bound), and \(why)",
            remedy: "use a token that is not bound to a tenant")
    }
}

extension Matchers {
    /// Whether some trouble of a room would be matched.
    ///
    /// Places and models are the room's own; of conditions and severities any may come.
    func canMatch(_ room: Room, of tenant: TenantName) -> Bool {
        let about = all.filter { $0.label != .condition && $0.label != .severity }
        guard about.allSatisfy({ $0.matches(Labels(room, of: tenant, condition: .roomOffline, severity: .error)) })
        else { return false }
        return Condition.ofRooms.contains { condition in
            Severity.allCases.contains { severity in
                let labels = Labels(tenant: tenant, condition: condition, severity: severity)
                return all.filter { $0.label == .condition || $0.label == .severity }.allSatisfy { $0.matches(labels) }
            }
        }
    }
}

extension UniqueID {
    /// As people and clients write it, in either case.
    fileprivate init?(written text: String) {
        let id = text.uppercased()
        guard id.utf8.count == 26, id.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isLetter) }) else { return nil }
        self.init(stored: id)
    }
}

extension Refusal {
    static let foreignCursor = Refusal(
        .invalid, "the cursor is not one of this address", remedy: "begin again without it")
}

extension Condition {
    /// Those that are said of rooms, alone or together.
    static let ofRooms: [Condition] = [
        .roomOffline, .roomFlapping, .roomUnseen, .roomNeverSeen, .roomAccount, .floorOffline, .buildingOffline,
        .tenantOffline, .deviceOffline, .devicePeripheral, .deviceLogin, .deviceSoftware, .deviceHardware,
        .deviceUnexpectedUser, .commandFailed,
    ]
}

extension IncidentsQuery {
    func read(for asker: Asker) throws(Refusal) -> IncidentQuery {
        if let bound = asker.tenant, let tenant, tenant != bound {
            throw Refusal(.forbidden, "the token is bound to tenant \(bound)", remedy: "leave the filter out")
        }
        var read = IncidentQuery(
            tenant: (tenant ?? asker.tenant).map { TenantName($0) }, before: try LedgerIntents.place(ofCursor: cursor),
            limit: limit)
        if let condition {
            read.condition = try Self.word(condition, "condition", Condition.allCases.map(\.rawValue), Condition.init)
        }
        if !statuses.isEmpty {
            let words = ["open", "acknowledged", "resolved"]
            var found: Set<Incident.Status> = []
            for status in statuses { found.insert(try Self.word(status, "status", words, Incident.Status.init)) }
            read.statuses = found
        }
        if !severities.isEmpty {
            let words = Severity.allCases.map(\.rawValue)
            var found: Set<Severity> = []
            for severity in severities { found.insert(try Self.word(severity, "severity", words, Severity.init)) }
            read.severities = found
        }
        return read
    }

    static func word<Word>(
        _ text: String, _ what: String, _ words: [String], _ make: (String) -> Word?
    ) throws(Refusal) -> Word {
        guard let word = make(text) else {
            throw Refusal(
                .invalid, "there is no \(what) \(text)", remedy: "use one of \(words.joined(separator: ", "))")
        }
        return word
    }
}

extension IncidentQuery {
    /// The same question, asked of memory.
    func matches(_ incident: Incident) -> Bool {
        (tenant.map { $0 == incident.tenant } ?? true) && (condition.map { $0 == incident.condition } ?? true)
            && (statuses?.contains(incident.status) ?? true) && (severities?.contains(incident.severity) ?? true)
            && (before.map { incident.id < $0 } ?? true)
    }
}
