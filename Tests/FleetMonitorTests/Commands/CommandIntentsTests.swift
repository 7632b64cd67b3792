// What people may ask of devices, in whose name, and what they are shown of it.

import FleetAPI
import FleetCore
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@testable import FleetMonitor

@Suite struct CommandIntentsTests {
    private static let admin = Asker(name: "berta", role: .admin, origin: "192.0.2.9")

    private func refusal(_ stage: CommandStage, _ command: CommandRequest, by asker: Asker = .anna) -> Refusal? {
        stage.stage.refusal { intents throws(Refusal) in try await intents.request(command, for: asker) }
    }

    private func preview(_ stage: CommandStage, _ command: CommandRequest) throws -> CommandPreview {
        try stage.stage.ask { intents throws(Refusal) in try await intents.preview(command, for: .anna) }
    }

    @Test func aPreviewSaysWhatEachRoomWouldHearAndWritesNothing() throws {
        let stage = try CommandStage(rooms: 3, runs: false)
        stage.stage.said[2] = Stage.inCall
        stage.live(for: 5)
        let seen = try preview(stage, CommandRequest(action: "restart", matchers: [#"building="B2""#]))
        #expect(seen.action == "restart")
        #expect(seen.rooms.map(\.room.name) == ["Room 1", "Room 2", "Room 3"])
        #expect(seen.rooms.map(\.verdict) == ["go", "refuse", "go"])
        #expect(seen.rooms.map(\.device) == ["device-1", "device-2", "device-3"])
        #expect(seen.goes == 2 && seen.waits == 0 && seen.refused == 1 && seen.estimateSeconds > 0)
        #expect(seen.rooms[1].because.joined().contains("InACall"))
        #expect(try stage.operations().isEmpty)
        #expect(try stage.stage.audited().isEmpty)
    }

    @Test func aCommandIsWrittenWithWhoAskedAndWhy() throws {
        let stage = try CommandStage(rooms: 2, runs: false)
        let command = CommandRequest(
            action: "update_software", software: "firmware", version: "1.2", rooms: ["Room 1", "ROOM2@contoso.com"],
            reason: "audio drops", force: true)
        let body = try stage.stage.ask { intents throws(Refusal) in
            try await intents.request(command, for: Self.admin)
        }
        #expect(body.action == "update_software" && body.software == "firmware" && body.version == "1.2")
        #expect(body.author == "berta" && body.reason == "audio drops" && body.forced)
        #expect(body.selection == "Room 1, ROOM2@contoso.com" && body.tenant == "contoso")
        #expect(body.progress.operations == 2 && body.progress.waiting == 2 && body.progress.estimatedEnd != nil)
        #expect(try stage.command(body.id) == body)
        let audit = try #require(try stage.stage.store.audit().first)
        #expect(audit.action == "command.update_software" && audit.subject == body.id && audit.actor == "berta")
        #expect(audit.detail.contains("forced") && audit.detail.contains("audio drops"))
        let one = try #require(try stage.operations().first)
        #expect(one.author == "berta" && one.command == body.id && one.room.building == "B2" && one.state == "waiting")
    }

    @Test func theGuardsAreOverriddenByAnAdminAlone() throws {
        let stage = try CommandStage(rooms: 2, runs: false)
        let command = CommandRequest(action: "restart", rooms: ["Room 1"], reason: "it hangs", force: true)
        let refused = refusal(stage, command)
        #expect(refused?.kind == .forbidden)
        #expect(try stage.operations().isEmpty)
        #expect(refusal(stage, command, by: Self.admin) == nil)
    }

    @Test func nothingIsDoneWithoutARoomThatMayBeAsked() throws {
        let stage = try CommandStage(rooms: 2, runs: false)
        stage.stage.said[1] = Stage.inCall
        stage.live(for: 5)
        let busy = refusal(stage, CommandRequest(action: "restart", rooms: ["Room 1"]))
        #expect(busy?.kind == .conflict && busy?.remedy.contains("InACall") == true)
        let nobody = refusal(stage, CommandRequest(action: "restart", matchers: [#"building="B9""#]))
        #expect(nobody?.kind == .invalid)
        #expect(refusal(stage, CommandRequest(action: "restart", rooms: ["Room 9"]))?.kind == .notFound)
        #expect(refusal(stage, CommandRequest(action: "restart", matchers: ["building"]))?.kind == .invalid)
        #expect(try stage.stage.audited().isEmpty)
    }

    // MARK: Tenants

    /// A second tenant with a room of its own.
    private func withFabrikam(_ stage: CommandStage) {
        let fabrikam = TenantName("fabrikam")
        let asked = stage.time.now()
        let reading = InventoryReading(
            accounts: [
                AccountRecord(
                    id: account(900), name: "Room 900", userPrincipalName: "room900@fabrikam.com",
                    roomLicence: "MTR_PREM")
            ], devices: nil, places: nil, asked: asked, remarks: [])
        let failed = stage.stage.perform { [ledger = stage.stage.ledger] in
            do throws(StoreError) {
                try await ledger.begin(tenant: fabrikam, rules: .alone, site: SiteRules())
                await ledger.accept(reading, tenant: fabrikam, scope: InventoryScope())
                return false
            } catch {
                return true
            }
        }
        #expect(!failed)
    }

    @Test func aCommandIsForOneTenant() throws {
        let stage = try CommandStage(rooms: 2, runs: false)
        #expect(refusal(stage, CommandRequest(action: "restart", matchers: [#"room="Room 1""#])) == nil)
        withFabrikam(stage)
        let vague = refusal(stage, CommandRequest(action: "restart", matchers: [#"building="B2""#]))
        #expect(vague?.kind == .invalid && vague?.remedy.contains("tenant=") == true)
        let both = refusal(stage, CommandRequest(action: "restart", rooms: ["Room 2", "Room 900"]))
        #expect(both?.kind == .invalid && both?.remedy.contains("contoso, fabrikam") == true)
        let named = CommandRequest(action: "restart", matchers: [#"tenant="contoso""#, #"room="Room 2""#])
        #expect(refusal(stage, named) == nil)
        let unknown = CommandRequest(action: "restart", matchers: [#"tenant="nobody""#])
        #expect(refusal(stage, unknown)?.detail.contains("nobody") == true)
    }

    @Test func whoIsBoundToATenantSeesAndTouchesThatAlone() throws {
        let stage = try CommandStage(rooms: 2, runs: false)
        withFabrikam(stage)
        // Bound, so the tenant needs no name.
        let asked = try stage.request(matchers: [#"building="B2""#], by: .bound)
        let operation = try #require(try stage.operations().first)
        let there = stage.stage
        #expect(
            refusal(stage, CommandRequest(action: "restart", matchers: [#"tenant="contoso""#]), by: .stranger)?.kind
                == .forbidden)
        #expect(
            refusal(stage, CommandRequest(action: "restart", rooms: ["Room 1"]), by: .stranger)?.kind == .notFound)
        #expect(
            there.refusal { intents throws(Refusal) in try await intents.command(asked.id, for: .stranger) }?.kind
                == .notFound)
        #expect(
            there.refusal { intents throws(Refusal) in try await intents.withdraw(command: asked.id, for: .stranger) }?
                .kind == .notFound)
        #expect(
            there.refusal { intents throws(Refusal) in try await intents.operation(operation.id, for: .stranger) }?.kind
                == .notFound)
        let seen = try there.ask { intents throws(Refusal) in
            (
                try await intents.commands(cursor: nil, limit: 10, for: .stranger).commands.count,
                try await intents.operations(OperationsQuery(), for: .stranger).operations.count,
                try await intents.commands(cursor: nil, limit: 10, for: .bound).commands.count,
                try await intents.operations(OperationsQuery(), for: .bound).operations.count
            )
        }
        #expect(seen == (0, 0, 1, 2))
        #expect(
            there.refusal { intents throws(Refusal) in
                try await intents.operations(OperationsQuery(tenant: "contoso"), for: .stranger)
            }?.kind == .forbidden)
    }

    // MARK: Taking back, lists

    @Test func whatHasNotLeftIsTakenBackOnce() throws {
        var rules = CommandRules.swift
        rules.perHour = 2
        let stage = try CommandStage(rooms: 6, rules: rules)
        let asked = try stage.request("run_diagnostics", matchers: [#"building="B2""#])
        stage.live(for: 20)
        let taken = try stage.stage.ask { intents throws(Refusal) in
            try await intents.withdraw(command: asked.id, for: .bound)
        }
        #expect(taken.progress.withdrawn == 4 && taken.progress.waiting == 0)
        let audited = try stage.stage.audited().filter { $0.hasPrefix("command.withdraw") }
        #expect(audited == ["command.withdraw carla 192.0.2.8"])
        stage.live(for: 3 * 3_600)
        #expect(stage.desk.arrivals.count == 2)
        let again = stage.stage.refusal { intents throws(Refusal) in
            try await intents.withdraw(command: asked.id, for: .anna)
        }
        #expect(again?.kind == .conflict)
    }

    @Test func listsGoPageByPageNewestFirst() throws {
        let stage = try CommandStage(rooms: 5, runs: false)
        var asked: [String] = []
        for room in 1...5 {
            asked.append(try stage.request(rooms: [room]).id)
            stage.stage.run(for: .seconds(1))
        }
        var found: [String] = []
        var cursor: String?
        repeat {
            let from = cursor
            let page = try stage.stage.ask { intents throws(Refusal) in
                try await intents.commands(cursor: from, limit: 2, for: .anna)
            }
            found += page.commands.map(\.id)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(found == asked.reversed())
        let mistakes = [
            stage.stage.refusal { i throws(Refusal) in try await i.commands(cursor: "x", limit: 2, for: .anna) },
            stage.stage.refusal { i throws(Refusal) in
                try await i.operations(OperationsQuery(cursor: "x"), for: .anna)
            },
            stage.stage.refusal { i throws(Refusal) in
                try await i.operations(OperationsQuery(command: "x"), for: .anna)
            },
        ]
        #expect(
            mistakes.map { $0?.kind } == [.invalid, .invalid, .invalid],
            "a question that makes no sense is no missing thing")
        let mine = try stage.operations(OperationsQuery(command: asked[2], states: ["waiting"], isOpen: true))
        #expect(mine.map(\.room.name) == ["Room 3"])
        #expect(try stage.operations(OperationsQuery(device: "DEVICE-4")).map(\.room.name) == ["Room 4"])
        #expect(try stage.operations(OperationsQuery(room: account(5).text)).map(\.room.name) == ["Room 5"])
    }

    @Test func pagesHearOfEveryChangeAndFiguresCountTheEnds() throws {
        let stage = try CommandStage(rooms: 2)
        let feed = stage.stage.ledger.feed
        let before = feed.newest
        try stage.request(rooms: [1])
        stage.live(for: 300)
        guard case .events(let events) = feed.events(after: before) else {
            Issue.record("the feed lost something")
            return
        }
        let states = events.compactMap { event -> String? in
            if case .operation(let news) = event.content { news.state } else { nil }
        }
        #expect(states.first == "waiting" && states.contains("submitting") && states.contains("accepted"))
        #expect(states.last == "succeeded")
        let total = #"roomwatch_operations_total{tenant="contoso",action="restart",outcome="#
        #expect(figure(stage, total + #""succeeded"}"#) == 1)
        #expect(figure(stage, total + #""failed"}"#) == 0)
        #expect(stage.stage.registry.scrape().contains("roomwatch_operation_submit_seconds"))
    }

    private func figure(_ stage: CommandStage, _ line: String) -> Double? {
        let wanted = Set(line.dropLast().split(whereSeparator: { "{,}".contains($0) }))
        let found = stage.stage.registry.scrape().split(separator: "\n").first { one in
            guard let end = one.lastIndex(of: "}") else { return false }
            return Set(one[..<end].split(whereSeparator: { "{,}".contains($0) })) == wanted
        }
        return found.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
    }

    // MARK: Devices

    @Test func devicesShowWhatRunsOnThemAndWhatWasDone() throws {
        let stage = try CommandStage(rooms: 12, runs: false)
        let asked = try stage.request(rooms: [3])
        let list = try stage.stage.ask { intents throws(Refusal) in
            try await intents.devices(DevicesQuery(building: "B2", limit: 5), for: .bound)
        }
        #expect(list.devicesTotal == 12)
        #expect(list.devices.map { $0.room?.name } == (1...5).map { "Room \($0)" })
        let operation = try #require(try stage.operations().first)
        #expect(list.devices[2].operation == operation.id && list.devices[1].operation == nil)
        let next = list.nextCursor
        let rest = try stage.stage.ask { intents throws(Refusal) in
            try await intents.devices(DevicesQuery(cursor: next, limit: 100), for: .anna)
        }
        #expect(rest.devices.map { $0.room?.name } == (6...12).map { "Room \($0)" } && rest.nextCursor == nil)
        let device = try stage.stage.ask { intents throws(Refusal) in
            try await intents.device("DEVICE-3", for: .anna)
        }
        #expect(device.device.model == "Bar 20" && device.device.kind == "teams_room")
        #expect(device.operations.map(\.command) == [asked.id])
        let found = try stage.stage.ask { intents throws(Refusal) in
            try await intents.devices(DevicesQuery(text: "room12@"), for: .anna).devices.map(\.id)
        }
        #expect(found == ["device-12"])
        #expect(
            stage.stage.refusal { intents throws(Refusal) in try await intents.device("device-3", for: .stranger) }?
                .kind
                == .notFound)
    }
}
