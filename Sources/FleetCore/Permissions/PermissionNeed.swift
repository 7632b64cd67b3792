// The one table of permissions: what the daemon reviews, what `roomctl connect` asks for, and why. The ids are those of
// Microsoft Graph's app roles, which are the same in every tenant (Graph facts, Permissions).

/// One permission that one module needs.
public struct PermissionNeed: Sendable, Hashable {
    public let module: FleetModule
    /// The application permission, as the Entra admin centre spells it.
    public let permission: String
    /// The id of the app role, a GUID in lower case.
    public let appRole: String
    /// What it is for, as a part of a sentence.
    public let purpose: String
    /// What does not work without it, as a sentence.
    public let loss: String
    /// What is off when it is taken back while Roomwatch runs, where that is something else.
    var lossWhileRunning: String?
    /// Whether presence cannot be read without it.
    var isForSight = false
    /// Other spellings of ``permission`` that documents and tokens use.
    var aliases: [String] = []
    /// Broader permissions that include it.
    var broader: [String] = []

    /// The least permission, in every spelling.
    var least: [String] { [permission] + aliases }
    var sufficient: [String] { least + broader }

    /// Whether roles of a token are enough for it.
    public func isMet(by roles: some Sequence<String>) -> Bool {
        let sufficient = Set(sufficient.map { $0.lowercased() })
        return roles.contains { sufficient.contains($0.lowercased()) }
    }

    /// What to ask an administrator for: what `modules` need, without what another of them includes.
    public static func least(for modules: Set<FleetModule>) -> [PermissionNeed] {
        let needs = all.filter { modules.contains($0.module) }
        return needs.filter { need in !needs.contains { need.broader.contains($0.permission) } }
    }

    /// What commands devices, in lower case.
    static let commanding: Set<String> = ["teamworkdevice.readwrite.all"]

    public static let all: [PermissionNeed] = [
        PermissionNeed(
            module: .detection, permission: "Presence.Read.All", appRole: "a70e0c2d-e793-494c-94c4-118fa0a67f42",
            purpose: "the presence sweep, which detects", loss: "Detection is off: presence cannot be read.",
            isForSight: true, broader: ["Presence.ReadWrite.All"]),
        PermissionNeed(
            module: .detection, permission: "User.Read.All", appRole: "df021288-bdef-4463-88db-98f22de89214",
            purpose: "finding the room accounts",
            loss: "Detection is off: room accounts and their licences cannot be read.",
            lossWhileRunning: "New rooms are not found; those known are watched on.",
            broader: ["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]),
        PermissionNeed(
            module: .devices, permission: "TeamworkDevice.Read.All", appRole: "0591bafd-7c1c-4c30-a2a5-2b9aacb1dfe8",
            purpose: "device records: weak rooms, peripherals, causes",
            loss: "Device records are off: weak rooms have no second witness, peripherals are not watched.",
            broader: ["TeamworkDevice.ReadWrite.All"]),
        PermissionNeed(
            module: .deviceCommands, permission: "TeamworkDevice.ReadWrite.All",
            appRole: "79c02f5b-bd4f-4713-bc2c-a8a4a66e127b", purpose: "restarting and updating devices",
            loss: "Commands are off: devices cannot be restarted or updated."),
        PermissionNeed(
            module: .callHealth, permission: "CallRecords.Read.All", appRole: "45bbb07e-7321-4fd7-a8f6-3ff27e6a81c8",
            purpose: "call quality of the rooms", loss: "Call health is off: call records cannot be read."),
        PermissionNeed(
            module: .telephony, permission: "CallRecord-PstnCalls.Read.All",
            appRole: "a2611786-80b3-417e-adaa-707d4261a5f0", purpose: "PSTN and direct routing logs",
            loss: "Telephony is off: PSTN and direct routing logs cannot be read."),
        PermissionNeed(
            module: .smartBuildings, permission: "Place.Read.All", appRole: "913b9306-0ce1-42b8-9137-6a7df690a760",
            purpose: "building, floor and capacity of the rooms",
            loss: "Smart Buildings lacks places: buildings and floors come from the directory alone.",
            broader: ["Place.ReadWrite.All"]),
        PermissionNeed(
            module: .bookings, permission: "Calendars.ReadBasic.All", appRole: "8ba4a692-bc31-4128-9094-475872af8a53",
            purpose: "free/busy of the rooms: severity, the meeting in danger",
            loss: "Smart Buildings lacks bookings: severity and reports know no meetings.",
            aliases: ["Calendars.ReadBasic"], broader: ["Calendars.Read", "Calendars.ReadWrite"]),
        PermissionNeed(
            module: .signInEvidence, permission: "AuditLog.Read.All", appRole: "b0afded3-3588-46d8-8b3d-9842eff778da",
            purpose: "sign-in failures of room accounts as evidence",
            loss: "Sign-in failures of room accounts are not read as evidence."),
        PermissionNeed(
            module: .serviceHealthEvidence, permission: "ServiceHealth.Read.All",
            appRole: "79c261e0-fe76-4144-aad5-bdc68fbe4037", purpose: "Microsoft's posts about Teams as a cause",
            loss: "Microsoft's service health is not read as evidence: pages do not name a known Teams incident."),
        PermissionNeed(
            module: .licenceEvidence, permission: "LicenseAssignment.Read.All",
            appRole: "e2f98668-2877-4f38-a2f4-8202e0717aa1",
            purpose: "licences of national clouds and resellers by name",
            loss: "The tenant's products are not read: licences are matched by the built-in table alone.",
            broader: [
                "LicenseAssignment.ReadWrite.All", "Organization.Read.All", "Organization.ReadWrite.All",
                "Directory.Read.All", "Directory.ReadWrite.All",
            ]),
    ]
}
