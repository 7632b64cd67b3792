// The names by which people say what shall be quiet, and who hears of what. They are an outward contract like the
// condition names: they appear in silences, routes and answers of the API.

/// A label that a matcher can ask for.
public enum Label: String, Sendable, Hashable, Codable, CaseIterable {
    case tenant
    case building
    case floor
    /// The account id, mail address and display name of a room; each of them counts.
    case room
    case condition
    case severity
    /// The models of all devices of a room; each of them counts.
    case model
    /// The kinds of all devices of a room; each of them counts.
    case kind
    /// How a room stands now, ``RoomState``. Only rooms are selected by it: what a silence hides must not change by itself.
    case state

    /// Whether it says something of a trouble and nothing of a room by itself.
    public var isOfTroubles: Bool { self == .condition || self == .severity }
}
