// Which application roles open which call, least first, from Microsoft Graph's permission table (August 2026). A monitor
// must say which permission is missing, so the simulated tenant refuses exactly what the real one refuses.

/// The application roles of Microsoft Graph that the simulated calls know.
public enum Permissions {
    /// All read roles a monitor's modules ask for.
    public static let defaultRoles = [
        "Presence.Read.All", "User.Read.All", "TeamworkDevice.Read.All", "CallRecords.Read.All",
        "CallRecord-PstnCalls.Read.All", "Place.Read.All", "Calendars.ReadBasic.All", "AuditLog.Read.All",
        "ServiceHealth.Read.All", "LicenseAssignment.Read.All",
    ]

    static let presence = ["Presence.Read.All", "Presence.ReadWrite.All"]
    static let users = [
        "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All",
    ]
    /// User.ReadBasic.All opens users but only these properties of them.
    static let basicUserProperties = [
        "id", "displayName", "givenName", "surname", "mail", "userPrincipalName",
    ]
    static let licenceDetails = [
        "LicenseAssignment.Read.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All",
        "Directory.ReadWrite.All",
    ]
    static let subscribedSKUs = [
        "LicenseAssignment.Read.All", "Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All",
        "Directory.ReadWrite.All",
    ]
    static let organization = [
        "User.Read.All", "Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All",
        "Directory.ReadWrite.All",
    ]
    static let deviceCommands = ["TeamworkDevice.ReadWrite.All"]
    static let devices = ["TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All"]
    static let serviceHealth = ["ServiceHealth.Read.All"]
    static let auditLog = ["AuditLog.Read.All"]
    static let places = ["Place.Read.All", "Place.ReadWrite.All"]
    /// Documents name the least role without `.All`; the provisioning data has an application role only with it.
    static let calendars = ["Calendars.ReadBasic.All", "Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"]
}
