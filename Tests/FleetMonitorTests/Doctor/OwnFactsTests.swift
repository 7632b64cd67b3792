// From what is known of this machine and of receivers to sentences.

import FleetAPI
import FleetCore
@testable import FleetMonitor
import FleetSimulation
import FleetStore
import Foundation
import HTTPExchange
import Systemd
import Testing
import Timekeeping

private let now = ManualTime.start
private func before(_ seconds: Double) -> Moment { now.advanced(by: .seconds(-seconds)) }

@Suite struct ConnectionFactsTests {
    private func check(_ kind: HTTPTransportError.Kind, issuer: String? = nil, own: Bool = false) -> CheckBody {
        ConnectionFacts(
            tenant: "contoso", role: "Microsoft Graph", host: "graph.microsoft.com", proxy: "proxy.contoso.com:3128",
            usesOwnCertificates: own,
            refusal: ConnectionRefusal(
                HTTPTransportError(kind, host: "graph.microsoft.com:443", detail: "as curl says"), issuer: issuer)
        ).judged()[0]
    }

    @Test(arguments: HTTPTransportError.Kind.allCases) func everyRefusalHasItsRemedy(_ kind: HTTPTransportError.Kind) {
        let check = check(kind)
        #expect(check.status == "problem" && check.subject == "graph.microsoft.com")
        #expect(check.remedy?.isEmpty == false && check.summary.hasSuffix("."))
    }

    @Test func aProxyThatOpensTLSIsNamed() {
        let check = check(.tlsRefused, issuer: "CN = Contoso TLS Inspection")
        #expect(check.summary.contains("It was issued by CN = Contoso TLS Inspection."))
        #expect(check.remedy?.contains("http.ca_file") == true)
        #expect(check.remedy?.contains("-connect graph.microsoft.com:443 -servername graph.microsoft.com") == true)
        #expect(self.check(.tlsRefused, own: true).remedy?.contains("add the issuer to that file") == true)
    }

    @Test func whatIsReachedSaysTheWay() {
        var facts = ConnectionFacts(role: "receiver oncall", host: "hooks.contoso.com:8443", refusal: nil)
        #expect(facts.judged()[0].summary == "hooks.contoso.com:8443 (receiver oncall) is reached.")
        facts.proxy = "proxy:3128"
        #expect(facts.judged()[0].summary.hasSuffix("is reached through the proxy proxy:3128."))
        facts.importance = .lesser
        facts.refusal = ConnectionRefusal(HTTPTransportError(.connectRefused, host: "h", detail: ""))
        #expect(facts.judged()[0].status == "warning")
    }

    @Test func theWayOut() {
        #expect(OutboundFacts(proxy: nil, ignoredVariables: [], caFile: nil).judged()[0].status == "ok")
        let ignored = OutboundFacts(proxy: nil, ignoredVariables: ["HTTPS_PROXY"], caFile: nil).judged()[0]
        #expect(ignored.status == "notice" && ignored.summary.contains("HTTPS_PROXY"))
        let used = OutboundFacts(proxy: "p:1", ignoredVariables: ["HTTPS_PROXY"], caFile: "/ca.pem").judged()[0]
        #expect(used.status == "ok" && used.summary.contains("p:1") && used.summary.contains("/ca.pem"))
    }
}

@Suite struct StoreFactsTests {
    private func judged(
        _ integrity: StoreExamination.Integrity = .sound, free: Int? = 8 << 30, version: Int? = nil, wal: Int = 0,
        memory change: (inout StoreFacts.Memory) -> Void = { _ in }
    ) -> [String: CheckBody] {
        var memory = StoreFacts.Memory(lastCommit: before(3), watchedSince: before(9_000))
        change(&memory)
        let facts = StoreFacts(
            examination: StoreExamination(
                path: "/s", bytes: 1_500_000, walBytes: wal, freeBytes: free,
                schemaVersion: version ?? StoreExamination.knownSchemaVersion, integrity: integrity),
            memory: memory, retention: RetentionPolicy(observations: .seconds(90 * 86_400), incidents: .seconds(86_400))
        )
        return Dictionary(facts.judged(at: now).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func aSoundStoreIsWell() {
        let checks = judged()
        #expect(checks.count == 5 && checks.values.allSatisfy { $0.status == "ok" && $0.remedy == nil })
        #expect(checks["store.file"]?.summary.contains("1.4 MB") == true)
        #expect(checks["store.file"]?.summary.contains("90 d, incidents 1 d") == true)
    }

    @Test(arguments: [
        (StoreExamination.Integrity.damaged("row 7 missing"), "problem"), (.unfinished, "unknown"),
        (.notOpen, "problem"), (.failed(.busy(path: "/s", doing: "checking")), "problem"),
    ]) func integrity(_ integrity: StoreExamination.Integrity, _ status: String) {
        let check = judged(integrity)["store.integrity"]
        #expect(check?.status == status && check?.remedy != nil)
    }

    @Test(
        arguments: [(2 << 30, "ok"), (1 << 29, "warning"), (1 << 26, "problem"), (nil, "unknown")] as [(Int?, String)])
    func space(_ free: Int?, _ status: String) { #expect(judged(free: free)["store.space"]?.status == status) }

    @Test func theRest() {
        #expect(judged(version: 1)["store.schema"]?.status == "problem")
        #expect(judged(wal: 1 << 30)["store.file"]?.status == "warning")
        #expect(judged { $0.lost = 2 }["store.writing"]?.status == "problem")
        let degraded = judged {
            $0.isDegraded = true
            $0.changes = 12
            $0.notifications = 3
        }["store.writing"]
        #expect(degraded?.status == "problem" && degraded?.summary.contains("12 changes and 3 unsent") == true)
        #expect(judged { $0.lastCommit = before(900) }["store.writing"]?.status == "warning")
        #expect(judged { $0.lastCommit = nil }["store.writing"]?.status == "warning")
    }

    @Test(arguments: [(0, "0 bytes"), (1_023, "1023 bytes"), (1_024, "1 KB"), (1_536, "1.5 KB"), (69 << 30, "69 GB")])
    func sizes(_ bytes: Int, _ words: String) { #expect(StoreFacts.size(bytes) == words) }
}

@Suite struct ReceiverFactsTests {
    private func judged(_ change: (inout ReceiverFacts) -> Void = { _ in }) -> [CheckBody] {
        var facts = ReceiverFacts(
            name: "pager", kind: "pagerduty", isPaging: true, isDown: false, waiting: 0, waitingSince: nil,
            record: ReceiverRecord(lastAccepted: before(7_200).wall), isReached: true, fallbacks: ["oncall"])
        change(&facts)
        return facts.judged(at: now)
    }

    @Test func aReceiverThatAcceptsIsWell() {
        let checks = judged()
        #expect(checks.map(\.status) == ["ok"])
        #expect(
            checks[0].summary
                == "pager (pagerduty) accepted its last message 2 h ago. oncall takes over when it is down.")
    }

    @Test func aReceiverThatDoesNotIsNot() {
        let refused = ReceiverRecord(lastAccepted: before(7_200).wall, lastFailed: before(60).wall, failure: "http_404")
        #expect(judged { $0.record = refused }.map(\.status) == ["warning"])
        let down = judged {
            $0.isDown = true
            $0.record = refused
        }
        #expect(down.map(\.status) == ["problem"] && down[0].summary.contains("http_404"))
        #expect(down[0].remedy?.contains("roomctl receivers test pager") == true)
        #expect(judged { $0.record = ReceiverRecord() }.map(\.status) == ["notice"])
        let waiting = judged {
            $0.waiting = 2
            $0.waitingSince = before(600).wall
        }
        #expect(waiting.map(\.status) == ["problem"] && waiting[0].summary.contains("2 messages wait"))
        let onItsWay = judged {
            $0.waiting = 1
            $0.waitingSince = before(20).wall
        }
        #expect(onItsWay.map(\.status) == ["ok"] && onItsWay[0].summary.contains("1 on the way"))
    }

    @Test func whoIsNeverReachedAndWhoStandsAlone() {
        #expect(judged { $0.isReached = false }.map(\.id) == ["receiver", "receiver.unreached"])
        #expect(judged { $0.fallbacks = [] }.map(\.id) == ["receiver", "receiver.fallback"])
        let ledger = judged {
            $0.fallbacks = []
            $0.isPaging = false
        }
        #expect(ledger.map(\.id) == ["receiver"])
    }

    @Test func theTreeKnowsWhoIsReached() {
        func profile(_ name: String, fallback: String? = nil) -> ReceiverProfile {
            ReceiverProfile(name: ReceiverName(name), isPaging: true, fallback: fallback.map { ReceiverName($0) })
        }
        let tree = RoutingTree(
            routes: [
                Route(
                    rule: "routes[0]", match: RouteMatch(), receivers: [ReceiverName("a")],
                    escalations: [.init(after: .seconds(60), receivers: [ReceiverName("d")])])
            ],
            receivers: [
                profile("a", fallback: "b"), profile("b", fallback: "c"), profile("c"), profile("d"), profile("e"),
            ])
        #expect(tree.reached.map(\.text).sorted() == ["a", "b", "c", "d"])
        #expect(tree.fallbacks(of: ReceiverName("a")).map(\.text) == ["b", "c"])
    }
}

@Suite struct ProcessFactsTests {
    private func service(_ change: (inout ServiceFacts) -> Void = { _ in }) -> [String: CheckBody] {
        var facts = ServiceFacts(
            startedAt: before(7_200), isUnit: true, isHeard: true, watchdog: .seconds(30), lastPulse: before(4),
            overdue: [], logsToJournal: true, descriptors: 8_192)
        change(&facts)
        return Dictionary(facts.judged(at: now).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func theShippedUnitIsWell() {
        #expect(service().count == 5 && service().values.allSatisfy { $0.status == "ok" && $0.remedy == nil })
    }

    @Test func eachShortcomingIsNamed() throws {
        #expect(service { $0.isUnit = false }["service.unit"]?.status == "notice")
        #expect(service { $0.isHeard = false }["service.unit"]?.status == "warning")
        #expect(service { $0.watchdog = nil }["service.watchdog"]?.status == "warning")
        #expect(service { $0.lastPulse = nil }["service.watchdog"]?.status == "warning")
        #expect(service { $0.lastPulse = before(31) }["service.watchdog"]?.status == "problem")
        #expect(service { $0.logsToJournal = false }["service.log"]?.status == "warning")
        #expect(service { $0.descriptors = 256 }["service.descriptors"]?.status == "warning")
        #expect(service { $0.descriptors = nil }["service.descriptors"]?.status == "ok")
        var gate = WatchdogGate()
        _ = try gate.register("sweep.contoso", at: before(90), deadline: before(30))
        let loops = service { $0.overdue = gate.overdue(at: now) }["service.loops"]
        #expect(loops?.status == "problem" && loops?.summary == "A loop hangs: sweep.contoso (90 s).")
    }

    @Test func theWatchOverTheWatcher() {
        func checks(_ beat: Duration?, _ last: Heartbeat.Outcome?, _ round: SyntheticRoom.Outcome?) -> [String] {
            WatchingFacts(heartbeat: beat, lastBeat: last, synthetic: round).judged(at: now).map(\.status)
        }
        #expect(checks(nil, nil, nil) == ["notice", "ok"])
        #expect(checks(.seconds(60), nil, .init(at: before(60), trouble: nil)) == ["ok", "ok"])
        #expect(checks(.seconds(60), .init(at: before(9), trouble: nil), nil) == ["ok", "ok"])
        #expect(
            checks(.seconds(60), .init(at: before(9), trouble: "x"), .init(at: before(9), trouble: "y"))
                == ["problem", "problem"])
    }

    @Test func whoMayAsk() {
        func checks(_ loopback: Bool, _ proxy: Bool, _ tokens: [(role: Role, count: Int)]?) -> [String] {
            APIFacts(listen: "0.0.0.0:8470", isLoopback: loopback, behindProxy: proxy, tokens: tokens).judged()
                .map(\.status)
        }
        #expect(checks(true, false, [(.viewer, 2), (.admin, 1)]) == ["ok", "ok"])
        #expect(checks(false, true, nil) == ["notice", "notice"])
        #expect(checks(false, false, [(.viewer, 0)]) == ["problem", "notice"])
    }
}

@Suite struct CoverageFactsTests {
    private static func room(_ number: Int, building: String? = "B1", panel: Bool = false) -> Room {
        var devices = [RoomDevice(id: "a\(number)", kind: .teamsRoom)]
        if panel {
            devices.append(RoomDevice(id: "p\(number)", kind: .panel, manufacturer: "Crestron", model: "TSS-770"))
        }
        return Room(
            account: account(number), name: "Room \(number)", email: "room\(number)@contoso.com", building: building,
            reason: .licence, devices: devices)
    }

    @Test func roomsAreCountedByHowTheyAreSeen() {
        var facts = CoverageFacts(tenant: "contoso", rooms: 9, readsDevices: true, isSettled: true)
        facts.weak = ["Room 1 (B1): panel"]
        facts.unseen = ["Room 2"]
        facts.neverSeen = ["Room 3", "Room 4"]
        facts.withoutBuilding = ["Room 5"]
        facts.withoutMailbox = ["Room 6"]
        let checks = facts.judged()
        #expect(checks[0].summary == "9 rooms are watched: 5 strong, 1 weak, 3 not seen.")
        #expect(
            checks.map(\.id) == [
                "rooms.watched", "rooms.never_seen", "rooms.unseen", "rooms.weak", "rooms.building", "rooms.mailbox",
            ])
        #expect(checks[1].status == "warning" && checks[1].examples == ["Room 3", "Room 4"])
        #expect(checks[3].status == "notice" && checks[3].examples == ["Room 1 (B1): panel"])
    }

    @Test func noRoomAtAllIsAProblemAfterTheFirstMinute() {
        #expect(CoverageFacts(tenant: "c", readsDevices: true, isSettled: true).judged().map(\.status) == ["problem"])
        #expect(CoverageFacts(tenant: "c", readsDevices: true, isSettled: false).judged().map(\.status) == ["notice"])
    }

    @Test func aFleetTellsWhatMakesItsRoomsWeak() throws {
        let stage = try Stage()
        stage.list(3)
        stage.sweep()
        let facts = stage.perform { [ledger = stage.ledger] in await ledger.coverage(of: contoso) }
        let seen = try #require(facts)
        #expect(seen.rooms == 3 && seen.neverSeen.isEmpty && seen.unseen.isEmpty && !seen.readsDevices)
        #expect(seen.judged().contains { $0.id == "rooms.devices" })
        let memory = stage.perform { [ledger = stage.ledger] in await ledger.storeMemory() }
        #expect(memory.changes == 0 && !memory.isDegraded && memory.lastCommit != nil)
    }

    @Test func examplesAreBounded() {
        var facts = CoverageFacts(tenant: "c", rooms: 500, readsDevices: true, isSettled: true)
        facts.withoutBuilding = (1...500).map { "Room \($0)" }
        #expect(facts.judged().last?.examples.count == CheckBody.maximumExamples)
    }
}
