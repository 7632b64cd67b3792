// A receiver that refuses for good is an incident of its own, and its messages go to the fallback, each once.

import FleetSimulation
import FleetChannels
import FleetCore
import Foundation
import HTTPExchange
import Testing
import Timekeeping

@Suite struct FallbackTests {
    let time = ManualTime()
    let pager: Receiver
    let hook: Receiver
    let stage: Stage

    init() throws {
        pager = Receiver("pager", .pagerDuty, time: time, fallback: "hook")
        hook = Receiver("hook", .webhook, time: time)
        stage = try Stage(receivers: [pager, hook], time: time)
        stage.list(3)
        stage.sweep()
        try stage.deliver(to: pager, hook)
    }

    private func toldOfRooms(_ receiver: Receiver) -> [String] {
        receiver.taken.filter { $0.condition == "room.offline" }.map(\.word)
    }

    private func toldOfChannels(_ receiver: Receiver) -> [String] {
        receiver.taken.filter { $0.condition == "channel.down" }.map(\.word)
    }

    @Test(arguments: [400, 401, 403, 404, 410, 413, nil])
    func aRefusedMessageFailsAndGoesToTheFallbackOnce(status: Int?) throws {
        pager.next(status.map { .status($0) } ?? .fail(.tlsRefused))
        stage.goDown(1)
        stage.run(for: .seconds(300))
        #expect(pager.sent.count == 1, "what is refused is not tried again")
        #expect(toldOfRooms(hook) == ["opened"])
        #expect(toldOfChannels(hook) == ["opened"])
        #expect(try stage.rows(of: 1).map(\.state) == [.failed, .accepted])
        #expect(try stage.rows(of: 1).map(\.rule) == ["routes[0]", "fallback:pager"])
        #expect(try stage.incidents(of: .channelDown).map(\.status) == [.open])
    }

    @Test func aChannelIsUpAgainOnceAMessageIsAccepted() throws {
        pager.next(.status(401))
        stage.goDown(1)
        stage.goDown(2)
        #expect(try stage.incidents(of: .channelDown).map(\.status) == [.resolved])
        #expect(toldOfChannels(hook) == ["opened", "resolved"])
    }

    @Test func theFallbackHearsTheResolveOfWhatItWasTold() throws {
        pager.next(.status(401))
        stage.goDown(1)
        stage.comeBack(1)
        #expect(toldOfRooms(hook) == ["opened", "resolved"])
        #expect(pager.sent.filter { $0.condition == "room.offline" }.count == 1)
    }

    @Test func manyRefusedMessagesAreOneIncidentOfTheChannel() throws {
        pager.answer(.status(403))
        stage.goDown(1, 2, 3)
        stage.run(for: .seconds(60))
        #expect(try stage.incidents(of: .channelDown).count == 1)
        #expect(toldOfRooms(hook).count == 3)
        #expect(toldOfChannels(hook) == ["opened"])
    }

    @Test func aReopeningThatIsRefusedAgainReachesTheFallbackAgain() throws {
        pager.answer(.status(401))
        stage.goDown(1)
        for _ in 1...2 {
            stage.comeBack(1)
            stage.goDown(1)
        }
        #expect(toldOfRooms(hook) == ["opened", "resolved", "reopened", "resolved", "reopened"])
    }

    @Test func aFallbackThatRefusesTooEndsTheChain() throws {
        pager.answer(.status(401))
        hook.answer(.status(410))
        stage.goDown(1)
        stage.run(for: .seconds(600))
        #expect(pager.sent.count { $0.condition == "room.offline" } == 1)
        #expect(hook.sent.count { $0.condition == "room.offline" } == 1)
        #expect(try stage.incidents(of: .channelDown).map(\.scope.id).sorted() == ["hook", "pager"])
    }

    /// A room that was in a call is critical.
    private func goDownCritically() {
        stage.said[1] = Stage.inCall
        stage.sweep()
        stage.goDown(1)
    }

    @Test func aCriticalMessageThatIsLateGoesToTheFallbackAfterAMinuteOnce() throws {
        pager.answer(.status(503))
        goDownCritically()
        let began = time.elapsed
        stage.run(for: .seconds(59))
        #expect(hook.sent.isEmpty)
        stage.run(for: .seconds(1))
        #expect(hook.sent.map(\.at) == [began + .seconds(60)])
        stage.run(for: .seconds(600))
        #expect(hook.sent.map(\.word) == ["opened"])
        #expect(try stage.incidents(of: .channelDown).isEmpty, "a slow receiver is not a dead one")
    }

    @Test func aReceiverThatAsksForPatienceDoesNotDelayTheFallback() throws {
        pager.answer(.status(429, ["Retry-After": "3600"]))
        goDownCritically()
        stage.run(for: .seconds(60))
        #expect(hook.sent.map(\.word) == ["opened"])
    }

    @Test func aCriticalMessageThatIsAcceptedInTimeStaysWithItsReceiver() throws {
        pager.next(.status(503), .status(503), .status(503), .accept)
        goDownCritically()
        stage.run(for: .seconds(600))
        #expect(hook.sent.isEmpty)
    }

    @Test func aMessageOfLowerSeverityWaitsForItsReceiver() throws {
        pager.answer(.status(503))
        stage.goDown(1)
        stage.run(for: .seconds(600))
        #expect(hook.sent.isEmpty)
    }
}

@Suite struct ReturningReceiverTests {
    @Test func aReceiverThatComesBackHearsWhatItRefused() throws {
        let time = ManualTime()
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try Stage(receivers: [hook], time: time)
        stage.list(2)
        try stage.deliver(to: hook)
        hook.next(.status(404))
        stage.sweep()
        stage.goDown(1)
        #expect(try stage.rows(of: 1).map(\.state) == [.failed])
        // The next page is accepted, and with it comes what was refused and is still true.
        stage.goDown(2)
        stage.run(for: .seconds(5))
        let rooms = hook.taken.filter { $0.key.contains("room.offline") }.map(\.key)
        #expect(Set(rooms) == ["contoso:room.offline:\(account(1))", "contoso:room.offline:\(account(2))"])
        #expect(rooms.count == 2)
        stage.comeBack(1, 2)
        stage.run(for: .seconds(5))
        #expect(hook.taken.filter { $0.word == "resolved" && $0.key.contains("room.offline") }.count == 2)
    }
}
