// Who hears of an incident again: reminders, escalation, acknowledgements and what ends them.

import FleetCore
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct RemindingTests {
    let time = ManualTime()
    let hook: Receiver
    let pager: Receiver

    init() {
        hook = Receiver("hook", .webhook, time: time)
        pager = Receiver("pager", .pagerDuty, time: time)
    }

    private func city(rooms: Int = 20) throws -> City {
        try City([("B1", rooms)], receivers: [hook, pager], time: time)
    }

    @Test func remindersWhileNobodyHasAcknowledged() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 60)
        city.live(until: 30 + 3600 * 2.5, step: 30)
        let minutes = hook.taken.filter { $0.word == "updated" }.map { Int(($0.at.seconds - 30) / 60) }
        #expect(minutes == [30, 60, 120])
        #expect(pager.taken(.roomOffline).count == 1, "PagerDuty reminds by itself")
        city.acknowledge(room: 1)
        city.live(until: 30 + 3600 * 5, step: 30)
        #expect(hook.taken(.roomOffline).last?.hasPrefix("acknowledged") == true)
    }

    /// The page waited for siblings, its reminder did not: a start in between must not take the half hour for unfinished.
    @Test func aRestartRemindsNobodyBeforeItsTime() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 60)
        city.live(until: 1900, step: 30)
        #expect(hook.taken(.roomOffline).count == 2, "the page and its first reminder")
        try city.crash()
        city.live(until: 3500, step: 30)
        #expect(hook.taken(.roomOffline).count == 2, "\(hook.taken(.roomOffline))")
        city.live(until: 3700, step: 30)
        #expect(hook.taken(.roomOffline).count == 3, "the second comes after an hour")
    }

    /// A receiver that was away when the page was due is reminded all the same.
    @Test func aReceiverThatWasAwayIsReminded() throws {
        let city = try city()
        hook.answer(.status(503))
        city.darken(1, from: 20)
        city.live(until: 400)
        hook.answer(.accept)
        city.live(until: 2000, step: 30)
        #expect(hook.taken(.roomOffline).count == 2, "\(hook.taken(.roomOffline))")
    }

    @Test func escalationStepsComeOnce() throws {
        let boss = Receiver("boss", .webhook, time: time)
        let steps = [Route.Escalation(after: .seconds(900), receivers: [boss.name])]
        let tree = City.tree([hook], escalations: steps, further: [boss])
        let city = try City([("B1", 20)], receivers: [hook, boss], time: time, tree: tree)
        city.darken(1, from: 20, until: 7000)
        city.live(until: 1000)
        city.live(until: 7100, step: 30)
        #expect(boss.taken(.roomOffline).count == 2, "\(boss.taken(.roomOffline))")
        #expect(boss.taken(.roomOffline).last?.hasPrefix("resolved") == true)
        let first = try #require(boss.taken.first?.at)
        #expect(abs((first - .seconds(930)).seconds) <= 2)
    }

    @Test func nobodyIsRemindedUnderASilenceAndOneRowSaysSo() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 100)
        try city.silence(for: 2 * 3600)
        city.live(until: 1.9 * 3600, step: 60)
        #expect(hook.taken(.roomOffline).count == 1)
        let rows = try city.suppressions(of: 1).filter { $0.event == .reminder }
        #expect(rows.map(\.suppression.rule) == ["silence:01JQUIET"])
        // It ends, and who knows of the room is reminded within a second.
        city.live(until: 2 * 3600 + 98, step: 30)
        #expect(hook.taken(.roomOffline).count == 1)
        city.live(until: 2 * 3600 + 102)
        #expect(hook.taken(.roomOffline).count == 2)
    }

    @Test func aMeetingThatComesNearPagesOnceMore() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 100)
        city.acknowledge(room: 1)
        city.live(until: 120)
        city.book([1], from: 1800, until: 3600)
        city.live(until: 1500)
        #expect(pager.words(.roomOffline) == ["trigger", "acknowledge", "resolve", "trigger"])
        #expect(Set(pager.taken.map(\.key)).count == 1)
        #expect(hook.words(.roomOffline) == ["opened", "acknowledged", "updated"])
        let near = try #require(hook.taken.last).at.seconds
        #expect((900...961).contains(near), "a quarter of an hour before the meeting")
        #expect(try city.stage.incident(of: 1)?.status == .open)
    }

    /// A room that flaps, up at the moment, will fail the meeting that comes near.
    @Test func aFlappingRoomWithAMeetingNearIsAnError() throws {
        let city = try city()
        for outage in 0..<3 { city.darken(1, from: 20 + 300 * Double(outage), until: 110 + 300 * Double(outage)) }
        city.live(until: 800, step: 5)
        #expect(hook.words(.roomFlapping) == ["opened"])
        city.book([1], from: 2400, until: 3600)
        city.live(until: 1490, step: 10)
        #expect(hook.words(.roomFlapping) == ["opened"])
        city.live(until: 1570, step: 5)
        #expect(hook.words(.roomFlapping) == ["opened", "updated"])
        let body = String(decoding: try #require(hook.taken.last).body, as: UTF8.self)
        #expect(body.contains(#""severity":"error""#))
        #expect(body.contains(#""meeting":{"#))
    }

    @Test func anAcknowledgementEndsAfterTwelveHours() throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 100)
        city.acknowledge(room: 1)
        time.stepWall(by: .seconds(3600))
        city.live(until: 100 + 11.9 * 3600, step: 60)
        #expect(try city.stage.incident(of: 1)?.status == .acknowledged)
        let before = hook.taken.count
        city.live(until: 100 + 12.1 * 3600, step: 60)
        #expect(try city.stage.incident(of: 1)?.status == .open)
        #expect(hook.taken.count == before + 1, "and they are reminded")
    }

    @Test func aResolvePassesASilence() throws {
        let city = try city()
        city.darken(1, from: 20, until: 300)
        city.live(until: 100)
        try city.silence(for: 3600)
        city.live(until: 400)
        #expect(hook.words(.roomOffline) == ["opened", "resolved"])
        #expect(pager.words(.roomOffline) == ["trigger", "resolve"])
    }

    @Test func downAgainWithinTenMinutesPages() throws {
        let city = try city()
        city.darken(1, from: 20, until: 200)
        city.darken(1, from: 600)
        city.live(until: 100)
        city.acknowledge(room: 1)
        city.live(until: 700)
        #expect(hook.words(.roomOffline) == ["opened", "acknowledged", "resolved", "reopened"])
        #expect(pager.words(.roomOffline) == ["trigger", "acknowledge", "resolve", "trigger"])
        let incident = try #require(try city.stage.incident(of: 1))
        #expect(incident.reopenedCount == 1)
        #expect(incident.status == .open, "the acknowledgement ended with the resolve")
    }

    /// Down again while a silence hides it: the end of the silence tells.
    @Test func aReopeningUnderASilenceIsToldAtItsEnd() throws {
        let city = try city()
        city.darken(1, from: 20, until: 200)
        city.darken(1, from: 300)
        city.live(until: 100)
        city.acknowledge(room: 1)
        city.live(until: 250)
        try city.silence(for: 600)
        city.live(until: 849)
        #expect(hook.taken(.roomOffline).last?.hasPrefix("resolved") == true)
        city.live(until: 853)
        #expect(hook.taken(.roomOffline).last?.hasPrefix("opened") == true, "\(hook.taken(.roomOffline))")
        #expect(try city.stage.incident(of: 1)?.reopenedCount == 1)
    }

    // MARK: The wall clock

    /// Somebody sets the clock while a page waits for siblings: it is neither late nor early.
    @Test(arguments: [3600.0, -3600])
    func aWallStepMovesNoPage(shift: Double) throws {
        let city = try city()
        city.darken(1, from: 20)
        city.live(until: 35)
        time.stepWall(by: .seconds(shift))
        city.live(until: 60)
        city.live(until: 1700, step: 30)
        #expect(hook.taken(.roomOffline) == ["opened@50"])
        city.live(until: 2000, step: 30)
        #expect(hook.taken(.roomOffline).count == 2, "and the reminder comes after half an hour")
    }

    @Test(arguments: [3600.0, -3600])
    func aWallStepMovesNothingOfADarkBuilding(shift: Double) throws {
        let city = try city(rooms: 50)
        city.darken(Array(1...45), from: 20, over: 30, until: 1500)
        city.live(until: 300)
        let before = hook.taken.count
        time.stepWall(by: .seconds(shift))
        city.live(until: 1490, step: 30)
        #expect(hook.taken.count == before, "\(hook.taken.suffix(3))")
        city.live(until: 1600, step: 5)
        #expect(hook.taken(.buildingOffline).last?.hasPrefix("resolved") == true)
    }
}
