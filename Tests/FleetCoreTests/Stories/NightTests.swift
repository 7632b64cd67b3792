// What happens while nobody is in the building: rooms restart themselves, some die, and in the morning everybody meets
// them at once.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct NightTests {
    /// 07:00 UTC of the day that the stories are told on.
    private static let seven = -3600.0
    private static let two = -21600.0

    @Test func theMorningIsOnePageForEachBuilding() throws {
        var town = Town([("B1", 50), ("B2", 50), ("B3", 50)], beginsAt: Self.two)
        // They die one by one in the night, far apart.
        for (place, room) in [1, 2, 3, 4, 51, 52, 53, 54, 101, 102, 103, 104].enumerated() {
            town.darken(room, from: Self.two + 100 + 700 * Double(place))
        }
        town.live(until: Self.seven - 1)
        #expect(town.incidents(.roomOffline).map(\.severity) == Array(repeating: .warning, count: 12))
        let before = town.told.count
        town.live(until: Self.seven + 300)
        let morning = town.told.dropFirst(before)
        #expect(
            morning.filter { !$0.contains("resolved") } == [
                "-3600 opened building.offline B1 error", "-3600 opened building.offline B2 error",
                "-3600 opened building.offline B3 error",
            ])
        #expect(town.incidents(.roomOffline).allSatisfy { $0.resolution == .merged })
        #expect(town.placeIncidents.map(\.roomsTotal) == [4, 4, 4])
        #expect(town.placeIncidents.map(\.scope.partial) == [true, true, true])
        #expect(town.incidents(.roomFlapping).isEmpty)
    }

    @Test func aSingleRoomFromTheNightIsRaised() {
        var town = Town([("B1", 50)], beginsAt: Self.seven - 600)
        town.darken(1, from: Self.seven - 500)
        town.live(until: Self.seven + 60)
        #expect(town.told.last == "-3600 updated room.offline room-1 error")
        #expect(town.told.count == 2)
    }

    @Test func fiveHundredRestartsAreNobodysBusiness() throws {
        var town = Town((1...10).map { ("B\($0)", 50) }, site: SiteRules(), beginsAt: Self.two - 60)
        var random = SeededGenerator(seed: 3)
        for room in 1...500 where room != 77 {
            let begins = Self.two + Double.random(in: 0..<5300, using: &random)
            town.darken(room, from: begins, until: begins + Double.random(in: 60..<1150, using: &random))
        }
        let dies = Self.two + 1800
        town.darken(77, from: dies)
        town.live(until: Self.two + 5400 + 1500)
        #expect(town.told.map { String($0.drop { $0 != " " }) } == [" opened room.offline room-77 error"])
        let page = try #require(town.pages().first)
        // The allowance runs from the first bad answer.
        #expect((dies + 1200...dies + 1210).contains(page.second), "\(page.second - dies)")
        #expect(page.incident.cause == .didNotReturn)
        #expect(page.incident.summary.contains("window nightly"))
        #expect(town.fleet.flaps.keys.map(\.text) == ["room-77"])
        #expect(Set(town.suppressions.map(\.suppression.rule)) == ["window:nightly"])
        #expect(Set(town.suppressions.map(\.key)).count == 500)
        #expect(town.suppressions.count == 500)
    }

    /// The restart of the building's switch at night takes all rooms, and they do not come back.
    @Test func aBuildingThatDoesNotReturnIsOnePage() throws {
        var town = Town([("B1", 50), ("B2", 50)], site: SiteRules(), beginsAt: Self.two - 60)
        town.darken(Array(1...45), from: Self.two + 600, over: 40)
        town.live(until: Self.two + 600 + 1199)
        #expect(town.told == [])
        town.live(until: Self.two + 600 + 1400)
        #expect(town.placeIncidents.map(\.key.text) == ["contoso:building.offline:B1"])
        #expect(town.placeIncidents.first?.cause == .didNotReturn)
        #expect(town.placeIncidents.first?.severity == .error)
        #expect(town.placeIncidents.first?.roomsTotal == 45)
    }
}
