// Not seen is not down, as the receivers see it: Graph goes dark, is throttled, or knows nothing.

import FleetAPI
import FleetCore
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct NotSeenTests {
    let time = ManualTime()
    let hook: Receiver
    let pager: Receiver

    init() {
        hook = Receiver("hook", .webhook, time: time)
        pager = Receiver("pager", .pagerDuty, time: time)
    }

    private func city(tree: RoutingTree? = nil) throws -> City {
        try City([("B1", 50), ("B2", 50)], receivers: [hook, pager], time: time, tree: tree)
    }

    @Test func aDarkGraphIsOnePageAndNoRoom() throws {
        let city = try city()
        city.darken(Array(1...45), from: 20, over: 300)
        // Suspected and not believed yet: no room has been bad for ten seconds.
        city.live(until: 29)
        city.graph = .failing
        city.live(until: 1500, step: 30)
        for receiver in [hook, pager] {
            #expect(Set(receiver.taken.map(\.key)) == ["contoso:tenant.blind:tenant"], "\(receiver.name)")
        }
        #expect(hook.triggers(.tenantBlind).count == 1)
        // Sight returns, and the building that has been dark all the time is one page.
        city.graph = .well
        city.live(until: 1700)
        #expect(hook.triggers(.buildingOffline).count == 1)
        #expect(hook.triggers(.roomOffline).count <= 1)
        #expect(hook.taken(.tenantBlind).last?.hasPrefix("resolved") == true)
    }

    @Test func aThrottledGraphStillShowsTheBuilding() throws {
        let city = try city()
        city.graph = .throttled
        city.live(until: 60)
        city.darken(Array(1...45), from: 65, over: 40)
        city.live(until: 400)
        for receiver in [hook, pager] {
            #expect(Set(receiver.triggers(.buildingOffline).map(\.key)) == ["contoso:building.offline:B1"])
            #expect(receiver.taken(.tenantBlind).isEmpty)
            #expect(receiver.triggers(.roomOffline).count <= 1)
        }
    }

    @Test func unknownPresencesPageNoRoom() throws {
        let city = try city()
        city.graph = .saysUnknown
        city.live(until: 3600, step: 30)
        #expect(Set(hook.taken.map(\.condition)) == ["tenant.blind"])
        #expect(Set(pager.taken.map(\.condition)) == ["tenant.blind"])
    }

    /// Nobody saw it begin, and the page says so; a restart in between forgets nothing of it.
    @Test(arguments: [false, true])
    func aPageAfterLostSightNamesTheSpan(crashes: Bool) throws {
        let city = try city()
        city.live(until: 60)
        city.graph = .failing
        city.darken(1, from: 100)
        city.live(until: 660, step: 5)
        city.graph = .well
        city.live(until: 665)
        if crashes { try city.crash(after: .seconds(2)) }
        city.live(until: 760)
        let page = try #require(hook.triggers(.roomOffline).first)
        let body = String(decoding: page.body, as: UTF8.self)
        #expect(body.contains(#""first_bad_after":"2026-12-01T08:01:00"#), "\(body)")
        #expect(body.contains(#""first_bad_at":"2026-12-01T08:11:0"#), "\(body)")
        let sentence = "a moment between 08:01:00"
        #expect(try city.stage.explain("Room 1").answer.contains { $0.contains(sentence) })
    }

    /// Who was seen well directly before the first bad answer has no span.
    @Test func aPageWithoutLostSightHasNoSpan() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 80)
        let page = try #require(hook.triggers(.roomOffline).first)
        #expect(String(decoding: page.body, as: UTF8.self).contains(#""first_bad_after":null"#))
    }
}
