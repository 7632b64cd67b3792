// Microsoft Graph as far as presence goes, with the faults that a test wants on exactly the pages that it wants.

import FleetSimulation
import FleetCore
import FleetGraph
@testable import FleetMonitor
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Logging
import Synchronization
import Timekeeping

final class GraphStub: HTTPTransport {
    enum Fault: Sendable {
        case status(Int)
        case broken
        /// The answer takes this long.
        case slow(Duration)
        case unknown
    }

    struct Asked: Sendable {
        var ids: [String]
        /// Since the beginning of the test.
        var at: Duration
    }

    private struct State {
        var offline: Set<String> = []
        var inCall: Set<String> = []
        var hidden: Set<String> = []
        var asked: [Asked] = []
        var fault: @Sendable ([String]) -> Fault? = { _ in nil }
    }

    private let time: ManualTime
    private let state = Mutex(State())

    init(time: ManualTime) { self.time = time }

    var asked: [Asked] { state.withLock { $0.asked } }

    func forget() { state.withLock { $0.asked = [] } }

    func goDark(_ rooms: Int...) { state.withLock { $0.offline.formUnion(rooms.map { account($0).text }) } }
    func comeBack(_ rooms: Int...) { state.withLock { $0.offline.subtract(rooms.map { account($0).text }) } }
    func call(in rooms: Int...) { state.withLock { $0.inCall.formUnion(rooms.map { account($0).text }) } }

    /// Rooms that Graph leaves out of its answers.
    func hide(_ rooms: Int...) { state.withLock { $0.hidden = Set(rooms.map { account($0).text }) } }

    /// What goes wrong with a page; the closure sees the ids asked for.
    func fail(_ fault: @escaping @Sendable ([String]) -> Fault?) { state.withLock { $0.fault = fault } }
    func heal() { fail { _ in nil } }

    func client(log: Logger, executor: any TaskExecutor) throws -> GraphClient {
        let endpoints = try GraphEndpoints(
            login: "http://login.test", graph: "http://graph.test", scope: "graph/.default")
        let random = RandomSource(SeededGenerator(seed: 1))
        let tokens = TokenSource(
            endpoints: endpoints, tenant: "contoso.example", clientID: "app",
            credential: .clientSecret(Secret("secret")), transport: self, time: time, random: random, logger: log,
            executor: executor)
        return GraphClient(
            endpoints: endpoints, tokens: tokens, transport: self, time: time, random: random, logger: log,
            userAgent: "test")
    }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        if call.url.hasPrefix("http://login.test") {
            return json(#"{"access_token":"opaque","token_type":"Bearer","expires_in":86000}"#)
        }
        let body = (try? JSONSerialization.jsonObject(with: Data(call.body ?? []))) as? [String: Any]
        let ids = body?["ids"] as? [String] ?? []
        let now = time.elapsed
        let fault = state.withLock { state in
            state.asked.append(Asked(ids: ids, at: now))
            return state.fault(ids)
        }
        var word = "Available"
        switch fault {
        case nil: break
        case .unknown: word = "PresenceUnknown"
        case .status(let status): return HTTPAnswer(status: status)
        case .broken: throw HTTPTransportError(.brokenConnection, host: "graph.test", detail: "as the test says")
        case .slow(let duration):
            do {
                try await time.sleep(for: duration)
            } catch {
                throw HTTPTransportError(.cancelled, host: "graph.test", detail: "cancelled")
            }
        }
        let rows = state.withLock { state in
            ids.filter { !state.hidden.contains($0) }.map { id in
                let (availability, activity) =
                    state.offline.contains(id)
                    ? ("Offline", "Offline") : state.inCall.contains(id) ? ("Busy", "InACall") : (word, word)
                return #"{"id":"\#(id)","availability":"\#(availability)","activity":"\#(activity)"}"#
            }
        }
        return json(#"{"value":[\#(rows.joined(separator: ","))]}"#)
    }

    private func json(_ text: String) -> HTTPAnswer {
        HTTPAnswer(status: 200, headerFields: [.contentType: "application/json"], body: Array(text.utf8))
    }
}

extension LiveSettings.Values {
    static let standard = LiveSettings.Values(
        presence: .seconds(5), suspect: .seconds(1), devices: .seconds(300), places: .seconds(6 * 3600),
        scope: InventoryScope(), readsDevices: true, readsPlaces: true, readsLicences: true)
}

extension Stage {
    /// Starts the sweeps of both lanes.
    @discardableResult
    func sweep(
        _ graph: GraphStub, settings: LiveSettings = LiveSettings(.standard), firstSweeps: FirstSweeps = FirstSweeps(),
        lanes: [TenantFleet.Lane] = TenantFleet.Lane.allCases
    ) throws -> [Task<Void, Never>] {
        let reader = PresenceReader(client: try graph.client(log: journal.logger(), executor: jobs), time: time)
        return lanes.map { lane in
            let sweep = PresenceSweep(
                tenant: contoso, lane: lane, settings: settings, reader: reader, ledger: ledger, time: time,
                progress: progress, metrics: metrics, firstSweeps: firstSweeps)
            return start { await sweep.run() }
        }
    }

    /// One figure of the scrape; `nil` when there is no such line.
    func figure(_ line: String) -> Double? {
        let text = registry.scrape()
        let found = text.split(separator: "\n").first { $0.hasPrefix(line + " ") }
        return found.flatMap { Double($0.dropFirst(line.count + 1)) }
    }

    func census() -> Census? { perform { [ledger] in await ledger.census() }.first }
}
