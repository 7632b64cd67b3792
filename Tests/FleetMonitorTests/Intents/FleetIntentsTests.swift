// The fleet as people see it: counted truly, paged without gaps or repetition, and bounded by the asker's tenant.

import FleetAPI
import FleetCore
@testable import FleetMonitor
import FleetSimulation
import FleetStore
import Foundation
import Synchronization
import Testing
import Timekeeping

@Suite struct FleetIntentsTests {
    private static func stage(rooms: Int) throws -> (Stage, Receiver) {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time)
        let stage = try Stage(receivers: [oncall], time: time)
        try stage.deliver(to: oncall)
        stage.list(rooms)
        stage.sweep()
        return (stage, oncall)
    }

    @Test func theFleetCountsEveryRoomOnceByItsState() throws {
        let (stage, _) = try Self.stage(rooms: 7)
        stage.goDown(1, 2)
        let fleet = try stage.ask { intents throws(Refusal) in try await intents.fleet(for: .anna) }
        let tenant = try #require(fleet.tenants.first)
        #expect(tenant.counts.rooms == 7)
        #expect(tenant.counts.down == 2)
        #expect(tenant.counts.up == 5)
        #expect(tenant.buildings.reduce(0) { $0 + $1.counts.rooms } == 7)
        #expect(tenant.buildings.flatMap(\.floors).reduce(0) { $0 + $1.counts.down } == 2)
        #expect(tenant.open.critical + tenant.open.error + tenant.open.warning == 2)
        let others = try stage.ask { intents throws(Refusal) in try await intents.fleet(for: .stranger) }
        #expect(others.tenants.isEmpty)
    }

    @Test func aRoomNobodyHasSeenYetIsUnknownAndNeverUp() throws {
        let time = ManualTime()
        let stage = try Stage(receivers: [Receiver("oncall", .webhook, time: time)], time: time)
        stage.list(3)
        let fleet = try stage.ask { intents throws(Refusal) in try await intents.fleet(for: .anna) }
        #expect(fleet.tenants.first?.counts.unknown == 3)
        #expect(fleet.tenants.first?.counts.up == 0)
    }

    @Test(arguments: [1, 2, 3, 7, 100]) func pagesTogetherAreTheWholeList(_ limit: Int) throws {
        let (stage, _) = try Self.stage(rooms: 7)
        var cursor: String?
        var found: [String] = []
        repeat {
            let query = RoomsQuery(cursor: cursor, limit: limit)
            let page = try stage.ask { intents throws(Refusal) in try await intents.rooms(query, for: .anna) }
            #expect(page.roomsTotal == 7)
            #expect(page.rooms.count <= limit)
            found += page.rooms.map(\.id)
            cursor = page.nextCursor
        } while cursor != nil && found.count < 20
        #expect(found.count == 7 && Set(found).count == 7)
    }

    @Test func filtersAndWrongWordsAreTakenSeriously() throws {
        let (stage, _) = try Self.stage(rooms: 4)
        stage.goDown(2)
        let down = try stage.ask { intents throws(Refusal) in
            try await intents.rooms(RoomsQuery(states: ["down"]), for: .anna)
        }
        #expect(down.rooms.map(\.id) == [account(2).text])
        let one = try #require(down.rooms.first)
        #expect(one.incident == (try stage.incident(of: 2))?.id.text)
        #expect(one.reading == "Offline")
        #expect(one.firstBadAt != nil)
        let named = try stage.ask { intents throws(Refusal) in
            try await intents.rooms(RoomsQuery(text: one.name.uppercased()), for: .anna)
        }
        #expect(named.rooms.contains(one))
        let single = try stage.ask { intents throws(Refusal) in try await intents.room(one.email, for: .anna) }
        #expect(single == one)
        for query in [RoomsQuery(states: ["broken"]), RoomsQuery(cursor: "%%%"), RoomsQuery(cursor: "e30")] {
            let refusal = stage.refusal { intents throws(Refusal) in try await intents.rooms(query, for: .anna) }
            #expect(refusal?.kind == .invalid)
        }
        let foreign = stage.refusal { intents throws(Refusal) in
            try await intents.rooms(RoomsQuery(tenant: "contoso"), for: .stranger)
        }
        #expect(foreign?.kind == .forbidden)
    }

    @Test func deliveriesAreTheNewestFirstWithWhatBecameOfThem() throws {
        let (stage, _) = try Self.stage(rooms: 3)
        stage.goDown(1)
        stage.run(for: .seconds(1))
        stage.goDown(2)
        stage.run(for: .seconds(1))
        let all = try stage.ask { intents throws(Refusal) in try await intents.deliveries(DeliveriesQuery(), for: .anna)
        }
        #expect(all.map(\.incident) == [try stage.incident(of: 2)?.id.text, try stage.incident(of: 1)?.id.text])
        #expect(all.allSatisfy { $0.state == "accepted" && $0.attempts == 1 })
        let none = try stage.ask { intents throws(Refusal) in
            try await intents.deliveries(DeliveriesQuery(receiver: "oncall", states: ["failed"]), for: .anna)
        }
        #expect(none.isEmpty)
        let bound = stage.refusal { intents throws(Refusal) in
            try await intents.deliveries(DeliveriesQuery(), for: .bound)
        }
        #expect(bound?.kind == .forbidden)
    }

    @Test func capabilitiesAreWhatTheLoopsFoundLast() throws {
        let (stage, _) = try Self.stage(rooms: 1)
        let now = stage.time.now()
        stage.perform { [ledger = stage.ledger] in
            await ledger.note(.devices, of: TenantName("contoso"), CapabilityRecord(.retired, "gone", checked: now))
        }
        let list = try stage.ask { intents throws(Refusal) in try await intents.capabilities(for: .anna) }
        #expect(list.contains { $0.name == "devices" && $0.state == "retired" && $0.detail == "gone" })
        #expect(list.contains { $0.name == "presence" && $0.state == "available" })
        let others = try stage.ask { intents throws(Refusal) in try await intents.capabilities(for: .stranger) }
        #expect(others.isEmpty)
    }

    @Test func aListenerHearsTransitionsInOrderAndComesBackWhereItWas() throws {
        let (stage, _) = try Self.stage(rooms: 2)
        let listener = try stage.ask { intents throws(Refusal) in try await intents.listen(after: nil, for: .anna) }
        stage.goDown(1)
        let batch = stage.perform { await listener.next() }
        let phases = batch.events.compactMap { event -> String? in
            guard case .room(let change) = event.content else { return nil }
            return "\(change.from) \(change.to)"
        }
        #expect(phases == ["clear pending", "pending firing"])
        #expect(
            batch.events.contains { if case .incident(let news) = $0.content { news.status == "open" } else { false } })
        stage.comeBack(1)
        let again = try stage.ask { [last = batch.lastID] intents throws(Refusal) in
            try await intents.listen(after: last, for: .anna)
        }
        let rest = stage.perform { await again.next() }
        #expect(!rest.events.isEmpty && rest.events.allSatisfy { $0.sequence > batch.events.count })
        for stale in ["other-1", "", "x"] {
            let lost = try stage.ask { intents throws(Refusal) in try await intents.listen(after: stale, for: .anna) }
            #expect(stage.perform { await lost.next() }.isReset)
        }
        let stranger = try stage.ask { intents throws(Refusal) in
            try await intents.listen(after: batch.lastID, for: .stranger)
        }
        let heard = Mutex<EventBatch?>(nil)
        let foreign = stage.start {
            let batch = await stranger.next()
            heard.withLock { $0 = batch }
        }
        stage.run(for: .seconds(16))
        foreign.cancel()
        #expect(heard.withLock { $0?.events } == [])
    }

    @Test func whoFallsTooFarBehindIsToldToBeginAgain() throws {
        let feed = EventFeed(epoch: "run")
        func change(_ count: Int) -> Change {
            var change = Change()
            let now = Date(timeIntervalSince1970: 0)
            change.transitions = (0..<count).map { _ in
                Transition(
                    tenant: TenantName("contoso"), condition: .roomOffline, subject: "1", from: .clear, to: .pending,
                    at: now,
                    decidedAt: now, reason: "r", incident: nil)
            }
            return change
        }
        feed.append(change(3), at: ManualTime().now())
        guard case .events(let early) = feed.events(after: 1) else { Issue.record("lost"); return }
        #expect(early.map(\.sequence) == [2, 3])
        feed.append(change(EventFeed.capacity + 100), at: ManualTime().now())
        #expect(feed.newest == UInt64(EventFeed.capacity + 103))
        #expect(feed.events(after: 1) == .lost(newest: feed.newest))
        #expect(feed.events(after: feed.newest) == .events([]))
        #expect(feed.events(after: feed.newest + 1) == .lost(newest: feed.newest))
    }
}

@Suite struct ListenerBoundTests {
    /// Streams that nobody reads must not keep out who asks or acknowledges.
    @Test func theHundredAndFirstStreamIsRefusedUntilOneEnds() throws {
        let stage = try Stage()
        let intents = stage.intents
        func listen() throws(Refusal) -> any EventSubscription {
            let result: Result<any EventSubscription, Refusal> = stage.perform {
                do throws(Refusal) {
                    return .success(try await intents.listen(after: nil, for: .anna))
                } catch {
                    return .failure(error)
                }
            }
            return try result.get()
        }
        var streams: [any EventSubscription] = []
        for _ in 1...EventFeed.maximumListeners { streams.append(try listen()) }
        #expect(EventFeed.maximumListeners == 100)
        let refusal = #expect(throws: Refusal.self) { try listen() }
        #expect(refusal?.kind == .unavailable)
        #expect(refusal?.remedy.isEmpty == false)
        streams.removeLast()
        #expect(throws: Never.self) { streams.append(try listen()) }
    }
}
