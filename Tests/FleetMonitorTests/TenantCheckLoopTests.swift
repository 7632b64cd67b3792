// The loop that reads the evidence beside presence, against a whole simulated tenant: when it asks, what it never asks,
// and that nobody waits for it.

import FleetCore
import FleetGraph
import FleetSimulation
import Foundation
import GraphClient
import HTTPExchange
import TenantSimulator
import Testing
import Timekeeping

@testable import FleetMonitor

@Suite struct TenantCheckLoopTests {
    let time = ManualTime()
    let hook: Receiver
    let stage: Stage

    init() throws {
        hook = Receiver("hook", .webhook, time: time)
        stage = try Stage(receivers: [hook], time: time, rules: DetectionRules())
        stage.list(20)
        stage.sweep()
        try stage.deliver(to: hook)
        stage.startHousekeeping()
    }

    /// Starts the loop as the daemon does.
    private func start(_ change: (inout Scenario) -> Void = { _ in }) throws -> CountingTransport {
        var scenario = Scenario.quiet
        change(&scenario)
        let identity = TenantIdentity(clientSecret: "secret")
        let tenant = try SimulatedTenant(
            plan: TenantPlan(rooms: 20, buildings: 2), identity: identity, scenario: scenario, start: time.now())
        let transport = CountingTransport(SimulatedTransport(tenant, timeSource: time), time: time)
        let random = RandomSource(SeededGenerator(seed: 1))
        let endpoints = try GraphEndpoints(
            login: "http://login.test", graph: "http://graph.test", scope: "https://graph.microsoft.com/.default")
        let log = stage.journal.logger()
        let tokens = TokenSource(
            endpoints: endpoints, tenant: identity.tenantID, clientID: identity.clientID,
            credential: .clientSecret(Secret("secret")), transport: transport, time: time, random: random, logger: log,
            executor: stage.jobs)
        let client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: transport, time: time, random: random, logger: log,
            userAgent: "test")
        let loop = TenantCheckLoop(
            tenant: contoso, client: client, ledger: stage.ledger, time: time, progress: stage.progress, log: log)
        stage.perform { [ledger = stage.ledger] in await ledger.register(loop) }
        stage.start { await loop.run() }
        return transport
    }

    private func watch(for seconds: Int) {
        for _ in 0..<seconds / 10 {
            stage.run(for: .seconds(10))
            stage.sweep()
        }
    }

    /// Seconds at which service health was asked for.
    private func reads(_ transport: CountingTransport) -> [Int] {
        transport.moments { $0.contains("/admin/serviceAnnouncement/issues") }.map { Int($0.seconds) }
    }

    private func issue(at: Duration) -> ScenarioEvent {
        var event = ScenarioEvent(.serviceIssue, at: at)
        event.title = "Users may be unable to sign in"
        return event
    }

    private func fault(_ change: (inout GraphFault) -> Void) -> ScenarioEvent {
        var event = ScenarioEvent(.graphFault)
        var fault = GraphFault(.status, service: .serviceHealth)
        change(&fault)
        event.fault = fault
        return event
    }

    private func tenantIncident() throws -> Incident? { try stage.incidents(of: .tenantOffline).last }

    @Test func itIsReadSlowlyWhileAllIsWellAndEachMinuteWhileAPlaceIsDark() throws {
        let transport = try start()
        watch(for: 1_300)
        #expect(reads(transport) == [0, 600, 1_200])
        stage.goDown(Array(1...20))
        let opened = Int(time.elapsed.seconds)
        watch(for: 180)
        let since = reads(transport).dropFirst(3)
        #expect(since.first.map { $0 - opened } == 0, "\(since), dark since \(opened)")
        #expect(zip(since, since.dropFirst()).allSatisfy { $1 - $0 == 60 } && since.count == 4, "\(since)")
        #expect(transport.urls { $0.contains("login.test") }.count == 1, "no token is asked for only to learn how")
        #expect(try tenantIncident()?.evidence.contains { $0.source == "token_endpoint" } == true)
    }

    @Test func aPostArrivesAsAnUpdateOfThePage() throws {
        let event = issue(at: .seconds(100))
        _ = try start { $0.events = [event] }
        watch(for: 30)
        stage.goDown(Array(1...20))
        #expect(try tenantIncident()?.cause == .unknown)
        #expect(hook.words == "opened")
        watch(for: 240)
        let incident = try #require(try tenantIncident())
        #expect(incident.cause == .provider)
        #expect(
            incident.evidence.contains {
                $0.source == "service_health" && $0.reading.hasPrefix("TM900001 (")
                    && $0.reading.hasSuffix("Users may be unable to sign in")
            }, "\(incident.evidence)")
        #expect(hook.words == "opened updated")
    }

    @Test(arguments: [GraphFault.Kind.hang, .slow, .status, .html, .truncated, .emptyBody])
    func aServiceHealthThatFailsHoldsUpNothing(_ kind: GraphFault.Kind) throws {
        let event = fault {
            $0.kind = kind
            $0.delay = DurationText(.seconds(25))
        }
        _ = try start { $0.events = [event] }
        watch(for: 30)
        let began = time.elapsed
        stage.goDown(Array(1...20))
        #expect(hook.sent.map(\.condition) == ["tenant.offline"])
        #expect(hook.sent.first.map { $0.at - began } == .seconds(10), "the third bad answer, and not a moment later")
        watch(for: 1_800)
        #expect(stage.overdue == 0)
        #expect(try stage.incidents(of: .sourceStalled).isEmpty, "evidence that is missing is no incident")
        #expect(try tenantIncident()?.cause == .unknown)
    }

    @Test func withoutThePermissionNothingIsAskedAndOneLineSaysSo() throws {
        let transport = try start { $0.token.roles = ["Presence.Read.All", "User.Read.All"] }
        watch(for: 4 * 3_600)
        stage.goDown(Array(1...20))
        watch(for: 600)
        #expect(reads(transport).isEmpty)
        #expect(stage.journal.lines(with: "service health:").count == 1)
        #expect(stage.journal.lines(with: "ServiceHealth.Read.All").count == 1)
        #expect(Set(hook.sent.map(\.condition)) == ["tenant.offline"])
    }

    @Test func aRefusalIsAskedAboutOnceAnHourAlsoWhileATenantIsDark() throws {
        let event = fault { $0.status = 403 }
        let transport = try start { $0.events = [event] }
        stage.goDown(Array(1...20))
        watch(for: 3 * 3_600)
        #expect(reads(transport).count == 3 || reads(transport).count == 4, "\(reads(transport))")
        #expect(stage.journal.lines(with: "service health:").count == 1)
    }

    @Test func cancellationEndsTheLoopInAnyWait() throws {
        let event = fault { $0.kind = .hang }
        _ = try start { $0.events = [event] }
        stage.run(for: .seconds(3))
        stage.stop()
        stage.run(for: .seconds(4_000))
        #expect(stage.overdue == 0)
    }
}
