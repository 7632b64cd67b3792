import TenantServer
import TenantSimulator
import Testing
import Timekeeping

/// What only a socket can show of commands: an answer without a body, and the command that outlives its connection.
extension TenantServerTests {
    private func bearer(port: Int) async throws -> String {
        let identity = TenantIdentity(clientSecret: "x")
        let form =
            "grant_type=client_credentials&client_id=\(identity.clientID)&client_secret=x"
            + "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
        let answer = try await exchange(
            "POST /\(identity.tenantID)/oauth2/v2.0/token HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)", port: port)
        return try #require(try body(answer)["access_token"]?.string)
    }

    private func body(_ answer: String) throws -> JSONValue {
        try JSONValue(reading: Array(try #require(answer.split(separator: "\r\n").last).utf8))
    }

    private func get(_ path: String, _ bearer: String, port: Int) async throws -> JSONValue {
        try body(
            try await exchange(
                "GET \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer \(bearer)\r\n\r\n",
                port: port))
    }

    private func restart(_ device: String, _ bearer: String, port: Int) async throws -> String {
        try await exchange(
            "POST /beta/teamwork/devices/\(device)/restart HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "Authorization: Bearer \(bearer)\r\nContent-Length: 0\r\n\r\n", port: port)
    }

    private func rehearsal(_ fault: OperationFault.Kind?) -> Scenario {
        var scenario = Scenario.quiet
        scenario.token.roles = ["TeamworkDevice.ReadWrite.All"]
        guard let fault else { return scenario }
        var event = ScenarioEvent(.operationFault)
        event.room = "1"
        event.operation = OperationFault(fault)
        scenario.events = [event]
        return scenario
    }

    @Test func aCommandIsAnsweredWithoutABody() async throws {
        try await withServer(rehearsal(nil)) { port in
            let bearer = try await bearer(port: port)
            let devices = try await get("/beta/teamwork/devices?$top=1", bearer, port: port)
            let device = try #require(devices["value"]?.array?.first?["id"]?.string)
            let answer = try await restart(device, bearer, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 202 Accepted\r\n"))
            #expect(answer.contains("\r\nLocation: /teamwork/devices/\(device)/operations/"))
            #expect(answer.hasSuffix("\r\n\r\n"))
            let again = try await restart(device, bearer, port: port)
            #expect(again.hasPrefix("HTTP/1.1 409 Conflict\r\n"))
            let log = try await get("/_simulator/operations", bearer, port: port)
            #expect(log["submissions"]?.array?.map { $0["status"] } == [202, 409])
        }
    }

    @Test func aCommandOutlivesTheConnectionThatItCameBy() async throws {
        try await withServer(rehearsal(.answerDropped)) { port in
            let bearer = try await bearer(port: port)
            let devices = try await get("/beta/teamwork/devices?$top=1", bearer, port: port)
            let device = try #require(devices["value"]?.array?.first?["id"]?.string)
            #expect(try await restart(device, bearer, port: port).isEmpty)
            let listed = try await get("/beta/teamwork/devices/\(device)/operations", bearer, port: port)
            #expect(listed["value"]?.array?.map { $0["operationType"] } == ["DeviceRestart"])
            let log = try await get("/_simulator/operations?device=\(device)", bearer, port: port)
            #expect(log["accepted"] == 1)
            #expect(log["submissions"]?.array?.first?["status"] == .null)
        }
    }

    @Test func aGatewayAnswersWithAPageThoughTheCommandIsTaken() async throws {
        try await withServer(rehearsal(.answerLost)) { port in
            let bearer = try await bearer(port: port)
            let devices = try await get("/beta/teamwork/devices?$top=1", bearer, port: port)
            let device = try #require(devices["value"]?.array?.first?["id"]?.string)
            let answer = try await restart(device, bearer, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 504 Gateway Timeout\r\n"))
            #expect(answer.contains("Content-Type: text/html"))
            let log = try await get("/_simulator/operations", bearer, port: port)
            #expect(log["accepted"] == 1)
        }
    }
}
