// Free/busy is a help, not the heart of detection: without it severity knows bookable hours only. So a missing grant is
// told once, with the name of the permission, and raises no incident.

import FleetCore

/// Whether the rooms' free/busy can be read in this tenant.
public enum CalendarCapability: Sendable, Hashable {
    case available
    /// The application has no role that opens calendars.
    case notGranted
    /// It has the role, but these mailboxes are outside the scope it was given in Exchange.
    case outOfScope
    /// It did not answer this time; the word is the kind of failure.
    case transient(String)

    /// The least application role that is enough (Graph facts, Calendars).
    static let role = "Calendars.ReadBasic.All"
    /// Roles as tokens carry them; documents spell the first without `.All`.
    static let roles: Set<String> = [
        "calendars.readbasic.all", "calendars.readbasic", "calendars.read", "calendars.readwrite",
    ]

    /// Whether calendars are out of reach for a reason that is known and stays until an administrator acts.
    public var isDenied: Bool { self == .notGranted || self == .outOfScope }

    /// One line for the operator.
    public var text: String {
        switch self {
        case .available: "Room calendars (free/busy) are read."
        case .notGranted:
            "Room calendars are not read: grant the application permission \(Self.role) and admin consent to use them. "
                + "Severity follows bookable hours alone."
        case .outOfScope:
            "Room calendars are not read: Exchange limits the application to other mailboxes. Add the rooms to its "
                + "scope (RBAC for Applications or application access policy). Severity follows bookable hours alone."
        case .transient(let kind):
            "Room calendars could not be read this time (\(FailureText.words(kind))); it is tried again, detection goes on."
        }
    }
}
