// Consent that is taken back, as the fleet judges it: one incident for each revocation.

import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct AccessTests {
    private func grant(_ name: String, _ isGranted: Bool) -> PermissionGrant {
        PermissionGrant(
            name: name, isGranted: isGranted, isForSight: name == "Presence.Read.All", loss: "\(name) is off.")
    }

    private func reading(
        presence: Bool = true, places: Bool = true, devices: Bool = true, at second: Double
    ) -> AccessReading {
        AccessReading(
            grants: [
                grant("Presence.Read.All", presence), grant("Place.Read.All", places),
                grant("TeamworkDevice.Read.All", devices),
            ], refusal: nil, consentLink: "https://login.test/consent", at: at(second))
    }

    private func seen() -> Watch {
        var watch = Watch(rooms: 3)
        watch.hear(.good, of: [1, 2, 3], from: 5, through: 20)
        watch.fleet.accept(reading(at: 20))
        return watch
    }

    @Test func aLossIsToldAfterAMinuteAndItsEndAtOnce() {
        var watch = seen()
        watch.fleet.accept(reading(places: false, at: 25))
        watch.hear(.good, of: [1, 2, 3], from: 25, through: 80)
        #expect(watch.told == [])
        watch.hear(.good, of: [1, 2, 3], from: 85, through: 100)
        #expect(watch.told == ["opened tenant.permissions contoso warning"])
        watch.fleet.accept(reading(places: false, devices: false, at: 100))
        watch.judge(at: 101)
        #expect(watch.told.last == "updated tenant.permissions contoso warning")
        watch.fleet.accept(reading(at: 105))
        watch.judge(at: 106)
        #expect(watch.told.last == "resolved tenant.permissions contoso recovered")
    }

    @Test func aLossThatLastsSecondsIsToldToNobody() {
        var watch = seen()
        watch.fleet.accept(reading(places: false, at: 25))
        watch.hear(.good, of: [1, 2, 3], from: 25, through: 60)
        watch.fleet.accept(reading(at: 60))
        watch.hear(.good, of: [1, 2, 3], from: 65, through: 300)
        #expect(watch.told == [])
    }

    @Test func whoNeverHadAPermissionLostNone() {
        var watch = Watch(rooms: 3)
        watch.fleet.accept(reading(places: false, devices: false, at: 1))
        watch.hear(.good, of: [1, 2, 3], from: 5, through: 400)
        #expect(watch.told == [])
        #expect(!watch.fleet.wantsFreshToken)
    }

    @Test func presenceAmongTheLostIsTheBusinessOfBlindnessAlone() throws {
        var watch = seen()
        watch.fleet.accept(reading(presence: false, places: false, at: 25))
        #expect(watch.fleet.wantsFreshToken)
        for second in stride(from: 25.0, through: 400, by: 5) {
            watch.hear(
                Dictionary(uniqueKeysWithValues: (1...3).map { ($0, Reading<Presence>.unknown(.failed("http_403"))) }),
                at: second)
            _ = watch.fleet.judgeSight(at: at(second), sweep: .failed, failure: "http_403")
            let decision = watch.fleet.tick(at: at(second))
            #expect(!decision.told.contains { $0.contains("tenant.permissions") })
        }
        let incident = try #require(watch.open(.tenantBlind, .tenant))
        #expect(incident.cause == .account)
        #expect(incident.summary.contains("the application lost Presence.Read.All"))
        #expect(watch.open(.tenantPermissions, .tenant) == nil)
    }

    @Test func aSourceThatIsRefusedIsNotStalled() {
        var watch = seen()
        watch.fleet.noteSource(.places, succeeded: true, interval: .seconds(60), at: at(20))
        for second in stride(from: 60.0, through: 6_000, by: 60) {
            watch.fleet.noteSource(
                .places, succeeded: false, isRefused: true, interval: .seconds(60), at: at(second))
            watch.hear([1: .good, 2: .good, 3: .good], at: second)
            watch.judge(at: second + 0.5, sweep: .complete)
        }
        #expect(watch.told(.sourceStalled) == [])
        // From then on its own failures count, and only those.
        for second in stride(from: 6_060.0, through: 6_600, by: 60) {
            watch.fleet.noteSource(.places, succeeded: false, interval: .seconds(60), at: at(second))
            watch.hear([1: .good, 2: .good, 3: .good], at: second)
            watch.judge(at: second + 0.5, sweep: .complete)
        }
        #expect(watch.told(.sourceStalled) == [])
        for second in stride(from: 6_660.0, through: 7_200, by: 60) {
            watch.hear([1: .good, 2: .good, 3: .good], at: second)
            watch.judge(at: second + 0.5, sweep: .complete)
        }
        #expect(watch.told(.sourceStalled) == ["opened source.stalled places warning"])
    }
}
