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
}
