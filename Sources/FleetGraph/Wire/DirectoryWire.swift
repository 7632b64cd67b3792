// Accounts, licences and subscriptions as Graph sends them (Graph facts, Licences).

/// `user`.
struct UserWire: WireType {
    static let schemaName = "user"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, displayName, userPrincipalName, mail, accountEnabled, assignedLicenses, proxyAddresses, officeLocation
    }

    let id: String?
    let displayName: String?
    let userPrincipalName: String?
    let mail: String?
    let accountEnabled: Bool?
    let assignedLicenses: [AssignedLicenseWire]
    let proxyAddresses: [String]
    let officeLocation: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        displayName = fields.lenient(.displayName)
        userPrincipalName = fields.lenient(.userPrincipalName)
        mail = fields.lenient(.mail)
        accountEnabled = fields.lenient(.accountEnabled)
        assignedLicenses = fields.lenientList(.assignedLicenses)
        proxyAddresses = fields.lenientList(.proxyAddresses)
        officeLocation = fields.lenient(.officeLocation)
    }

    /// The value of `$select` that asks for exactly these fields.
    static let selection = CodingKeys.allCases.map(\.rawValue).joined(separator: ",")
}

/// `assignedLicense`.
struct AssignedLicenseWire: WireType {
    static let schemaName = "assignedLicense"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case skuId
    }

    let skuId: String?

    init(from decoder: any Decoder) throws {
        skuId = try decoder.container(keyedBy: CodingKeys.self).lenient(.skuId)
    }
}

/// `subscribedSku`: a product that the tenant has bought.
struct SubscribedSkuWire: WireType {
    static let schemaName = "subscribedSku"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case skuId, skuPartNumber
    }

    let skuId: String?
    let skuPartNumber: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        skuId = fields.lenient(.skuId)
        skuPartNumber = fields.lenient(.skuPartNumber)
    }
}
