// First match wins unless a route continues; each receiver hears once (Contract, Configuration).

import FleetCore
import Testing
import Timekeeping

struct RoutingTests {
    private static func receiver(_ name: String) -> ReceiverProfile {
        ReceiverProfile(name: ReceiverName(name), isPaging: true)
    }

    private static func tree(_ routes: [(RouteMatch, [String], Bool)]) -> RoutingTree {
        RoutingTree(
            routes: routes.enumerated().map { place, route in
                Route(
                    rule: "routes[\(place)]", match: route.0, receivers: route.1.map { ReceiverName($0) },
                    continues: route.2)
            }, receivers: ["a", "b", "c"].map(receiver))
    }

    private static func told(_ tree: RoutingTree, _ incident: Incident) -> [String] {
        tree.destinations(of: incident, at: at(0).wall).map { "\($0.receiver.name) by \($0.rule)" }
    }

    @Test func theFirstMatchWins() {
        let tree = Self.tree([(RouteMatch(severities: [.critical]), ["a"], false), (RouteMatch(), ["b"], false)])
        #expect(Self.told(tree, Paper.incident(severity: .critical)) == ["a by routes[0]"])
        #expect(Self.told(tree, Paper.incident(severity: .error)) == ["b by routes[1]"])
    }

    @Test func aRouteMayContinueAndAReceiverHearsOnce() {
        let tree = Self.tree([
            (RouteMatch(), ["a", "b"], true), (RouteMatch(), ["b", "c", "unknown"], false),
            (RouteMatch(), ["a"], false),
        ])
        #expect(Self.told(tree, Paper.incident()) == ["a by routes[0]", "b by routes[0]", "c by routes[1]"])
    }

    @Test func everyPartOfAMatchMustHold() {
        let match = RouteMatch(
            severities: [.error], conditions: [.roomOffline], tenants: [Watch.tenant], buildings: ["B2"])
        let tree = Self.tree([(match, ["a"], false)])
        #expect(Self.told(tree, Paper.incident(building: "B2")) == ["a by routes[0]"])
        #expect(Self.told(tree, Paper.incident(severity: .warning, building: "B2")) == [])
        #expect(Self.told(tree, Paper.incident(building: "B3")) == [])
        #expect(Self.told(tree, Paper.incident(building: nil)) == [])
        #expect(Self.told(tree, Paper.incident(.tenantBlind, .tenant)) == [])
        var elsewhere = match
        elsewhere.tenants = [.roomwatch]
        #expect(Self.told(Self.tree([(elsewhere, ["a"], false)]), Paper.incident(building: "B2")) == [])
        #expect(!match.matchesEverything && RouteMatch().matchesEverything)
    }
}
