// What people want to know when they come to work: which rooms failed while nobody was there, and which still are down.

public import struct Foundation.Date

/// The incidents of rooms between two instants, by building.
public struct OvernightReport: Sendable, Hashable {
    /// Rooms that are named for one building; of the rest the line gives the number.
    static let maximumNames = 5

    public struct Building: Sendable, Hashable {
        /// `nil` for rooms of which no building is known.
        public var name: String?
        /// Names of the rooms that failed, each once.
        public var rooms: [String]
        /// How many of the incidents are still open.
        public var open: Int
    }

    public var buildings: [Building]

    /// - Parameters:
    ///   - incidents: in any order; those that opened outside of the time, or concern no room, are left out.
    ///   - from: when the last working hours ended.
    public init(_ incidents: [Incident], from: Date, until: Date) {
        var order: [String?] = []
        var found: [String?: Building] = [:]
        let concerned = incidents.filter { $0.isAboutOutage && $0.openedAt >= from && $0.openedAt < until }
        for incident in concerned.sorted(by: { $0.openedAt < $1.openedAt }) {
            let building = incident.rooms.first?.building
            if found[building] == nil {
                order.append(building)
                found[building] = Building(name: building, rooms: [], open: 0)
            }
            for room in incident.rooms where found[building]?.rooms.contains(room.name) == false {
                found[building]?.rooms.append(room.name)
            }
            if incident.status != .resolved { found[building]?.open += 1 }
        }
        buildings = order.compactMap { found[$0] }.sorted { ($0.name ?? "\u{10FFFF}") < ($1.name ?? "\u{10FFFF}") }
    }

    /// One line for the journal.
    public var line: String {
        guard !buildings.isEmpty else { return "no room failed overnight" }
        return buildings.map { building in
            let names = building.rooms.prefix(Self.maximumNames).joined(separator: ", ")
            let more =
                building.rooms.count > Self.maximumNames ? " and \(building.rooms.count - Self.maximumNames) more" : ""
            let open = building.open > 0 ? ", \(building.open) still open" : ""
            let count = building.rooms.count == 1 ? "1 room" : "\(building.rooms.count) rooms"
            return "\(building.name ?? "without a building"): \(count) (\(names)\(more))\(open)"
        }.joined(separator: "; ")
    }
}

extension Incident {
    /// Whether it says that rooms are or were down.
    fileprivate var isAboutOutage: Bool {
        switch condition {
        case .roomOffline, .floorOffline, .buildingOffline, .tenantOffline:
            resolution != .merged && resolution != .removed
        case .roomFlapping, .roomUnseen, .roomNeverSeen, .roomAccount, .deviceOffline, .devicePeripheral, .deviceLogin,
            .deviceSoftware, .deviceHardware,
            .deviceUnexpectedUser, .commandFailed, .tenantBlind, .tenantPermissions,
            .sourceStalled, .inventoryShrunk, .channelDown, .storeDegraded:
            false
        }
    }
}

extension BookableHours {
    /// When the hours last ended before an instant at which they begin; looked for over a long weekend.
    public func lastEnd(before begin: Date) -> Date {
        var instant = begin.addingTimeInterval(-Self.searchStep)
        let earliest = begin.addingTimeInterval(-Self.searchSpan)
        while instant > earliest, !contains(instant) { instant = instant.addingTimeInterval(-Self.searchStep) }
        return instant
    }

    private static let searchStep = 15.0 * 60
    private static let searchSpan = 4.0 * 86_400

    /// Whether the hours begin in the minute of an instant.
    public func begin(at instant: Date) -> Bool {
        contains(instant) && !contains(instant.addingTimeInterval(-60))
    }
}
