// Who is asked next: every room is on exactly one lane. Rooms whose fate is undecided are asked every second, the rest
// every five, so an outage is confirmed quickly without sweeping everybody at that pace.

import Timekeeping

extension TenantFleet {
    /// Graph takes at most this many ids in one presence request (Graph facts, Limits).
    public static let presencePageSize = 650

    public enum Lane: String, Sendable, Hashable, CaseIterable {
        /// Everybody who is not on the fast lane.
        case steady
        /// Rooms in pending or recovering.
        case suspect
    }

    /// The pages of one sweep of a lane.
    public func pages(of lane: Lane) -> [SweepPage] {
        var pages: [SweepPage] = []
        var slots: [Int] = []
        var accounts: [AccountID] = []
        slots.reserveCapacity(Self.presencePageSize)
        accounts.reserveCapacity(Self.presencePageSize)
        var suspects = 0
        for slot in tracks.indices {
            var isSuspect = tracks[slot].presence.belongsOnFastLane
            if isSuspect {
                suspects += 1
                isSuspect = suspects <= DetectionRules.fastLaneCapacity
            }
            guard isSuspect == (lane == .suspect) else { continue }
            slots.append(slot)
            accounts.append(rooms[slot].account)
            if slots.count == Self.presencePageSize {
                pages.append(SweepPage(generation: generation, slots: slots, accounts: accounts))
                slots.removeAll(keepingCapacity: true)
                accounts.removeAll(keepingCapacity: true)
            }
        }
        if !slots.isEmpty { pages.append(SweepPage(generation: generation, slots: slots, accounts: accounts)) }
        return pages
    }

    /// Rooms whose main device's record is worth a read between two lists of all devices: those down, for the cause,
    /// and weak rooms whose record said offline once, for the second read that confirms it.
    public func devicesInTrouble(limit: Int) -> [(account: AccountID, device: String)] {
        var found: [(account: AccountID, device: String)] = []
        for slot in tracks.indices where found.count < limit {
            guard let device = rooms[slot].mainDevice else { continue }
            let isDown = tracks[slot].phase.isWrong
            let isDoubted = rooms[slot].isWeak && tracks[slot].device != .clear
            if isDown || isDoubted { found.append((rooms[slot].account, device.id)) }
        }
        return found
    }
}
