// One refresh of the inventory: directory, devices and places read, each part whole or not at all, with a line for the
// operator about every part that is missing. What follows from it FleetCore decides.

public import FleetCore
public import GraphClient
public import Timekeeping

/// Which sources the operator switched on (config `inventory`).
public struct InventorySources: Sendable, Hashable {
    public var licences: Bool
    public var devices: Bool
    public var places: Bool

    public init(licences: Bool = true, devices: Bool = true, places: Bool = true) {
        self.licences = licences
        self.devices = devices
        self.places = places
    }
}

/// Reads the inventory of one tenant.
public struct InventoryReader: Sendable {
    private let directory: DirectoryReader
    private let devices: DeviceReader
    private let places: PlacesReader
    private let time: any TimeSource
    private let licences: LicenceTable

    /// - Parameter patience: how long each request may wait for a closed or failing service.
    public init(
        client: GraphClient, devices: DeviceReader, time: any TimeSource, licences: LicenceTable = .standard,
        patience: GraphRequest.Patience = .wait(upTo: .seconds(120))
    ) {
        directory = DirectoryReader(client: client, patience: patience)
        places = PlacesReader(client: client, patience: patience)
        self.devices = devices
        self.time = time
        self.licences = licences
    }

    /// Reads everything that is switched on.
    ///
    /// - Parameters:
    ///   - known: accounts watched so far; they are looked up one by one when no list names them, so that a room whose
    ///     licence vanished is told apart from one that was deleted.
    ///   - include: account ids, user principal names or mail addresses from the configuration.
    ///   - listing: the device list, when the caller has just read it.
    public func read(
        known: [AccountID], include: Set<String>, sources: InventorySources, listing: DeviceListing? = nil
    ) async -> InventoryReading {
        var reading = InventoryReading(accounts: nil, devices: nil, places: nil, asked: time.now(), remarks: [])
        if sources.devices {
            let listing = if let listing { listing } else { await devices.list() }
            reading.devices = listing.devices
            reading.listsDevicesByType = listing.quarantine != nil
            reading.remarks += listing.remarks
        }
        if sources.places {
            let listing = await places.read()
            reading.places = listing.places
            if listing.isRefused { reading.refused.insert(.places) }
            reading.remarks += listing.remarks
        }
        await readAccounts(into: &reading, known: known, include: include, sources: sources)
        return reading
    }

    private func readAccounts(
        into reading: inout InventoryReading, known: [AccountID], include: Set<String>, sources: InventorySources
    ) async {
        var table = licences
        var accounts: [AccountRecord] = []
        if sources.licences {
            let (merged, remarks) = await directory.table(licences)
            table = merged
            reading.remarks += remarks
            let listing = await directory.licensed(table)
            reading.remarks += listing.remarks
            if listing.isRefused { reading.refused.insert(.directory) }
            guard let licensed = listing.accounts else { return }
            accounts = licensed
        }
        var seen = Set(accounts.map(\.id))

        let signedIn = (reading.devices ?? []).filter(\.device.kind.isMain).compactMap(\.account)
        let ids = include.filter(ObjectID.isGUID).sorted().map { AccountID($0) }
        let wanted = (signedIn + ids + known).filter { $0.isGUID && seen.insert($0).inserted }
        let looked = await directory.accounts(wanted, table: table)
        reading.remarks += looked.remarks
        if looked.isRefused { reading.refused.insert(.directory) }
        guard let byID = looked.accounts else { return }
        accounts += byID
        for id in ids where !accounts.contains(where: { $0.id == id }) {
            reading.remarks.append("include names '\(id)', which the directory does not know.")
        }

        let present = Set(accounts.flatMap { [$0.userPrincipalName, $0.mail].compactMap { $0?.lowercased() } })
        let names = include.filter { !ObjectID.isGUID($0) && !present.contains($0.lowercased()) }.sorted()
        let named = await directory.named(names, table: table)
        reading.remarks += named.remarks
        if named.isRefused { reading.refused.insert(.directory) }
        guard let byName = named.accounts else { return }
        var listed = Set(accounts.map(\.id))
        accounts += byName.filter { listed.insert($0.id).inserted }
        reading.accounts = accounts
    }
}
