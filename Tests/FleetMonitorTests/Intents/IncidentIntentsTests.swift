// What people do to incidents: done with its audit row in one transaction, told to those who were told, or refused.

import FleetSimulation
import FleetAPI
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import Synchronization
import Testing
import Timekeeping

@Suite struct IncidentIntentsTests {
    private static func told(rooms: Int = 2) throws -> (Stage, Receiver) {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time)
        let stage = try Stage(receivers: [oncall], time: time)
        try stage.deliver(to: oncall)
        stage.list(rooms)
        stage.sweep()
        return (stage, oncall)
    }

    @Test func acknowledgingTellsWhoWasToldAndLeavesATrace() throws {
        let (stage, oncall) = try Self.told()
        stage.goDown(1)
        let id = try #require(try stage.incident(of: 1)).id.text
        let body = try stage.ask { intents throws(Refusal) in
            try await intents.acknowledge(id, NoteRequest(comment: "on my way"), for: .anna)
        }
        #expect(body.status == "acknowledged")
        #expect(body.acknowledgedBy == "anna")
        stage.run(for: .seconds(1))
        #expect(oncall.words == "opened acknowledged")
        let detail = try stage.ask { intents throws(Refusal) in try await intents.incident(id, for: .anna) }
        #expect(detail.incident == body)
        #expect(detail.comments.map(\.text) == ["on my way"])
        #expect(detail.notifications.map { "\($0.event) \($0.state)" } == ["opened accepted", "acknowledged accepted"])
        #expect(try stage.audited() == ["incident.acknowledge anna unix"])
    }

    @Test func acknowledgingAgainRenewsAndTellsNobody() throws {
        let (stage, oncall) = try Self.told()
        stage.goDown(1)
        let id = try #require(try stage.incident(of: 1)).id.text
        for asker in [Asker.anna, .bound] {
            stage.run(for: .seconds(60))
            _ = try stage.ask { intents throws(Refusal) in
                try await intents.acknowledge(id, NoteRequest(), for: asker)
            }
        }
        stage.run(for: .seconds(1))
        let incident = try #require(try stage.incident(of: 1))
        #expect(incident.acknowledgedBy == "carla")
        #expect(incident.acknowledgedAt == stage.time.now().wall.addingTimeInterval(-1))
        #expect(oncall.words == "opened acknowledged")
        #expect(try stage.store.audit().first?.detail == "renewed, was anna")
    }

    @Test func aResolveByHandIsToldAndHoldsUntilTheTroubleHasEnded() throws {
        let (stage, oncall) = try Self.told()
        stage.goDown(1)
        let id = try #require(try stage.incident(of: 1)).id.text
        let body = try stage.ask { intents throws(Refusal) in
            try await intents.resolve(id, NoteRequest(), for: .anna)
        }
        #expect(body.status == "resolved" && body.resolution == "manual")
        for _ in 0..<4 {
            stage.run(for: .seconds(5))
            stage.sweep()
        }
        #expect(oncall.words == "opened resolved")
        #expect(try stage.explain("Room 1").answer.contains { $0.contains("closed by hand") })
        stage.comeBack(1)
        stage.run(for: .seconds(700))
        stage.goDown(1)
        stage.run(for: .seconds(1))
        #expect(oncall.words == "opened resolved opened")
        let again = stage.refusal { intents throws(Refusal) in
            try await intents.resolve(id, NoteRequest(), for: .anna)
        }
        #expect(again?.kind == .conflict)
    }

    @Test func whatBelongsToAnotherTenantIsNotFound() throws {
        let (stage, _) = try Self.told()
        stage.goDown(1)
        let id = try #require(try stage.incident(of: 1)).id.text
        let refusals = [
            stage.refusal { intents throws(Refusal) in try await intents.incident(id, for: .stranger) },
            stage.refusal { intents throws(Refusal) in
                try await intents.acknowledge(id, NoteRequest(), for: .stranger)
            },
            stage.refusal { intents throws(Refusal) in
                try await intents.comment(on: id, CommentRequest(text: "hm"), for: .stranger)
            },
            stage.refusal { intents throws(Refusal) in try await intents.explain(room: "Room 1", for: .stranger) },
        ]
        #expect(refusals.map { $0?.kind } == [.notFound, .notFound, .notFound, .notFound])
        let list = try stage.ask { intents throws(Refusal) in
            try await intents.incidents(IncidentsQuery(), for: .stranger)
        }
        #expect(list.incidents.isEmpty)
        #expect(
            try stage.ask { i throws(Refusal) in try await i.incidents(IncidentsQuery(), for: .bound) }.incidents.count
                == 1)
        #expect(try stage.audited().isEmpty)
        #expect(try stage.incident(of: 1)?.status == .open)
    }

    @Test func aDiskThatTakesNothingRefusesTheRequestWhole() throws {
        let (stage, oncall) = try Self.told()
        stage.goDown(1)
        stage.run(for: .seconds(1))
        let id = try #require(try stage.incident(of: 1)).id.text
        try stage.diskRefuses(true)
        let asked: [Refusal?] = [
            stage.refusal { i throws(Refusal) in try await i.acknowledge(id, NoteRequest(comment: "x"), for: .anna) },
            stage.refusal { i throws(Refusal) in try await i.resolve(id, NoteRequest(), for: .anna) },
        ]
        #expect(asked.map { $0?.kind } == [.unavailable, .unavailable])
        #expect(asked[0]?.remedy.isEmpty == false)
        // What memory knows is what the disk knows: nobody works on it.
        let open = stage.perform { [ledger = stage.ledger] in await ledger.openIncidents() }
        #expect(open.first { $0.id.text == id }?.status == .open)
        try stage.diskRefuses(false)
        stage.run(for: .seconds(1))
        stage.tick()
        #expect(try stage.audited().isEmpty)
        #expect(oncall.taken.filter { $0.condition == "room.offline" }.map(\.word) == ["opened"])
        _ = try stage.ask { i throws(Refusal) in try await i.acknowledge(id, NoteRequest(), for: .anna) }
        #expect(try stage.incident(of: 1)?.status == .acknowledged)
    }

    @Test func listsAreFilteredAndPaged() throws {
        let (stage, _) = try Self.told(rooms: 5)
        stage.goDown(1, 2, 3)
        stage.comeBack(3)
        func ids(_ query: IncidentsQuery) throws -> [String] {
            try stage.ask { i throws(Refusal) in try await i.incidents(query, for: .anna) }.incidents.map {
                $0.scope.name
            }.sorted()
        }
        #expect(try ids(IncidentsQuery(statuses: ["open"])) == ["Room 1", "Room 2"])
        #expect(try ids(IncidentsQuery(statuses: ["resolved"])) == ["Room 3"])
        #expect(try ids(IncidentsQuery(condition: "tenant.blind")) == [])
        #expect(try ids(IncidentsQuery(severities: ["error"])).count == 3)
        #expect(try ids(IncidentsQuery(severities: ["critical"])) == [])
        let first = try stage.ask { i throws(Refusal) in try await i.incidents(IncidentsQuery(limit: 2), for: .anna) }
        let cursor = try #require(first.nextCursor)
        let rest = try stage.ask { i throws(Refusal) in
            try await i.incidents(IncidentsQuery(cursor: cursor, limit: 2), for: .anna)
        }
        #expect(Set((first.incidents + rest.incidents).map(\.id)).count == 3 && rest.nextCursor == nil)
        let bad = [
            IncidentsQuery(statuses: ["opened"]), IncidentsQuery(severities: ["high"]),
            IncidentsQuery(condition: "room.gone"), IncidentsQuery(cursor: "junk"), IncidentsQuery(cursor: "\0"),
        ].map { query in stage.refusal { i throws(Refusal) in try await i.incidents(query, for: .anna) }?.kind }
        #expect(bad == Array(repeating: .invalid, count: 5))
    }

    @Test(arguments: ["", "01J", "not an id at all, not one", "../../etc/passwd", "01ARZ3NDEKTSV4RRFFQ69G5FAV"])
    func whatIsNoIncidentIsNotFound(_ id: String) throws {
        let (stage, _) = try Self.told()
        let refusal = stage.refusal { i throws(Refusal) in try await i.incident(id, for: .anna) }
        #expect(refusal?.kind == .notFound)
    }

    @Test func aTestMessageGoesTheWayOfEveryPage() throws {
        let (stage, oncall) = try Self.told()
        let outcome = Outcome()
        let intents = stage.intents
        stage.start {
            await outcome.take { () throws(Refusal) in try await intents.test(receiver: "oncall", for: .anna) }
        }
        stage.run(for: .seconds(1))
        #expect(outcome.value?.state == "accepted")
        #expect(oncall.sent.count == 1)
        #expect(try stage.audited() == ["receiver.test anna unix"])
        #expect(
            stage.refusal { i throws(Refusal) in try await i.test(receiver: "nobody", for: .anna) }?.kind == .notFound)
        #expect(
            stage.refusal { i throws(Refusal) in try await i.test(receiver: "oncall", for: .bound) }?.kind == .forbidden
        )
    }

    @Test func aTestThatNobodyTakesIsWithdrawnAndNeverFallsBack() throws {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time, fallback: "backup")
        let backup = Receiver("backup", .webhook, time: time)
        let stage = try Stage(receivers: [oncall, backup], time: time)
        try stage.deliver(to: oncall, backup)
        oncall.answer(.status(503))
        let outcome = Outcome()
        let intents = stage.intents
        stage.start {
            await outcome.take { () throws(Refusal) in try await intents.test(receiver: "oncall", for: .anna) }
        }
        stage.run(for: .seconds(60))
        #expect(outcome.value?.state == "withdrawn")
        #expect(outcome.value?.remark?.contains("30 s") == true)
        oncall.answer(.accept)
        stage.run(for: .seconds(3_600))
        #expect(oncall.taken.isEmpty)
        #expect(backup.sent.isEmpty)
    }

    @Test func receiversSayHowTheyStand() throws {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time)
        let stage = try Stage(receivers: [oncall], time: time)
        try stage.deliver(to: oncall)
        stage.list(2)
        stage.sweep()
        oncall.answer(.status(410))
        stage.goDown(1)
        stage.run(for: .seconds(1))
        let bodies = try stage.ask { i throws(Refusal) in try await i.receivers(for: .anna) }
        #expect(bodies.map { "\($0.name) \($0.kind) \($0.state)" } == ["oncall webhook down"])
    }
}

/// What a request that takes time came to.
final class Outcome: Sendable {
    private let kept = Mutex<ReceiverTestBody?>(nil)
    var value: ReceiverTestBody? { kept.withLock { $0 } }

    func take(_ body: () async throws(Refusal) -> ReceiverTestBody) async {
        let outcome = try? await body()
        kept.withLock { $0 = outcome }
    }
}
