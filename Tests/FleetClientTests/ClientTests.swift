// The client against the daemon's own server over a unix socket: what one side writes the other reads.

import CurlHTTP
import FleetAPI
import FleetClient
import FleetWeb
import Foundation
import HTTPExchange
import Logging
import Synchronization
import Testing
import Timekeeping

@Suite struct ClientTests {
    private static func socketPath() -> String {
        FileManager.default.temporaryDirectory.appending(path: "rw-\(UUID().uuidString.prefix(8)).sock")
            .path(percentEncoded: false)
    }

    static func client(_ path: String, token: String? = nil) -> (RoomwatchClient, CurlTransport) {
        let transport = CurlTransport(
            configuration: CurlConfiguration(unixSocketPath: path), time: SystemTimeSource())
        return (
            RoomwatchClient(
                transport: transport, base: "http://localhost", place: "unix:\(path)", token: token.map { Secret($0) }),
            transport
        )
    }

    static func serving(
        _ intents: any Intents, _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let path = socketPath()
        let router = WebApplication.router(
            registry: MetricRegistry(), sources: WebSources(unready: { [] }, gauges: { [] }),
            api: APIRoutes(intents: intents, tokens: AccessTokens()))
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (addresses, said) = AsyncStream.makeStream(of: String.self)
        let server = WebServer(listener: .socket(path: path), router: router, log: log) { said.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { said.finish() }
                do { try await server.run() } catch is CancellationError {}
            }
            for await _ in addresses {
                try await body(path)
                break
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test(.timeLimit(.minutes(1))) func whatIsAskedArrivesAndWhatIsAnsweredComesBack() async throws {
        let intents = EchoIntents()
        try await Self.serving(intents) { path in
            let (client, transport) = Self.client(path)
            let list = try await client.incidents(
                IncidentsQuery(tenant: "contoso", statuses: ["open", "acknowledged"], severities: ["error"], limit: 7))
            #expect(list.content == IncidentList.Content(incidents: [EchoIntents.incident], nextCursor: nil))
            #expect(String(decoding: list.bytes, as: UTF8.self).hasPrefix(#"{"data":{"incidents":[{"#))
            let detail = try await client.incident(EchoIntents.incident.id).content
            #expect(detail == EchoIntents.detail)
            let acknowledged = try await client.acknowledge("01J", comment: "Grüße, \"x\"\n").content.incident
            #expect(acknowledged == EchoIntents.incident)
            let request = SilenceRequest(
                matchers: [#"room=~"a|b""#], endsAt: EchoIntents.incident.openedAt, reason: "cabling", author: "anna")
            #expect(try await client.create(request).content.silence.matchers == request.matchers)
            #expect(try await client.preview(request).content.preview.roomsTotal == 0)
            let window = WindowRequest(
                name: "air", reason: "filters", endsAt: EchoIntents.incident.openedAt, buildings: ["B2"], floors: ["3"])
            #expect(try await client.plan(window).content.window.buildings == ["B2"])
            try await client.cancelWindow("01J")
            #expect(try await client.explain("Räum/1 + 7").content.explanation.room.name == "Räum/1 + 7")
            #expect(try await client.test(receiver: "oncall").content.test.state == "accepted")
            await transport.shutdown()
        }
        let incidentsLine = #"incidents contoso ["open", "acknowledged"] ["error"] 7"#
        #expect(intents.asked.first == incidentsLine)
        #expect(intents.asked.contains("acknowledge 01J Grüße, \"x\"\n"))
        #expect(intents.asked.last == "test oncall")
    }

    @Test(.timeLimit(.minutes(1))) func refusalsKeepTheirWords() async throws {
        try await Self.serving(EchoIntents()) { path in
            let (client, transport) = Self.client(path)
            do throws(ClientError) {
                _ = try await client.resolve("gone")
                Issue.record("resolved")
            } catch {
                guard case .refused(let problem) = error else { throw error }
                #expect(problem.status == 409 && problem.code == "conflict")
                #expect("\(error)" == "it is resolved already; look at the others")
            }
            do throws(ClientError) {
                _ = try await client.audit(limit: 5)
                Issue.record("the socket is no admin")
            } catch {
                guard case .refused(let problem) = error else { throw error }
                #expect(problem.status == 403)
            }
            let (wrong, other) = Self.client(path, token: "wrong")
            do throws(ClientError) {
                _ = try await wrong.silences()
                Issue.record("a wrong token is none")
            } catch {
                guard case .refused(let problem) = error else { throw error }
                #expect(problem.status == 401)
                #expect(!"\(error)".contains("wrong"))
            }
            await transport.shutdown()
            await other.shutdown()
        }
    }

    @Test(.timeLimit(.minutes(1))) func nobodyThereIsSaidWithThePlace() async throws {
        let path = Self.socketPath()
        let (client, transport) = Self.client(path)
        do throws(ClientError) {
            _ = try await client.silences()
            Issue.record("answered")
        } catch {
            guard case .unreachable(let text) = error else { throw error }
            #expect(
                text
                    == "no daemon can be reached at unix:\(path): there is no such socket; is roomwatchd running, and is this its api.socket?"
            )
        }
        await transport.shutdown()
    }
}

/// Answers with what it was asked.
final class EchoIntents: Intents {
    private let kept = Mutex<[String]>([])
    var asked: [String] { kept.withLock { $0 } }
    func note(_ text: String) { kept.withLock { $0.append(text) } }
    /// What it hands out as a backup; `nil` refuses one.
    let backup: (any BackupStream)?

    init(backup: (any BackupStream)? = nil) { self.backup = backup }

    static let at = Timestamp("2026-11-20T08:00:00Z") ?? Timestamp(.distantPast)
    static let incident = IncidentBody(
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", revision: 1, dedupKey: "contoso:room.offline:1", condition: "room.offline",
        severity: "critical", status: "open", tenant: "contoso",
        scope: IncidentBody.Scope(kind: "room", id: "1", name: "Room 17"), rooms: [], roomsTotal: 1, cause: "unknown",
        summary: "Room 17 is offline", firstBadAt: at, openedAt: at)
    static let detail = IncidentDetail(
        incident: incident, comments: [CommentBody(at: at, author: "anna", text: "hm")],
        notifications: [
            NotificationBody(
                id: "n", incident: "i", receiver: "oncall", event: "opened", rule: "routes[0]", state: "waiting",
                attempts: 0, dueAt: at)
        ],
        suppressions: [
            SuppressionBody(
                at: at, event: "opened", kind: "silenced", rule: "silence:x", until: at, sentence: "s", receiver: nil,
                incident: nil)
        ])

    func incidents(_ query: IncidentsQuery, for asker: Asker) async throws(Refusal) -> IncidentList.Content {
        note("incidents \(query.tenant ?? "-") \(query.statuses) \(query.severities) \(query.limit)")
        return IncidentList.Content(incidents: [Self.incident])
    }
    func incident(_ id: String, for asker: Asker) async throws(Refusal) -> IncidentDetail { Self.detail }
    func acknowledge(_ id: String, _ note: NoteRequest, for asker: Asker) async throws(Refusal) -> IncidentBody {
        self.note("acknowledge \(id) \(note.comment ?? "")")
        return Self.incident
    }
    func resolve(_ id: String, _ note: NoteRequest, for asker: Asker) async throws(Refusal) -> IncidentBody {
        throw Refusal(.conflict, "it is resolved already", remedy: "look at the others")
    }
    func comment(on id: String, _ comment: CommentRequest, for asker: Asker) async throws(Refusal) -> CommentBody {
        CommentBody(at: Self.at, author: asker.name, text: comment.text)
    }
    func silences(for asker: Asker) async throws(Refusal) -> [SilenceBody] { [] }
    func preview(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilencePreview {
        SilencePreview(
            matchers: silence.matchers, endsAt: silence.endsAt, rooms: [], roomsTotal: 0, incidents: [],
            incidentsTotal: 0)
    }
    func create(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilenceBody {
        SilenceBody(
            id: "s", matchers: silence.matchers, state: "active", startsAt: Self.at, endsAt: silence.endsAt,
            createdAt: Self.at, author: silence.author ?? asker.name, reason: silence.reason, expiredBy: nil)
    }
    func expireSilence(_ id: String, for asker: Asker) async throws(Refusal) -> SilenceBody {
        throw Refusal(.notFound, "there is none", remedy: "look")
    }
    func windows(for asker: Asker) async throws(Refusal) -> [WindowBody] { [] }
    func plan(_ window: WindowRequest, for asker: Asker) async throws(Refusal) -> WindowBody {
        WindowBody(
            id: "w", name: window.name, kind: "once", enabled: true, state: "open", schedule: "once",
            startsAt: window.startsAt, endsAt: window.endsAt, tenants: [], buildings: window.buildings ?? [],
            floors: window.floors ?? [], rooms: [], roomsTotal: 1, author: nil, reason: window.reason)
    }
    func cancelWindow(_ id: String, for asker: Asker) async throws(Refusal) {}
    func explain(room: String, for asker: Asker) async throws(Refusal) -> RoomExplanation {
        RoomExplanation(
            at: Self.at, tenant: "contoso", room: IncidentBody.Room(id: "1", name: room, email: "r"), answer: ["up"],
            observations: [.init(source: "presence", reading: "Available", askedAt: nil)],
            condition: .init(
                phase: "clear", firstBadAt: nil, firedAt: nil, streak: 0, needed: 3, lastGoodAt: nil, isUnseen: false),
            standing: .init(voice: "none", onsetAt: nil), severity: .init(now: "error", reasons: []), incident: nil,
            notifications: [], suppressions: [], quiet: [],
            flapping: .init(penalty: 0, isFlapping: false, endsAt: nil), transitions: [], presence: [])
    }
    func receivers(for asker: Asker) async throws(Refusal) -> [ReceiverBody] { [] }
    func test(receiver: String, for asker: Asker) async throws(Refusal) -> ReceiverTestBody {
        note("test \(receiver)")
        return ReceiverTestBody(
            receiver: receiver, incident: "i", state: "accepted", attempts: 1, tookMs: 1, remark: nil)
    }
    func fleet(for asker: Asker) async throws(Refusal) -> FleetBody { FleetBody(at: Self.at, tenants: []) }
    func rooms(_ query: RoomsQuery, for asker: Asker) async throws(Refusal) -> RoomList {
        note("rooms \(query.building ?? "-") \(query.states) \(query.text ?? "-") \(query.limit)")
        return RoomList(rooms: [], roomsTotal: 0, nextCursor: nil)
    }
    func room(_ id: String, for asker: Asker) async throws(Refusal) -> RoomBody {
        throw Refusal(.notFound, "there is none", remedy: "look")
    }
    func capabilities(for asker: Asker) async throws(Refusal) -> [CapabilityBody] { [] }
    func deliveries(_ query: DeliveriesQuery, for asker: Asker) async throws(Refusal) -> [NotificationBody] { [] }
    func listen(after: String?, for asker: Asker) async throws(Refusal) -> any EventSubscription {
        throw Refusal(.unavailable, "nobody streams here", remedy: "ask again")
    }
    func doctor(for asker: Asker) async throws(Refusal) -> DoctorBody {
        note("doctor")
        return DoctorBody(
            at: Self.at, tookMs: 1, version: "1.0.0",
            checks: [CheckBody("token", area: .token, tenant: "contoso", .ok, "An access token is in hand.")])
    }
    func audit(limit: Int, for asker: Asker) async throws(Refusal) -> [AuditBody] { [] }
    func backup(for asker: Asker) async throws(Refusal) -> any BackupStream {
        guard let backup else {
            throw Refusal(.conflict, "a backup is under way already", remedy: "wait for it")
        }
        return backup
    }
}
