// Nights, windows and silences as the receivers see them: quiet inside, one page at the end for what is still wrong, and
// a row that says why for everything that nobody was told.

import FleetAPI
import FleetCore
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct QuietTimesTests {
    private static func receivers(_ time: ManualTime) -> [Receiver] {
        [Receiver("hook", .webhook, time: time), Receiver("pager", .pagerDuty, time: time)]
    }

    /// A city whose story begins at an hour of Tuesday, 1 December 2026.
    private static func city(_ buildings: [(name: String, rooms: Int)], atHour hour: Double) throws -> City {
        let start = Moment(
            wall: ManualTime.start.wall.addingTimeInterval((hour - 8) * 3600), steady: ManualTime.start.steady)
        let time = ManualTime(start: start)
        return try City(buildings, receivers: receivers(time), time: time)
    }

    @Test func aWindowWithFortyRoomsDownEndsInOnePage() throws {
        let city = try Self.city([("B1", 50), ("B2", 50)], atHour: 9)
        try city.plan(for: 1200)
        city.darken(Array(1...40), from: 60, over: 200)
        city.darken(Array(41...45), from: 300, over: 60, until: 700)
        city.live(until: 1209)
        for receiver in city.receivers { #expect(receiver.taken.isEmpty) }
        for room in 1...45 {
            let rows = try city.suppressions(of: room)
            #expect(rows.map(\.suppression.rule) == ["window:works (01JWORKS)"], "room \(room)")
        }
        city.live(until: 1212)
        for receiver in city.receivers {
            #expect(receiver.taken.map(\.key) == ["contoso:building.offline:B1"], "\(receiver.name)")
        }
        city.live(until: 1700)
        for receiver in city.receivers { #expect(receiver.taken.count == 1) }
    }

    @Test func theMorningIsOnePageForEachBuilding() throws {
        let city = try Self.city([("B1", 50), ("B2", 50), ("B3", 50)], atHour: 4.5)
        let seven = 2.5 * 3600
        let dead = [1, 2, 3, 4, 51, 52, 53, 54, 101, 102, 103, 104]
        for (place, room) in dead.enumerated() { city.darken(room, from: 100 + 700 * Double(place)) }
        city.live(until: seven - 10, step: 10)
        let told = city.receivers.map(\.taken.count)
        #expect(city.receivers[0].triggers(.roomOffline).count == 12, "warnings, each by itself")
        city.live(until: seven + 120)
        for (receiver, before) in zip(city.receivers, told) {
            let morning = receiver.taken.dropFirst(before).filter { !$0.isResolve }
            #expect(morning.map(\.key) == ["B1", "B2", "B3"].map { "contoso:building.offline:\($0)" })
            #expect(morning.allSatisfy { (seven...seven + 2).contains($0.at.seconds) })
        }
    }

    @Test func fiveHundredRestartsAreNobodysBusinessButTheRoomThatDoesNotReturn() throws {
        let city = try Self.city((1...10).map { ("B\($0)", 50) }, atHour: 2)
        var random = SeededGenerator(seed: 3)
        for room in 1...500 where room != 77 {
            let begins = 20 + Double.random(in: 0..<5000, using: &random)
            city.darken(room, from: begins, until: begins + Double.random(in: 60..<1100, using: &random))
        }
        city.darken(77, from: 3600)
        city.live(until: 6400, step: 10)
        for receiver in city.receivers {
            #expect(receiver.taken.map(\.key) == ["contoso:room.offline:\(account(77))"], "\(receiver.name)")
        }
        let page = try #require(city.receivers[0].taken.first)
        // Twenty minutes from the first bad answer, and then the wait for siblings.
        #expect((4800...4850).contains(page.at.seconds), "\(page.at)")
        #expect(String(decoding: page.body, as: UTF8.self).contains(#""cause":"did_not_return""#))
        for room in 1...500 {
            let rules = try city.suppressions(of: room).map(\.suppression.rule)
            #expect(rules == ["window:nightly"], "room \(room)")
        }
    }

    /// For each way to be quiet: nobody hears, a row names the rule and the instant, and explain gives it.
    @Test(arguments: ["window:works (01JWORKS)", "silence:01JQUIET", "room.flapping"])
    func everySilenceHasAReasonThatExplainGives(rule: String) throws {
        let city = try Self.city([("B1", 20)], atHour: 9)
        var begins = 20.0
        switch rule {
        case "silence:01JQUIET": try city.silence(for: 3600)
        case "room.flapping":
            for outage in 0..<3 { city.darken(1, from: 20 + 300 * Double(outage), until: 110 + 300 * Double(outage)) }
            begins = 920
        default: try city.plan(for: 3600)
        }
        city.live(until: begins - 5, step: 5)
        let before = city.receivers.map(\.taken.count)
        city.darken(1, from: begins)
        city.live(until: begins + 60)
        #expect(city.receivers.map(\.taken.count) == before)
        let rows = try city.suppressions(of: 1)
        let newest = try #require(rows.max { $0.at < $1.at })
        #expect(newest.suppression.rule == rule)
        let fired = ManualTime.start.wall.addingTimeInterval(3600 + begins + 10)
        #expect(abs(newest.at.timeIntervalSince(fired)) <= 2)
        let explanation = try city.stage.explain("Room 1")
        let given = try #require(explanation.suppressions.first)
        #expect(given.rule == rule)
        #expect(given.at == Timestamp(newest.at))
        #expect(explanation.quiet.contains { $0.rule == rule })
        #expect(explanation.answer.contains { $0.contains(given.sentence) }, "\(explanation.answer)")
        #expect(try city.unexplained() == [])
    }

    /// An acknowledged building gains a room: the update is kept back, and its row says by whom.
    @Test func whatAnAcknowledgementKeepsBackHasAReason() throws {
        let city = try Self.city([("B1", 50)], atHour: 9)
        city.darken(Array(1...40), from: 20, over: 20)
        city.live(until: 150)
        city.acknowledge(DedupKey(tenant: contoso, condition: .buildingOffline, subject: .building("B1")))
        city.live(until: 160)
        let before = city.receivers.map(\.taken.count)
        city.darken(41, from: 165)
        city.live(until: 300)
        #expect(city.receivers.map(\.taken.count) == before)
        let explanation = try city.stage.explain("Room 41")
        #expect(explanation.suppressions.contains { $0.kind == "acknowledged" && $0.rule == "acknowledged:desk" })
        #expect(try city.unexplained() == [])
    }

    /// The penalty table, as far as receivers can see it: which outage makes the room's flapping ring.
    @Test(arguments: [(5.0, 3), (10, 4), (20, 6), (24, 0)])
    func aFlappingRoomRingsOnceByTheTable(minutes: Double, firing: Int) throws {
        let city = try Self.city([("B1", 20)], atHour: 8)
        let outages = firing > 0 ? firing + 1 : 8
        for outage in 0..<outages {
            let begins = 20 + 60 * minutes * Double(outage)
            city.darken(1, from: begins, until: begins + 90)
            city.live(until: begins, step: 30)
            city.live(until: begins + 150, step: 5)
        }
        city.live(until: 20 + 60 * minutes * Double(outages), step: 30)
        let hook = city.receivers[0]
        let rooms = hook.triggers(.roomOffline)
        guard firing > 0 else {
            #expect(hook.triggers(.roomFlapping).isEmpty)
            #expect(rooms.count == outages)
            return
        }
        let rang = hook.triggers(.roomFlapping)
        #expect(rang.count == 1)
        let expected = 20 + 60 * minutes * Double(firing - 1) + 10
        #expect((expected...expected + 5).contains(rang.first?.at.seconds ?? 0))
        #expect(rooms.count == firing - 1, "\(rooms)")
        #expect(try city.unexplained() == [])
        // An outage that lasts is told all the same, once it has lasted for ten minutes.
        let begins = 30 + 60 * minutes * Double(outages)
        city.darken(1, from: begins)
        city.live(until: begins + 590, step: 10)
        #expect(hook.triggers(.roomOffline).count == rooms.count)
        city.live(until: begins + 640, step: 5)
        #expect(hook.triggers(.roomOffline).count == rooms.count + 1)
    }
}
