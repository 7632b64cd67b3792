import NIOCore
import NIOPosix
import TenantServer
import TenantSimulator
import Testing
import Timekeeping

@Suite struct TenantServerTests {
    /// One request over a real socket; the answer as bytes until the connection ends.
    func exchange(_ request: String, port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var answer = ByteBuffer()
            do {
                for try await var part in inbound { answer.writeBuffer(&part) }
            } catch is IOError {
                // A reset is an end like any other here.
            }
            return String(buffer: answer)
        }
    }

    func withServer(_ scenario: Scenario, _ body: @Sendable (Int) async throws -> Void) async throws {
        let time = SystemTimeSource()
        let tenant = try SimulatedTenant(
            plan: TenantPlan(rooms: 10, buildings: 2, seed: 1), identity: TenantIdentity(clientSecret: "x"),
            scenario: scenario, start: time.now())
        let (ready, continuation) = AsyncStream.makeStream(of: String.self)
        let server = try TenantServer(
            tenant: tenant, host: "127.0.0.1", port: 0, timeSource: time,
            onReady: {
                continuation.yield($0)
                continuation.finish()
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var url: String?
            for await line in ready { url = line }
            let port = try #require(url.flatMap { $0.split(separator: ":").last }.flatMap { Int($0) })
            #expect(url == "http://127.0.0.1:\(port)")
            try await body(port)
            group.cancelAll()
        }
    }

    @Test func itAnswersOnASocket() async throws {
        try await withServer(.quiet) { port in
            let answer = try await exchange(
                "GET /_simulator/state HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains(#""rooms":10"#))
        }
    }

    @Test func aResetEndsTheConnectionWithoutAnAnswer() async throws {
        var scenario = Scenario.quiet
        var event = ScenarioEvent(.graphFault)
        event.fault = GraphFault(.reset, service: .login)
        scenario.events = [event]
        try await withServer(scenario) { port in
            let answer = try await exchange(
                "POST /x/oauth2/v2.0/token HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", port: port)
            #expect(answer.isEmpty)
        }
    }

    @Test func aCutAnswerAnnouncesItsWholeLength() async throws {
        var scenario = Scenario.quiet
        var event = ScenarioEvent(.graphFault)
        event.fault = GraphFault(.truncated, service: .directory)
        scenario.events = [event]
        try await withServer(scenario) { port in
            let identity = TenantIdentity(clientSecret: "x")
            let form =
                "grant_type=client_credentials&client_id=\(identity.clientID)&client_secret=x"
                + "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
            let token = try await exchange(
                "POST /\(identity.tenantID)/oauth2/v2.0/token HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                    + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)", port: port)
            let body = try JSONValue(reading: Array(try #require(token.split(separator: "\r\n").last).utf8))
            let bearer = try #require(body["access_token"]?.string)
            let answer = try await exchange(
                "GET /v1.0/organization HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(bearer)\r\n\r\n", port: port)
            let length = try #require(
                answer.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }?.dropFirst(16))
            let received = try #require(answer.split(separator: "\r\n").last).utf8.count
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(received == Int(length).map { $0 / 2 })
            #expect(received > 50)
        }
    }
}
