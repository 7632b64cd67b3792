// A room that comes and goes is one trouble with its own page; its single outages are quiet, and a lasting one is not.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct FlappingTests {
    /// One room that falls every so many minutes and is away for 90 s.
    private func flapping(every minutes: Double, outages: Int, away: Double = 90) -> Town {
        var town = Town([("B1", 20)])
        for outage in 0..<outages {
            let begins = 20 + 60 * minutes * Double(outage)
            town.darken(1, from: begins, until: begins + away)
        }
        return town
    }

    @Test(arguments: [(5.0, 3), (10, 4), (15, 4), (20, 6), (22, 11), (24, 0)])
    func theTable(minutes: Double, firing: Int) throws {
        var town = flapping(every: minutes, outages: 14)
        town.live(until: 20 + 60 * minutes * 14)
        guard firing > 0 else {
            #expect(town.incidents(.roomFlapping).isEmpty)
            return
        }
        let began = try #require(town.incidents(.roomFlapping).first?.openedAt).timeIntervalSince(at(0).wall)
        // It is believed to be down ten seconds after it falls.
        let expected = 20 + 60 * minutes * Double(firing - 1) + 10
        #expect((expected...expected + 5).contains(began), "at \(began), not at \(expected)")
        #expect(town.incidents(.roomFlapping).first?.severity == .warning)
    }

    @Test func singleOutagesAreQuietWithAReason() throws {
        var town = flapping(every: 5, outages: 10)
        town.live(until: 3020)
        // The first two rang; the third began the flapping, which rang instead.
        #expect(town.pages(.roomOffline).count == 2)
        #expect(town.pages(.roomFlapping).count == 1)
        let quiet = town.decisions.flatMap(\.decision.events).filter { event in
            switch event {
            case .opened(let incident, _), .reopened(let incident, _): incident.suppression?.rule == "room.flapping"
            default: false
            }
        }
        #expect(quiet.count == 8)
        town.live(until: 9000)
        #expect(town.incidents(.roomFlapping).map(\.status) == [.resolved])
        #expect(town.told.filter { $0.contains("resolved room.flapping") }.count == 1)
    }

    @Test func aLastingOutageOfAFlappingRoomIsTold() throws {
        var town = flapping(every: 5, outages: 4)
        town.darken(1, from: 1220)
        town.live(until: 2000)
        let late = town.pages(.roomOffline).filter { $0.second > 1000 }
        #expect(late.map(\.second).count == 1)
        #expect((1820...1826).contains(late.first?.second ?? 0), "\(late.map(\.second))")
    }

    @Test func aLastingCriticalOutageOfAFlappingRoomIsToldEarlier() throws {
        var town = flapping(every: 5, outages: 4)
        town.darken(1, from: 1220)
        town.live(until: 1000)
        town.book([1], from: 1000, until: 4000)
        town.live(until: 2000)
        let late = town.pages(.roomOffline).filter { $0.second > 1200 }
        #expect((1340...1346).contains(late.first?.second ?? 0), "\(late.map(\.second))")
    }

    /// While the room is not seen nothing heals.
    @Test func unseenTimeDoesNotHeal() {
        var town = flapping(every: 5, outages: 3)
        town.live(until: 800)
        town.graph = .failing
        town.live(until: 800 + 4 * 3600)
        #expect(town.incidents(.roomFlapping).map(\.status) == [.open])
        town.graph = .well
        town.live(until: 800 + 5 * 3600 + 1800)
        #expect(town.incidents(.roomFlapping).map(\.status) == [.resolved])
    }

    /// The penalty survives a restart, and so does the quiet.
    @Test func aRestartDoesNotForgetTheFlapping() {
        var town = flapping(every: 5, outages: 8)
        town.live(until: 1000)
        town = town.restarted(after: 20)
        town.live(until: 2400)
        #expect(town.pages(.roomOffline).count == 2)
        #expect(town.pages(.roomFlapping).count == 1)
    }
}
