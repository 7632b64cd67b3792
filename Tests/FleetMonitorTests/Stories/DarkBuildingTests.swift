// One cause, one page, as the receivers see it: through the real Ledger, store and delivery loops.

import FleetCore
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct DarkBuildingTests {
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

    private static let building = "contoso:building.offline:B1"

    private func keys(_ rooms: [Int]) -> [String] { rooms.map { "contoso:room.offline:\(account($0))" } }

    @Test(arguments: [40.0, 300])
    func fortyFiveOfFiftyRoomsAreOnePage(length: Double) throws {
        let city = try city()
        city.darken(Array(1...45), from: 20, over: length)
        let others = [60, 75, 90]
        for room in others { city.darken(room, from: Double(room)) }
        city.live(until: 500)
        for receiver in [hook, pager] {
            let told = receiver.triggers(.roomOffline).map(\.key)
            #expect(told.sorted() == keys(others), "\(receiver.name)")
            #expect(Set(receiver.triggers(.buildingOffline).map(\.key)) == [Self.building])
        }
        #expect(hook.triggers(.buildingOffline).count == 1)
        #expect(hook.taken(.roomOffline).allSatisfy { !$0.hasPrefix("resolved") })
        #expect(try city.unexplained() == [])
        // Those that fall later join by updates, a minute apart or more.
        let updates = hook.taken.filter { $0.word == "updated" && $0.key == Self.building }.map(\.at)
        #expect(zip(updates, updates.dropFirst()).allSatisfy { $1 - $0 >= .seconds(59) })
        #expect(updates.count <= 6)
    }

    /// Rooms with a meeting do not wait for siblings; of a building that falls at most one of them rings.
    @Test(arguments: [40.0, 300])
    func ofFiveBookedRoomsAtMostOneRingsEarly(length: Double) throws {
        let city = try city()
        city.book(Array(1...5), from: -600, until: 3600)
        city.darken(Array(1...45), from: 20, over: length)
        city.live(until: 500)
        for receiver in [hook, pager] {
            let early = receiver.triggers(.roomOffline)
            #expect(early.count <= 1, "\(receiver.taken(.roomOffline))")
            let ended = receiver.taken.filter { $0.isResolve }
            #expect(ended.map(\.key) == early.map(\.key))
            let first = try #require(receiver.triggers(.buildingOffline).first)
            #expect(ended.allSatisfy { $0.at >= first.at })
        }
        let bodies = hook.taken.filter(\.isResolve).map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.allSatisfy { $0.contains(#""resolution":"merged""#) })
    }

    enum Kill: CaseIterable { case never, beforeThePage, beforeItsRooms }

    /// The booked room that fell first has rung by itself; its end is told after the building, also when the daemon dies
    /// before the building's page left, or between that and the end of the room.
    @Test(arguments: Kill.allCases)
    func anEarlyPageIsResolvedAfterItsBuildingWasTold(kill: Kill) throws {
        let city = try city()
        city.book(Array(1...5), from: -600, until: 3600)
        city.darken(1, from: 20)
        city.darken(Array(2...45), from: 32, over: 40)
        city.live(until: 33)
        for receiver in [hook, pager] { #expect(receiver.triggers(.roomOffline).count == 1) }
        for receiver in [hook, pager] {
            if kill == .beforeItsRooms { receiver.next(.accept) }
            receiver.answer(.status(503))
        }
        city.live(until: 80)
        for receiver in [hook, pager] { #expect(receiver.taken.count == (kill == .beforeItsRooms ? 2 : 1)) }
        if kill != .never { try city.crash() }
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

    /// Slow booters have ten minutes from the first recovery; who is dark after that is told by itself.
    @Test func roomsThatStayDarkAreToldAfterTheSlowBooters() throws {
        let city = try city()
        for room in 1...43 { city.darken(room, from: 20 + Double(room) / 2, until: 600 + 12 * Double(room)) }
        for room in [44, 45] { city.darken(room, from: 24) }
        city.live(until: 1400, step: 5)
        for receiver in [hook, pager] {
            let building = receiver.taken.filter { $0.key == Self.building }
            #expect(building.count(where: \.isResolve) == 1)
            let told = receiver.triggers(.roomOffline)
            #expect(told.map(\.key).sorted() == keys([44, 45]), "\(receiver.taken(.roomOffline))")
            // The first is believed to be back 30 s after 612; ten minutes later both share a grouping wait.
            let times = told.map(\.at.seconds)
            #expect(times.allSatisfy { (1241...1295).contains($0) }, "\(times)")
        }
    }

    @Test func aSiteOfTwoRoomsIsOnePage() throws {
        let city = try City([("Hut", 2), ("B2", 50)], receivers: [hook, pager], time: time)
        city.darken(1, from: 20)
        city.darken(2, from: 31)
        city.live(until: 200)
        for receiver in [hook, pager] {
            #expect(receiver.taken.map(\.key) == ["contoso:building.offline:Hut"])
        }
    }

    @Test func aDarkTenantResolvesItsBuildings() throws {
        let city = try City([("B1", 20), ("B2", 20), ("B3", 20)], receivers: [hook, pager], time: time)
        city.darken(Array(1...20), from: 20, over: 20)
        city.darken(Array(21...60), from: 60, over: 60)
        city.live(until: 400)
        #expect(hook.triggers(.tenantOffline).count == 1)
        #expect(hook.triggers(.roomOffline).isEmpty)
        let buildings = hook.triggers(.buildingOffline).map(\.key)
        #expect((1...2).contains(buildings.count))
        let words = hook.taken.map { "\($0.word) \($0.key)" }
        let tenant = try #require(words.firstIndex { $0.hasPrefix("opened contoso:tenant.offline") })
        for key in buildings {
            let resolve = try #require(words.firstIndex(of: "resolved \(key)"))
            #expect(tenant < resolve)
        }
    }

    /// Killed in each phase while nobody answers, so that rows wait in the store: everything is told, once and under one
    /// key.
    @Test(arguments: [30.0, 36, 45, 100, 615, 700, 1100])
    func killedInAnyPhaseNothingIsLostOrRepeated(second: Double) throws {
        let city = try city()
        city.darken(Array(1...43), from: 20, over: 30, until: 600)
        city.darken([44, 45], from: 24, over: 6)
        if second > 100 { city.live(until: second - 40, step: 5) }
        city.live(until: second - 4)
        hook.answer(.status(503))
        pager.answer(.status(503))
        city.live(until: second)
        try city.crash(after: .seconds(6))
        hook.answer(.accept)
        pager.answer(.accept)
        city.live(until: second + 80)
        city.live(until: 1500, step: 5)
        for receiver in [hook, pager] {
            let building = receiver.taken.filter { $0.condition == "building.offline" }
            #expect(Set(building.map(\.key)) == [Self.building])
            #expect(building.last?.isResolve == true)
            #expect(building.count(where: \.isResolve) == 1)
            let left = receiver.triggers(.roomOffline).filter { $0.at > .seconds(600) }
            #expect(left.map(\.key).sorted() == keys([44, 45]), "\(receiver.name): \(receiver.taken(.roomOffline))")
        }
        #expect(hook.triggers(.buildingOffline).count == 1)
        #expect(try city.stage.incidents(of: .buildingOffline).count == 1)
        #expect(try city.unexplained() == [])
    }
}
