// The slow sources: who is watched, which devices they have, where they are. Devices may be read every few minutes at
// most (Microsoft's polling rule, Graph facts, Limits), so everything here follows `poll.devices`; Places follow
// `poll.places`.

public import FleetCore
import FleetGraph
public import GraphClient
public import Logging
public import Timekeeping

/// Keeps one tenant's inventory fresh until it is cancelled.
public struct InventoryLoop: Sendable {
    /// After a refresh that could not read the directory, the next one comes this soon, then twice as late each time.
    static let firstRetry: Duration = .seconds(10)
    /// While no room is known at all, the directory is asked at least this often.
    static let longestBlindRetry: Duration = .seconds(20)
    /// Records of devices in trouble are read this often between two lists (Graph facts, Limits: at most every 60 s).
    static let troubleInterval: Duration = .seconds(60)
    /// So many records of devices in trouble are read in one round; the list of all devices brings the rest.
    static let troubleLimit = 100

    private let tenant: TenantName
    private let settings: LiveSettings
    private let client: GraphClient
    private let devices: DeviceReader
    private let inventory: InventoryReader
    /// Gives up early: what it cannot read at once the full refresh reads patiently.
    private let quickly: InventoryReader
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
        self.client = client
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.log = log
        devices = DeviceReader(client: client, time: time)
        inventory = InventoryReader(client: client, devices: devices, time: time)
        quickly = InventoryReader(client: client, devices: devices, time: time, patience: .failAtOnce)
    }

    public func run() async {
        let loop = progress.loop("inventory.\(tenant)")
        var memory = Memory()
        while !Task.isCancelled {
            // A refresh of many pages behind a throttled service may take this long and is no hang.
            loop.advance(within: .seconds(1800))
            let asked = settings.values
            let grants = settings.grants
            let wait = await refresh(&memory, by: asked)
            let refreshed = time.now()
            var next = refreshed.advanced(by: wait)
            while time.now().steady < next.steady, !Task.isCancelled {
                let values = settings.values
                // Who is watched, and by what, counts from the reload on.
                if values.listsOtherwise(than: asked) { break }
                // What was refused before may be read now.
                if settings.grants != grants { break }
                // A reload may have shortened the interval while we waited.
                next = Self.earlier(next, refreshed.advanced(by: values.devices))
                let pause = max(
                    min(Self.troubleInterval, max(.zero, time.now().elapsed(until: next))), .milliseconds(1))
                loop.advance(within: pause + .seconds(600))
                let end = time.now().advanced(by: pause)
                await settings.replaced.wait(until: end, time: time)
                guard !Task.isCancelled, end.steady <= time.now().steady else { continue }
                if time.now().steady < next.steady, values.readsDevices, memory.capability == .available {
                    await readDevices(&memory)
                }
            }
        }
        loop.retire()
    }

    /// What one refresh remembers for the next.
    private struct Memory {
        var capability: DeviceCapability?
        /// Types of devices that break the list of all.
        var quarantine: DeviceQuarantine?
        var placesRead: Moment?
        /// What Places said last; a room that joins between two reads of it finds its building here.
        var places: [PlaceRecord]?
        var failures = 0
        var remarks: Set<String> = []
        var roles: [String]?
        var rota = DeviceRota()
    }

    private static func earlier(_ a: Moment, _ b: Moment) -> Moment { a.steady < b.steady ? a : b }

    /// Reads everything that is due.
    ///
    /// - Returns: how long until the next refresh.
    private func refresh(_ memory: inout Memory, by values: LiveSettings.Values) async -> Duration {
        let began = time.now()
        let placesAreDue =
            values.readsPlaces
            && memory.placesRead.map { $0.elapsed(until: began) >= values.places } ?? values.readsPlaces
        if await ledger.knownAccounts(tenant: tenant).isEmpty { await readAccountsFirst(values) }
        var listing: DeviceListing?
        if values.readsDevices {
            let read = await devices.list(memory.quarantine)
            memory.quarantine = read.quarantine
            listing = read
            note(read, &memory)
            await ledger.note(.devices, of: tenant, CapabilityRecord(read.capability, at: time.now()))
            await ledger.noteSource(
                .devices, tenant: tenant, succeeded: read.devices != nil, isRetired: read.capability.isGone,
                interval: values.devices)
        }
        if !values.readsDevices {
            await noteOff(.devices)
            // What nobody reads any more neither stalls nor says anything.
            await ledger.noteSource(
                .devices, tenant: tenant, succeeded: false, isRetired: true, interval: values.devices)
        }
        if !values.readsPlaces { await noteOff(.places) }
        var reading = await inventory.read(
            known: await ledger.knownAccounts(tenant: tenant), include: values.scope.include,
            sources: InventorySources(
                licences: values.readsLicences, devices: values.readsDevices, places: placesAreDue),
            listing: listing)
        if Task.isCancelled { return values.devices }
        await ledger.adopt(passwords: values.passwords, tenant: tenant)
        if let places = reading.places {
            memory.placesRead = began
            memory.places = places
        } else {
            reading.places = memory.places
        }
        note(reading.remarks, &memory)
        await reviewPermissions(&memory)
        await ledger.noteSource(
            .directory, tenant: tenant, succeeded: reading.accounts != nil, isRetired: false,
            isRefused: reading.refused.contains(.directory), interval: values.devices)
        await ledger.note(
            .directory, of: tenant,
            CapabilityRecord("The directory", isRead: reading.accounts != nil, at: time.now()))
        if placesAreDue {
            await ledger.note(
                .places, of: tenant,
                CapabilityRecord("The list of places", isRead: memory.placesRead == began, at: time.now()))
            await ledger.noteSource(
                .places, tenant: tenant, succeeded: memory.placesRead == began, isRetired: false,
                isRefused: reading.refused.contains(.places), interval: values.places)
        }
        await ledger.accept(reading, tenant: tenant, scope: values.scope)
        guard reading.accounts == nil else {
            memory.failures = 0
            return values.devices
        }
        memory.failures += 1
        let doubled = Self.firstRetry * (1 << min(memory.failures - 1, 10))
        // With no room to watch nothing is watched at all, so the pause stays short.
        let longest = await ledger.knownAccounts(tenant: tenant).isEmpty ? Self.longestBlindRetry : values.devices
        return min(doubled, longest)
    }

    /// On the very first start the rooms are watched as soon as the directory names them; devices and places, which may
    /// be slow or hang, only add to what is known of them.
    private func readAccountsFirst(_ values: LiveSettings.Values) async {
        let reading = await quickly.read(
            known: [], include: values.scope.include,
            sources: InventorySources(licences: values.readsLicences, devices: false, places: false))
        guard !Task.isCancelled, reading.accounts?.isEmpty == false else { return }
        await ledger.accept(reading, tenant: tenant, scope: values.scope)
    }

    /// The round between two lists: devices in trouble one by one, then those of weak rooms that people need soon.
    private func readDevices(_ memory: inout Memory) async {
        let began = time.now()
        for (account, device) in await ledger.devicesInTrouble(tenant: tenant, limit: Self.troubleLimit) {
            if Task.isCancelled { return }
            let reading = await devices.health(of: device)
            await ledger.accept(reading, of: account, tenant: tenant)
        }
        let wanted = await ledger.devicesInDemand(tenant: tenant)
        if let news = memory.rota.news(of: wanted.count) { log.notice("device records: \(news)") }
        let turn = memory.rota.turn(of: wanted)
        await withTaskGroup(of: (AccountID, DeviceReading).self) { group in
            var waiting = turn.makeIterator()
            func addNext() {
                // A slow service must not push the next round away: who is left out is first then.
                guard began.elapsed(until: time.now()) < DeviceRota.longestRound, let next = waiting.next() else {
                    return
                }
                memory.rota.last = next.account
                group.addTask { (next.account, await devices.health(of: next.device, depth: .glance)) }
            }
            for _ in 0..<DeviceRota.concurrency { addNext() }
            while let (account, reading) = await group.next() {
                if Task.isCancelled { break }
                await ledger.accept(reading, of: account, tenant: tenant)
                addNext()
            }
            group.cancelAll()
        }
    }

    private func noteOff(_ capability: Capability) async {
        await ledger.note(
            capability, of: tenant,
            CapabilityRecord(.off, "The configuration does not ask for it (inventory).", checked: time.now()))
    }

    /// A capability is told when it changes, not at every refresh.
    private func note(_ listing: DeviceListing, _ memory: inout Memory) {
        guard memory.capability != listing.capability else { return }
        memory.capability = listing.capability
        log.notice("device records: \(listing.capability.text)")
    }

    private func note(_ remarks: [String], _ memory: inout Memory) {
        for remark in remarks where !memory.remarks.contains(remark) { log.warning("inventory: \(remark)") }
        memory.remarks = Set(remarks)
    }

    /// Says which module a missing permission switches off, and which grant nobody needs (Design, Permissions).
    private func reviewPermissions(_ memory: inout Memory) async {
        guard let token = try? await client.tokens.token(), token.roles != memory.roles else { return }
        memory.roles = token.roles
        let modules = settings.values.modules(grantedBy: token.roles)
        guard let review = PermissionReview(roles: token.roles, modules: modules) else { return }
        await ledger.note(.permissions, of: tenant, CapabilityRecord(review, at: time.now()))
        for remark in review.remarks { log.warning("permissions: \(remark)") }
    }
}
