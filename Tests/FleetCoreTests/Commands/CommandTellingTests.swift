// Who hears of a command that ended badly: one page for the command, however many rooms it failed in.

@testable import FleetCore
import Testing
import Timekeeping

struct CommandTellingTests {
    private func failed(_ action: DeviceAction = .updateSoftware(.teamsClient, version: nil)) throws -> (
        Workshop, Command
    ) {
        var rules = CommandRules()
        rules.updateIn = .always
        var shop = Workshop([("B1", 3)], rules: rules)
        shop.graph.failing = [1, 2]
        let command = try shop.give(Workshop.order(action, matching: "building=B1"))
        shop.live(until: 500)
        return (shop, command)
    }

    @Test func aCommandThatFailedInSomeRoomsIsOneWarning() throws {
        let (shop, command) = try failed()
        #expect(shop.town.pages().map(\.incident.key.text) == ["contoso:command.failed:\(command.id)"])
        let page = try #require(shop.town.pages().first)
        #expect(page.incident.severity == .warning)
        #expect(page.incident.scope.kind == .command && page.incident.scope.name == "update by ada")
        #expect(page.incident.rooms.map(\.id) == [account(1), account(2)])
        #expect(
            page.incident.summary
                == "2 of 3 updates that ada asked for failed: Room 1 (B1, floor 1), Room 2 (B1, floor 1). See the "
                + "operations of command \(command.id)")
        #expect(page.incident.evidence.allSatisfy { $0.reading.hasSuffix("failed: UpdateFailed: no space") })
        #expect(CommandTally(shop.town.fleet.commandBook.operations(of: command.id)).failed == 2)
    }

    @Test func diagnosticsThatFailAreToldToNobody() throws {
        #expect(try failed(.runDiagnostics).0.town.pages().isEmpty)
    }

    @Test func aCommandThatWasTakenBackIsNoFailure() throws {
        var shop = Workshop([("B1", 1)])
        let command = try shop.give(Workshop.order(rooms: [1]))
        let taken = shop.town.fleet.withdraw(command: command.id, by: "ada", at: shop.town.now)
        shop.town.take(try #require(taken))
        shop.live(until: 60)
        #expect(shop.town.pages().isEmpty)
    }

    @Test func whoAcknowledgesItHasClosedIt() throws {
        var (shop, command) = try failed()
        let key = DedupKey(tenant: Watch.tenant, condition: .commandFailed, subject: .command(command.id))
        let decision = shop.town.fleet.acknowledge(key, by: "grace", at: shop.town.now)
        #expect(decision.events.map(\.incident.resolution) == [.manual])
        #expect(decision.conditions.map(\.state) == [StateRecord(.clear)])
        shop.town.take(decision)
        shop.town = shop.town.restarted(after: 5)
        shop.live(until: 700)
        #expect(shop.town.incidents(.commandFailed).count == 1)
    }

    @Test func afterADayNobodyIsToldAnyMore() throws {
        var (shop, command) = try failed()
        let key = DedupKey(tenant: Watch.tenant, condition: .commandFailed, subject: .command(command.id))
        shop.town = shop.town.restarted(after: 600)
        func tick(after seconds: Double) {
            shop.town.take(shop.town.fleet.tick(at: shop.town.now.advanced(by: .seconds(seconds))))
        }
        tick(after: 80_000)
        #expect(shop.town.fleet.book.open(key) != nil)
        tick(after: 86_400)
        #expect(shop.town.fleet.book.open(key) == nil)
        #expect(shop.town.incidents(.commandFailed).first?.resolution == .recovered)
    }
}
