// A building loses its power. Its rooms time out one after the other for minutes, and people hear of it once.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct DarkBuildingTests {
    /// Messages about places and rooms that are left when everything was told: what rang and was not taken back before
    /// the grouping wait of 20 s was over.
    private func earlyRoomPages(_ town: Town) -> [String] {
        town.incidents(.roomOffline).filter { incident in
            guard incident.resolution == .merged, let resolved = incident.resolvedAt else { return true }
            return resolved.timeIntervalSince(incident.openedAt) >= 20
        }.map(\.scope.name)
    }

    @Test(arguments: [40.0, 300], [1, 5])
    func fortyFiveOfFiftyRoomsAreOnePage(length: Double, floors: Int) throws {
        for seed: UInt64 in 1...5 {
            var town = Town([("B1", 50), ("B2", 50)], floors: floors)
            town.darken(Array(town.rooms(of: "B1").prefix(45)), from: 20, over: length, seed: seed)
            let others = [60, 75, 90]
            for (place, room) in others.enumerated() { town.darken(room, from: 40 + 60 * Double(place)) }
            town.live(until: 900)
            let places = town.placeIncidents
            #expect(places.map(\.key.text) == ["contoso:building.offline:B1"], "seed \(seed)")
            #expect(places.first?.status == .open)
            #expect(places.first?.roomsTotal == 45)
            #expect(places.first?.scope.partial == false, "45 of 50 are the building")
            #expect(Set(earlyRoomPages(town)) == Set(others.map { "Room \($0)" }), "seed \(seed)")
            #expect(town.pages(.buildingOffline).count == 1)
            #expect(town.fleet.scopes[.building("B1")]?.down == 45)
        }
    }

    @Test func healthyBuildingsAroundItChangeNothing() throws {
        var town = Town((1...21).map { ("B\($0)", 50) }, floors: 5)
        town.darken(Array(town.rooms(of: "B7").prefix(45)), from: 20, over: 300)
        for room in [1, 101, 201] { town.darken(room, from: 100 + Double(room)) }
        town.live(until: 600)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:B7"])
        #expect(Set(earlyRoomPages(town)) == ["Room 1", "Room 101", "Room 201"])
    }

    /// Rooms that fall floor by floor: one floor, then the building that the floor is part of.
    @Test func aFloorIsNamedWhenOnlyItIsDark() {
        var town = Town([("B1", 50), ("B2", 50)], floors: 5)
        let floor = town.rooms(of: "B1").filter { town.homes[$0 - 1].floor == "3" }
        town.darken(floor, from: 20, over: 60)
        town.live(until: 600)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:floor.offline:B1/3"])
        #expect(town.placeIncidents.first?.roomsTotal == 10)
        #expect(earlyRoomPages(town) == [])
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func bookedRoomsOfADarkBuildingRingAtMostOnce(seed: UInt64) {
        for length in [40.0, 300] {
            var town = Town([("B1", 50), ("B2", 50)])
            let dark = Array(town.rooms(of: "B1").prefix(45))
            town.book(Array(dark.prefix(5)), from: -1800, until: 3600)
            town.darken(dark, from: 20, over: length, seed: seed)
            town.live(until: 700)
            let urgent = town.decisions.flatMap(\.decision.events).filter {
                if case .opened(let incident, isUrgent: true) = $0 { incident.condition == .roomOffline } else { false }
            }
            #expect(urgent.count <= 1, "over \(length) s")
            for incident in town.incidents(.roomOffline) { #expect(incident.resolution == .merged) }
            #expect(town.placeIncidents.map(\.severity) == [.critical])
            #expect(
                town.placeIncidents.first?.summary.contains("5 of them in use, booked now or within minutes") == true)
        }
    }

    @Test func aSiteOfTwoRoomsIsOnePage() {
        var town = Town([("Hut", 2), ("B2", 50)])
        town.darken([1, 2], from: 20, over: 15)
        town.live(until: 300)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:Hut"])
        #expect(earlyRoomPages(town) == [])
    }

    @Test func aDarkTenantIsOnePage() throws {
        var town = Town([("B1", 20), ("B2", 20), ("B3", 20)])
        town.darken(town.rooms(of: "B1"), from: 20, over: 30)
        town.darken(town.rooms(of: "B2") + town.rooms(of: "B3"), from: 60, over: 120)
        town.live(until: 700)
        #expect(town.fleet.book.allOpen.map(\.key.text) == ["contoso:tenant.offline:tenant"])
        #expect(town.pages(.tenantOffline).count == 1)
        for incident in town.incidents(.buildingOffline) { #expect(incident.resolution == .merged) }
        #expect(town.incidents(.buildingOffline).count <= 2)
        #expect(town.fleet.scopes.count == 1)
        #expect(town.fleet.scopes[.tenant]?.down == 60)
    }

    /// What is open takes further rooms, narrow as their own place may be.
    @Test func aBuildingThatFollowsADarkTenantJoinsIt() throws {
        var town = Town([("B1", 20), ("B2", 20), ("B3", 20)])
        town.darken(town.rooms(of: "B1") + town.rooms(of: "B2"), from: 20, over: 60)
        town.darken(town.rooms(of: "B3"), from: 600, over: 60)
        town.live(until: 900)
        #expect(town.fleet.book.allOpen.map(\.key.text) == ["contoso:tenant.offline:tenant"])
        #expect(town.fleet.scopes[.tenant]?.down == 60)
        #expect(town.incidents(.buildingOffline).allSatisfy { $0.resolution == .merged })
        #expect(town.incidents(.tenantOffline).first?.roomsTotal == 60)
    }

    /// A part of the building is dark, and then most of one of its floors: they belong to what is open.
    @Test func aFloorThatFollowsADarkBuildingJoinsIt() throws {
        var town = Town([("B1", 50), ("B2", 50)], floors: 5)
        let third = town.rooms(of: "B1").filter { town.homes[$0 - 1].floor == "3" }
        let others = town.rooms(of: "B1").filter { town.homes[$0 - 1].floor != "3" }
        town.darken(Array(others.prefix(6)), from: 20, over: 20)
        town.darken(Array(third.prefix(8)), from: 200, over: 20)
        town.live(until: 300)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:B1"])
        #expect(town.fleet.scopes[.building("B1")]?.down == 14)
        // When the first six are no news any more, the floor alone would explain what fell lately. Even if the building
        // took no further rooms, those that it speaks for do not fall out of it, and one that falls beside them joins.
        town.live(until: 350)
        town.fleet.scopes[.building("B1")]?.lastJoined = at(-600)
        town.darken(third[8], from: 355)
        town.live(until: 400)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:B1"])
        #expect(town.fleet.scopes.keys.map(\.subject.text) == ["B1"])
        #expect(town.fleet.scopes[.building("B1")]?.down == 15)
    }

    @Test func roomsThatStayDarkAreToldByThemselves() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        let dark = Array(town.rooms(of: "B1").prefix(45))
        town.darken(dark.dropLast(2), from: 20, over: 40, until: 600)
        for room in dark.suffix(2) { town.darken(room, from: 30) }
        town.live(until: 1300)
        // The first is believed to be back at 630 or a little later: two good answers over 30 s.
        let cleared = try #require(town.incidents(.buildingOffline).first?.resolvedAt)
        let over = cleared.timeIntervalSince(at(0).wall)
        #expect((630...640).contains(over))
        let pages = town.pages(.roomOffline).filter { $0.second > over }
        #expect(pages.map(\.incident.scope.name) == dark.suffix(2).map { "Room \($0)" })
        // Ten minutes after the first recovery, which is when its first member was clear.
        #expect(pages.allSatisfy { (1230...1241).contains($0.second) }, "\(pages.map(\.second))")
        town.live(until: 1400)
        #expect(town.fleet.scopes.isEmpty)
    }

    /// A slow building: its last rooms return nine minutes after the first, and those that stay get two minutes more.
    @Test func membersHaveTwoMinutesAfterTheEnd() throws {
        var town = Town([("B1", 10), ("B2", 50)])
        for room in 1...4 { town.darken(room, from: 20, until: 300) }
        for room in 5...8 { town.darken(room, from: 20, until: 900) }
        for room in 9...10 { town.darken(room, from: 20) }
        town.live(until: 1200)
        let cleared = try #require(town.incidents(.buildingOffline).first?.resolvedAt).timeIntervalSince(at(0).wall)
        #expect((930...937).contains(cleared))
        let pages = town.pages(.roomOffline)
        #expect(pages.count == 2)
        #expect(pages.allSatisfy { abs($0.second - cleared - 120) <= 2 }, "\(pages.map(\.second))")
    }

    @Test func aBookedRoomThatStaysDarkIsToldAtOnce() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        let dark = Array(town.rooms(of: "B1").prefix(45))
        town.darken(dark.dropLast(2), from: 20, over: 40, until: 600)
        for room in dark.suffix(2) { town.darken(room, from: 30) }
        town.live(until: 590)
        town.book([dark[44]], from: 1400, until: 3000)
        town.live(until: 800)
        let cleared = try #require(town.incidents(.buildingOffline).first?.resolvedAt).timeIntervalSince(at(0).wall)
        let pages = town.pages(.roomOffline).filter { $0.second > 500 }
        #expect(pages.map(\.incident.scope.name) == ["Room \(dark[44])"])
        #expect(pages.allSatisfy { $0.second <= cleared + 2 && $0.incident.severity == .critical })
    }

    /// A network that comes and goes is one trouble of the building; fifty rooms are not said to flap for it.
    @Test func aBuildingThatComesAndGoesMakesNoRoomFlap() {
        var town = Town([("B1", 20), ("B2", 50)])
        for outage in 0..<6 {
            town.darken(
                town.rooms(of: "B1"), from: 20 + 300 * Double(outage), over: 5, until: 140 + 300 * Double(outage))
        }
        town.live(until: 2000)
        #expect(town.incidents(.roomFlapping).map(\.scope.name) == [])
        #expect(town.incidents(.buildingOffline).map(\.reopenedCount) == [5])
    }

    @Test func aBuildingThatWasClosedByHandSpeaksForNobodyWhoFallsLater() throws {
        var town = Town([("B1", 50), ("B2", 50)])
        town.darken(Array(1...10), from: 20, over: 10, until: 900)
        town.live(until: 100)
        town.close(DedupKey(tenant: Town.tenant, condition: .buildingOffline, subject: .building("B1")))
        town.live(until: 200)
        #expect(town.pages().allSatisfy { $0.second < 100 }, "what is known is not told again")
        town.darken(11, from: 210, until: 900)
        town.live(until: 300)
        let later = town.pages(.roomOffline).filter { $0.second > 200 }
        #expect(later.map(\.incident.scope.name) == ["Room 11"])
        town.darken(Array(12...20), from: 310, over: 10, until: 900)
        town.live(until: 400)
        let pages = town.pages(.buildingOffline)
        #expect(pages.count == 2, "\(town.told)")
        #expect(pages.last?.incident.roomsTotal ?? 0 > 10)
        town.live(until: 2400)
        #expect(town.fleet.book.allOpen.isEmpty && town.fleet.scopes.isEmpty, "\(town.told.suffix(5))")
        let steps = town.decisions.flatMap(\.decision.transitions).filter { $0.condition == .buildingOffline }
        #expect(steps.map(\.to) == [.firing, .clear, .firing, .clear])
    }
}
