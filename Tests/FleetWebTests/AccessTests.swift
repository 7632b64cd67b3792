// Who may what, proved address by address from the API's own document: an address that somebody adds is tried by every
// kind of stranger from the day it is described.

import FleetAPI
@testable import FleetWeb
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import Testing
import Timekeeping
import Yams

@Suite(.serialized) struct AccessTests {
    private static let roles = ["viewer", "facilities", "operator", "admin"]
    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]

    /// One operation of `openapi.yaml`.
    struct Operation: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var role: String
        var allowed: Set<String>
        var statuses: Set<String>
        var testDescription: String { "\(method) \(path)" }
    }

    /// Read from the document that the daemon serves, not from the routes.
    static let operations: [Operation] = {
        let text = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
        let tree = try? Yams.load(yaml: text) as? [String: Any]
        let paths = tree?["paths"] as? [String: [String: [String: Any]]] ?? [:]
        return paths.sorted { $0.key < $1.key }.flatMap { path, methods in
            methods.sorted { $0.key < $1.key }.map { method, operation in
                let words = operation["description"] as? String ?? ""
                let role = words.firstMatch(of: /Takes the role (\w+)\./).map { String($0.output.1) } ?? "?"
                return Operation(
                    method: method.uppercased(), path: path.replacing(/\{\w+\}/, with: "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                    role: role, allowed: Set(methods.keys.map { $0.uppercased() }),
                    statuses: Set((operation["responses"] as? [String: Any])?.keys.map(\.self) ?? []))
            }
        }
    }()

    private static func table(_ roles: [String] = roles) throws -> TokenTable {
        let lines = roles.map { "\($0)-1 \($0) sha256:\(TokenTable.hexadecimalHash(of: "token of \($0)"))" }
        return try TokenTable(parsing: lines.joined(separator: "\n"), tenants: ["contoso"])
    }

    private static func bearer(_ role: String) -> [String: String] { ["Authorization": "Bearer token of \(role)"] }

    private static func router(_ intents: any Intents, _ tokens: AccessTokens) throws -> Router<WebContext> {
        WebApplication.router(
            registry: MetricRegistry(), sources: WebSources(unready: { [] }, gauges: { [] }),
            api: APIRoutes(intents: intents, tokens: tokens),
            pages: try PageRoutes(intents: intents, tokens: tokens, externalURL: nil, time: StoppedClock()))
    }

    /// On a TCP port, where nobody is anybody without a token, and on a socket for requests with a body.
    private func serving(
        _ intents: any Intents, _ body: @escaping @Sendable (_ socket: String) async throws -> Void
    ) async throws {
        try await serve(try Self.router(intents, AccessTokens(try Self.table())), body)
    }

    @Test func theDocumentWasRead() {
        #expect(Self.operations.count > 20)
        #expect(Self.operations.allSatisfy { Self.roles.contains($0.role) })
    }

    @Test func withoutATokenNothingIsToldBeyondTheMachine() async throws {
        let intents = ScriptedIntents()
        let router = try Self.router(intents, AccessTokens(try Self.table()))
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (addresses, said) = AsyncStream.makeStream(of: String.self)
        let server = WebServer(listener: .address(host: "127.0.0.1", port: 0), router: router, log: log) {
            said.yield($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { said.finish() }
                do { try await server.run() } catch is CancellationError {}
            }
            for await address in addresses {
                let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
                for operation in Self.operations {
                    for fields in [[:], ["Authorization": "Bearer token of nobody"], ["Authorization": "Basic YTpi"]] {
                        let answer = try await LoopbackClient.send(
                            operation.method, "/api/v1\(operation.path)", fields: fields, port: port)
                        #expect(answer.status == 401, "\(operation.testDescription)")
                        #expect(answer.fields["www-authenticate"] != nil)
                        #expect(answer.fields["content-type"] == "application/problem+json")
                    }
                }
                break
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(intents.asked.isEmpty)
    }

    @Test(arguments: operations) func aLesserRoleIsRefusedBeforeAnythingIsRead(_ operation: Operation) async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { socket in
            for role in Self.roles.prefix(while: { $0 != operation.role }) {
                // A body that is no JSON: whoever may not ask does not hear what is wrong with it either.
                let answer = try await LoopbackClient.send(
                    operation.method, "/api/v1\(operation.path)?unknown=1", fields: Self.bearer(role), body: "{",
                    socket: socket)
                #expect(answer.status == 403, "\(role)")
                #expect(answer.body.contains(#""code":"forbidden""#))
            }
        }
        #expect(intents.asked.isEmpty)
        #expect(operation.statuses.isSuperset(of: ["400", "401", "403", "500"]))
    }

    @Test(arguments: operations) func otherMethodsAreNotForTheAddress(_ operation: Operation) async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { socket in
            for method in Self.methods where !operation.allowed.contains(method) {
                let answer = try await LoopbackClient.send(
                    method, "/api/v1\(operation.path)", fields: Self.bearer("admin"), socket: socket)
                #expect(answer.status == 405, "\(method)")
                #expect(answer.fields["allow"] == operation.allowed.sorted().joined(separator: ", "))
            }
        }
        #expect(intents.asked.isEmpty)
    }

    private static let pages = [
        "/", "/incidents", "/incidents/x", "/rooms/x", "/delivery", "/capabilities", "/buildings/a/b", "/devices",
        "/devices/versions", "/devices/x", "/operations", "/operations/x", "/commands/x", "/order",
    ]
    private static let open = ["/healthz", "/readyz", "/metrics", "/sign-in", "/assets/style.css", "/assets/live.js"]

    @Test func pagesAndOpenAddressesHaveTheirMethodsAndNoOthers() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { socket in
            for page in Self.pages {
                let answer = try await LoopbackClient.send("GET", page, socket: socket)
                #expect(answer.status == 303 && answer.fields["location"]?.hasPrefix("/sign-in?next=") == true)
                for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
                    let answer = try await LoopbackClient.send(method, page, socket: socket)
                    #expect(answer.status == 405, "\(method) \(page)")
                    #expect(answer.fields["allow"]?.contains("GET") == true)
                }
            }
            for path in Self.open {
                #expect(try await LoopbackClient.send("GET", path, socket: socket).status == 200, "\(path)")
                for method in ["PUT", "DELETE", "TRACE"] {
                    #expect(try await LoopbackClient.send(method, path, socket: socket).status == 405, "\(path)")
                }
            }
            for act in ["acknowledge", "resolve", "comment", "silence"] {
                let answer = try await LoopbackClient.send("POST", "/incidents/x/\(act)", body: "a=b", socket: socket)
                #expect(answer.status == 303 && answer.fields["location"] == "/sign-in")
                #expect(try await LoopbackClient.send("GET", "/incidents/x/\(act)", socket: socket).status == 405)
            }
            for act in ["/plan", "/commands", "/commands/x/withdraw", "/silences", "/silences/preview"] {
                let answer = try await LoopbackClient.send("POST", act, body: "a=b", socket: socket)
                #expect(answer.status == 303 && answer.fields["location"] == "/sign-in", "\(act)")
                #expect(try await LoopbackClient.send("GET", act, socket: socket).status == 405, "\(act)")
            }
            // A token is for the API; pages take a session, and a session is not for the API.
            let page = try await LoopbackClient.send("GET", "/", fields: Self.bearer("admin"), socket: socket)
            #expect(page.status == 303)
            #expect(try await LoopbackClient.send("GET", "/nothing", socket: socket).status == 404)
            for path in ["/", "/api/v1/fleet", "/nothing"] {
                let answer = try await LoopbackClient.send("PROPFIND", path, socket: socket)
                #expect(answer.status == 501, "\(path)")
            }
        }
        #expect(intents.asked.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func aStreamEndsWhenItsTokenIsTakenBack() async throws {
        let tokens = AccessTokens(try Self.table())
        let events = SteppedEvents()
        let router = try Self.router(ScriptedIntents(events: events), tokens)
        try await serve(router) { socket in
            let stream = try HeldConnection(to: socket)
            try stream.ask("/api/v1/events", fields: Self.bearer("viewer"))
            events.say("run-1")
            #expect(try await stream.hears("id: run-1"))
            // Another reload that leaves the token in the file changes nothing.
            tokens.replace(with: try Self.table(["viewer", "operator"]))
            events.say("run-2")
            #expect(try await stream.hears("id: run-2"))
            tokens.replace(with: try Self.table(["operator"]))
            events.say("run-3")
            #expect(try await stream.ends(without: "run-3"))
            stream.end()
        }
    }

    @Test(.timeLimit(.minutes(1))) func aBackupBreaksOffWhenItsTokenIsTakenBack() async throws {
        let tokens = AccessTokens(try Self.table())
        let router = try Self.router(
            ScriptedIntents(backup: Interrupted { tokens.replace(with: TokenTable()) }), tokens)
        try await serve(router) { socket in
            let answer = try await LoopbackClient.send(
                "POST", "/api/v1/backup", fields: Self.bearer("operator"), socket: socket)
            let announced = try #require(answer.fields["content-length"].flatMap(Int.init))
            #expect(answer.status == 200)
            #expect(answer.body.utf8.count < announced)
        }
    }
}

/// A backup during which something happens.
private final class Interrupted: BackupStream {
    let bytes = 20
    let digest = [UInt8](repeating: 0, count: 32)
    let newest: Timestamp? = nil
    private let happens: @Sendable () -> Void

    init(_ happens: @escaping @Sendable () -> Void) { self.happens = happens }

    func next() async throws -> [UInt8] {
        happens()
        return [UInt8](repeating: 0x61, count: 10)
    }
}

/// A clock that stands.
private struct StoppedClock: TimeSource {
    func now() -> Moment { Moment(wall: Date(timeIntervalSince1970: 1_795_000_000), steady: .zero) }
    func sleep(until deadline: Moment) async throws { try Task.checkCancellation() }
}

/// Batches that the test hands out one by one.
private final class SteppedEvents: EventSubscription {
    private let ids: AsyncStream<String>
    private let said: AsyncStream<String>.Continuation

    init() { (ids, said) = AsyncStream.makeStream(of: String.self) }

    func say(_ id: String) { said.yield(id) }

    func next() async -> EventBatch {
        for await id in ids { return EventBatch(events: [], isReset: false, lastID: id) }
        return EventBatch(events: [], isReset: false, lastID: "over")
    }
}
