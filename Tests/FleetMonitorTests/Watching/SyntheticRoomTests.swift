// The synthetic room goes the way of every page: judged, committed, planned, delivered. Here it is lost on purpose too.

import FleetChannels
import FleetCore
import FleetStore
import Synchronization
import Testing
import Timekeeping

@testable import FleetMonitor

struct SyntheticRoomTests {
    private let time = ManualTime()

    /// What a round said; `nil` while it goes on.
    private final class Verdict: Sendable {
        private let said = Mutex<String?>(nil)
        var text: String? { said.withLock { $0 } }
        func take(_ trouble: String?) { said.withLock { $0 = trouble ?? "through" } }
    }

    private func round(isDelivered: Bool) throws -> (verdict: String?, hook: Receiver, stage: Stage) {
        let hook = Receiver("hook", .webhook, time: time)
        var tree = Stage.tree([hook], routed: [hook.name])
        tree.receivers[LoopbackChannel.profile.name] = LoopbackChannel.profile
        tree.probe = RoutingTree.Probe(room: Room.synthetic.account, receiver: LoopbackChannel.profile)
        let stage = try Stage(receivers: [hook], time: time, tree: tree)
        try stage.deliver(to: hook)
        let loopback = LoopbackChannel()
        if isDelivered {
            let loop = DeliveryLoop(
                channel: loopback, ledger: stage.ledger, time: time, progress: stage.progress, drain: stage.drain)
            stage.start { await loop.run() }
        }
        let room = SyntheticRoom(
            ledger: stage.ledger, channel: loopback, progress: stage.progress, time: time, log: stage.journal.logger())
        let verdict = Verdict()
        stage.start { verdict.take(await room.round()) }
        stage.run(for: .seconds(240))
        return (verdict.text, hook, stage)
    }

    @Test func itsPageAndItsResolveReachTheLoopbackAndNobodyElse() throws {
        let (verdict, hook, stage) = try round(isDelivered: true)
        #expect(verdict == "through")
        #expect(hook.sent.isEmpty)
        let incident = try #require(try stage.incidents(of: .roomOffline).first)
        #expect(incident.key.text == "roomwatch:room.offline:synthetic")
        #expect(incident.status == .resolved)
    }

    @Test func aPageThatIsNotDeliveredIsNoticed() throws {
        let (verdict, hook, _) = try round(isDelivered: false)
        #expect(verdict == "its page was not delivered within 90 s")
        #expect(hook.sent.isEmpty)
    }
}
