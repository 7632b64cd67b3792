// Commands in a town that lives: what leaves when, what is written of it, and when it ends.

@testable import FleetCore
import Testing
import Timekeeping

struct CommandStoryTests {
    @Test func aRestartLeavesATrailAndARoomThatIsBack() throws {
        var shop = Workshop([("B1", 2)])
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 300)
        #expect(
            shop.steps(of: 1) == [
                "waiting", "submitting", "accepted", "accepted: queued", "accepted: running", "back", "succeeded",
            ])
        #expect(shop.town.fleet.commandBook.open.isEmpty)
        #expect(shop.operation(of: 1)?.submittedAt != nil && shop.operation(of: 1)?.graphID == "op-1")
    }

    @Test func noTwoCommandsAreOpenInOneRoom() throws {
        var shop = Workshop([("B1", 1)])
        try shop.give(Workshop.order(rooms: [1]))
        let second = try Workshop.order(.runDiagnostics, rooms: [1], isForced: true, mayForce: true, reason: "now")
        func refusal() -> String? {
            do throws(CommandProblem) {
                _ = try shop.town.fleet.accept(second, at: shop.town.now)
                return nil
            } catch { return error.description }
        }
        #expect(refusal()?.contains("a restart by ada is not over (it is waiting, operation ") ?? false)
        shop.live(until: 60)
        #expect(refusal()?.contains("a restart by ada is not over (it is accepted, operation ") ?? false)
        shop.live(until: 300)
        #expect(refusal() == nil)
    }

    @Test func theBudgetOfABuildingIsKeptAtEveryMoment() throws {
        var rules = CommandRules()
        rules.perBuilding = 2
        var shop = Workshop([("B1", 7), ("B2", 3)], rules: rules)
        try shop.give(Workshop.order(matching: "tenant=contoso"))
        var most: [String: Int] = [:]
        while shop.town.second < 3000, !shop.town.fleet.commandBook.open.isEmpty {
            shop.live(until: shop.town.second + 1)
            for building in ["B1", "B2"] {
                let away = shop.town.fleet.commandBook.open.count { operation in
                    operation.mayBeAway && shop.town.fleet.room(of: operation.room)?.building == building
                }
                most[building] = max(most[building] ?? 0, away)
            }
        }
        #expect(most == ["B1": 2, "B2": 2])
        #expect(shop.graph.received.count == 10)
        #expect(shop.operations.allSatisfy { $0.homecoming.text == "back" })
    }

    @Test func theBudgetOfAnHourIsKeptOverARestart() throws {
        var rules = CommandRules()
        rules.perHour = 3
        var shop = Workshop([("B1", 5)], rules: rules)
        try shop.give(Workshop.order(.runDiagnostics, matching: "building=B1"))
        shop.live(until: 600)
        #expect(shop.graph.received.count == 3)
        shop.town = shop.town.restarted(after: 30)
        shop.live(until: 3500)
        #expect(shop.graph.received.count == 3)
        shop.live(until: 3700)
        #expect(shop.graph.received.count == 5)
        #expect(
            shop.steps(of: 5).prefix(2) == [
                "waiting: the budget of 3 commands an hour is used up", "submitting",
            ])
    }

    @Test func aPatientCommandWaitsForTheMeetingToEnd() throws {
        var shop = Workshop([("B1", 1)])
        shop.bookings = [1: 0...1200]
        shop.readCalendars()
        try shop.give(Workshop.order(rooms: [1], wait: .seconds(3600)))
        shop.live(until: 1199)
        #expect(shop.graph.received.isEmpty)
        shop.live(until: 1260)
        #expect(shop.graph.received.count == 1)
        #expect(shop.steps(of: 1).prefix(2) == ["waiting: a meeting is running until 08:20", "submitting"])
    }

    @Test func whatWaitsTooLongIsWithdrawnWithItsReason() throws {
        var shop = Workshop([("B1", 1)])
        shop.bookings = [1: 0...36000]
        shop.readCalendars()
        try shop.give(Workshop.order(rooms: [1], wait: .seconds(1800)))
        // The wall clock is set by hours in between, which moves nothing.
        shop.live(until: 600)
        shop.town.wallShift = 6 * 3600
        shop.live(until: 1700)
        #expect(shop.operation(of: 1)?.state.word == "waiting")
        shop.town.wallShift = 0
        shop.live(until: 1830)
        #expect(
            shop.steps(of: 1).last == "withdrawn: it waited until its time was over: a meeting is running until 18:00")
    }

    @Test func aRoomThatFillsWhileItWaitsForTheBudgetIsWithdrawn() throws {
        var rules = CommandRules()
        rules.perBuilding = 1
        var shop = Workshop([("B1", 2)], rules: rules)
        try shop.give(Workshop.order(matching: "building=B1"))
        shop.bookings = [2: 60...7200]
        shop.live(until: 20)
        shop.readCalendars()
        shop.live(until: 400)
        #expect(shop.graph.received == ["device-1-0": 1])
        #expect(shop.steps(of: 2).last == "withdrawn: a meeting is running until 10:00")
    }

    @Test func whoTakesACommandBackTakesBackWhatHasNotLeft() throws {
        var rules = CommandRules()
        rules.perBuilding = 1
        var shop = Workshop([("B1", 3)], rules: rules)
        let command = try shop.give(Workshop.order(matching: "building=B1"))
        shop.live(until: 15)
        let taken = shop.town.fleet.withdraw(command: command.id, by: "grace", at: shop.town.now)
        let decision = try #require(taken)
        shop.town.take(decision)
        #expect(decision.commands.steps.map(\.detail) == ["taken back by grace", "taken back by grace"])
        shop.live(until: 600)
        #expect(shop.graph.received.count == 1)
        #expect(shop.town.fleet.withdraw(command: command.id, by: "grace", at: shop.town.now) == nil)
    }

    @Test func whatGraphRunsAlreadyHoldsOursBack() throws {
        var shop = Workshop([("B1", 1)])
        let command = try shop.give(Workshop.order(rooms: [1]))
        let operation = try #require(shop.town.fleet.commandBook.operations(of: command.id).first)
        let theirs = [Ops.listed("theirs", .running, kind: .other)]
        #expect(shop.town.fleet.begin(operation.id, knowing: theirs, at: shop.town.now) == nil)
        let held = shop.town.fleet.hold(operation.id, knowing: theirs, at: shop.town.now)
        #expect(
            held.commands.steps.map(\.detail) == [
                "Graph lists an operation of the device that is not over (word, theirs)"
            ])
        #expect(shop.town.fleet.releasable(limit: 9, at: shop.town.now).ready.isEmpty, "it is held for a minute")
        let later = shop.town.now.advanced(by: .seconds(60))
        #expect(shop.town.fleet.releasable(limit: 9, at: later).ready.map(\.id) == [operation.id])
        #expect(shop.town.fleet.begin(operation.id, knowing: [Ops.listed("theirs", .succeeded)], at: later) != nil)
        #expect(shop.town.fleet.begin(operation.id, knowing: [], at: later) == nil, "it has left")
    }

    @Test func commandsThatAreOffHoldWhatWaits() throws {
        var shop = Workshop([("B1", 1)])
        try shop.give(Workshop.order(rooms: [1]))
        shop.town.fleet.setCommands(available: false, why: "Microsoft retired them")
        shop.live(until: 100)
        #expect(shop.graph.received.isEmpty)
        #expect(shop.steps(of: 1) == ["waiting", "waiting: Microsoft retired them"])
        shop.town.fleet.setCommands(available: true, why: nil)
        shop.live(until: 200)
        #expect(shop.graph.received.count == 1)
    }

    @Test func anAnswerThatNothingWasDoneIsAskedAgain() throws {
        var shop = Workshop([("B1", 1)])
        shop.graph.manner = { $0 == 1 ? .throttles : .takes }
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 28)
        #expect(shop.graph.requests == 1)
        #expect(shop.operation(of: 1)?.submittedAt == nil)
        shop.live(until: 40)
        #expect(shop.graph.requests == 2)
        #expect(shop.graph.received == ["device-1-0": 1])
    }

    @Test func aQueueThatNeverMovesEndsAsUnknownWithAReason() throws {
        var shop = Workshop([("B1", 1)])
        shop.graph.stuck = [1]
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: 1900)
        #expect(
            shop.steps(of: 1).last
                == "unknown: Graph still says queued after 30 min; a device that is off the air keeps it and runs it when "
                + "it returns, and there is no way to take it back")
        // The room never went, and is looked at until it need not go any more.
        shop.live(until: 2600)
        #expect(shop.town.fleet.commandBook.open.isEmpty)
    }

    @Test func whatIsOverIsForgottenAfterAnHour() throws {
        var shop = Workshop([("B1", 1)])
        let command = try shop.give(Workshop.order(rooms: [1]))
        #expect(shop.town.fleet.estimatedEnd(of: command.id, at: shop.town.now) != nil)
        shop.live(until: 400)
        #expect(shop.town.fleet.estimatedEnd(of: command.id, at: shop.town.now) == nil)
        #expect(shop.town.fleet.commandBook.operations.count == 1)
        shop.live(until: 400 + 3600 + 600)
        #expect(shop.town.fleet.commandBook.operations.isEmpty)
        #expect(shop.town.fleet.commandBook.commands.isEmpty)
    }
}
