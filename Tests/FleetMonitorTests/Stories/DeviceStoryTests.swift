// Device health under the loops as the daemon runs them, against a whole simulated tenant: what breaks is told once, what
// cannot be read holds up nobody, and without the device API presence goes on.

import FleetCore
import FleetSimulation
import FleetStore
import Foundation
import TenantSimulator
import Testing
import Timekeeping

@testable import FleetMonitor

@Suite struct DeviceStoryTests {
    private func event(
        _ kind: ScenarioEvent.Kind, at: Int, lasts: Int? = nil, room: String? = nil,
        _ change: (inout ScenarioEvent) -> Void = { _ in }
    ) -> ScenarioEvent {
        var event = ScenarioEvent(kind, at: .seconds(at))
        event.lasts = lasts.map { DurationText(.seconds($0)) }
        event.room = room
        change(&event)
        return event
    }

    private func capability(_ tenancy: Tenancy, _ name: Capability) -> CapabilityRecord? {
        tenancy.stage.perform { [ledger = tenancy.stage.ledger] in await ledger.capability(name, of: contoso) }
    }

    private func book(_ tenancy: Tenancy) -> DeviceBook {
        tenancy.stage.perform { [ledger = tenancy.stage.ledger] in await ledger.deviceBook() }
    }

    @Test func aLostMicrophoneIsToldOnceAndEndsByItself() throws {
        let fault = event(.peripheralFault, at: 1_000, lasts: 3_000, room: "3") { $0.peripheral = .microphone }
        let tenancy = try Tenancy { $0.events = [fault] }
        tenancy.live(for: 900)
        #expect(tenancy.told == [])
        #expect(capability(tenancy, .deviceHealth)?.state == .available)
        tenancy.live(for: 1_900)
        #expect(tenancy.turns == ["opened device.peripheral"])
        let incident = try #require(try tenancy.open().first)
        #expect(incident.rooms.count == 1)
        #expect(incident.summary.contains("the microphone is not connected"), "\(incident.summary)")
        tenancy.live(for: 2_500)
        #expect(tenancy.turns == ["opened device.peripheral", "resolved device.peripheral"])
        let device = try #require(book(tenancy).all.first { $0.record.account == incident.rooms[0].id })
        let history = try tenancy.stage.store.deviceRuns(tenant: contoso, device: device.id, limit: 20)
        #expect(history.contains { $0.reading == "peripheral: microphone" && $0.last != nil }, "\(history)")
        #expect(tenancy.stage.overdue == 0)
    }

    /// The records of the simulated tenant move every quarter of an hour.
    @Test func everyDeviceOfARoomIsReadInTurn() throws {
        let tenancy = try Tenancy()
        tenancy.live(for: 3 * 3_600)
        let reads = tenancy.transport.urls("/health")
        let counts = Dictionary(grouping: reads, by: { $0 }).mapValues(\.count)
        let ofRooms = book(tenancy).all.filter { $0.record.account != nil && $0.examined != nil }
        #expect(!counts.isEmpty && ofRooms.count >= 20)
        #expect(counts.values.allSatisfy { (11...13).contains($0) }, "\(counts)")
        #expect(tenancy.told == [])
    }

    @Test func aDeviceThatCannotBeReadHoldsUpNobody() throws {
        let poison = event(.healthUnreadable, at: 0, room: "3")
        let fault = event(.peripheralFault, at: 1_000, room: "5") { $0.peripheral = .display }
        let tenancy = try Tenancy { $0.events = [poison, fault] }
        tenancy.live(for: 4 * 3_600)
        #expect(tenancy.turns == ["opened device.peripheral"])
        let record = try #require(capability(tenancy, .deviceHealth))
        #expect(record.state == .available)
        #expect(record.detail.contains("1 device cannot be read"), "\(record.detail)")
        let failed = try #require(book(tenancy).all.first { $0.isQuarantined })
        // 1, 2, 4, … minutes apart: nine in four hours, each of which the client may repeat.
        let reads = tenancy.transport.seconds("\(failed.id)/health")
        let gaps = zip(reads, reads.dropFirst()).map { $1 - $0 }.filter { $0 > 50 }
        #expect(gaps.count <= 8 && gaps == gaps.sorted(), "\(gaps)")
    }

    @Test func theDeviceApiIsGoneInMidRunAndReturns() throws {
        let gone = event(.deviceAPI, at: 1_900, lasts: 30 * 3_600) {
            $0.deviceAPI = .retired
            $0.status = 410
        }
        let fault = event(.peripheralFault, at: 600, room: "3") { $0.peripheral = .camera }
        let dark = event(.roomOff, at: 6_000, lasts: 600, room: "7")
        let tenancy = try Tenancy { $0.events = [fault, gone, dark] }
        tenancy.live(for: 1_800)
        #expect(tenancy.turns == ["opened device.peripheral"])
        tenancy.live(for: 8_000 - 1_800)
        #expect(capability(tenancy, .devices)?.state == .retired)
        #expect(capability(tenancy, .deviceHealth)?.state == .retired)
        #expect(
            tenancy.turns == ["opened device.peripheral", "opened room.offline", "resolved room.offline"],
            "rooms are watched by presence, and what was found stays")
        tenancy.live(for: 1_900 + 25 * 3_600 - 8_000)
        let ended = try #require(try tenancy.stage.incidents(of: .devicePeripheral).last)
        #expect(ended.resolution == .removed)
        #expect(ended.evidence.contains { $0.reading == "the device API has not answered for a day" })
        tenancy.live(for: 8 * 3_600)
        #expect(capability(tenancy, .devices)?.state == .available)
        #expect(capability(tenancy, .deviceHealth)?.state == .available)
        #expect(tenancy.turns.last == "opened device.peripheral", "the fault is still there, and is found again")
    }
}

extension Ledger {
    fileprivate func deviceBook() -> DeviceBook { fleets[contoso]?.devices ?? DeviceBook() }
}
