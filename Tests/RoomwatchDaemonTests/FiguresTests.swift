// What the daemon itself adds to a scrape, held to the conventions that people who write rules and dashboards rely on.

import Foundation
import FleetMonitor
import Systemd
import Testing
import Timekeeping

@testable import FleetWeb
@testable import RoomwatchDaemon

@Suite struct FiguresTests {
    let folder: Folder
    let rig: Rig

    init() async throws {
        folder = try Folder()
        rig = try await Rig(folder)
    }

    private func page() async -> [String] {
        let synthetic = SyntheticRoom(
            ledger: rig.ledger, channel: LoopbackChannel(), progress: rig.parts.progress, time: StandingTime(),
            log: rig.journal.logger())
        let scrape = Scrape(
            parts: rig.parts, watches: [rig.watch], store: rig.store, synthetic: synthetic,
            started: StandingTime.moment,
            unready: { ["no sweep has been attempted yet"] })
        return PrometheusText.render(MetricRegistry(), gauges: await scrape.gauges())
            .split(separator: "\n").map(String.init)
    }

    @Test func everyFigureIsExplainedAndNamedByTheConventions() async {
        let page = await page()
        let types = page.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ").map(String.init) }
        #expect(types.count > 30)
        for type in types {
            let (name, kind) = (type[2], type[3])
            #expect(page.contains { $0.hasPrefix("# HELP \(name) ") }, "\(name) has no help")
            #expect(name.hasPrefix("roomwatch_") || name.hasPrefix("process_"))
            #expect(name.hasSuffix("_total") == (kind == "counter"), "\(name) is a \(kind)")
            for unit in ["milliseconds", "_ms", "_kb", "minutes", "percent"] { #expect(!name.contains(unit)) }
        }
    }

    /// A scrape must not grow with the fleet.
    @Test func noRoomIsALabel() async {
        let labels = await page().flatMap { line -> [String] in
            guard !line.hasPrefix("#"), let open = line.firstIndex(of: "{"), let end = line.lastIndex(of: "}") else {
                return []
            }
            return line[line.index(after: open)..<end].split(separator: ",").map { String($0.prefix { $0 != "=" }) }
        }
        #expect(
            Set(labels).isSubset(of: [
                "tenant", "lane", "phase", "severity", "observability", "capability", "state", "service", "class",
                "receiver", "version",
            ]))
    }

    @Test func aDaemonThatHasOnlyJustBegunSaysSo() async {
        let page = await page()
        for line in [
            "roomwatch_ready 0", #"roomwatch_tenant_blind{tenant="contoso"} 0"#,
            #"roomwatch_sweep_last_success_timestamp_seconds{tenant="contoso",lane="steady"} 0"#,
            #"roomwatch_graph_responses_total{tenant="contoso",service="presence",class="5xx"} 0"#,
            #"roomwatch_graph_throttled_total{tenant="contoso",service="presence"} 0"#,
            #"roomwatch_token_failures_total{tenant="contoso"} 0"#, "roomwatch_outbox_oldest_age_seconds 0",
            #"roomwatch_receiver_down{receiver="oncall"} 0"#, "roomwatch_store_degraded 0",
            "roomwatch_synthetic_room_failing 0", "roomwatch_loops_overdue 0",
        ] { #expect(page.contains(line), "\(line) is missing") }
        #expect(!page.contains { $0.hasPrefix("roomwatch_synthetic_room_last_success") }, "no round was made yet")
        let store = page.first { $0.hasPrefix("roomwatch_store_size_bytes ") }
        #expect(store.flatMap { Double($0.split(separator: " ")[1]) } ?? 0 >= 4096)
    }

    @Test func aLoopThatHangsIsCounted() async throws {
        _ = try rig.parts.progress.feed.register("sweep", within: .seconds(-1))
        #expect(await page().contains("roomwatch_loops_overdue 1"))
    }

    @Test func theProcessIsReadFromItsOwnEntry() throws {
        let stat =
            "4711 (a (strange) name) S 1 4711 4711 0 -1 4194560 9000 0 12 0 250 75 0 0 20 0 9 0 360000 "
            + "734003200 2560 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0"
        let figures = try #require(ProcessFigures(stat: stat))
        #expect(figures.cpuSeconds == 3.25)
        #expect(figures.threads == 9)
        #expect(figures.virtualBytes == 734_003_200)
        #expect(figures.residentBytes == 2560 * ProcessFigures.pageBytes)
        #expect(ProcessFigures(stat: "nonsense") == nil)
        #expect(ProcessFigures(stat: "1 (short) S 1 2") == nil)
    }

    @Test(arguments: [("8192                 524288", 8192.0), ("unlimited            unlimited", nil)])
    func theLimitOfOpenFilesIsTheSoftOne(words: String, limit: Double?) {
        let limits =
            "Limit                     Soft Limit           Hard Limit           Units\n"
            + "Max open files            \(words)               files\n"
        #expect(ProcessFigures.openFileLimit(limits: limits) == limit)
    }

    @Test func theRealEntryGivesSaneFigures() {
        let gauges = ProcessFigures.gauges(start: StandingTime.moment)
        func value(_ name: String) -> Double { gauges.first { $0.name == name }?.value ?? .nan }
        #expect(value("process_resident_memory_bytes") > 1_000_000)
        #expect(value("process_open_fds") >= 3)
        #expect(value("process_start_time_seconds") == 1_795_161_600)
        #expect(value("process_max_fds") >= value("process_open_fds"))
    }
}
