// What hangs must not hang the doctor, and must be named.

import FleetAPI
import FleetSimulation
import Foundation
@testable import FleetMonitor
import Synchronization
import Testing
import Timekeeping

@Suite struct DoctorTests {
    /// Every limit is over at once, or never.
    struct Clock: TimeSource {
        var isOver: Bool

        func now() -> Moment { ManualTime.start }

        func sleep(until deadline: Moment) async throws {
            if isOver { return }
            let (stream, _) = AsyncStream.makeStream(of: Never.self)
            for await _ in stream {}
            throw CancellationError()
        }
    }

    private static func fine(_ area: CheckBody.Area, _ status: CheckBody.Status = .ok) -> CheckBody {
        CheckBody("x", area: area, status, "It is \(status).")
    }

    @Test func findingsComeByAreaAndTheWorstFirst() async {
        let doctor = Doctor(
            [
                Examination("the store", area: .store) { [Self.fine(.store), Self.fine(.store, .problem)] },
                Examination("the token", area: .token) {
                    [.ok, .notice, .unknown, .warning, .problem].map { Self.fine(.token, $0) }
                },
            ], version: "1.2.3", time: Clock(isOver: false))
        let report = await doctor.examine()
        #expect(report.version == "1.2.3" && report.at == Timestamp(ManualTime.start.wall))
        #expect(report.checks.map(\.area) == ["token", "token", "token", "token", "token", "store", "store"])
        #expect(
            report.checks.map(\.status) == ["problem", "warning", "unknown", "notice", "ok", "problem", "ok"])
        #expect(report.counts.problem == 2 && report.counts.ok == 2 && report.counts.unknown == 1)
    }

    @Test func whatHangsIsNamedAndNotBegunTwice() async {
        let (opened, gate) = AsyncStream.makeStream(of: Never.self)
        let begun = Mutex(0)
        let doctor = Doctor(
            [
                Examination("the way to Graph", area: .network, tenant: "contoso") {
                    begun.withLock { $0 += 1 }
                    // Hears of no cancellation, as a call that blocks in the kernel.
                    await Task { for await _ in opened {} }.value
                    return [Self.fine(.network)]
                }
            ], version: "1", time: Clock(isOver: true))
        let first = await doctor.examine().checks
        #expect(first.map(\.status) == ["unknown"] && first[0].tenant == "contoso" && first[0].area == "network")
        #expect(first[0].summary == "Looking at the way to Graph was not done within 6 s.")
        let second = await doctor.examine().checks
        #expect(second[0].summary.contains("still hangs"))
        #expect(begun.withLock { $0 } <= 1)
        gate.finish()
    }

    @Test func manyAreLookedAtAndNoneIsLost() async {
        let many = (0..<100).map { number in
            Examination("number \(number)", area: .rooms) {
                [CheckBody("n", area: .rooms, subject: "\(number)", .ok, "It is there.")]
            }
        }
        let report = await Doctor(many, version: "1", time: Clock(isOver: false)).examine()
        #expect(report.checks.map(\.subject) == (0..<100).map { "\($0)" })
    }
}

@Suite struct DoctorIntentTests {
    @Test func aTokenOfOneTenantSeesItsChecksAlone() {
        let report = DoctorBody(
            at: Timestamp(ManualTime.start.wall), tookMs: 0, version: "1",
            checks: [
                CheckBody("t", area: .token, tenant: "contoso", .ok, "a"),
                CheckBody("t", area: .token, tenant: "fabrikam", .problem, "b"),
                CheckBody("s", area: .store, .problem, "c"),
            ])
        let bound = LedgerIntents.seen(report, by: .bound)
        #expect(bound.checks.map(\.summary) == ["a"] && bound.counts.problem == 0)
        #expect(LedgerIntents.seen(report, by: .anna) == report)
    }

    @Test func aMonitorWithoutADoctorSaysSo() throws {
        let refusal = try Stage().refusal { intents throws(Refusal) in try await intents.doctor(for: .anna) }
        #expect(refusal?.kind == .unavailable)
    }
}
