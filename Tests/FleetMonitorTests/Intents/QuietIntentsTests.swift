// Silences and windows that people ask for: shown before, adopted by every fleet, kept over a restart, traced.

import FleetSimulation
import FleetAPI
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct QuietIntentsTests {
    private static func watching(_ rooms: Int = 4) throws -> (Stage, Receiver) {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time)
        let stage = try Stage(receivers: [oncall], time: time)
        try stage.deliver(to: oncall)
        stage.list(rooms)
        stage.sweep()
        return (stage, oncall)
    }

    private static func silence(_ stage: Stage, _ matchers: String...) -> SilenceRequest {
        SilenceRequest(matchers: matchers, endsAt: stage.inOneHour(), reason: "new cabling")
    }

    @Test func thePreviewIsWhatTheSilenceHides() throws {
        let (stage, oncall) = try Self.watching()
        stage.goDown(1)
        stage.run(for: .seconds(1))
        let request = Self.silence(stage, #"room=~"Room [12]""#, "severity!=critical")
        let preview = try stage.ask { i throws(Refusal) in try await i.preview(request, for: .anna) }
        #expect(preview.rooms.map(\.name) == ["Room 1", "Room 2"])
        #expect(preview.roomsTotal == 2)
        #expect(preview.incidents.map(\.scope.name) == ["Room 1"])
        #expect(preview.matchers == [#"room=~"Room [12]""#, #"severity!="critical""#])
        // Nothing was written by looking.
        #expect(try stage.audited().isEmpty)
        #expect(try stage.ask { i throws(Refusal) in try await i.silences(for: .anna) }.isEmpty)

        let made = try stage.ask { i throws(Refusal) in try await i.create(request, for: .anna) }
        #expect(made.state == "active" && made.author == "anna")
        stage.goDown(2, 3)
        stage.run(for: .seconds(1))
        stage.tick()
        #expect(oncall.sent.map(\.key).map { $0.suffix(1) } == ["1", "3"])
        #expect(try stage.explain("Room 2").suppressions.map(\.rule) == ["silence:\(made.id)"])
        // The incident that was told before is quiet now as well.
        #expect(try stage.incident(of: 1)?.suppression?.rule == "silence:\(made.id)")
        let open = try stage.ask { i throws(Refusal) in
            try await i.incidents(IncidentsQuery(statuses: ["open"]), for: .anna).incidents
        }
        let quiet = open.filter { $0.suppression != nil }
        #expect(open.count == 3 && quiet.map(\.scope.name).sorted() == ["Room 1", "Room 2"])
        #expect(quiet.allSatisfy { $0.suppression?.kind == "silenced" && $0.suppression?.rule == "silence:\(made.id)" })
        #expect(quiet.first?.suppression?.sentence.hasSuffix("new cabling, anna") == true)
    }

    @Test(arguments: ["device.peripheral", "room.account", "command.failed", "room.offline"])
    func aSilenceOfWhateverIsSaidOfRoomsCountsThem(_ condition: String) throws {
        let (stage, _) = try Self.watching()
        let request = Self.silence(stage, "condition=\"\(condition)\"")
        #expect(try stage.ask { i throws(Refusal) in try await i.preview(request, for: .anna) }.roomsTotal == 4)
    }

    @Test func whatIsStillWrongIsToldWhenASilenceIsEnded() throws {
        let (stage, oncall) = try Self.watching()
        let request = Self.silence(stage, #"room="Room 1""#)
        let made = try stage.ask { i throws(Refusal) in try await i.create(request, for: .anna) }
        stage.goDown(1)
        stage.run(for: .seconds(1))
        #expect(oncall.sent.isEmpty)
        let ended = try stage.ask { i throws(Refusal) in try await i.expireSilence(made.id.lowercased(), for: .anna) }
        #expect(ended.state == "expired" && ended.expiredBy == "anna")
        stage.tick()
        stage.run(for: .seconds(1))
        #expect(oncall.words == "opened")
        #expect(try stage.audited() == ["silence.create anna unix", "silence.expire anna unix"])
        let again = stage.refusal { i throws(Refusal) in try await i.expireSilence(made.id, for: .anna) }
        #expect(again?.kind == .notFound)
    }

    @Test func aRestartKeepsSilencesAndWindows() throws {
        let (stage, oncall) = try Self.watching()
        let silence = Self.silence(stage, #"room="Room 1""#)
        let window = WindowRequest(
            name: "air", reason: "filters", endsAt: stage.inOneHour(), rooms: ["room2@contoso.com"])
        _ = try stage.ask { i throws(Refusal) in try await i.create(silence, for: .anna) }
        _ = try stage.ask { i throws(Refusal) in try await i.plan(window, for: .anna) }
        let next = try stage.crashed(receivers: [oncall])
        #expect(try next.ask { i throws(Refusal) in try await i.silences(for: .anna) }.count == 1)
        #expect(
            try next.ask { i throws(Refusal) in try await i.windows(for: .anna) }.map(\.name) == ["nightly", "air"])
        next.sweep()
        next.run(for: .seconds(30))
        next.goDown(1, 2)
        next.run(for: .seconds(30))
        #expect(oncall.sent.isEmpty)
        #expect(try next.explain("Room 2").quiet.map(\.kind) == ["maintenance"])
    }

    @Test func aWindowHidesItsRoomsAndCanBeCancelled() throws {
        let (stage, oncall) = try Self.watching()
        let request = WindowRequest(
            name: "air conditioning", reason: "filters", endsAt: stage.inOneHour(), rooms: ["Room 1"])
        let window = try stage.ask { i throws(Refusal) in try await i.plan(request, for: .anna) }
        #expect(window.state == "open" && window.roomsTotal == 1)
        #expect(window.rooms == [account(1).text])
        stage.goDown(1, 2)
        stage.run(for: .seconds(1))
        #expect(oncall.sent.map(\.key).map { $0.suffix(1) } == ["2"])
        let id = try #require(window.id)
        try stage.ask { i throws(Refusal) in try await i.cancelWindow(id, for: .anna) }
        stage.tick()
        stage.run(for: .seconds(1))
        #expect(oncall.sent.map(\.key).map { $0.suffix(1) } == ["2", "1"])
        #expect(try stage.audited() == ["maintenance.plan anna unix", "maintenance.cancel anna unix"])
        #expect(stage.refusal { i throws(Refusal) in try await i.cancelWindow(id, for: .anna) }?.kind == .notFound)
    }

    @Test func badSilencesAreRefusedWithARemedy() throws {
        let (stage, _) = try Self.watching()
        let end = stage.inOneHour()
        let past = Timestamp(stage.time.now().wall.addingTimeInterval(-60))
        let bad = [
            SilenceRequest(matchers: [], endsAt: end, reason: "x"),
            SilenceRequest(matchers: ["building"], endsAt: end, reason: "x"),
            SilenceRequest(matchers: ["planet=Mars"], endsAt: end, reason: "x"),
            SilenceRequest(matchers: [#"room=~"(""#], endsAt: end, reason: "x"),
            SilenceRequest(matchers: [#"building=~".*""#], endsAt: end, reason: "x"),
            SilenceRequest(matchers: ["building=B2"], endsAt: past, reason: "x"),
            SilenceRequest(matchers: ["building=B2"], endsAt: end, reason: "  "),
        ]
        for request in bad {
            let created = stage.refusal { i throws(Refusal) in try await i.create(request, for: .anna) }
            let previewed = stage.refusal { i throws(Refusal) in try await i.preview(request, for: .anna) }
            #expect(created?.kind == .invalid, "\(request.matchers)")
            #expect(previewed?.kind == .invalid, "\(request.matchers)")
            #expect(created?.remedy.isEmpty == false)
        }
        #expect(try stage.audited().isEmpty)
    }

    @Test func badWindowsAreRefusedWithARemedy() throws {
        let (stage, _) = try Self.watching()
        let end = stage.inOneHour()
        let bad = [
            WindowRequest(name: "air", reason: "x", endsAt: end),
            WindowRequest(name: " ", reason: "x", endsAt: end, rooms: ["Room 1"]),
            WindowRequest(name: "air", reason: "x", endsAt: end, rooms: []),
            WindowRequest(name: "air", reason: "", endsAt: end, rooms: ["Room 1"]),
            WindowRequest(name: "air", reason: "x", endsAt: end, floors: ["3"]),
            WindowRequest(name: "air", reason: "x", endsAt: end, buildings: ["B9"]),
            WindowRequest(name: "air", reason: "x", endsAt: end, tenants: ["fabrikam"]),
            WindowRequest(
                name: "air", reason: "x", endsAt: Timestamp(stage.time.now().wall.addingTimeInterval(-60)),
                rooms: ["Room 1"]),
        ]
        for request in bad {
            let refusal = stage.refusal { i throws(Refusal) in try await i.plan(request, for: .anna) }
            #expect(refusal?.kind == .invalid, "\(request)")
        }
        let missing = WindowRequest(name: "air", reason: "x", endsAt: end, rooms: ["Room 99"])
        #expect(stage.refusal { i throws(Refusal) in try await i.plan(missing, for: .anna) }?.kind == .notFound)
        #expect(try stage.audited().isEmpty)
    }

    @Test func aBoundTokenReachesItsTenantOnly() throws {
        let (stage, _) = try Self.watching()
        let wide = Self.silence(stage, "condition=room.offline")
        let made = try stage.ask { i throws(Refusal) in try await i.create(wide, for: .anna) }
        let narrow = try stage.ask { i throws(Refusal) in try await i.create(wide, for: .bound) }
        #expect(narrow.matchers == [#"condition="room.offline""#, #"tenant="contoso""#])
        // A silence that reaches further is seen, because it hides what is theirs, and not touched.
        let seen = try stage.ask { i throws(Refusal) in try await i.silences(for: .bound) }
        #expect(Set(seen.map(\.id)) == [made.id, narrow.id])
        #expect(
            stage.refusal { i throws(Refusal) in try await i.expireSilence(made.id, for: .bound) }?.kind == .forbidden)
        #expect(try stage.ask { i throws(Refusal) in try await i.silences(for: .stranger) }.map(\.id) == [made.id])
        #expect(
            stage.refusal { i throws(Refusal) in try await i.expireSilence(narrow.id, for: .stranger) }?.kind
                == .notFound)
        #expect(stage.refusal { i throws(Refusal) in try await i.audit(limit: 10, for: .bound) }?.kind == .forbidden)
    }

    @Test func aDiskThatTakesNothingRefusesSilencesAndWindows() throws {
        let (stage, oncall) = try Self.watching()
        try stage.diskRefuses(true)
        let silence = Self.silence(stage, #"room="Room 1""#)
        let window = WindowRequest(name: "air", reason: "x", endsAt: stage.inOneHour(), rooms: ["Room 1"])
        #expect(stage.refusal { i throws(Refusal) in try await i.create(silence, for: .anna) }?.kind == .unavailable)
        #expect(stage.refusal { i throws(Refusal) in try await i.plan(window, for: .anna) }?.kind == .unavailable)
        try stage.diskRefuses(false)
        stage.tick()
        #expect(try stage.ask { i throws(Refusal) in try await i.silences(for: .anna) }.isEmpty)
        stage.goDown(1)
        stage.run(for: .seconds(1))
        #expect(oncall.sent.contains { $0.condition == "room.offline" })
    }
}
