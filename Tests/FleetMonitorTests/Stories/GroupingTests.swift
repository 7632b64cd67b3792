// How long a page waits for siblings, and what makes it go at once. A room that falls at a second divisible by five is
// believed to be down ten seconds later.

import FleetCore
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct GroupingTests {
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

    @Test func aRoomWaitsTwentySecondsForSiblings() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 120)
        #expect(hook.taken(.roomOffline) == ["opened@50"])
        #expect(pager.taken(.roomOffline) == ["trigger@50"])
    }

    /// Believed at 30, 40, 50 and 60: each sibling finds the first page still waiting, which waits a minute at most.
    @Test(arguments: [(20.0, 80), (45, 90)])
    func eachSiblingAddsTenSecondsUpToSixty(wait: Double, first: Int) throws {
        let city = try city(tree: City.tree([hook, pager], wait: .seconds(wait)))
        for (place, room) in [1, 2, 3, 4].enumerated() { city.darken(room, from: 20 + 10 * Double(place)) }
        city.live(until: 200)
        #expect(hook.taken(.roomOffline).first == "opened@\(first)")
        #expect(hook.taken(.roomOffline).count == 4)
        let last = hook.taken(.roomOffline).compactMap { Int($0.dropFirst(7)) }
        #expect(last.allSatisfy { $0 <= 60 + 60 })
    }

    @Test func aBookedRoomDoesNotWait() throws {
        let city = try city()
        city.book([1], from: 600, until: 3600)
        city.darken(1, from: 20)
        city.live(until: 60)
        #expect(hook.taken(.roomOffline) == ["opened@30"])
    }

    @Test func afterTwoEarlyPagesTheRestWaitTheWholeTime() throws {
        let city = try city()
        city.book([1, 2, 3], from: 600, until: 3600)
        for (place, room) in [1, 2, 3].enumerated() { city.darken(room, from: 20 + 20 * Double(place)) }
        city.live(until: 200)
        #expect(hook.taken(.roomOffline) == ["opened@30", "opened@50", "opened@130"])
    }

    @Test func withoutAGroupingWaitNobodyWaits() throws {
        let city = try city(tree: City.tree([hook, pager], wait: .zero))
        for (place, room) in [1, 2, 3, 4].enumerated() { city.darken(room, from: 20 + 5 * Double(place)) }
        city.live(until: 100)
        #expect(hook.taken(.roomOffline) == ["opened@30", "opened@35", "opened@40", "opened@45"])
    }

    /// The calendar is read while the page waits, and the meeting is near: one page, now, and it says critical.
    @Test(arguments: [false, true])
    func aMeetingThatIsFoundShortensTheWait(crashes: Bool) throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 34)
        if crashes { try city.crash(after: .seconds(1)) }
        city.book([1], from: 600, until: 3600)
        city.live(until: 200)
        for receiver in [hook, pager] {
            let pages = receiver.taken.filter { $0.condition == "room.offline" }
            #expect(pages.count == 1, "\(receiver.taken(.roomOffline))")
            // A daemon that has just begun says nothing before its first sweeps have shown what is still true.
            let latest: Duration = crashes ? .seconds(34 + 1 + 21) : .seconds(36)
            #expect(try #require(pages.first).at <= latest, "\(receiver.taken(.roomOffline))")
            let body = String(decoding: try #require(pages.first).body, as: UTF8.self)
            #expect(body.contains(#""severity":"critical""#))
            #expect(body.contains("meeting starts in 10 min"))
        }
        #expect(try city.stage.rows(of: 1).map(\.state).filter { $0 == .withdrawn }.count == 2)
    }

    /// With a suspected sibling the building may be falling: the wait goes on, and the page says the newer severity.
    @Test func aMeetingThatIsFoundBesideASuspectWaits() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.darken(2, from: 30, until: 38)
        city.live(until: 34)
        city.book([1], from: 600, until: 3600)
        city.live(until: 200)
        #expect(hook.taken(.roomOffline) == ["opened@50"])
        let body = String(decoding: try #require(hook.taken.first).body, as: UTF8.self)
        #expect(body.contains(#""severity":"critical""#))
    }

    /// Killed while the page waits: it goes out once, under its key.
    @Test func killedBetweenGroupingAndSending() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 40)
        #expect(hook.taken.isEmpty)
        try city.crash(after: .seconds(3))
        city.live(until: 300)
        for receiver in [hook, pager] {
            #expect(receiver.taken.map(\.key) == ["contoso:room.offline:\(account(1))"], "\(receiver.name)")
        }
    }
}
