// Accounts, licences and subscriptions as Graph sends them (Graph facts, Licences).

import GraphClient

/// `user`.
struct UserWire: WireType {
    static let schemaName = "user"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, displayName, userPrincipalName, mail, accountEnabled, assignedLicenses, proxyAddresses, officeLocation
        case licenseAssignmentStates, lastPasswordChangeDateTime, passwordPolicies, onPremisesSyncEnabled
    }

    let id: String?
    let displayName: String?
    let userPrincipalName: String?
    let mail: String?
    let accountEnabled: Bool?
    /// `nil` where the directory left it out: an account about whose licences nothing was said has not lost them.
    let assignedLicenses: [AssignedLicenseWire]?
    let proxyAddresses: [String]
    let officeLocation: String?
    let licenseAssignmentStates: [LicenseAssignmentStateWire]
    let lastPasswordChangeDateTime: GraphTimestamp?
    /// A list with commas, `None`, or null.
    let passwordPolicies: String?
    let onPremisesSyncEnabled: Bool?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        displayName = fields.lenient(.displayName)
        userPrincipalName = fields.lenient(.userPrincipalName)
        mail = fields.lenient(.mail)
        accountEnabled = fields.lenient(.accountEnabled)
        assignedLicenses = fields.lenientOptionalList(.assignedLicenses)
        proxyAddresses = fields.lenientList(.proxyAddresses)
        officeLocation = fields.lenient(.officeLocation)
        licenseAssignmentStates = fields.lenientList(.licenseAssignmentStates)
        lastPasswordChangeDateTime = fields.lenient(.lastPasswordChangeDateTime)
        passwordPolicies = fields.lenient(.passwordPolicies)
        onPremisesSyncEnabled = fields.lenient(.onPremisesSyncEnabled)
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

/// `licenseAssignmentState`: how one assignment of one product went.
struct LicenseAssignmentStateWire: WireType {
    static let schemaName = "licenseAssignmentState"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case skuId, state, error
    }

    let skuId: String?
    let state: String?
    let error: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        skuId = fields.lenient(.skuId)
        state = fields.lenient(.state)
        error = fields.lenient(.error)
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
