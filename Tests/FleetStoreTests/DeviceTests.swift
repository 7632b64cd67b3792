// What is remembered of devices survives a restart, and their histories read like what happened.

@testable import FleetCore
@testable import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite("Devices and their history") struct DeviceTests {
    /// A store on a directory that lives as long.
    private struct Shelf {
        let directory: TemporaryDirectory
        let store: Store

        init() throws {
            directory = try TemporaryDirectory()
            store = try openStore(directory)
        }
    }

    private func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_795_161_600 + seconds) }

    private func moment(_ seconds: Double) -> Moment { Moment(wall: date(seconds), steady: .seconds(50_000 + seconds)) }

    /// A device of which everything is known.
    private func entry(_ id: String = "AA11") -> DeviceEntry {
        let record = DeviceRecord(
            device: RoomDevice(id: id, kind: .teamsRoom, manufacturer: "Acme", model: "Bar 20"),
            account: AccountID("room-1"), reading: DeviceReading(health: .unknown(.missing), asked: moment(0)),
            healthWord: "critical", activity: .busy, serialNumber: "SN-1", assetTag: "A-17")
        var entry = DeviceEntry(record: record, firstListed: date(-100), lastListed: moment(0))
        entry.report = DeviceHealthReport(
            connection: .init(.connected, since: date(-50)), logins: [.teams: .init(.connected)],
            peripherals: [PeripheralReport(kind: .microphone, isOptional: false, link: .init(.disconnected))],
            hardware: [.compute: .init(.unknown)],
            software: [SoftwareReport(kind: .firmware, freshness: .updateAvailable, current: "1", available: "2")])
        let outage = Outage(firstBad: moment(-40), fired: moment(-10))
        entry.parts[.peripheral(.microphone)] = DevicePart(
            state: .firing(outage), sentence: "the microphone is not connected", since: date(-60),
            voice: .cohort(DeviceCohort(.model("Acme Bar 20"), .peripheral(.microphone))))
        entry.offers[.firmware] = SoftwareOffer(current: "1", available: "2", firstSeen: date(-80))
        entry.home = AccountID("room-1")
        entry.stay = DeviceEntry.Stay(account: AccountID("room-1"), since: date(-90))
        return entry
    }

    private func commit(_ store: Store, _ build: (inout DeviceChange) -> Void) throws {
        var change = Change()
        build(&change.devices)
        try store.commit(change)
        try store.commit(change)
    }

    @Test func everythingThatIsRememberedOfADeviceSurvives() throws {
        let shelf = try Shelf()
        let stored = StoredDevice(entry(), of: contoso)
        try commit(shelf.store) { $0.rows = [stored] }
        let loaded = try shelf.store.load(tenant: contoso, resolvedSince: date(0))
        #expect(loaded.remarks == [])
        #expect(loaded.devices == [stored])
        #expect(try shelf.store.load(tenant: TenantName("other"), resolvedSince: date(0)).devices == [])
        let again = try #require(loaded.devices.first).entry(at: moment(0))
        #expect(again.parts == entry().parts)
        #expect(again.offers == entry().offers)
        #expect(again.home == AccountID("room-1"))
        #expect(again.report == entry().report)
        try commit(shelf.store) { $0.removed = [DeviceChange.Removal(tenant: contoso, device: "aa11")] }
        #expect(try shelf.store.load(tenant: contoso, resolvedSince: date(0)).devices == [])
    }

    @Test func nothingThatIsStoredCanHoldAPassword() throws {
        let text = try JSONColumn.text(StoredDevice(entry(), of: contoso).detail).lowercased()
        #expect(!text.contains("password") && !text.contains("pin"))
    }

    @Test func aDamagedRowCostsThatRow() throws {
        let shelf = try Shelf()
        try commit(shelf.store) {
            $0.rows = [StoredDevice(entry("a"), of: contoso), StoredDevice(entry("b"), of: contoso)]
        }
        try shelf.store.rehearse("UPDATE device SET detail = '{' WHERE id = 'a'")
        let loaded = try shelf.store.load(tenant: contoso, resolvedSince: date(0))
        #expect(loaded.devices.map(\.id) == ["b"])
        #expect(loaded.remarks.map(\.table) == ["device"])
    }

    @Test func aStretchEndsWhenTheNextBeginsOrWhenItWasLastHeard() throws {
        let shelf = try Shelf()
        func run(_ reading: String?, _ first: Double, _ lastBefore: Double?) -> DeviceRun {
            DeviceRun(
                tenant: contoso, device: "aa11", reading: reading, first: date(first), lastBefore: lastBefore.map(date))
        }
        try commit(shelf.store) { $0.begun = [run("healthy", 0, nil)] }
        try commit(shelf.store) { $0.begun = [run("offline", 600, 300)] }
        try commit(shelf.store) { $0.begun = [run("healthy", 900, nil)] }
        try commit(shelf.store) { $0.begun = [run(nil, 1500, 1200)] }
        let history = try shelf.store.deviceRuns(tenant: contoso, device: "AA11", limit: 10)
        #expect(history.map(\.reading) == ["healthy", "offline", "healthy"])
        #expect(history.map(\.first) == [date(0), date(600), date(900)])
        #expect(history.map(\.last) == [date(300), date(900), date(1200)])
        #expect(try shelf.store.deviceRuns(tenant: contoso, device: "aa11", limit: 1).map(\.first) == [date(900)])
    }

    @Test func whatWasOpenWhenTheDaemonDiedLastedUntilTheNewestList() throws {
        let shelf = try Shelf()
        var change = Change()
        change.devices.begun = [
            DeviceRun(tenant: contoso, device: "aa11", reading: "healthy", first: date(0), lastBefore: nil)
        ]
        change.observations.checkpoints = [
            SweepCheckpoint(tenant: contoso, source: .devices, completedAt: date(1800), count: 7)
        ]
        try shelf.store.commit(change)
        #expect(try shelf.store.deviceRuns(tenant: contoso, device: "aa11", limit: 9).map(\.last) == [nil])
        try shelf.store.endOpenRuns(tenant: contoso)
        #expect(try shelf.store.deviceRuns(tenant: contoso, device: "aa11", limit: 9).map(\.last) == [date(1800)])
    }

    @Test func oldStretchesAreForgottenAndOpenOnesNever() throws {
        let shelf = try Shelf()
        try commit(shelf.store) { devices in
            devices.begun = [("old", 0.0), ("new", 100 * 86_400), ("open", 101 * 86_400)].map { reading, first in
                DeviceRun(tenant: contoso, device: "aa11", reading: reading, first: date(first), lastBefore: nil)
            }
        }
        let step = try shelf.store.applyRetention(RetentionPolicy(), at: date(195 * 86_400))
        #expect(step.deleted == 2)
        #expect(try shelf.store.deviceRuns(tenant: contoso, device: "aa11", limit: 9).map(\.reading) == ["open"])
    }
}
