// The dead man's switch must be silent exactly when something is wrong, and never show its URL.

import CoreMetrics
import FleetSimulation
import HTTPExchange
import HTTPTypes
import Logging
import Synchronization
import Testing
import Timekeeping

@testable import FleetMonitor

struct HeartbeatTests {
    /// Answers with a status, or not at all.
    private final class Other: HTTPTransport {
        let status: Int?
        let calls = Mutex<[HTTPCall]>([])

        init(_ status: Int?) { self.status = status }

        func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
            calls.withLock { $0.append(call) }
            guard let status else { throw HTTPTransportError(.totalTimedOut, host: "deadman.example", detail: "") }
            return HTTPAnswer(status: status)
        }
    }

    private func heartbeat(_ other: Other, trouble: String? = nil) -> Heartbeat {
        let time = ManualTime()
        let log = Journal().logger()
        return Heartbeat(
            url: Secret("https://deadman.example/token-4711"), every: .seconds(60), transport: other,
            progress: LoopProgress(time: time, log: log),
            metrics: MonitorMetrics(factory: NOOPMetricsHandler.instance), time: time, log: log
        ) { trouble }
    }

    @Test func itIsHeardWhileAllIsWell() async {
        let other = Other(200)
        #expect(await heartbeat(other).beat() == nil)
        let calls = other.calls.withLock { $0 }
        #expect(calls.map(\.url) == ["https://deadman.example/token-4711"])
        #expect(calls.map(\.method) == [.get])
    }

    @Test func itIsSilentWhenSomethingIsWrong() async {
        let other = Other(200)
        #expect(await heartbeat(other, trouble: "a loop hangs").beat() == "not sent, because a loop hangs")
        #expect(other.calls.withLock { $0.isEmpty })
    }

    @Test(arguments: [404, 500, 301])
    func anotherAnswerIsNoHearing(status: Int) async throws {
        let trouble = try #require(await heartbeat(Other(status)).beat())
        #expect(trouble.contains("\(status)"))
        #expect(!trouble.contains("4711"))
    }

    @Test func noAnswerIsNoHearing() async throws {
        let trouble = try #require(await heartbeat(Other(nil)).beat())
        #expect(!trouble.contains("4711"))
    }
}
