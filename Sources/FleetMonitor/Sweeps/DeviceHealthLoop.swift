// The health of devices, one request for each of them: those in doubt every minute, the rest in turn about once an hour,
// and whoever cannot be read ever more rarely. It is a loop of its own, so that a slow or failing device API holds up
// neither the inventory nor anything else.

public import FleetCore
import FleetGraph
public import GraphClient
public import Logging
public import Timekeeping

/// Reads the health of one tenant's devices until it is cancelled.
public struct DeviceHealthLoop: Sendable {
    /// How often it looks whose health is due.
    static let interval: Duration = .seconds(15)
    /// Devices that are read in one round: 120 a minute, which together with the weak rooms' 480 is a third of what the
    /// device API can bear (Graph facts, Limits).
    static let limit = 30
    /// Reads of a round on their way at once.
    static let concurrency = 4
    /// No read of a round begins later than this after its beginning.
    static let longestRound: Duration = .seconds(45)
    /// While health is out of reach for a reason that stays, one device is asked this often whether it still is.
    static let probeInterval: Duration = .seconds(15 * 60)
    /// A request that is retried and held back may take this long and is no hang.
    private static let longestRead: Duration = .seconds(600)

    private let tenant: TenantName
    private let settings: LiveSettings
    private let devices: DeviceReader
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let log: Logger

    public init(
        tenant: TenantName, settings: LiveSettings, client: GraphClient, ledger: Ledger, time: any TimeSource,
        progress: LoopProgress, log: Logger
    ) {
        self.tenant = tenant
        self.settings = settings
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.log = log
        devices = DeviceReader(client: client, time: time)
    }

    public func run() async {
        let loop = progress.loop("device-health.\(tenant)")
        var memory = Memory()
        while !Task.isCancelled {
            loop.advance(within: Self.longestRead)
            if settings.values.readsDevices {
                await round(&memory)
            } else {
                await ledger.note(
                    .deviceHealth, of: tenant,
                    CapabilityRecord(
                        .off, "The configuration does not ask for it (inventory).", checked: time.now()))
            }
            guard !Task.isCancelled else { break }
            loop.advance(within: Self.interval + Self.longestRead)
            do {
                try await time.sleep(for: Self.interval)
            } catch {
                break
            }
        }
        loop.retire()
    }

    private struct Memory {
        /// What the operator heard last.
        var said: DeviceHealthCapability?
        /// Since when, as far as is known, health is out of reach for a reason that stays.
        var goneAt: Moment?
        /// Devices that could not be read, as the operator was told.
        var quarantined = 0
    }

    private func round(_ memory: inout Memory) async {
        let began = time.now()
        if let goneAt = memory.goneAt, goneAt.elapsed(until: began) < Self.probeInterval { return }
        let due = await ledger.devicesToExamine(tenant: tenant, limit: memory.goneAt == nil ? Self.limit : 1)
        guard !due.isEmpty else { return await noteUnlisted() }
        var found: [DeviceHealthCapability] = []
        await withTaskGroup(of: DeviceHealthRead.self) { group in
            var waiting = due.makeIterator()
            func addNext() {
                // A slow service must not push the next round away: who is left out is first then.
                guard began.elapsed(until: time.now()) < Self.longestRound, let next = waiting.next() else { return }
                group.addTask { await devices.healthRead(of: next) }
            }
            for _ in 0..<Self.concurrency { addNext() }
            while let read = await group.next() {
                if Task.isCancelled { break }
                found.append(read.capability)
                await ledger.accept(read.reading, tenant: tenant)
                // Nobody else would be answered either.
                if read.capability.isGone { break }
                addNext()
            }
            group.cancelAll()
        }
        guard !Task.isCancelled, let capability = DeviceHealthCapability.together(found) else { return }
        await note(capability, &memory)
    }

    private func note(_ capability: DeviceHealthCapability, _ memory: inout Memory) async {
        let now = time.now()
        memory.goneAt = capability.isGone ? now : nil
        let quarantined = await ledger.noteDeviceHealth(isGone: capability.isGone, tenant: tenant)
        await ledger.note(.deviceHealth, of: tenant, CapabilityRecord(capability, quarantined: quarantined, at: now))
        if case .transient = capability {
            log.info("device health: \(capability.text)")
        } else if memory.said != capability {
            memory.said = capability
            log.notice("device health: \(capability.text)")
        }
        guard quarantined != memory.quarantined else { return }
        memory.quarantined = quarantined
        log.notice("device health: \(CapabilityRecord.quarantineText(quarantined))")
    }

    /// Without a list nobody's health is asked for.
    private func noteUnlisted() async {
        guard let list = await ledger.capability(.devices, of: tenant) else { return }
        switch list.state {
        case .unavailable, .retired:
            await ledger.note(
                .deviceHealth, of: tenant,
                CapabilityRecord(
                    list.state, "Not read while devices are not listed. \(list.detail)", checked: time.now()))
        case .available, .degraded, .off: break
        }
    }
}
