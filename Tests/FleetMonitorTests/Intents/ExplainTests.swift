// One answer for each reason why somebody was told or was not.

import FleetSimulation
import FleetAPI
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct ExplainTests {
    private static func watching(
        _ rooms: Int = 4, rules: DetectionRules = .alone
    ) throws -> (Stage, Receiver) {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time)
        let stage = try Stage(receivers: [oncall], time: time, rules: rules)
        try stage.deliver(to: oncall)
        stage.list(rooms)
        stage.sweep()
        return (stage, oncall)
    }

    private func says(_ one: RoomExplanation, _ text: String) -> Bool { one.answer.contains { $0.contains(text) } }

    @Test func aRoomThatIsUp() throws {
        let (stage, _) = try Self.watching()
        let one = try stage.explain("room1@CONTOSO.com")
        #expect(one.condition.phase == "clear")
        #expect(one.observations.first?.reading == "Available")
        #expect(says(one, "counts as up") && says(one, "nothing to tell"))
        #expect(one.incident == nil && one.notifications.isEmpty)
    }

    @Test func pending() throws {
        let (stage, _) = try Self.watching()
        stage.said[1] = Stage.offline
        stage.sweep()
        stage.run(for: .seconds(1))
        stage.sweep()
        let one = try stage.explain(account(1).text.uppercased())
        #expect(one.condition.phase == "pending")
        #expect(one.condition.streak == 2 && one.condition.needed == 3)
        #expect(says(one, "suspected") && says(one, "nobody is told"))
        stage.said[1] = nil
        stage.sweep()
        #expect(says(try stage.explain("Room 1"), "suspected once in the last day"))
    }

    @Test func told() throws {
        let (stage, _) = try Self.watching()
        stage.goDown(1)
        stage.run(for: .seconds(1))
        let one = try stage.explain("Room 1")
        let incident = try #require(one.incident)
        #expect(one.standing.voice == "own")
        #expect(one.severity.now == incident.severity)
        #expect(says(one, "is down since") && says(one, "Incident \(incident.id)"))
        #expect(says(one, "oncall opened") && says(one, "by routes[0]: accepted"))
        #expect(one.notifications.map(\.state) == ["accepted"])
        stage.comeBack(1)
        stage.run(for: .seconds(60))
        let later = try stage.explain("Room 1")
        #expect(later.incident?.id == incident.id)
        #expect(says(later, "counts as up") && says(later, "recovered"))
        #expect(later.notifications.map(\.event) == ["opened", "resolved"])
    }

    @Test func theDayIsToldInStretches() throws {
        let (stage, _) = try Self.watching()
        stage.run(for: .seconds(60))
        stage.goDown(1)
        stage.run(for: .seconds(1))
        stage.comeBack(1)
        stage.run(for: .seconds(60))
        let day = try stage.explain("Room 1").presence
        #expect(day.map(\.signal) == ["good", "bad", "good"])
        #expect(day.map(\.reading) == ["Available", "Offline", "Available"])
        for (one, next) in zip(day, day.dropFirst()) { #expect(one.from <= one.to && one.to <= next.from) }
    }

    @Test func refused() throws {
        let (stage, oncall) = try Self.watching()
        oncall.answer(.status(403))
        stage.goDown(1)
        stage.run(for: .seconds(1))
        #expect(says(try stage.explain("Room 1"), "given up"))
    }

    @Test func acknowledged() throws {
        let (stage, _) = try Self.watching()
        stage.goDown(1)
        stage.run(for: .seconds(1))
        let id = try #require(try stage.incident(of: 1)).id.text
        _ = try stage.ask { i throws(Refusal) in try await i.acknowledge(id, NoteRequest(), for: .anna) }
        #expect(says(try stage.explain("Room 1"), "anna acknowledged it"))
    }

    @Test func silenced() throws {
        let (stage, oncall) = try Self.watching()
        let request = SilenceRequest(matchers: [#"room="Room 1""#], endsAt: stage.inOneHour(), reason: "new cabling")
        let made = try stage.ask { i throws(Refusal) in try await i.create(request, for: .anna) }
        stage.goDown(1)
        stage.run(for: .seconds(1))
        let one = try stage.explain("Room 1")
        #expect(oncall.sent.isEmpty)
        #expect(one.quiet.map(\.rule) == ["silence:\(made.id)"])
        #expect(one.suppressions.map(\.kind) == ["silenced"])
        #expect(says(one, "Nobody was told") && says(one, "new cabling"))
    }

    @Test func inAWindow() throws {
        let (stage, oncall) = try Self.watching()
        let request = WindowRequest(
            name: "air", reason: "filters", endsAt: stage.inOneHour(), rooms: ["Room 1"])
        _ = try stage.ask { i throws(Refusal) in try await i.plan(request, for: .anna) }
        stage.goDown(1)
        stage.run(for: .seconds(1))
        let one = try stage.explain("Room 1")
        #expect(oncall.sent.isEmpty)
        #expect(one.incident == nil)
        #expect(one.quiet.map(\.kind) == ["maintenance"])
        #expect(says(one, "Nobody is told of it: maintenance window air"))
    }

    @Test func mergedIntoALargerIncident() throws {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time)
        let stage = try Stage(receivers: [oncall], time: time, rules: DetectionRules())
        try stage.deliver(to: oncall)
        stage.list(4)
        stage.sweep()
        stage.goDown(1, 2, 3, 4)
        stage.run(for: .seconds(30))
        stage.sweep()
        let one = try stage.explain("Room 2")
        #expect(one.incident?.condition == "tenant.offline")
        #expect(one.standing.voice == "contoso:tenant.offline:tenant")
        #expect(says(one, "It is part of incident") && says(one, "One cause, one page"))
        #expect(says(one, "oncall opened"))
    }

    @Test func flapping() throws {
        var rules = DetectionRules.alone
        rules.flapping.on = 1_500
        let (stage, _) = try Self.watching(rules: rules)
        for _ in 0..<3 {
            stage.goDown(1)
            stage.comeBack(1)
        }
        stage.goDown(1)
        let one = try stage.explain("Room 1")
        #expect(one.flapping.isFlapping && one.flapping.penalty > 1_500)
        #expect(one.quiet.map(\.kind) == ["flapping"])
        #expect(says(one, "It is flapping"))
    }

    @Test func unseen() throws {
        let (stage, _) = try Self.watching()
        stage.run(for: .seconds(300))
        let one = try stage.explain("Room 1")
        #expect(one.condition.isUnseen)
        #expect(says(one, "not seen is not down"))
    }

    @Test func roomsAreFoundByIdMailOrUniqueName() throws {
        let (stage, _) = try Self.watching()
        #expect(try stage.explain("ROOM 3").room.id == account(3).text)
        #expect(
            stage.refusal { i throws(Refusal) in try await i.explain(room: "Room 33", for: .anna) }?.kind == .notFound)
    }
}
