// What the device records' words mean for a room. Back ends answer in PascalCase where the metadata says camelCase, so
// everything is compared without case (Graph facts, Ground rules and Devices).

import FleetCore

enum DeviceWords {
    static func kind(_ word: String?) -> DeviceKind {
        switch word?.lowercased() {
        case "teamsroom": .teamsRoom
        case "collaborationbar": .collaborationBar
        case "surfacehub": .surfaceHub
        case "teamspanel": .panel
        case "touchconsole": .console
        case "ipphone", "lowcostphone", "sip", "sipanalog": .phone
        case "teamsdisplay": .display
        default: .other
        }
    }

    /// The kinds asked for one by one when the unfiltered list fails, as the documents spell them. Analog SIP devices
    /// are left out: they are what breaks the list (Graph facts, Devices).
    static let mainTypes = ["TeamsRoom", "CollaborationBar", "SurfaceHub"]
    static let companionTypes = ["TeamsPanel", "TouchConsole", "TeamsDisplay", "IpPhone", "LowCostPhone"]

    /// The verdict of a record. A device with a critical fault is still on the air.
    static func health(_ word: String?) -> Reading<DeviceHealth> {
        verdict(word, offline: ["offline"], online: ["healthy", "nonurgent", "critical"])
    }

    /// The verdict of a connection.
    static func connection(_ word: String?) -> Reading<DeviceHealth> {
        verdict(word, offline: ["disconnected"], online: ["connected"])
    }

    private static func verdict(_ word: String?, offline: Set<String>, online: Set<String>) -> Reading<DeviceHealth> {
        guard let text = BoundedText.clean(word, limit: BoundedText.word) else {
            return .unknown(.saidUnknown(text: "empty"))
        }
        let word = text.lowercased()
        if offline.contains(word) { return .value(DeviceHealth(isOffline: true, text: text)) }
        if online.contains(word) { return .value(DeviceHealth(isOffline: false, text: text)) }
        return .unknown(.saidUnknown(text: text))
    }

    static func activity(_ word: String?) -> DeviceActivity {
        switch word?.lowercased() {
        case "busy": .busy
        case "idle": .idle
        case "unavailable": .unavailable
        default: .unknown
        }
    }

    /// Whether a user of this kind (`teamworkUserIdentityType`) is an account of the tenant's own directory. A kind that
    /// is not named, or that did not exist when this was written, is taken for one: rooms are.
    static func isOfDirectory(_ identityType: String?) -> Bool {
        switch identityType?.lowercased() {
        case "anonymousguest", "federateduser", "personalmicrosoftaccountuser", "skypeuser", "phoneuser", "emailuser",
            "azurecommunicationservicesuser":
            false
        default: true
        }
    }
}
