// What the operator knows about buildings and rooms and Graph does not: hours, whom to call, who must never wait, and
// when a room is not expected to work.

import struct Foundation.Date
import struct Foundation.TimeZone

/// The sections `hours`, `buildings`, `rooms` and `maintenance` of the configuration, as detection uses them.
public struct SiteRules: Sendable, Hashable {
    public var hours: HoursTable
    /// Whom to call on site, by building.
    public var contacts: [String: String]
    /// In the order of the configuration; the first that says something about a room counts.
    public var rooms: [RoomRule]
    /// Recurring windows, the shipped `nightly` included.
    public var windows: [MaintenanceWindow]

    public init(
        hours: HoursTable = HoursTable(), contacts: [String: String] = [:], rooms: [RoomRule] = [],
        windows: [MaintenanceWindow] = [.nightly]
    ) {
        self.hours = hours
        self.contacts = contacts
        self.rooms = rooms
        self.windows = windows
    }

    /// The zone in which people of a building read the clock.
    public func timeZone(of building: String?) -> TimeZone { hours.of(building).timeZone }

    /// What the rules say about a room.
    public func facts(of room: Room, tenant: TenantName) -> RoomFacts {
        var facts = RoomFacts()
        for (place, rule) in rooms.enumerated() where rule.match.covers(room, of: tenant) {
            facts.isVIP = facts.isVIP || rule.isVIP
            facts.contact = facts.contact ?? rule.contact
            if facts.outOfService == nil, let outOfService = rule.outOfService {
                facts.outOfService = RoomFacts.OutOfService(rule: "rooms[\(place)]", outOfService)
            }
        }
        facts.contact = facts.contact ?? room.building.flatMap { contacts[$0] }
        return facts
    }
}

/// One entry of `rooms`.
public struct RoomRule: Sendable, Hashable {
    public var match: PlaceMatch
    public var isVIP: Bool
    public var contact: String?
    public var outOfService: OutOfService?

    /// Why a room is not expected to work, and until when; `nil` until the entry is removed.
    public struct OutOfService: Sendable, Hashable {
        public var reason: String
        public var until: Date?

        public init(reason: String, until: Date?) {
            self.reason = reason
            self.until = until
        }
    }

    public init(match: PlaceMatch, isVIP: Bool = false, contact: String? = nil, outOfService: OutOfService? = nil) {
        self.match = match
        self.isVIP = isVIP
        self.contact = contact
        self.outOfService = outOfService
    }
}

/// What the operator said about one room.
public struct RoomFacts: Sendable, Hashable {
    public var isVIP = false
    public var contact: String?

    public init() {}

    var outOfService: OutOfService?

    struct OutOfService: Sendable, Hashable {
        var rule: String
        var reason: String
        var until: Date?

        init(rule: String, _ entry: RoomRule.OutOfService) {
            self.rule = rule
            reason = entry.reason
            until = entry.until
        }
    }

    /// The suppression while the room is out of service.
    func suppression(at now: Date) -> Suppression? {
        guard let outOfService, outOfService.until.map({ now < $0 }) ?? true else { return nil }
        return .maintenance(
            window: outOfService.rule, until: outOfService.until ?? .distantFuture, reason: outOfService.reason)
    }
}
