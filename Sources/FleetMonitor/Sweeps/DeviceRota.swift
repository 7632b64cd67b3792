// In a large tenant more weak rooms are booked at ten in the morning than the device API lets one read in a minute. Then
// each is read in its turn, and the operator is told how often that is.

import FleetCore

/// Whose device is read in the next round.
struct DeviceRota: Sendable {
    /// Devices of booked weak rooms that are read in one round. A round comes once a minute and takes one request for
    /// each: a third of what the device API can bear (Graph facts, Limits), which lists and rooms in trouble share.
    static let limit = 480
    /// Reads of a round on their way at once.
    static let concurrency = 4
    /// No read of a round begins later than this after its beginning.
    static let longestRound: Duration = .seconds(45)

    /// The room that was read last; the next round goes on behind it.
    var last: AccountID?
    /// How many rounds it takes to read everybody, as the operator was told.
    private var rounds = 1

    /// The devices of the next round, in the order of their rooms, beginning behind the room that was read last.
    func turn(of wanted: [(account: AccountID, device: String)]) -> [(account: AccountID, device: String)] {
        let sorted = wanted.sorted { $0.account < $1.account }
        guard sorted.count > Self.limit, let last else { return Array(sorted.prefix(Self.limit)) }
        let next = sorted.firstIndex { $0.account > last } ?? 0
        return Array((sorted[next...] + sorted[..<next]).prefix(Self.limit))
    }

    /// What the operator should hear when the number of rounds changes that it takes to read everybody.
    mutating func news(of wanted: Int) -> String? {
        let needed = max(1, (wanted + Self.limit - 1) / Self.limit)
        guard needed != rounds else { return nil }
        rounds = needed
        if needed == 1 { return "all weak rooms with a booking are read every minute again." }
        return "\(wanted) weak rooms have a booking, more than can be read in a minute; each is read about every "
            + "\(needed) minutes."
    }
}
