// The routes as a scraper and a load balancer see them, over every kind of listener.

import CoreMetrics
@testable import FleetWeb
import Foundation
import Glibc
import Hummingbird
import Logging
import Synchronization
import Testing

@Suite struct WebServerTests {
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Serves until `body` has ended.
    private func serving(
        _ listener: Listener, unready: [String] = [], registry: MetricRegistry = MetricRegistry(),
        connections: Int = WebServer.maximumConnections, _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let router = WebApplication.router(
            registry: registry,
            sources: WebSources(
                unready: { unready },
                gauges: { [FleetWeb.Gauge(name: "roomwatch_rooms_weak", labels: [("tenant", "contoso")], value: 2)] }))
        let (addresses, said) = AsyncStream.makeStream(of: String.self)
        let server = WebServer(listener: listener, router: router, log: log, connections: connections) {
            said.yield($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { said.finish() }
                do { try await server.run() } catch is CancellationError {}
            }
            for await address in addresses {
                try await body(address)
                break
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func port(_ address: String) throws -> Int {
        try #require(address.split(separator: ":").last.flatMap { Int($0) })
    }

    private let anyPort = Listener.address(host: "127.0.0.1", port: 0)

    @Test func itSaysWhichPortItListensOn() async throws {
        let said = Box()
        try await serving(anyPort) { address in said.set(address) }
        #expect(said.text.hasPrefix("http://127.0.0.1:"))
        #expect(try Self.port(said.text) > 0)
    }

    @Test func livenessAnswersWhateverTheDaemonThinksOfItself() async throws {
        try await serving(anyPort, unready: ["no sweep yet"]) { address in
            let answer = try await LoopbackClient.get("/healthz", port: Self.port(address))
            #expect(answer.status == 200)
            #expect(answer.body == "ok\n")
            #expect(answer.fields["cache-control"] == "no-store")
        }
    }

    @Test func readinessNamesEveryReason() async throws {
        try await serving(anyPort, unready: ["no sweep yet", "store closed"]) { address in
            let answer = try await LoopbackClient.get("/readyz", port: Self.port(address))
            #expect(answer.status == 503)
            #expect(answer.body == "no sweep yet\nstore closed\n")
        }
    }

    @Test func readyIsReady() async throws {
        try await serving(anyPort) { address in
            let answer = try await LoopbackClient.get("/readyz", port: Self.port(address))
            #expect(answer.status == 200)
            #expect(answer.body == "ready\n")
        }
    }

    @Test func figuresComeInPrometheusTextFormat() async throws {
        let registry = MetricRegistry()
        Counter(label: "roomwatch_blips_total", dimensions: [], factory: registry).increment(by: 4)
        try await serving(anyPort, registry: registry) { address in
            let answer = try await LoopbackClient.get("/metrics", port: Self.port(address))
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.body.contains("roomwatch_blips_total 4\n"))
            #expect(answer.body.contains("roomwatch_rooms_weak{tenant=\"contoso\"} 2\n"))
        }
    }

    @Test func whatDoesNotExistIsNotFound() async throws {
        try await serving(anyPort) { address in
            let answer = try await LoopbackClient.get("/nothing", port: Self.port(address))
            #expect(answer.status == 404)
        }
    }

    @Test func aSocketFileOfItsOwnServes() async throws {
        let path = Self.socketPath()
        try await serving(.socket(path: path)) { _ in
            let answer = try await LoopbackClient.get("/healthz", socket: path)
            #expect(answer.status == 200)
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test(.timeLimit(.minutes(1)))
    func aSocketInheritedFromSystemdServesManyRequestsAndEnds() async throws {
        let path = Self.socketPath()
        let descriptor = try LoopbackClient.listeningSocket(at: path)
        let said = Box()
        try await serving(.inherited(fileDescriptor: descriptor, name: "api"), unready: ["no"]) { address in
            said.set(address)
            for _ in 1...3 {
                let answer = try await LoopbackClient.get("/healthz", socket: path)
                #expect(answer.body == "ok\n")
            }
            let readiness = try await LoopbackClient.get("/readyz", socket: path)
            #expect(readiness.status == 503)
            let figures = try await LoopbackClient.get("/metrics", socket: path)
            #expect(figures.body.contains("roomwatch_rooms_weak"))
        }
        #expect(said.text == "systemd socket api")
        #expect(FileManager.default.fileExists(atPath: path), "the file belongs to systemd")
        try? FileManager.default.removeItem(atPath: path)
    }

    enum Kind: CaseIterable { case own, inherited }

    @Test(.timeLimit(.minutes(1)), arguments: Kind.allCases)
    func oneConnectionTooManyWaitsUntilAnotherEnds(kind: Kind) async throws {
        let path = Self.socketPath()
        let listener: Listener =
            switch kind {
            case .own: .socket(path: path)
            case .inherited: .inherited(fileDescriptor: try LoopbackClient.listeningSocket(at: path), name: "api")
            }
        try await serving(listener, connections: 1) { _ in
            let first = try HeldConnection(to: path)
            try first.ask("/healthz")
            try await expectGood(first)
            let second = try HeldConnection(to: path)
            try second.ask("/healthz")
            // A server without a bound would have answered the second by the time it answers the first again.
            for _ in 1...3 {
                try first.ask("/healthz")
                try await expectGood(first)
            }
            #expect(!second.hasAnswer)
            first.end()
            try await expectGood(second)
            second.end()
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    private func expectGood(_ connection: HeldConnection) async throws {
        let status = try await connection.status()
        #expect(status == 200)
    }

    @Test(.timeLimit(.minutes(1)))
    func aSocketThatAnotherProcessServesIsLeftToIt() async throws {
        let path = Self.socketPath()
        let other = try LoopbackClient.listeningSocket(at: path)
        let error = await #expect(throws: ListenerError.self) { try await serving(.socket(path: path)) { _ in } }
        #expect(error?.description.contains(path) == true)
        #expect(error?.description.contains("another process listens there") == true)
        #expect(FileManager.default.fileExists(atPath: path))
        close(other)
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test func aSocketFileThatACrashLeftBehindIsReplaced() async throws {
        let path = Self.socketPath()
        close(try LoopbackClient.listeningSocket(at: path))
        #expect(FileManager.default.fileExists(atPath: path))
        try await serving(.socket(path: path)) { _ in
            let answer = try await LoopbackClient.get("/healthz", socket: path)
            #expect(answer.status == 200)
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func socketPath() -> String {
        FileManager.default.temporaryDirectory.appending(path: "rw-\(UUID().uuidString.prefix(8)).sock")
            .path(percentEncoded: false)
    }
}

private final class Box: Sendable {
    private let kept = Mutex("")
    var text: String { kept.withLock { $0 } }
    func set(_ text: String) { kept.withLock { $0 = text } }
}
