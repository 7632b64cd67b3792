// What one sweep costs the daemon from the first request to the last judged page: its own transport, client, decoder and
// judgement, with the simulated tenant's work left to another process.

import CurlHTTP
import FleetCore
import FleetGraph
import Foundation
import GraphClient
import HTTPExchange
import Logging
import Timekeeping

struct SweepBench {
    let rooms: Int
    let sweeps: Int
    let binaries: String
    let report: Report

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("roomwatch-bench-\(getpid())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let graph = try await SimulatedGraph.start(rooms: rooms, binaries: binaries, directory: directory)
        defer { graph.child.end() }

        let time = SystemTimeSource()
        let quiet = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        let transport = CurlTransport(configuration: CurlConfiguration(), time: time)
        let client = try makeClient(transport, graph: graph, time: time, log: quiet)
        let reading = await InventoryReader(
            client: client, devices: DeviceReader(client: client, time: time), time: time
        ).read(
            known: [], include: [], sources: InventorySources(licences: true, devices: false, places: false))
        var fleet = TenantFleet(
            tenant: TenantName("contoso"), rules: DetectionRules(), site: SiteRules(), watchedSince: time.now(),
            generator: SeededGenerator(seed: 1))
        _ = fleet.accept(reading, scope: InventoryScope(), decided: time.now())
        report.row("rooms found in the directory", "\(fleet.rooms.count)")

        let reader = PresenceReader(client: client, time: time)
        var cpu: [Double] = []
        var wall: [Double] = []
        var bytes = 0
        var failures = 0
        for sweep in 0...sweeps {
            let pages = fleet.pages(of: .steady)
            let before = Meter.cpu()
            let began = time.now()
            bytes = 0
            await withTaskGroup(of: (SweepPage, PresenceRead).self) { group in
                for page in pages {
                    group.addTask { (page, await reader.read(page.accounts, timeout: .seconds(10))) }
                }
                for await (page, read) in group {
                    bytes += read.bytes
                    if !read.isComplete { failures += 1 }
                    _ = fleet.accept(
                        PresencePage(request: page, answers: read.answers, asked: read.asked, received: read.received))
                }
            }
            // The first sweep opens connections and fills caches.
            guard sweep > 0 else { continue }
            cpu.append(Meter.cpu() - before)
            wall.append(began.elapsed(until: time.now()).seconds)
        }
        report.row("bytes of answers", "\(bytes)")
        report.row("pages that failed", "\(failures)", budget: "0")
        report.row("CPU, request to judged", Spread(cpu).text, budget: "<= 30 ms for 20,000")
        report.row("wall, request to judged", Spread(wall).text)
        await transport.shutdown()
    }

    private func makeClient(
        _ transport: CurlTransport, graph: SimulatedGraph, time: SystemTimeSource, log: Logger
    ) throws -> GraphClient {
        let endpoints = try GraphEndpoints(.global, login: graph.url, graph: graph.url)
        let random = RandomSource()
        let tokens = TokenSource(
            endpoints: endpoints, tenant: SimulatedGraph.tenantID, clientID: SimulatedGraph.clientID,
            credential: .clientSecret(Secret(SimulatedGraph.secret)), transport: transport, time: time, random: random,
            logger: log)
        return GraphClient(
            endpoints: endpoints, tokens: tokens, transport: transport, time: time, random: random, logger: log,
            userAgent: "roomwatch-bench")
    }
}
