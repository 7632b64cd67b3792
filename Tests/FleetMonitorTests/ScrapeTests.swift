// The figures of a monitor that has lived through something, as a scraper reads them.

import FleetSimulation
import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct ScrapeTests {
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
