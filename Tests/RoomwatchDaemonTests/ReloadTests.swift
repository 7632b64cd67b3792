// SIGHUP: what is taken up, what waits for a restart, and that a mistake changes nothing.

import FleetConfiguration
import FleetCore
import FleetMonitor
import FleetStore
import Foundation
import Testing
import Timekeeping

@testable import RoomwatchDaemon

@Suite struct ReloadTests {
    let folder: Folder
    let rig: Rig

    init() async throws {
        folder = try Folder()
        rig = try await Rig(folder)
    }

    /// One SIGHUP, with the routes that the start adopted in force.
    @discardableResult
    private func reload(_ routing: RoutingTree? = nil) async -> RoutingTree {
        await rig.reload.reload(routing: routing ?? rig.reload.running.routing)
    }

    @Test func whatMayChangeIsTakenUpAtOnce() async throws {
        try folder.configure(
            inventory: "{ exclude: [room3@contoso.com], devices: false }",
            more: """
                poll: { presence: 8s, devices: 10m, calendars: 9m }
                commands: { enabled: false, per_hour: 7 }
                """)
        await reload()
        let values = rig.watch.settings.values
        #expect(values.presence == .seconds(8))
        #expect(values.devices == .seconds(600))
        #expect(values.calendars == .seconds(540))
        #expect(values.scope == InventoryScope(exclude: ["room3@contoso.com"]))
        #expect(!values.readsDevices)
        #expect(values.commands == .off)
        #expect(rig.journal.lines.contains("notice: the configuration was reloaded"))
        #expect(rig.journal.lines(with: "wait for a restart").isEmpty)
    }

    @Test func aBadConfigurationIsRefusedAndTheOldOneStays() async throws {
        let before = rig.watch.settings.values
        try folder.configure(inventory: "{ exclude: [room3@contoso.com] }", more: "pol: { presence: 8s }")
        let routes = await reload()
        #expect(routes == rig.reload.running.routing)
        #expect(rig.watch.settings.values == before)
        let refusals = rig.journal.lines(with: "error: the new configuration is refused, the old one stays")
        #expect(refusals.count == 1)
        #expect(refusals.first?.contains("roomwatch.yaml:") == true && refusals.first?.contains("pol") == true)
        #expect(rig.journal.lines(with: "was reloaded").isEmpty)
    }

    @Test func aFileThatIsGoneIsRefusedToo() async throws {
        let before = rig.watch.settings.values
        try folder.remove("roomwatch.yaml")
        await reload()
        #expect(rig.watch.settings.values == before)
        #expect(rig.journal.lines(with: "the old one stays").count == 1)
    }

    @Test func newRoutesBetweenTheSameReceiversAreTakenUp() async throws {
        let folder = try Folder()
        try folder.configure(receivers: ["oncall", "second"])
        let rig = try await Rig(folder)
        try folder.configure(receivers: ["oncall", "second"], routed: "second")
        let routes = await rig.reload.reload(routing: rig.reload.running.routing)
        #expect(routes.routes.map(\.receivers) == [[ReceiverName("second")]])
        #expect(rig.journal.lines(with: "wait for a restart").isEmpty)
    }

    @Test func noRouteLeadsToAReceiverThatDoesNotRun() async throws {
        try folder.configure(receivers: ["oncall", "second"], routed: "second", more: "poll: { presence: 8s }")
        let routes = await reload()
        #expect(routes == rig.reload.running.routing)
        #expect(routes.routes.map(\.receivers) == [[ReceiverName("oncall")]])
        #expect(
            rig.journal.lines.contains("warning: these changes wait for a restart: receivers, routes"),
            "\(rig.journal.lines)")
        #expect(rig.watch.settings.values.presence == .seconds(8), "the rest is taken up")
    }

    @Test func routesThatAnEarlierReloadBroughtStayWhenTheNextOneCannotBeServed() async throws {
        let folder = try Folder()
        try folder.configure(receivers: ["oncall", "second"])
        let rig = try await Rig(folder)
        try folder.configure(receivers: ["oncall", "second"], routed: "second")
        let adopted = await rig.reload.reload(routing: rig.reload.running.routing)
        try folder.configure(receivers: ["oncall", "second", "third"], routed: "third")
        #expect(await rig.reload.reload(routing: adopted) == adopted)
    }

    @Test func whatOnlyARestartTakesUpIsNamed() async throws {
        try folder.configure(socket: "other.sock", more: "log: { level: debug }")
        await reload()
        #expect(rig.journal.lines.contains("warning: these changes wait for a restart: api.socket, log"))
    }

    @Test func aTenantThatIsNotWatchedYetWaitsForARestart() async throws {
        let before = rig.watch.settings.values
        let text = try String(contentsOfFile: folder.configuration, encoding: .utf8)
        try folder.write(
            text.replacingOccurrences(of: "- name: contoso", with: "- name: contoso-emea"), to: "roomwatch.yaml")
        await reload()
        #expect(rig.watch.settings.values == before)
        let line = "warning: these changes wait for a restart: tenants[contoso], tenants[contoso-emea]"
        #expect(rig.journal.lines.contains(line))
    }
}

/// Windows, rooms and correlation of a reloaded configuration judge the very next answer.
@Suite struct SiteReloadTests {
    let folder: Folder
    let rig: Rig
    private let contoso = TenantName("contoso")
    /// One bad answer is enough, and rooms do not wait for one another.
    private let hasty = "{ offline_after: 1, offline_hold: 0s }"

    init() async throws {
        folder = try Folder()
        try folder.configure(detection: hasty)
        rig = try await Rig(folder)
        let accounts = (1...9).map { number in
            AccountRecord(
                id: AccountID("room\(number)"), name: "Room \(number)",
                userPrincipalName: "room\(number)@contoso.com", roomLicence: "MTR_PREM")
        }
        await rig.ledger.accept(
            InventoryReading(
                accounts: accounts, devices: nil, places: nil, asked: StandingTime.moment, remarks: []),
            tenant: contoso, scope: InventoryScope())
    }

    private func reload(_ more: String) async throws {
        try folder.configure(detection: hasty, more: more)
        _ = await rig.reload.reload(routing: rig.reload.running.routing)
        #expect(rig.journal.lines(with: "wait for a restart").isEmpty)
    }

    /// A complete answer so many seconds after the start, in which some rooms are dark.
    private func answer(after seconds: Int, dark: Set<Int>) async {
        let asked = StandingTime.moment.advanced(by: .seconds(seconds))
        for lane in TenantFleet.Lane.allCases {
            for page in await rig.ledger.pages(of: lane, tenant: contoso) {
                let answers = page.accounts.map { account in
                    let isDark = dark.contains { account.text == "room\($0)" }
                    return PresenceAnswer(
                        .value(isDark ? Presence(.offline, text: "Offline") : Presence(.online, text: "Available")))
                }
                await rig.ledger.accept(
                    PresencePage(request: page, answers: answers, asked: asked, received: asked), tenant: contoso)
            }
        }
    }

    private func incidents() throws -> [String] {
        try rig.store.recentIncidents(IncidentQuery(limit: 50)).incidents.map { incident in
            "\(incident.key.text) \(incident.severity.rawValue)"
        }.sorted()
    }

    /// Receivers that were to be told, once for each message.
    private func told() throws -> Int {
        try rig.store.recentIncidents(IncidentQuery(limit: 50)).incidents
            .map { try rig.store.notifications(of: $0.id).count }.reduce(0, +)
    }

    @Test func aNewWindowIsQuietAtOnce() async throws {
        await answer(after: 1, dark: [])
        await answer(after: 2, dark: [1])
        #expect(try told() == 1)
        try await reload("maintenance: [{ name: now, from: \"07:00\", to: \"09:00\" }]")
        await answer(after: 3, dark: [1, 2])
        #expect(try told() == 1, "nobody hears of the second room")
        #expect(await rig.ledger.census().first?.phases[.firing] == 2)
    }

    @Test func aRoomThatBecomesImportantIsCritical() async throws {
        await answer(after: 1, dark: [])
        try await reload("rooms: [{ match: { room: room2@contoso.com }, vip: true }]")
        await answer(after: 2, dark: [1, 2])
        #expect(try incidents() == ["contoso:room.offline:room1 error", "contoso:room.offline:room2 critical"])
    }

    @Test func aNewShareMakesFewerRoomsOneTrouble() async throws {
        await answer(after: 1, dark: [])
        try await reload("correlation: { share: 0.3 }")
        await answer(after: 2, dark: [1, 2, 3])
        #expect(try incidents() == ["contoso:tenant.offline:tenant error"])
    }
}
