// When people hear of a room, hear of it again, and do not hear of it.

import FleetCore
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct TellingTests {
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

    // MARK: Grouping. A room that falls at a second divisible by five is believed to be down ten seconds later.

    @Test func aRoomWaitsTwentySecondsForSiblings() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 120)
        #expect(hook.taken(.roomOffline) == ["opened@50"])
        #expect(pager.taken(.roomOffline) == ["trigger@50"])
    }

    @Test func eachSiblingAddsTenSecondsUpToSixty() throws {
        let city = try city()
        for (place, room) in [1, 2, 3, 4].enumerated() { city.darken(room, from: 20 + 15 * Double(place)) }
        city.live(until: 300)
        // 30 + 20, and ten more at 45 and, still waiting at 60, at 60 and so on; never past 90.
        #expect(hook.taken(.roomOffline).first == "opened@70")
        #expect(hook.taken(.roomOffline).count == 4)
        let last = hook.taken(.roomOffline).compactMap { Int($0.dropFirst(7)) }
        #expect(last.allSatisfy { $0 <= 75 + 60 })
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

    // MARK: Reminders

    @Test func remindersWhileNobodyHasAcknowledged() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 30 + 3600 * 2.5)
        let updates = hook.taken(.roomOffline).dropFirst()
        #expect(
            updates.map { Int($0.split(separator: "@")[1]) ?? 0 }.map { ($0 - 30) / 60 } == [30, 60, 120], "\(updates)")
        #expect(pager.taken(.roomOffline).count == 1, "PagerDuty reminds by itself")
        city.acknowledge(room: 1)
        city.live(until: 30 + 3600 * 5)
        #expect(hook.taken(.roomOffline).last?.hasPrefix("acknowledged") == true)
    }

    /// A receiver that was away when the page was due is reminded all the same.
    @Test func aReceiverThatWasAwayIsReminded() throws {
        let city = try city()
        hook.answer(.status(503))
        city.darken(1, from: 20)
        city.live(until: 400)
        hook.answer(.accept)
        city.live(until: 2000)
        #expect(hook.taken(.roomOffline).count == 2, "\(hook.taken(.roomOffline))")
    }

    @Test func escalationStepsComeOnce() throws {
        let boss = Receiver("boss", .webhook, time: time)
        let steps = [Route.Escalation(after: .seconds(900), receivers: [boss.name])]
        let tree = City.tree([hook], escalations: steps, further: [boss])
        let city = try City([("B1", 50)], receivers: [hook, boss], time: time, tree: tree)
        city.darken(1, from: 20, until: 7000)
        city.live(until: 7100)
        #expect(boss.taken(.roomOffline).count == 2, "\(boss.taken(.roomOffline))")
        #expect(boss.taken(.roomOffline).last?.hasPrefix("resolved") == true)
        let first = try #require(boss.taken.first?.at)
        #expect(abs((first - .seconds(930)).seconds) <= 2)
    }

    @Test func nobodyIsRemindedUnderASilenceAndOneRowSaysSo() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 100)
        city.adopt(QuietRules(silences: [try silence(until: 3 * 3600, at: time.now())]))
        city.live(until: 2.5 * 3600)
        #expect(hook.taken(.roomOffline).count == 1)
        let rows = try suppressions(city).filter { $0.event == .reminder }
        #expect(rows.count == 1)
        #expect(rows.first?.suppression.rule == "silence:01JQUIET")
        // It ends, and who knows of the room is reminded within a second.
        city.live(until: 3 * 3600 + 102)
        #expect(hook.taken(.roomOffline).count == 2)
    }

    private func silence(until seconds: Double, at now: Moment) throws -> Silence {
        try Silence(
            id: UniqueID(stored: "01JQUIET"), matchers: try Matchers(parsing: "building=B1"), author: "desk",
            reason: "painting", endsAt: now.wall.addingTimeInterval(seconds), createdAt: now)
    }

    private func suppressions(_ city: City) throws -> [SuppressedNotification] {
        let key = DedupKey(tenant: contoso, condition: .roomOffline, subject: .room(account(1)))
        return try city.stage.store.suppressions(key: key, since: .distantPast)
    }

    // MARK: Acknowledgements

    @Test func aMeetingThatComesNearPagesOnceMore() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 100)
        city.acknowledge(room: 1)
        city.live(until: 120)
        city.book([1], from: 1800, until: 3600)
        city.live(until: 1500)
        #expect(
            pager.taken(.roomOffline).map { String($0.prefix { $0 != "@" }) } == [
                "trigger", "acknowledge", "resolve", "trigger",
            ])
        #expect(Set(pager.taken.map(\.key)).count == 1)
        #expect(
            hook.taken(.roomOffline).map { String($0.prefix { $0 != "@" }) } == ["opened", "acknowledged", "updated"])
        #expect(try city.stage.incident(of: 1)?.status == .open)
    }

    @Test func anAcknowledgementEndsAfterTwelveHours() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 100)
        city.acknowledge(room: 1)
        time.setWall(by: 3600)
        city.live(until: 100 + 11.9 * 3600)
        #expect(try city.stage.incident(of: 1)?.status == .acknowledged)
        let before = hook.taken.count
        city.live(until: 100 + 12.1 * 3600)
        #expect(try city.stage.incident(of: 1)?.status == .open)
        #expect(hook.taken.count == before + 1, "and they are reminded")
    }

    @Test func aResolvePassesASilence() throws {
        let city = try city()
        city.darken(1, from: 20, until: 300)
        city.live(until: 100)
        city.adopt(QuietRules(silences: [try silence(until: 3600, at: time.now())]))
        city.live(until: 400)
        #expect(hook.taken(.roomOffline).map { String($0.prefix { $0 != "@" }) } == ["opened", "resolved"])
    }

    /// Down again while a silence hides it: the acknowledgement ended with the resolve, and the end of the silence tells.
    @Test func aReopeningUnderASilenceIsToldAtItsEnd() throws {
        let city = try city()
        city.darken(1, from: 20, until: 200)
        city.darken(1, from: 300)
        city.live(until: 100)
        city.acknowledge(room: 1)
        city.live(until: 250)
        city.adopt(QuietRules(silences: [try silence(until: 600, at: time.now())]))
        city.live(until: 849)
        #expect(hook.taken(.roomOffline).last?.hasPrefix("resolved") == true)
        city.live(until: 853)
        #expect(hook.taken(.roomOffline).last?.hasPrefix("opened") == true, "\(hook.taken(.roomOffline))")
        #expect(try city.stage.incident(of: 1)?.reopenedCount == 1)
    }

    @Test func downAgainWithinTenMinutesPages() throws {
        let city = try city()
        city.darken(1, from: 20, until: 200)
        city.darken(1, from: 600)
        city.live(until: 700)
        #expect(hook.taken(.roomOffline).map { String($0.prefix { $0 != "@" }) } == ["opened", "resolved", "reopened"])
    }

    // MARK: The wall clock

    /// Somebody sets the clock while a page waits for siblings: it is neither late nor early.
    @Test(arguments: [3600.0, -3600])
    func aWallStepMovesNoPage(shift: Double) throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 35)
        time.setWall(by: shift)
        city.live(until: 1700)
        #expect(hook.taken(.roomOffline) == ["opened@50"])
        city.live(until: 2000)
        #expect(hook.taken(.roomOffline).count == 2, "and the reminder comes after half an hour")
    }

    @Test(arguments: [3600.0, -3600])
    func aWallStepMovesNothingOfADarkBuilding(shift: Double) throws {
        let city = try city()
        city.darken(Array(1...45), from: 20, over: 30, until: 1500)
        city.live(until: 300)
        let before = hook.taken.count
        time.setWall(by: shift)
        city.live(until: 1490)
        #expect(hook.taken.count == before, "\(hook.taken.suffix(3))")
        city.live(until: 1600)
        #expect(hook.taken(.buildingOffline).last?.hasPrefix("resolved") == true)
    }
}
