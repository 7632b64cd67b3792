// Devices and their health as a story needs them: what a record leaves out it does not say.

import FleetCore
import Foundation
import Timekeeping

/// The id of the main device that ``devices(of:kinds:at:)`` gives a room.
func deviceID(_ number: Int, _ place: Int = 0) -> String { "device-\(number)-\(place)" }

extension DeviceRecord {
    /// A record of a room's device; `word` is Graph's health word.
    static func of(
        _ number: Int, _ place: Int = 0, kind: DeviceKind = .teamsRoom, model: String? = nil, word: String? = "healthy",
        account who: AccountID? = nil, isSignedIn: Bool? = true, modified: Moment? = nil, asked: Moment
    ) -> DeviceRecord {
        let health: Reading<DeviceHealth> =
            word.map { .value(DeviceHealth(isOffline: $0 == "offline", text: $0)) }
            ?? .unknown(.saidUnknown(text: "empty"))
        return DeviceRecord(
            device: RoomDevice(
                id: deviceID(number, place), kind: kind, manufacturer: model == nil ? nil : "Acme", model: model),
            account: who ?? (isSignedIn == true ? FleetCoreTests.account(number) : nil), isSignedIn: isSignedIn,
            reading: DeviceReading(health: health, asked: asked, modified: modified), healthWord: word)
    }
}

extension DeviceHealthReport {
    /// A device on the air with these required peripherals lost, and the others named connected.
    static func missing(_ lost: PeripheralKind..., having: [PeripheralKind] = [], since: Date? = nil)
        -> DeviceHealthReport
    {
        DeviceHealthReport(
            connection: Link(.connected),
            peripherals: lost.map {
                PeripheralReport(kind: $0, isOptional: false, link: Link(.disconnected, since: since))
            }
                + having.map { PeripheralReport(kind: $0, isOptional: false, link: Link(.connected)) })
    }

    static let away = DeviceHealthReport(connection: Link(.disconnected))
}

extension Watch {
    /// A refresh that lists these rooms and exactly these devices.
    @discardableResult
    mutating func list(_ records: [DeviceRecord]?, rooms: [Int], at second: Double) -> FleetDecision {
        keep(
            fleet.accept(
                inventory(
                    rooms.map { record($0, facts: AccountFacts()) }, devices: records, at: at(second)),
                scope: InventoryScope(), decided: at(second)
            ).decision)
    }

    /// One read of a device's health.
    @discardableResult
    mutating func examine(_ report: DeviceHealthReport, of device: String, at second: Double) -> FleetDecision {
        keep(
            fleet.accept(
                DeviceHealthReading(device: device, report: .value(report), asked: at(second)), decided: at(second)))
    }

    @discardableResult
    mutating func failToExamine(_ device: String, at second: Double) -> FleetDecision {
        keep(
            fleet.accept(
                DeviceHealthReading(device: device, report: .unknown(.failed("http_500")), asked: at(second)),
                decided: at(second)))
    }

    /// The story without what nobody hears of by itself.
    var heard: [String] { told.filter { !$0.hasPrefix("noted") } }

    /// Reasons why nobody is told of what is open.
    var hushed: [String] { fleet.book.allOpen.compactMap { $0.suppression?.rule } }
}
