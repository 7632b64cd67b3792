// All devices of a tenant that the list names. It answers who they are and what is wrong with them, and says whose
// health is to be read next; what follows from it for incidents is the fleet's affair.

import Timekeeping

/// The listed devices of one tenant.
public struct DeviceBook: Sendable {
    /// By id in lower case.
    private(set) var entries: [String: DeviceEntry] = [:]
    /// Whether the newest list was so old that it says nothing of health.
    public internal(set) var isStale = false
    /// Since when the list, or the health of devices, cannot be read for a reason that stays.
    var listGone: Moment?
    var healthGone: Moment?
    /// Devices with anything suspected or confirmed, so that a well fleet costs nothing.
    private(set) var troubled: Set<String> = []
    /// Devices whose row must be written with this decision.
    var touched: Set<String> = []
    /// Whether something happened since the last look at who shares a cause.
    var isStirred = false

    public init() {}

    public var count: Int { entries.count }
    public subscript(id: String) -> DeviceEntry? { entries[id.lowercased()] }

    /// All of them, by id.
    public var all: [DeviceEntry] { entries.values.sorted { $0.id < $1.id } }

    mutating func put(_ entry: DeviceEntry) {
        let key = entry.id.lowercased()
        guard entries[key] != nil || entries.count < DeviceRules.capacity else { return }
        entries[key] = entry
        if entry.parts.isEmpty { troubled.remove(key) } else { troubled.insert(key) }
    }

    mutating func remove(_ id: String) {
        let key = id.lowercased()
        entries[key] = nil
        troubled.remove(key)
    }

    /// Devices whose health cannot be read, and which are asked ever more rarely.
    public var quarantined: Int { entries.values.count { $0.isQuarantined } }
}

// MARK: Whose health is read next

extension DeviceBook {
    /// Devices of rooms whose health is worth a read now: those in doubt first, then those with trouble, then everybody in
    /// turn.
    ///
    /// - Parameter room: whether a device belongs to a watched room, and whether it is the main device of one in trouble.
    func due(at now: Moment, limit: Int, room: (DeviceEntry) -> (isWatched: Bool, isInTrouble: Bool)) -> [String] {
        var found: [(rank: Int, tried: Duration, id: String)] = []
        for (key, entry) in entries where entry.absences == 0 {
            let standing = room(entry)
            guard standing.isWatched else { continue }
            guard let rank = rank(of: entry, isInTrouble: standing.isInTrouble, at: now) else { continue }
            found.append((rank, entry.tried?.steady ?? .seconds(-1e12), key))
        }
        found.sort { ($0.rank, $0.tried, $0.id) < ($1.rank, $1.tried, $1.id) }
        return found.prefix(limit).compactMap { entries[$0.id]?.id }
    }

    /// How urgent a read is; `nil` while none is due.
    private func rank(of entry: DeviceEntry, isInTrouble: Bool, at now: Moment) -> Int? {
        guard let tried = entry.tried else { return entry.hasWord ? 0 : 2 }
        let age = tried.elapsed(until: now)
        if entry.failures > 0 {
            let wait = DeviceRules.doubtInterval * (1 << min(entry.failures - 1, 16))
            return age >= min(wait, DeviceRules.longestRetry) ? 1 : nil
        }
        guard age >= DeviceRules.doubtInterval else { return nil }
        if isInTrouble || entry.parts.values.contains(where: { $0.state.phase == .pending }) { return 0 }
        let isMoved = entry.record.reading.modified?.wall != entry.examinedRecord
        if entry.hasWord || !entry.parts.isEmpty {
            return isMoved || age >= DeviceRules.troubleInterval ? 1 : nil
        }
        return age >= (isMoved ? DeviceRules.movedInterval : DeviceRules.roundInterval) ? 2 : nil
    }
}

extension DeviceEntry {
    /// Whether its record says anything but healthy.
    fileprivate var hasWord: Bool {
        guard case .value(let health) = record.reading.health else { return false }
        return health.isOffline || !["healthy", nil].contains(record.healthWord?.lowercased())
    }
}
