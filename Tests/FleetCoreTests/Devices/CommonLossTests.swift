// Many devices that lose the same thing are one trouble of their model or version (Detection, Devices).

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

struct CommonLossTests {
    private static let model = "Bar 20"
    private static let camera = DeviceCohort(.model("Acme Bar 20"), .peripheral(.roomCamera))

    /// Rooms that are seen, each with a bar of one model.
    private func watch(_ count: Int = 12) -> Watch {
        var watch = Watch(rooms: count)
        watch.hear(Dictionary(uniqueKeysWithValues: (1...count).map { ($0, .good) }), at: 1)
        list(&watch, count, at: 2)
        return watch
    }

    private func list(_ watch: inout Watch, _ count: Int, at second: Double) {
        watch.list(
            (1...count).map { .of($0, model: Self.model, asked: at(second)) }, rooms: Array(1...count), at: second)
    }

    /// One round of reads in which these rooms lack their camera and the others of `having` have it.
    private func round(_ watch: inout Watch, lost: [Int], having: [Int] = [], at second: Double, since: Date? = nil) {
        for (place, number) in lost.enumerated() {
            watch.examine(.missing(.roomCamera, since: since), of: deviceID(number), at: second + Double(place) * 0.1)
        }
        for (place, number) in having.enumerated() {
            watch.examine(
                .missing(having: [.roomCamera]), of: deviceID(number), at: second + 5 + Double(place) * 0.1)
        }
    }

    @Test func fiveThatFallTogetherAreOneIncident() throws {
        var watch = watch()
        round(&watch, lost: [1, 2, 3, 4, 5, 6, 7], at: 10)
        #expect(watch.heard == [])
        round(&watch, lost: [1, 2, 3, 4, 5, 6, 7], at: 80)
        #expect(watch.heard == ["opened device.peripheral model/Acme Bar 20/peripheral: room_camera warning"])
        let incident = try #require(watch.open(.devicePeripheral, .deviceModel(Self.camera)))
        #expect(incident.scope.kind == .model)
        #expect(incident.scope.name == "Acme Bar 20")
        #expect(!incident.scope.partial, "seven of twelve")
        #expect(incident.roomsTotal == 7)
        #expect(incident.summary == "Acme Bar 20: the room camera is not connected in 7 rooms")
        #expect(incident.key.text == "contoso:device.peripheral:model/Acme Bar 20/peripheral: room_camera")
    }

    @Test func fourAreFourTroubles() {
        var watch = watch()
        for second in [10.0, 80] { round(&watch, lost: [1, 2, 3, 4], at: second) }
        #expect(watch.heard.count == 4)
        #expect(watch.heard.allSatisfy { $0.hasPrefix("opened device.peripheral room-") })
    }

    @Test func whoWasToldAloneIsMergedAndWhoFollowsJoinsWithoutAPage() throws {
        var watch = watch()
        for second in [10.0, 80] { round(&watch, lost: [1, 2, 3, 4], at: second) }
        let told = watch.heard.count
        round(&watch, lost: [5], at: 300)
        round(&watch, lost: [5], at: 370)
        #expect(
            watch.heard.dropFirst(told) == [
                "opened device.peripheral model/Acme Bar 20/peripheral: room_camera warning",
                "resolved device.peripheral room-1 merged", "resolved device.peripheral room-2 merged",
                "resolved device.peripheral room-3 merged", "resolved device.peripheral room-4 merged",
            ])
        #expect(try #require(watch.open(.devicePeripheral, .deviceModel(Self.camera))).scope.partial)
        let joined = watch.heard.count
        for second in [900.0, 970] { round(&watch, lost: [6], at: second) }
        #expect(watch.heard.count == joined)
        #expect(watch.open(.devicePeripheral, .deviceModel(Self.camera))?.roomsTotal == 6)
    }

    @Test func hoursApartTheyHaveNothingInCommon() {
        var watch = watch()
        for number in 1...6 {
            let second = Double(number) * 1900
            round(&watch, lost: [number], at: second)
            round(&watch, lost: [number], at: second + 70)
        }
        #expect(watch.heard.count == 6)
        #expect(watch.heard.allSatisfy { $0.hasPrefix("opened device.peripheral room-") })
    }

    @Test func graphsDateCountsWhereItGivesOne() {
        var watch = watch()
        for number in 1...6 {
            let since = at(-Double(number) * 3600).wall
            round(&watch, lost: [number], at: 10, since: since)
            round(&watch, lost: [number], at: 80, since: since)
        }
        #expect(watch.heard.count == 6, "found together, but lost on six different hours")
        #expect(watch.heard.allSatisfy { $0.hasPrefix("opened device.peripheral room-") })
    }

    @Test func aSuspicionThatFallsAwayLeavesTheOthersAlone() {
        var watch = watch()
        round(&watch, lost: [1, 2, 3, 4, 5], at: 10)
        round(&watch, lost: [1], at: 80)
        #expect(watch.heard == [], "it waits for what becomes of its siblings")
        round(&watch, lost: [], having: [2, 3, 4, 5], at: 90)
        #expect(watch.heard == ["opened device.peripheral room-1 warning"])
    }

    @Test func nobodyWaitsForEver() {
        var watch = watch()
        round(&watch, lost: [1, 2, 3, 4, 5], at: 10)
        round(&watch, lost: [1], at: 80)
        watch.hear(.good, of: Array(1...12), from: 85, through: 370)
        #expect(watch.heard == [])
        watch.hear(.good, of: Array(1...12), from: 375, through: 500)
        #expect(watch.heard == ["opened device.peripheral room-1 warning"])
    }

    @Test func itEndsWhenNearlyAllAreWellAndTheLastSpeaksForItself() {
        var watch = watch()
        for second in [10.0, 80] { round(&watch, lost: [1, 2, 3, 4, 5, 6], at: second) }
        let told = watch.heard.count
        round(&watch, lost: [], having: [1, 2, 3, 4], at: 200)
        #expect(watch.heard.count == told, "two of six are left")
        #expect(watch.open(.devicePeripheral, .deviceModel(Self.camera))?.roomsTotal == 2)
        round(&watch, lost: [], having: [5], at: 300)
        #expect(watch.heard.count == told, "the last may follow")
        watch.hear(.good, of: Array(1...12), from: 310, through: 730)
        #expect(
            watch.heard.dropFirst(told) == [
                "resolved device.peripheral model/Acme Bar 20/peripheral: room_camera recovered",
                "opened device.peripheral room-6 warning",
            ])
    }

    @Test func aVersionSharedByMostIsNoCauseAndOneThatIsAll() throws {
        var watch = Watch(rooms: 12)
        watch.hear(Dictionary(uniqueKeysWithValues: (1...12).map { ($0, .good) }), at: 1)
        // Two models, and a new version on six devices of both.
        watch.list(
            (1...12).map { .of($0, model: $0 % 2 == 0 ? "Bar 20" : "Hub 5", asked: at(2)) }, rooms: Array(1...12), at: 2
        )
        func report(_ number: Int, isLost: Bool) -> DeviceHealthReport {
            var report = DeviceHealthReport.missing()
            report.logins = [.teams: .init(isLost ? .disconnected : .connected)]
            report.software = [
                SoftwareReport(
                    kind: .teamsClient, freshness: .latest, current: number <= 6 ? "5.1.2" : "5.0.1")
            ]
            return report
        }
        for second in [10.0, 80] {
            for number in 1...12 {
                watch.examine(report(number, isLost: number <= 5), of: deviceID(number), at: second + Double(number))
            }
        }
        #expect(
            watch.heard == ["opened device.login version/teams_client 5.1.2/login: teams error"], "five of six have it")
        let rule = CommonLossRule.common(
            among: (1...5).map {
                DeviceLoss(
                    device: "\($0)", problem: .offline, cohorts: [DeviceCohort(.version(.firmware, "1"), .offline)],
                    onset: at(0).wall, isConfirmed: true)
            }, population: { _ in 200 })
        #expect(rule == [], "five of two hundred with the same version prove nothing about it")
    }

    @Test func roomsThatAreDownAreNobodysCommonCause() {
        var watch = watch()
        watch.hear(.bad, of: Array(1...6), from: 5, through: 20)
        let told = watch.heard.count
        for second in [30.0, 100] {
            for number in 1...6 { watch.examine(.away, of: deviceID(number), at: second + Double(number)) }
        }
        #expect(watch.heard.dropFirst(told).allSatisfy { $0.hasPrefix("opened device.offline room-") })
        #expect(watch.hushed.count == 6, "of none of them anybody is told")
    }

    @Test func closedByHandItIsQuietUntilEachIsWellAndOthersAreNews() {
        var watch = watch()
        for second in [10.0, 80] { round(&watch, lost: [1, 2, 3, 4, 5], at: second) }
        let key = DedupKey(tenant: Watch.tenant, condition: .devicePeripheral, subject: .deviceModel(Self.camera))
        watch.keep(watch.fleet.close(key, by: "ada", at: at(100)))
        let told = watch.heard.count
        round(&watch, lost: [1, 2, 3, 4, 5], at: 200)
        #expect(watch.heard.count == told)
        for second in [300.0, 370] { round(&watch, lost: [6], at: second) }
        #expect(watch.heard.last == "opened device.peripheral room-6 warning")
        round(&watch, lost: [], having: [1], at: 400)
        for second in [500.0, 570] { round(&watch, lost: [1], at: second) }
        #expect(watch.heard.last == "opened device.peripheral room-1 warning")
    }

    @Test func aRestartKnowsItsMembers() throws {
        var watch = watch()
        for second in [10.0, 80] { round(&watch, lost: [1, 2, 3, 4, 5], at: second) }
        let before = try #require(watch.open(.devicePeripheral, .deviceModel(Self.camera)))
        var next = watch.restarted(at: 200, checkpoint: 190)
        next.decisions = []
        list(&next, 12, at: 210)
        round(&next, lost: [1, 2, 3, 4, 5], at: 220)
        #expect(next.heard == [])
        #expect(next.open(.devicePeripheral, .deviceModel(Self.camera))?.id == before.id)
        round(&next, lost: [], having: [1, 2, 3, 4, 5], at: 300)
        #expect(
            next.heard == ["resolved device.peripheral model/Acme Bar 20/peripheral: room_camera recovered"])
    }
}
