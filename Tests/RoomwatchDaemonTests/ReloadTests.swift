// SIGHUP: what is taken up, what waits for a restart, and that a mistake changes nothing.

import FleetConfiguration
import FleetCore
import FleetMonitor
import Foundation
import Testing

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
            more: "poll: { presence: 8s, devices: 10m, calendars: 9m }")
        await reload()
        let values = rig.watch.settings.values
        #expect(values.presence == .seconds(8))
        #expect(values.devices == .seconds(600))
        #expect(values.calendars == .seconds(540))
        #expect(values.scope == InventoryScope(exclude: ["room3@contoso.com"]))
        #expect(!values.readsDevices)
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
