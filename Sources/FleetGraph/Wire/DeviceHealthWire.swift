// The health of a device as the deprecated beta sends it (Graph facts, Devices). Every part may be null; the connection to
// Skype for Business is not read.

import GraphClient

/// `teamworkDeviceHealth`.
struct DeviceHealthWire: WireType {
    static let schemaName = "teamworkDeviceHealth"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case connection, loginStatus, peripheralsHealth, hardwareHealth, softwareUpdateHealth
    }

    let connection: ConnectionWire?
    let loginStatus: LoginStatusWire?
    let peripheralsHealth: PeripheralsHealthWire?
    let hardwareHealth: HardwareHealthWire?
    let softwareUpdateHealth: SoftwareUpdateHealthWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        connection = fields.lenient(.connection)
        loginStatus = fields.lenient(.loginStatus)
        peripheralsHealth = fields.lenient(.peripheralsHealth)
        hardwareHealth = fields.lenient(.hardwareHealth)
        softwareUpdateHealth = fields.lenient(.softwareUpdateHealth)
    }
}

/// `teamworkConnection`.
struct ConnectionWire: WireType {
    static let schemaName = "teamworkConnection"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case connectionStatus, lastModifiedDateTime
    }

    let connectionStatus: String?
    let lastModifiedDateTime: GraphTimestamp?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        connectionStatus = fields.lenient(.connectionStatus)
        lastModifiedDateTime = fields.lenient(.lastModifiedDateTime)
    }
}

/// `teamworkLoginStatus`.
struct LoginStatusWire: WireType {
    static let schemaName = "teamworkLoginStatus"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case teamsConnection, exchangeConnection
    }

    let teamsConnection: ConnectionWire?
    let exchangeConnection: ConnectionWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        teamsConnection = fields.lenient(.teamsConnection)
        exchangeConnection = fields.lenient(.exchangeConnection)
    }
}

/// `teamworkPeripheralsHealth`.
struct PeripheralsHealthWire: WireType {
    static let schemaName = "teamworkPeripheralsHealth"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case roomCameraHealth, contentCameraHealth, microphoneHealth, speakerHealth, communicationSpeakerHealth
        case displayHealthCollection
    }

    let roomCameraHealth: PeripheralHealthWire?
    let contentCameraHealth: PeripheralHealthWire?
    let microphoneHealth: PeripheralHealthWire?
    let speakerHealth: PeripheralHealthWire?
    let communicationSpeakerHealth: PeripheralHealthWire?
    let displayHealthCollection: [PeripheralHealthWire]

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        roomCameraHealth = fields.lenient(.roomCameraHealth)
        contentCameraHealth = fields.lenient(.contentCameraHealth)
        microphoneHealth = fields.lenient(.microphoneHealth)
        speakerHealth = fields.lenient(.speakerHealth)
        communicationSpeakerHealth = fields.lenient(.communicationSpeakerHealth)
        displayHealthCollection = fields.lenientList(.displayHealthCollection)
    }
}

/// `teamworkPeripheralHealth`.
struct PeripheralHealthWire: WireType {
    static let schemaName = "teamworkPeripheralHealth"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case isOptional, connection, peripheral
    }

    let isOptional: Bool?
    let connection: ConnectionWire?
    let peripheral: PeripheralWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        isOptional = fields.lenient(.isOptional)
        connection = fields.lenient(.connection)
        peripheral = fields.lenient(.peripheral)
    }
}

/// `teamworkPeripheral`.
struct PeripheralWire: WireType {
    static let schemaName = "teamworkPeripheral"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case displayName
    }

    let displayName: String?

    init(from decoder: any Decoder) throws {
        displayName = try decoder.container(keyedBy: CodingKeys.self).lenient(.displayName)
    }
}

/// `teamworkHardwareHealth`.
struct HardwareHealthWire: WireType {
    static let schemaName = "teamworkHardwareHealth"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case computeHealth, hdmiIngestHealth
    }

    let computeHealth: PeripheralHealthWire?
    let hdmiIngestHealth: PeripheralHealthWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        computeHealth = fields.lenient(.computeHealth)
        hdmiIngestHealth = fields.lenient(.hdmiIngestHealth)
    }
}

/// `teamworkSoftwareUpdateHealth`.
struct SoftwareUpdateHealthWire: WireType {
    static let schemaName = "teamworkSoftwareUpdateHealth"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case teamsClientSoftwareUpdateStatus, adminAgentSoftwareUpdateStatus, operatingSystemSoftwareUpdateStatus
        case firmwareSoftwareUpdateStatus, partnerAgentSoftwareUpdateStatus, companyPortalSoftwareUpdateStatus
    }

    let teamsClientSoftwareUpdateStatus: SoftwareUpdateStatusWire?
    let adminAgentSoftwareUpdateStatus: SoftwareUpdateStatusWire?
    let operatingSystemSoftwareUpdateStatus: SoftwareUpdateStatusWire?
    let firmwareSoftwareUpdateStatus: SoftwareUpdateStatusWire?
    let partnerAgentSoftwareUpdateStatus: SoftwareUpdateStatusWire?
    let companyPortalSoftwareUpdateStatus: SoftwareUpdateStatusWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        teamsClientSoftwareUpdateStatus = fields.lenient(.teamsClientSoftwareUpdateStatus)
        adminAgentSoftwareUpdateStatus = fields.lenient(.adminAgentSoftwareUpdateStatus)
        operatingSystemSoftwareUpdateStatus = fields.lenient(.operatingSystemSoftwareUpdateStatus)
        firmwareSoftwareUpdateStatus = fields.lenient(.firmwareSoftwareUpdateStatus)
        partnerAgentSoftwareUpdateStatus = fields.lenient(.partnerAgentSoftwareUpdateStatus)
        companyPortalSoftwareUpdateStatus = fields.lenient(.companyPortalSoftwareUpdateStatus)
    }
}

/// `teamworkSoftwareUpdateStatus`.
struct SoftwareUpdateStatusWire: WireType {
    static let schemaName = "teamworkSoftwareUpdateStatus"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case softwareFreshness, currentVersion, availableVersion
    }

    let softwareFreshness: String?
    let currentVersion: String?
    let availableVersion: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        softwareFreshness = fields.lenient(.softwareFreshness)
        currentVersion = fields.lenient(.currentVersion)
        availableVersion = fields.lenient(.availableVersion)
    }
}
