// Who is asked next: every room is on exactly one lane. Rooms whose fate is undecided are asked every second, the rest
// every five, so an outage is confirmed quickly without sweeping everybody at that pace.

public import Timekeeping

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

    /// Of the rooms for which the incident of a place speaks so many devices are read: they choose its cause.
    static let sampledDevices = 20

    /// Rooms whose main device's record is worth a read between two lists of all devices: those down, for the cause,
    /// and weak rooms whose record said offline once, for the second read that confirms it. Rooms that fell together
    /// are sampled, from the first to the last of them.
    public func devicesInTrouble(limit: Int) -> [(account: AccountID, device: String)] {
        var found: [(account: AccountID, device: String)] = []
        var places: [Place: [Int]] = [:]
        for slot in tracks.indices where tracks[slot].isDown {
            if rooms[slot].isWeak && tracks[slot].device != .clear {
                append(slot, to: &found)
            } else if tracks[slot].phase.isWrong {
                if case .place(let place) = standings[slot].voice {
                    if rooms[slot].mainDevice != nil { places[place, default: []].append(slot) }
                } else {
                    append(slot, to: &found)
                }
            }
        }
        var samples: [(account: AccountID, device: String)] = []
        for (_, slots) in places.sorted(by: { $0.key.subject.text < $1.key.subject.text }) {
            let count = min(slots.count, Self.sampledDevices)
            for place in 0..<count { append(slots[place * slots.count / count], to: &samples) }
        }
        return Array((samples + found).prefix(limit))
    }

    /// Weak rooms that are booked now or within minutes and look well: presence does not show when their main device
    /// dies, so its record is read before people come and while they are there (Detection, Weak rooms).
    public func devicesInDemand(at now: Moment) -> [(account: AccountID, device: String)] {
        var found: [(account: AccountID, device: String)] = []
        for slot in tracks.indices where rooms[slot].isWeak && tracks[slot].device == .clear {
            guard !tracks[slot].phase.isWrong, agendas[rooms[slot].account]?.isBookedNowOrWithin(at: now) == true else {
                continue
            }
            append(slot, to: &found)
        }
        return found
    }

    private func append(_ slot: Int, to list: inout [(account: AccountID, device: String)]) {
        guard let device = rooms[slot].mainDevice else { return }
        list.append((rooms[slot].account, device.id))
    }
}
