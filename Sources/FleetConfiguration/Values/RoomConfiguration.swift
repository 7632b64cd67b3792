// What the operator knows about buildings and rooms and Graph does not.

import FleetCore
import Foundation

/// One entry of `buildings`; its hours are in ``Configuration/hours``.
public struct BuildingConfiguration: Sendable, Hashable {
    public var timeZone: TimeZone
    /// Whom to call on site, as the page shall say it.
    public var contact: String?
}

/// What an entry of `rooms` or `maintenance` is about. A part that is `nil` asks nothing.
public struct PlaceMatch: Sendable, Hashable {
    public var tenants: Set<TenantName>?
    public var buildings: Set<String>?
    public var floors: Set<String>?
    /// Account ids, user principal names or mail addresses, in lower case.
    public var rooms: Set<String>?

    public init() {}
}

/// One entry of `rooms`.
public struct RoomOverride: Sendable, Hashable {
    public var match: PlaceMatch
    public var isVIP: Bool
    public var contact: String?
    public var outOfService: OutOfService?

    /// Why a room is not expected to work, and until when.
    public struct OutOfService: Sendable, Hashable {
        public var reason: String
        /// `YYYY-MM-DD`, the last day, or an ISO 8601 instant; `nil` until the entry is removed.
        public var until: String?
    }
}

/// One entry of `maintenance`: a planned interval that recurs.
public struct MaintenanceWindow: Sendable, Hashable {
    public var name: String
    public var isEnabled: Bool
    public var days: Set<BookableHours.Weekday>
    /// Minutes after midnight, inclusive.
    public var fromMinute: Int
    /// Minutes after midnight, exclusive; smaller than `fromMinute` when the window runs past midnight.
    public var toMinute: Int
    /// `nil` means the zone of each building.
    public var timeZone: TimeZone?
    public var match: PlaceMatch
    /// A room that is still down this long after its restart has not returned.
    public var returnWithin: Duration?

    /// The name of the window that is shipped switched on (Detection, Expected outages).
    public static let nightlyName = "nightly"
}
