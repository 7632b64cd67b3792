// One cause, one page, as the receivers see it: through the real Ledger, store and delivery loops.

import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct OnePageTests {
    let time = ManualTime()
    let hook: Receiver
    let pager: Receiver

    init() {
        hook = Receiver("hook", .webhook, time: time)
        pager = Receiver("pager", .pagerDuty, time: time)
    }

    private func city() throws -> City { try City([("B1", 50), ("B2", 50)], receivers: [hook, pager], time: time) }

    @Test(arguments: [40.0, 300])
    func aDarkBuildingIsOnePageOnEveryReceiver(length: Double) throws {
        let city = try city()
        city.darken(Array(1...45), from: 20, over: length)
        for room in [60, 75, 90] { city.darken(room, from: Double(room)) }
        city.live(until: 500)
        for receiver in [hook, pager] {
            #expect(
                receiver.triggers(.buildingOffline).filter { $0.word != "trigger" || $0.at < .seconds(90) }.count <= 1)
            let keys = receiver.triggers(.roomOffline).map(\.key)
            #expect(Set(keys) == Set([60, 75, 90].map { "contoso:room.offline:\(account($0))" }), "\(receiver.name)")
            #expect(keys.count == 3)
        }
        #expect(hook.triggers(.buildingOffline).count == 1)
    }

    /// The one room that was booked and fell first rang by itself; it is resolved after the building was told.
    @Test(arguments: [false, true])
    func anEarlyPageIsResolvedAfterItsBuildingWasTold(crashes: Bool) throws {
        let city = try city()
        city.book(Array(1...5), from: -600, until: 3600)
        city.darken(1, from: 20)
        city.darken(Array(2...45), from: 32, over: 40)
        city.live(until: 33)
        for receiver in [hook, pager] { #expect(receiver.triggers(.roomOffline).count == 1) }
        // Nobody answers while the building falls; afterwards what was decided is told in its order.
        hook.answer(.status(503))
        pager.answer(.status(503))
        city.live(until: 80)
        for receiver in [hook, pager] { #expect(receiver.taken.count == 1) }
        if crashes { try city.crash() }
        hook.answer(.accept)
        pager.answer(.accept)
        city.live(until: 400)
        for receiver in [hook, pager] {
            let words = receiver.taken.map { "\($0.isResolve ? "resolve" : "trigger") \($0.condition)" }
            let first = words.firstIndex(of: "trigger building.offline")
            let resolve = words.firstIndex(of: "resolve room.offline")
            #expect(words.count { $0 == "trigger room.offline" } == 1, "\(words)")
            #expect(words.count { $0 == "resolve room.offline" } == 1, "\(words)")
            #expect(try #require(first) < #require(resolve), "\(words)")
        }
        let body = try #require(hook.taken.first { $0.isResolve }?.body)
        #expect(String(decoding: body, as: UTF8.self).contains(#""resolution":"merged""#))
        #expect(hook.triggers(.buildingOffline).count == 1)
    }

    /// Killed in each phase, with and without the receivers answering: the building rings once under one id.
    @Test(arguments: [30.0, 36, 45, 100, 615, 700, 1100])
    func killedInAnyPhaseNothingIsLostOrRepeated(second: Double) throws {
        let city = try city()
        city.darken(Array(1...43), from: 20, over: 30, until: 600)
        city.darken([44, 45], from: 24, over: 6)
        // Just before the kill nobody answers, so that rows wait in the store.
        city.live(until: second - 4)
        hook.answer(.status(503))
        pager.answer(.status(503))
        city.live(until: second)
        try city.crash(after: .seconds(6))
        hook.answer(.accept)
        pager.answer(.accept)
        city.live(until: 1500)
        for receiver in [hook, pager] {
            let building = receiver.taken.filter { $0.condition == "building.offline" }
            #expect(Set(building.map(\.key)) == ["contoso:building.offline:B1"])
            #expect(building.last?.isResolve == true)
            #expect(building.count { $0.isResolve } == 1)
            let left = receiver.triggers(.roomOffline).filter { $0.at > .seconds(600) }
            #expect(
                left.map(\.key).sorted() == [44, 45].map { "contoso:room.offline:\(account($0))" },
                "\(receiver.name): \(receiver.taken(.roomOffline))")
        }
        #expect(hook.triggers(.buildingOffline).count == 1)
        #expect(try city.stage.incidents(of: .buildingOffline).count == 1)
    }

    @Test func aDarkTenantResolvesItsBuildings() throws {
        let city = try City([("B1", 20), ("B2", 20), ("B3", 20)], receivers: [hook, pager], time: time)
        city.darken(Array(1...20), from: 20, over: 20)
        city.darken(Array(21...60), from: 60, over: 60)
        city.live(until: 400)
        #expect(hook.triggers(.tenantOffline).count == 1)
        #expect(hook.triggers(.roomOffline).isEmpty)
        let buildings = hook.triggers(.buildingOffline).map(\.key)
        #expect(buildings.count <= 2)
        for key in buildings {
            let words = hook.taken.map { "\($0.word) \($0.key)" }
            let resolve = try #require(words.firstIndex(of: "resolved \(key)"))
            let tenant = try #require(words.firstIndex { $0.hasPrefix("opened contoso:tenant.offline") })
            #expect(tenant < resolve)
        }
    }
}
