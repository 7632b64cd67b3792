// Graph dark is one incident about ourselves and no page about any room (Detection, Blindness).

import FleetCore
import Testing
import Timekeeping

struct BlindnessTests {
    /// A tenant of twenty rooms that were all seen for a minute.
    static func seen() -> Watch {
        var watch = Watch(rooms: 20)
        watch.hear(.good, of: Array(1...20), from: 1, through: 181)
        return watch
    }

    @Test func aHundredSecondsOfDarknessAreNothing() {
        var watch = Self.seen()
        watch.hear(.failed, of: Array(1...20), from: 186, through: 281, sweep: .failed)
        watch.hear(.good, of: Array(1...20), from: 286, through: 600)
        #expect(watch.told == [])
    }

    @Test(arguments: [Reading<Presence>.failed, .saidUnknown, .missing])
    func twoHundredSecondsAreOneIncident(_ dark: Reading<Presence>) {
        var watch = Self.seen()
        let outcome: SweepOutcome = dark == .failed ? .failed : .complete
        watch.hear(dark, of: Array(1...20), from: 186, through: 381, sweep: outcome)
        #expect(watch.told == ["opened tenant.blind contoso error"])
        #expect(watch.fleet.isBlind)
        watch.hear(.good, of: Array(1...20), from: 386, through: 411)
        #expect(watch.fleet.isBlind, "two complete sweeps, but not over thirty seconds")
        watch.hear(.good, of: Array(1...20), from: 416, through: 416)
        #expect(watch.told == ["opened tenant.blind contoso error", "resolved tenant.blind contoso recovered"])
    }

    @Test func onlyCompleteSweepsProveSight() {
        var watch = Self.seen()
        watch.hear(.failed, of: Array(1...20), from: 186, through: 381, sweep: .failed)
        watch.hear(.good, of: Array(1...20), from: 386, through: 700, sweep: .partial)
        #expect(watch.fleet.isBlind)
        watch.hear(.good, of: Array(1...20), from: 705, through: 735)
        #expect(!watch.fleet.isBlind)
    }

    /// Half of the rooms seen is sight; one less is blindness.
    @Test(arguments: [(10, false), (9, true)])
    func theMajorityDecides(seen: Int, isBlind: Bool) {
        var watch = Self.seen()
        for second in stride(from: 186.0, through: 400, by: 5) {
            watch.hear(
                Dictionary(uniqueKeysWithValues: (1...20).map { ($0, $0 <= seen ? .good : .failed) }), at: second)
            watch.judge(at: second + 1, sweep: .partial)
        }
        #expect(watch.fleet.isBlind == isBlind)
    }

    @Test func oneDeletedAccountBlindsNobody() {
        var watch = Watch(rooms: 2)
        watch.hear(.good, of: [1, 2], from: 1, through: 181)
        for second in stride(from: 186.0, through: 600, by: 5) {
            watch.hear([1: .good, 2: .missing], at: second)
            watch.judge(at: second + 1, sweep: .complete)
        }
        #expect(watch.told == [])
    }

    /// Accounts that never had a presence do not count while others have one; alone they do.
    @Test func roomsNeverSeenBlindOnlyWhenNobodyIsSeen() {
        var watch = Watch(rooms: 20)
        for second in stride(from: 1.0, through: 400, by: 5) {
            watch.hear(
                Dictionary(uniqueKeysWithValues: (1...20).map { ($0, $0 <= 4 ? .good : .saidUnknown) }), at: second)
            watch.judge(at: second + 1, sweep: .complete)
        }
        #expect(watch.told == [])
        var dark = Watch(rooms: 20)
        dark.hear(.saidUnknown, of: Array(1...20), from: 1, through: 119)
        #expect(dark.told == [])
        dark.hear(.saidUnknown, of: Array(1...20), from: 121, through: 300)
        #expect(dark.told == ["opened tenant.blind contoso error"])
    }

    /// A first start that only ever hears a twentieth of the rooms knows nothing about the others, so they count.
    @Test func aFirstStartIntoPartialDarknessIsBlindness() {
        var watch = Watch(rooms: 20)
        for second in stride(from: 1.0, through: 200, by: 5) {
            watch.hear(Dictionary(uniqueKeysWithValues: (1...20).map { ($0, $0 == 1 ? .good : .failed) }), at: second)
            watch.judge(at: second + 1, sweep: .partial)
        }
        #expect(watch.told == ["opened tenant.blind contoso error"])
    }

    @Test func blindnessIsCriticalAfterAQuarterOfAnHourInBookableHours() throws {
        var watch = Self.seen()
        watch.judge(at: 301)
        let since = try #require(watch.open(.tenantBlind, .tenant)).openedAt
        #expect(since == at(301).wall)
        watch.judge(at: 301 + 899)
        #expect(watch.told == ["opened tenant.blind contoso error"])
        watch.judge(at: 301 + 900)
        watch.judge(at: 301 + 901)
        #expect(watch.told == ["opened tenant.blind contoso error", "updated tenant.blind contoso critical"])
        var night = Watch(rooms: 1, hours: HoursTable(byDefault: BookableHours(days: [])))
        night.hear([1: .good], at: 1)
        for second in stride(from: 2.0, through: 4000, by: 10) { night.judge(at: second) }
        #expect(night.told == ["opened tenant.blind contoso error"])
    }

    @Test func roomsFreezeWhileTheTenantIsBlind() {
        var watch = Watch(rooms: 3)
        watch.hear(.good, of: [1, 2, 3], from: 1, through: 6)
        watch.hear(.bad, of: [3], from: 8, through: 23)
        watch.hear([2: .bad], at: 20)
        watch.hear(.failed, of: [1, 2, 3], from: 25, through: 3000, sweep: .failed)
        #expect(watch.told(.roomOffline) == ["opened room.offline room-3 error"])
        #expect(watch.told(.roomUnseen) == [])
        // The streak before the darkness proves nothing about the time after it.
        watch.hear([2: .bad], at: 3005)
        watch.hear([2: .bad], at: 3010)
        watch.hear([2: .bad], at: 3014)
        #expect(watch.told(.roomOffline).count == 1)
        watch.hear([2: .bad], at: 3015)
        #expect(watch.told(.roomOffline).count == 2)
    }

    /// A tenant that is swept every five minutes is not blind between two sweeps.
    @Test func aSlowSweepIsNoBlindness() {
        var rules = DetectionRules()
        rules.sweepInterval = .seconds(300)
        var watch = Watch(rooms: 3, rules: rules)
        for second in stride(from: 1.0, through: 3601, by: 300) {
            watch.hear([1: .good, 2: .good, 3: .good], at: second)
            for later in stride(from: 1.0, to: 300, by: 20) { watch.judge(at: second + later) }
        }
        #expect(watch.told == [])
    }

    /// A restart while Graph answers for a third of the rooms: the others were seen before, so they count.
    @Test func aRestartDoesNotForgetWhoWasSeen() {
        var watch = Self.seen().restarted(at: 200, checkpoint: 181)
        for second in stride(from: 201.0, through: 500, by: 5) {
            watch.hear(Dictionary(uniqueKeysWithValues: (1...20).map { ($0, $0 <= 6 ? .good : .failed) }), at: second)
            watch.judge(at: second + 1, sweep: .partial)
        }
        #expect(watch.told == ["opened tenant.blind contoso error"])
    }

    /// A young monitor knows neither that it sees nor that it is blind.
    @Test func aRestartNeitherOpensNorClosesBlindness() {
        var watch = Self.seen()
        watch.hear(.saidUnknown, of: Array(1...20), from: 186, through: 381)
        watch = watch.restarted(at: 390, checkpoint: 381)
        watch.hear(.saidUnknown, of: Array(1...20), from: 391, through: 900)
        #expect(watch.told == ["opened tenant.blind contoso error"])
        var healthy = Self.seen().restarted(at: 10_000, checkpoint: 181)
        for second in stride(from: 10_001.0, through: 10_110, by: 5) { healthy.judge(at: second, sweep: .failed) }
        #expect(healthy.told == [])
    }
}
