// Updates that are offered and not taken: one warning of the tenant, once they wait for fourteen days.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

struct UpdateTests {
    private static let day = 86_400.0

    private func report(_ freshness: SoftwareReport.Freshness, _ current: String, _ available: String? = nil)
        -> DeviceHealthReport
    {
        DeviceHealthReport(
            software: [
                SoftwareReport(kind: .teamsClient, freshness: freshness, current: current, available: available)
            ])
    }

    private func list(_ watch: inout Watch, _ day: Double) {
        let second = day * Self.day
        watch.list((1...3).map { .of($0, asked: at(second)) }, rooms: [1, 2, 3], at: second)
    }

    @Test func anOfferAgesFromWhenItWasFirstSeen() throws {
        var watch = Watch(rooms: 3)
        watch.examine(report(.updateAvailable, "5.0", "5.1"), of: deviceID(1), at: 100)
        watch.examine(report(.updateAvailable, "5.0", "5.2"), of: deviceID(1), at: 10 * Self.day)
        list(&watch, 13.9)
        #expect(watch.heard == [])
        list(&watch, 14.1)
        #expect(watch.heard == ["opened device.software contoso warning"])
        let incident = try #require(watch.open(.deviceSoftware, .tenant))
        #expect(incident.summary == "Room 1: Teams app 5.0: 5.2 is offered for 14 d 2 h")
        #expect(incident.rooms.map(\.id) == [account(1)])
        watch.examine(report(.latest, "5.2"), of: deviceID(1), at: 14.2 * Self.day)
        list(&watch, 14.3)
        #expect(watch.heard.last == "resolved device.software contoso recovered")
    }

    @Test func aStepOnTheWayBeginsANewAge() {
        var watch = Watch(rooms: 3)
        watch.examine(report(.updateAvailable, "5.0", "5.2"), of: deviceID(1), at: 100)
        watch.examine(report(.updateAvailable, "5.1", "5.2"), of: deviceID(1), at: 10 * Self.day)
        watch.examine(report(.unknown, "5.1"), of: deviceID(1), at: 11 * Self.day)
        list(&watch, 20)
        #expect(watch.heard == [])
        list(&watch, 24.1)
        #expect(watch.heard == ["opened device.software contoso warning"])
    }

    @Test func moreRoomsAreAnUpdateAndClosedByHandMeansThese() {
        var watch = Watch(rooms: 3)
        for (number, day) in [(1, 0.0), (2, 2), (3, 4)] {
            watch.examine(report(.updateAvailable, "5.0", "5.1"), of: deviceID(number), at: 100 + day * Self.day)
        }
        list(&watch, 14.1)
        list(&watch, 15)
        list(&watch, 16.1)
        #expect(
            watch.heard == ["opened device.software contoso warning", "updated device.software contoso warning"])
        watch.close(.deviceSoftware, at: 17 * Self.day)
        list(&watch, 17.5)
        #expect(watch.heard.last == "resolved device.software contoso manual")
        watch = watch.restarted(at: 17.6 * Self.day, checkpoint: 17.5 * Self.day)
        list(&watch, 17.7)
        #expect(watch.heard.last == "resolved device.software contoso manual")
        list(&watch, 18.1)
        #expect(watch.heard.last == "opened device.software contoso warning")
        #expect(watch.open(.deviceSoftware, .tenant)?.rooms.map(\.id) == [account(3)])
    }
}
