// What the operator knows about a building and Graph does not.

public import struct Foundation.TimeZone

/// One entry of `buildings`; its hours are in ``Configuration/hours``.
public struct BuildingConfiguration: Sendable, Hashable {
    public var timeZone: TimeZone
    /// Whom to call on site, as the page shall say it.
    public var contact: String?
}
