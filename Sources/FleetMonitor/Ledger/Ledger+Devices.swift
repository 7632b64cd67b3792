// Devices as the Ledger takes them in, and what it counts of them.

public import FleetCore
import FleetStore
import Timekeeping

extension Ledger {
    /// Devices whose health is worth a read now.
    public func devicesToExamine(tenant: TenantName, limit: Int) -> [String] {
        fleets[tenant]?.devicesToExamine(at: time.now(), limit: limit) ?? []
    }

    /// Takes one read of a device's health.
    public func accept(_ reading: DeviceHealthReading, tenant: TenantName) {
        let now = time.now()
        metrics.deviceRead(tenant: tenant, reading)
        takeLead(reading, tenant: tenant)
        guard let decision = fleets[tenant]?.accept(reading, decided: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// Records whether health is out of reach for a reason that stays.
    ///
    /// - Returns: how many devices could not be read several times in a row.
    public func noteDeviceHealth(isGone: Bool, tenant: TenantName) -> Int {
        fleets[tenant]?.noteDevices(healthIsGone: isGone, at: time.now())
        return fleets[tenant]?.devices.quarantined ?? 0
    }

    /// What is known of one capability.
    func capability(_ capability: Capability, of tenant: TenantName) -> CapabilityRecord? {
        capabilities[tenant]?[capability]
    }

    /// The connection that a main device's health names may be the first that says offline.
    private func takeLead(_ reading: DeviceHealthReading, tenant: TenantName) {
        guard case .value(let report) = reading.report, report.connection?.state == .disconnected,
            let account = fleets[tenant]?.devices[reading.device]?.record.account,
            fleets[tenant]?.room(of: account)?.mainDevice?.id == reading.device
        else { return }
        let offline = DeviceHealth(isOffline: true, text: "disconnected")
        takeLead(DeviceReading(health: .value(offline), asked: reading.asked), of: account, tenant: tenant)
    }
}

/// The devices of one tenant, counted.
public struct DeviceCensus: Sendable, Hashable {
    public var byKind: [DeviceKind: Int] = [:]
    /// Devices by what is confirmed to be wrong with them.
    public var problems: [Condition: Int] = [:]
    /// Devices whose health could not be read several times in a row.
    public var quarantined = 0

    init(_ fleet: TenantFleet, at now: Moment) {
        for entry in fleet.devices.all {
            byKind[entry.record.device.kind, default: 0] += 1
            if entry.isQuarantined { quarantined += 1 }
            guard fleet.room(ofDevice: entry) != nil else { continue }
            let found = Set(entry.problems(at: now.wall).filter(\.isConfirmed).map(\.problem.condition))
            for condition in found { problems[condition, default: 0] += 1 }
        }
    }
}
