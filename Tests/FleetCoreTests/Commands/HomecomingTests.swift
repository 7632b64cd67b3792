// Our own restarts never page when the room returns, and always when it does not.

@testable import FleetCore
import Testing
import Timekeeping

struct HomecomingTests {
    private func shop(_ rooms: Int = 1, away: Double?, begins: Double = 10) -> Workshop {
        var shop = Workshop([("B1", rooms)])
        shop.graph.away = { _ in away }
        shop.graph.begins = begins
        return shop
    }

    @Test func aRoomThatReturnsIsToldToNobodyAndCostsNoPenalty() throws {
        var shop = shop(away: 300)
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 900)
        #expect(shop.town.pages().isEmpty)
        #expect(shop.town.incidents.isEmpty)
        #expect(shop.town.fleet.flaps.isEmpty)
        let id = try #require(shop.operation(of: 1)?.id)
        #expect(shop.town.suppressions.map(\.suppression.rule) == ["operation:\(id)"])
        #expect(shop.operation(of: 1)?.homecoming.text == "back")
    }

    @Test func aRoomThatDoesNotReturnIsPagedWithWhatWasDone() throws {
        var shop = shop(away: nil)
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 800)
        let page = try #require(shop.town.pages().first)
        let id = try #require(shop.operation(of: 1)?.id)
        #expect(shop.town.pages().count == 1)
        // It left at second 11 and ten minutes are allowed; it was up until the device began ten seconds later.
        #expect(page.second >= 611 && page.second <= 650)
        #expect(page.incident.condition == .roomOffline)
        #expect(page.incident.cause == .didNotReturn)
        #expect(page.incident.severity == .critical, "an error in bookable hours, and one step higher")
        #expect(page.incident.summary.contains("it did not return from operation \(id): restart by ada"))
        #expect(page.incident.evidence.contains { $0.source == "operation" })
        #expect(page.incident.tried.map(\.what) == ["restart"])
        #expect(page.incident.tried.map(\.by) == ["ada"])
        #expect(page.incident.tried.map(\.outcome) == ["missing"])
        #expect(shop.operation(of: 1)?.homecoming.text == "missing")
    }

    @Test func whatARoomDidNotReturnFromIsSaidUntilItDoes() throws {
        var shop = shop(away: 11_100)
        try shop.give(Workshop.order(rooms: [1]))
        let id = try #require(shop.operation(of: 1)?.id)
        func isSaid() -> Bool {
            shop.town.incidents.first.map { $0.cause == .didNotReturn && $0.summary.contains("\(id)") } ?? false
        }
        shop.live(until: 3 * 3600)
        #expect(isSaid())
        shop.town = shop.town.restarted(after: 5)
        shop.live(until: 11_000)
        #expect(isSaid(), "a start knows as much")
        #expect(shop.town.pages().filter { $0.incident.condition == .roomOffline }.count == 1)
        shop.live(until: 5 * 3600)
        #expect(shop.town.incidents.allSatisfy { $0.status == .resolved || $0.condition == .commandFailed })
        #expect(shop.town.fleet.commandBook.operations.isEmpty, "then it is forgotten")
    }

    @Test func anUpdateHasItsFortyFiveMinutesAndMayRestartTwice() throws {
        var rules = CommandRules()
        rules.updateIn = .always
        var shop = Workshop([("B1", 1)], rules: rules)
        shop.graph.away = { _ in 600 }
        try shop.give(Workshop.order(.updateSoftware(.teamsClient, version: nil), rooms: [1]))
        // The second restart comes a minute after Graph called the update done.
        shop.town.darken(1, from: 700, until: 1100)
        shop.live(until: 1400)
        #expect(shop.town.pages().isEmpty)
        #expect(shop.town.fleet.flaps.isEmpty)
        #expect(shop.operation(of: 1)?.homecoming.text == "back")
    }

    @Test func aRoomThatFallsAgainRightAfterItsUpdateAndStaysIsPaged() throws {
        var rules = CommandRules()
        rules.updateIn = .always
        var shop = Workshop([("B1", 1)], rules: rules)
        shop.graph.away = { _ in 600 }
        try shop.give(Workshop.order(.updateSoftware(.teamsClient, version: nil), rooms: [1]))
        shop.town.darken(1, from: 700)
        shop.live(until: 1100)
        #expect(shop.town.pages().isEmpty, "it may be the second restart")
        shop.live(until: 1400)
        #expect(shop.town.pages().map(\.incident.cause) == [.didNotReturn])
        #expect(shop.operation(of: 1)?.homecoming.text == "missing")
    }

    @Test func anUpdateThatIsDoneExcusesNothingForTheRestOfTheHour() throws {
        var rules = CommandRules()
        rules.updateIn = .always
        var shop = Workshop([("B1", 1)], rules: rules)
        shop.graph.away = { _ in 120 }
        try shop.give(Workshop.order(.updateSoftware(.teamsClient, version: nil), rooms: [1]))
        shop.live(until: 1200)
        #expect(shop.operation(of: 1)?.homecoming.text == "back")
        shop.town.darken(1, from: 1200)
        shop.live(until: 1300)
        #expect(shop.town.pages().count == 1)
        #expect(shop.town.pages().first?.incident.cause != .didNotReturn)
    }

    @Test func aRoomThatWasDownBeforeIsNotExcusedByARestart() throws {
        var shop = shop(2, away: 60)
        shop.town.darken(1, from: 20)
        shop.live(until: 60)
        #expect(shop.town.pages().map(\.incident.cause) == [.unknown])
        shop.live(until: 400)
        shop.town.readDevices(of: [1], isOffline: false)
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 1200)
        #expect(shop.town.pages().count == 1, "it stays paged as it was")
        let incident = try #require(shop.town.incidents.first)
        #expect(incident.status == .open)
        #expect(incident.cause != .didNotReturn)
        #expect(incident.tried.map(\.outcome) == ["missing"], "whoever works on it sees that a restart did not help")
    }

    @Test func whatWasTriedHoursAgoStaysOnThePage() throws {
        var shop = shop(2, away: 60)
        shop.town.darken(1, from: 20)
        shop.live(until: 400)
        for second in [400.0, 5400] {
            shop.live(until: second)
            shop.town.readDevices(of: [1], isOffline: false)
            try shop.give(Workshop.order(rooms: [1]))
        }
        shop.live(until: 6200)
        #expect(shop.town.incidents.first?.tried.map(\.outcome) == ["missing", "missing"])
    }

    @Test func aRestartThatRepairsEndsTheIncidentAndIsBack() throws {
        var shop = shop(2, away: 60)
        shop.town.darken(1, from: 20, until: 500)
        shop.live(until: 400)
        shop.town.readDevices(of: [1], isOffline: false)
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 700)
        #expect(shop.town.told(.roomOffline).map { $0.split(separator: " ")[1] } == ["opened", "resolved"])
        #expect(shop.operation(of: 1)?.homecoming.text == "back")
    }

    @Test(arguments: [DeviceGraph.Manner.losesAnswer, .losesRequest])
    func aRequestWithoutAnAnswerExcusesAsWell(manner: DeviceGraph.Manner) throws {
        var shop = shop(away: 300)
        shop.graph.manner = { _ in manner }
        shop.graph.isDark = true
        try shop.give(Workshop.order(rooms: [1]))
        // The request is lost, and somebody restarts the room by hand at that time: it may well have been ours.
        if manner == .losesRequest { shop.town.darken(1, from: 30, until: 300) }
        shop.live(until: 500)
        #expect(shop.operation(of: 1)?.state.word == "unconfirmed")
        #expect(shop.town.pages().isEmpty)
        shop.graph.isDark = false
        shop.live(until: 800)
        #expect(shop.operation(of: 1)?.state.word == (manner == .losesAnswer ? "succeeded" : "unknown"))
        #expect(shop.graph.requests == 1)
    }

    @Test(arguments: [DeviceGraph.Manner.refuses, .conflicts, .throttles])
    func whatNeverRanExcusesNothing(manner: DeviceGraph.Manner) throws {
        var shop = shop(away: 60)
        shop.graph.manner = { _ in manner }
        try shop.give(Workshop.order(rooms: [1]))
        shop.town.darken(1, from: 15)
        shop.live(until: 100)
        #expect(shop.town.pages(.roomOffline).map(\.incident.cause) == [.unknown])
    }

    @Test func aRestartOfTheDaemonKeepsTheAbsenceAndItsEnd() throws {
        for back in [300.0, nil] {
            var shop = shop(away: back)
            try shop.give(Workshop.order(rooms: [1]))
            shop.live(until: 100)
            shop.town = shop.town.restarted(after: 5)
            shop.live(until: 500)
            #expect(shop.town.pages().isEmpty)
            shop.town = shop.town.restarted(after: 5)
            shop.live(until: 800)
            #expect(shop.town.pages().map(\.incident.cause) == (back == nil ? [.didNotReturn] : []))
            #expect(shop.operation(of: 1)?.homecoming.text == (back == nil ? "missing" : "back"))
            #expect(shop.graph.received == ["device-1-0": 1])
        }
    }

    @Test(arguments: [-3600.0, 3600]) func aStepOfTheWallClockMovesNoEnd(shift: Double) throws {
        for back in [300.0, nil] {
            var shop = shop(away: back)
            try shop.give(Workshop.order(rooms: [1]))
            shop.live(until: 100)
            shop.town.wallShift = shift
            shop.live(until: 600)
            #expect(shop.town.pages().isEmpty)
            shop.live(until: 800)
            #expect(shop.town.pages().count == (back == nil ? 1 : 0))
        }
    }

    @Test func aDeviceThatBeginsLateIsStillOurs() throws {
        // It answers for a quarter of an hour that it will, with the room up, and then goes.
        var shop = shop(away: 200, begins: 900)
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 1500)
        #expect(shop.town.pages().isEmpty)
        #expect(shop.operation(of: 1)?.homecoming.text == "back")
        var other = Workshop([("B1", 1)])
        other.graph.begins = 900
        other.graph.stuck = [1]
        try other.give(Workshop.order(rooms: [1]))
        other.town.darken(1, from: 60)
        other.live(until: 800)
        #expect(other.town.pages().count == 1, "one that is dark has no more time than any other")
    }

    @Test func othersCanAskWhetherAnAbsenceIsExpected() throws {
        var shop = shop(2, away: 60)
        #expect(shop.town.fleet.expectedAbsence(of: account(1), at: shop.town.now) == nil)
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 20)
        let absence = try #require(shop.town.fleet.expectedAbsence(of: account(1), at: shop.town.now))
        #expect(absence.reason == "restart by ada")
        #expect(shop.town.fleet.expectedAbsence(of: account(2), at: shop.town.now) == nil)
        shop.live(until: 700)
        #expect(shop.town.fleet.expectedAbsence(of: account(1), at: shop.town.now) == nil)
        var nightly = Workshop([("B1", 1)], site: SiteRules())
        nightly.town = Town([("B1", 1)], site: SiteRules(), beginsAt: 18.5 * 3600)
        #expect(nightly.town.fleet.expectedAbsence(of: account(1), at: nightly.town.now)?.source == .window("nightly"))
    }

    @Test func aRoomThatLeavesTheListIsNotWaitedFor() throws {
        var shop = shop(3, away: nil)
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 100)
        for _ in 0..<2 {
            let reading = inventory(
                [2, 3].map { record($0) }, devices: [2, 3].flatMap { devices(of: $0, kinds: [.teamsRoom]) },
                at: shop.town.now)
            shop.town.take(
                shop.town.fleet.accept(reading, scope: InventoryScope(), decided: shop.town.now).decision)
            shop.live(until: shop.town.second + 5)
        }
        #expect(shop.town.fleet.index[account(1)] == nil)
        shop.live(until: shop.town.second + 5)
        #expect(shop.operation(of: 1)?.homecoming.text == "not_awaited")
    }
}
