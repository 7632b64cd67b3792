import HTTPExchange
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct CommandTransportTests {
    @Test func theLogIsReadBehindTheTransportToo() async throws {
        var rehearsal = try Rehearsal(scenario: .timed.with(.answerDropped) { $0.times = 1 })
        let device = try rehearsal.device(room: 1)
        let headers: HTTPFields = [.authorization: rehearsal.authorization ?? ""]
        let transport = SimulatedTransport(rehearsal.tenant, timeSource: StandingTime())
        let call = HTTPCall(
            .post, "https://graph.test/beta/teamwork/devices/\(device)/restart", headerFields: headers)
        await #expect { try await transport.send(call) } throws: {
            ($0 as? HTTPTransportError)?.kind == .brokenConnection
        }
        #expect(try await transport.send(call).status == 409)
        let log = transport.submissions()
        #expect(log.map(\.outcome) == [.accepted, .duplicate])
        #expect(log.map(\.status) == [nil, 409])
    }
}
