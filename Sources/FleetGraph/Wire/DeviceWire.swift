// Teams devices as the deprecated beta sends them (Graph facts, Devices). The configuration is never asked for: it
// holds passwords and PINs.

import GraphClient

/// `teamworkDevice`.
struct DeviceWire: WireType {
    static let schemaName = "teamworkDevice"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, deviceType, hardwareDetail, healthStatus, lastModifiedDateTime, currentUser
    }

    let id: String?
    let deviceType: String?
    let hardwareDetail: HardwareWire?
    let healthStatus: String?
    let lastModifiedDateTime: GraphTimestamp?
    let currentUser: DeviceUserWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        deviceType = fields.lenient(.deviceType)
        hardwareDetail = fields.lenient(.hardwareDetail)
        healthStatus = fields.lenient(.healthStatus)
        lastModifiedDateTime = fields.lenient(.lastModifiedDateTime)
        currentUser = fields.lenient(.currentUser)
    }
}

/// `teamworkHardwareDetail`.
struct HardwareWire: WireType {
    static let schemaName = "teamworkHardwareDetail"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case manufacturer, model
    }

    let manufacturer: String?
    let model: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        manufacturer = fields.lenient(.manufacturer)
        model = fields.lenient(.model)
    }
}

/// `teamworkUserIdentity`: the account signed in on a device.
struct DeviceUserWire: WireType {
    static let schemaName = "teamworkUserIdentity"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id
    }

    let id: String?

    init(from decoder: any Decoder) throws {
        id = try decoder.container(keyedBy: CodingKeys.self).lenient(.id)
    }
}

/// `teamworkDeviceHealth`.
struct DeviceHealthWire: WireType {
    static let schemaName = "teamworkDeviceHealth"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case connection
    }

    let connection: ConnectionWire?

    init(from decoder: any Decoder) throws {
        connection = try decoder.container(keyedBy: CodingKeys.self).lenient(.connection)
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
