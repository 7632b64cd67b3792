// Teams devices as the deprecated beta sends them (Graph facts, Devices). The configuration is never asked for: it
// holds passwords and PINs, and the versions of a device's software are in its health as well. Names of people who are
// signed in are not read.

import GraphClient

/// `teamworkDevice`.
struct DeviceWire: WireType {
    static let schemaName = "teamworkDevice"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, deviceType, hardwareDetail, healthStatus, lastModifiedDateTime, currentUser
        case activityState, companyAssetTag
    }

    let id: String?
    let deviceType: String?
    let hardwareDetail: HardwareWire?
    let healthStatus: String?
    let lastModifiedDateTime: GraphTimestamp?
    let currentUser: DeviceUserWire?
    /// `false` only where Graph says null: that nobody is. A field that is absent or odd says nothing.
    let isSignedIn: Bool?
    let activityState: String?
    let companyAssetTag: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        deviceType = fields.lenient(.deviceType)
        hardwareDetail = fields.lenient(.hardwareDetail)
        healthStatus = fields.lenient(.healthStatus)
        lastModifiedDateTime = fields.lenient(.lastModifiedDateTime)
        currentUser = fields.lenient(.currentUser)
        let isNull = fields.contains(.currentUser) && (try? fields.decodeNil(forKey: .currentUser)) == true
        isSignedIn = currentUser?.isSomebody == true ? true : isNull ? false : nil
        activityState = fields.lenient(.activityState)
        companyAssetTag = fields.lenient(.companyAssetTag)
    }
}

/// `teamworkHardwareDetail`.
struct HardwareWire: WireType {
    static let schemaName = "teamworkHardwareDetail"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case manufacturer, model, serialNumber
    }

    let manufacturer: String?
    let model: String?
    let serialNumber: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        manufacturer = fields.lenient(.manufacturer)
        model = fields.lenient(.model)
        serialNumber = fields.lenient(.serialNumber)
    }
}

/// `teamworkUserIdentity`: the account signed in on a device.
struct DeviceUserWire: WireType {
    static let schemaName = "teamworkUserIdentity"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, userIdentityType
    }

    let id: String?
    let userIdentityType: String?

    /// An object in which nothing is said names nobody.
    var isSomebody: Bool { id?.isEmpty == false || userIdentityType?.isEmpty == false }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        userIdentityType = fields.lenient(.userIdentityType)
    }
}
