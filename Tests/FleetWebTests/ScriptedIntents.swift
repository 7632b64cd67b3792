// The other side of the API: it notes what it was asked and by whom, and answers with the same bodies each time.

import Crypto
import FleetAPI
import Foundation
import Synchronization

final class ScriptedIntents: Intents {
    private let kept = Mutex<[String]>([])
    private let refusal: Mutex<(Refusal, [String])?> = Mutex(nil)

    private let events: (any EventSubscription)?
    private let backup: (any BackupStream)?
    /// What is listed instead of the one device of the script.
    let listedDevices: [DeviceBody]?
    /// What is said of every room; without it no room is known.
    private let explanation: RoomExplanation?

    /// - Parameters:
    ///   - events: what a stream hears; `nil` for the script of this file.
    ///   - backup: what a backup is; `nil` for the script of this file.
    init(
        events: (any EventSubscription)? = nil, backup: (any BackupStream)? = nil, devices: [DeviceBody]? = nil,
        explanation: RoomExplanation? = nil
    ) {
        self.explanation = explanation
        listedDevices = devices
        self.events = events
        self.backup = backup
    }

    var asked: [String] { kept.withLock { $0 } }
    /// - Parameter beginnings: of what is refused; everything without them.
    func refuse(with refusal: Refusal, when beginnings: [String] = [""]) {
        self.refusal.withLock { $0 = (refusal, beginnings) }
    }

    func note(_ what: String, _ asker: Asker) throws(Refusal) {
        kept.withLock { $0.append("\(what) by \(asker.role.rawValue)\(asker.tenant.map { "," + $0 } ?? "")") }
        if let (refusal, beginnings) = refusal.withLock({ $0 }),
            beginnings.contains(where: { $0.isEmpty || what.hasPrefix($0) })
        {
            throw refusal
        }
    }

    static let at = Timestamp("2026-11-20T08:00:00Z") ?? Timestamp(.distantPast)
    static let incident = IncidentBody(
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", revision: 1, dedupKey: "contoso:room.offline:1", condition: "room.offline",
        severity: "critical", status: "open", tenant: "contoso",
        scope: IncidentBody.Scope(kind: "room", id: "1", name: "Room 17"),
        rooms: [IncidentBody.Room(id: "1", name: "Room 17", email: "room17@contoso.com", building: "B2", floor: "3")],
        roomsTotal: 1, cause: "unknown", summary: "Room 17 (B2, floor 3) is offline", firstBadAt: at, openedAt: at)
    static let silence = SilenceBody(
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAW", matchers: ["building=\"B2\""], state: "active", startsAt: at, endsAt: at,
        createdAt: at, author: "anna", reason: "cabling", expiredBy: nil)
    static let window = WindowBody(
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAX", name: "air", kind: "once", enabled: true, state: "open", schedule: "once",
        startsAt: at, endsAt: at, tenants: [], buildings: ["B2"], floors: [], rooms: [], roomsTotal: 4, author: "anna",
        reason: "filters")

    func incidents(_ query: IncidentsQuery, for asker: Asker) async throws(Refusal) -> IncidentList.Content {
        let filters = "\(query.statuses) \(query.severities) \(query.tenant ?? "-") \(query.condition ?? "-")"
        try note("incidents \(filters) \(query.cursor ?? "-") \(query.limit)", asker)
        return IncidentList.Content(incidents: [Self.incident], nextCursor: Self.incident.id)
    }

    func incident(_ id: String, for asker: Asker) async throws(Refusal) -> IncidentDetail {
        try note("incident \(id)", asker)
        return IncidentDetail(incident: Self.incident, comments: [], notifications: [], suppressions: [])
    }

    func acknowledge(_ id: String, _ note: NoteRequest, for asker: Asker) async throws(Refusal) -> IncidentBody {
        try self.note("acknowledge \(id) \(note.comment ?? "-")", asker)
        return Self.incident
    }

    func resolve(_ id: String, _ note: NoteRequest, for asker: Asker) async throws(Refusal) -> IncidentBody {
        try self.note("resolve \(id) \(note.comment ?? "-")", asker)
        return Self.incident
    }

    func comment(on id: String, _ comment: CommentRequest, for asker: Asker) async throws(Refusal) -> CommentBody {
        try note("comment \(id) \(comment.text)", asker)
        return CommentBody(at: Self.at, author: asker.name, text: comment.text)
    }

    func silences(for asker: Asker) async throws(Refusal) -> [SilenceBody] {
        try note("silences", asker)
        return [Self.silence]
    }

    func preview(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilencePreview {
        try note("preview \(silence.matchers)", asker)
        return SilencePreview(
            matchers: silence.matchers, endsAt: silence.endsAt, rooms: [], roomsTotal: 0, incidents: [],
            incidentsTotal: 0)
    }

    func create(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilenceBody {
        try note("create \(silence.matchers) \(silence.reason)", asker)
        return Self.silence
    }

    func expireSilence(_ id: String, for asker: Asker) async throws(Refusal) -> SilenceBody {
        try note("expire \(id)", asker)
        return Self.silence
    }

    func windows(for asker: Asker) async throws(Refusal) -> [WindowBody] {
        try note("windows", asker)
        return [Self.window]
    }

    func plan(_ window: WindowRequest, for asker: Asker) async throws(Refusal) -> WindowBody {
        try note("plan \(window.name)", asker)
        return Self.window
    }

    func cancelWindow(_ id: String, for asker: Asker) async throws(Refusal) { try note("cancel \(id)", asker) }

    func explain(room: String, for asker: Asker) async throws(Refusal) -> RoomExplanation {
        try note("explain \(room)", asker)
        if let explanation { return explanation }
        throw Refusal(.notFound, "no room is called \(room)", remedy: "check the spelling")
    }

    func receivers(for asker: Asker) async throws(Refusal) -> [ReceiverBody] {
        try note("receivers", asker)
        return [
            ReceiverBody(name: "oncall", kind: "webhook", state: "ok", backlog: 0, waitingSince: nil, fallback: nil)
        ]
    }

    func test(receiver: String, for asker: Asker) async throws(Refusal) -> ReceiverTestBody {
        try note("test \(receiver)", asker)
        return ReceiverTestBody(
            receiver: receiver, incident: Self.incident.id, state: "accepted", attempts: 1, tookMs: 12, remark: nil)
    }

    static let room = RoomBody(
        id: "1", tenant: "contoso", name: "Room 17", email: "room17@contoso.com", building: "B2", floor: "3",
        capacity: 8, model: "Room Kit", state: "down", observability: "strong", reading: "Offline", askedAt: at,
        firstBadAt: at, incident: incident.id)

    func fleet(for asker: Asker) async throws(Refusal) -> FleetBody {
        try note("fleet", asker)
        return FleetBody(at: Self.at, tenants: [])
    }

    func rooms(_ query: RoomsQuery, for asker: Asker) async throws(Refusal) -> RoomList {
        let filters = "\(query.tenant ?? "-") \(query.building ?? "-") \(query.floor ?? "-") \(query.text ?? "-")"
        try note("rooms \(query.states) \(filters) \(query.cursor ?? "-") \(query.limit)", asker)
        return RoomList(rooms: [Self.room], roomsTotal: 1, nextCursor: nil)
    }

    func room(_ id: String, for asker: Asker) async throws(Refusal) -> RoomBody {
        try note("room \(id)", asker)
        return Self.room
    }

    func capabilities(for asker: Asker) async throws(Refusal) -> [CapabilityBody] {
        try note("capabilities", asker)
        return []
    }

    func deliveries(_ query: DeliveriesQuery, for asker: Asker) async throws(Refusal) -> [NotificationBody] {
        try note("deliveries \(query.receiver ?? "-") \(query.states) \(query.limit)", asker)
        return []
    }

    func listen(after: String?, for asker: Asker) async throws(Refusal) -> any EventSubscription {
        try note("listen \(after ?? "-")", asker)
        return events ?? ScriptedEvents()
    }

    static let check = CheckBody(
        "token", area: .token, tenant: "contoso", subject: "expiredSecret", .problem, "No access token can be had.",
        remedy: "Create a new client secret.")

    func doctor(for asker: Asker) async throws(Refusal) -> DoctorBody {
        try note("doctor", asker)
        return DoctorBody(at: Self.at, tookMs: 12, version: "1.0.0", checks: [Self.check])
    }

    func audit(limit: Int, for asker: Asker) async throws(Refusal) -> [AuditBody] {
        try note("audit \(limit)", asker)
        return []
    }

    func backup(for asker: Asker) async throws(Refusal) -> any BackupStream {
        try note("backup", asker)
        return backup ?? ScriptedBackup()
    }
}

/// A copy in one piece.
final class ScriptedBackup: BackupStream {
    static let content = Array("SQLite format 3\u{0} and more".utf8)
    private let isSent = Mutex(false)

    var bytes: Int { Self.content.count }
    var digest: [UInt8] { Array(SHA256.hash(data: Self.content)) }
    var newest: Timestamp? { ScriptedIntents.at }

    func next() async throws -> [UInt8] {
        isSent.withLock { isSent in
            defer { isSent = true }
            return isSent ? [] : Self.content
        }
    }
}

/// Says one thing, then that something was missed, then nothing for as long as anybody listens.
final class ScriptedEvents: EventSubscription {
    private let said = Mutex(0)

    func next() async -> EventBatch {
        let turn = said.withLock { said in
            said += 1
            return said
        }
        switch turn {
        case 1:
            return EventBatch(
                events: [
                    FeedEvent(
                        sequence: 1, tenant: "contoso",
                        content: .room(
                            FeedEvent.RoomChange(
                                tenant: "contoso", room: "1", condition: "room.offline", from: "pending", to: "firing",
                                at: ScriptedIntents.at))),
                    FeedEvent(
                        sequence: 2, tenant: "contoso",
                        content: .incident(
                            FeedEvent.IncidentNews(
                                tenant: "contoso", id: "i", revision: 1, condition: "room.offline", severity: "error",
                                status: "open", summary: "Room 17\nis offline"))),
                    FeedEvent(
                        sequence: 3, tenant: "contoso",
                        content: .operation(
                            FeedEvent.OperationNews(
                                tenant: "contoso", id: "o", command: "c", room: "1", device: "dev-1",
                                state: "accepted", detail: nil, at: ScriptedIntents.at))),
                ], isReset: false, lastID: "run-2")
        case 2: return EventBatch(events: [], isReset: true, lastID: "run-9")
        default:
            // Never resumed by anybody but cancellation.
            let (stream, _) = AsyncStream.makeStream(of: Never.self)
            for await _ in stream {}
            return EventBatch(events: [], isReset: false, lastID: "run-9")
        }
    }
}
