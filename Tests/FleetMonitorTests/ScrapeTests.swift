// The figures of a monitor that has lived through something, as a scraper reads them.

import FleetSimulation
import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct ScrapeTests {
    /// `increase()` looks at the difference of two samples: a figure that appeared with its first event would keep that
    /// event from every alert.
    @Test(arguments: [
        #"roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="failed"}"#,
        #"roomwatch_sweeps_total{tenant="contoso",lane="suspect",outcome="partial"}"#,
        #"roomwatch_deliveries_total{receiver="pager",outcome="failed"}"#,
        #"roomwatch_incidents_total{tenant="contoso",condition="tenant.blind",event="opened"}"#,
        #"roomwatch_incidents_total{tenant="roomwatch",condition="channel.down",event="opened"}"#,
        #"roomwatch_suppressed_total{tenant="contoso",reason="maintenance"}"#,
        #"roomwatch_heartbeats_total{outcome="missed"}"#, "roomwatch_store_failures_total", "roomwatch_blips_total",
        #"roomwatch_sweep_duration_seconds_count{tenant="contoso",lane="steady"}"#, "roomwatch_dwell_seconds_count",
    ])
    func figuresStandAtZeroBeforeTheirFirstEvent(figure: String) throws {
        let time = ManualTime()
        let stage = try Stage(receivers: [Receiver("pager", .pagerDuty, time: time)], time: time)
        #expect(stage.figure(figure) == 0)
    }

    @Test func aDayAtWorkIsCounted() throws {
        let time = ManualTime()
        let graph = GraphStub(time: time)
        let pager = Receiver("pager", .pagerDuty, time: time, fallback: "hook")
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try Stage(receivers: [pager, hook], time: time)
        stage.list(5)
        try stage.deliver(to: pager, hook)
        stage.startHousekeeping()
        try stage.sweep(graph)
        stage.run(for: .seconds(30))
        pager.next(.status(503), .accept, .status(401))
        graph.goDark(1, 2)
        stage.run(for: .seconds(60))
        graph.comeBack(1, 2)
        stage.run(for: .seconds(60))
        let text = stage.registry.scrape()
        #expect(stage.figure(#"roomwatch_deliveries_total{receiver="pager",outcome="retry"}"#) == 1)
        #expect(stage.figure(#"roomwatch_deliveries_total{receiver="pager",outcome="failed"}"#) == 1)
        #expect(
            stage.figure(
                #"roomwatch_incidents_total{tenant="contoso",condition="room.offline",event="resolved"}"#) == 2)
        // One lane holds all that is counted, whatever began at zero.
        let opened = text.split(separator: "\n").filter { $0.hasPrefix("roomwatch_incidents_total{") }
            .filter { $0.contains(#"event="opened""#) && !$0.hasSuffix(" 0") }
        #expect(opened.count == 2, "room.offline of contoso, and channel.down of Roomwatch itself")
        let sent = pager.taken.count + hook.taken.count
        #expect(stage.figure("roomwatch_dwell_seconds_count") == Double(sent))
        #expect(stage.figure(#"roomwatch_dwell_seconds_bucket{le="+Inf"}"#) == Double(sent))
        // Every figure is explained to whoever builds a dashboard.
        let named = Set(
            text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.map { $0.split(separator: " ")[2] })
        let helped = Set(
            text.split(separator: "\n").filter { $0.hasPrefix("# HELP") }.map { $0.split(separator: " ")[2] })
        #expect(named.subtracting(helped).isEmpty)
        if let path = ProcessInfo.processInfo.environment["ROOMWATCH_SCRAPE"] {
            try Data(text.utf8).write(to: URL(filePath: path))
        }
    }
}
