// The properties of a directory user that the simulated tenant knows, each with its value. One enum, so that what `$select`
// accepts and what is written can never differ.

import struct Foundation.Date

/// A property of microsoft.graph.user.
enum UserProperty: String, CaseIterable {
    case id, accountEnabled, assignedLicenses, assignedPlans, businessPhones, city, companyName, country,
        createdDateTime
    case deletedDateTime, department, displayName, employeeId, givenName, identities, jobTitle
    case lastPasswordChangeDateTime, licenseAssignmentStates, mail, mobilePhone, officeLocation, onPremisesSyncEnabled
    case otherMails, passwordPolicies, preferredLanguage, provisionedPlans, proxyAddresses
    case signInSessionsValidFromDateTime, state, surname, usageLocation, userPrincipalName, userType

    static let names = Set(allCases.map { $0.rawValue.lowercased() })

    /// What stands where the value may not be read: collections the metadata marks as never null stay empty.
    var empty: JSONValue {
        switch self {
        case .assignedLicenses, .assignedPlans, .businessPhones, .otherMails, .provisionedPlans, .proxyAddresses: []
        default: .null
        }
    }

    func value(_ account: Fleet.Account, isEnabled: Bool, tenant: SimulatedTenant) -> JSONValue {
        let building = tenant.building(of: account)
        return switch self {
        case .id: .string(account.idText)
        case .accountEnabled: .bool(isEnabled)
        case .assignedLicenses:
            .array(tenant.licence(of: account).map { [["skuId": .string($0.id), "disabledPlans": []]] } ?? [])
        case .licenseAssignmentStates: tenant.assignments(of: account)
        case .displayName: .string(account.displayName)
        case .userPrincipalName: .string(account.userPrincipalName)
        case .mail: .string(account.mail)
        case .proxyAddresses:
            .array([.string("SMTP:\(account.mail)")] + (account.alias.map { [.string("smtp:\($0)")] } ?? []))
        case .officeLocation: .text(building?.name)
        case .city: .text(building?.city)
        case .country, .usageLocation: .text(building?.countryCode ?? "US")
        case .createdDateTime: "2025-01-10T09:00:00Z"
        case .signInSessionsValidFromDateTime: "2025-11-03T09:10:00Z"
        case .lastPasswordChangeDateTime:
            tenant.state(of: account).passwordChanged.map { .string(Timestamps.text($0)) } ?? "2025-11-03T09:10:00Z"
        case .passwordPolicies:
            tenant.state(of: account).passwordEnds == nil ? "DisablePasswordExpiration" : "DisableStrongPassword"
        case .userType: "Member"
        case .businessPhones, .otherMails, .assignedPlans, .provisionedPlans, .identities: []
        case .companyName, .deletedDateTime, .department, .employeeId, .givenName, .jobTitle, .mobilePhone,
            .onPremisesSyncEnabled, .preferredLanguage, .state, .surname:
            .null
        }
    }
}

extension SimulatedTenant {
    func building(of account: Fleet.Account) -> Fleet.Building? {
        switch account.kind {
        case .room(let room): fleet.buildings[fleet.rooms[room].building]
        case .mailboxOnly(let index): fleet.buildings[fleet.mailboxes[index].building]
        case .person, .phone: nil
        }
    }
}

extension SimulatedTenant {
    func state(of account: Fleet.Account) -> AccountState {
        fleet.account(named: account.idText).map { timeline.accounts[$0] } ?? AccountState()
    }

    /// What the account holds now.
    func licence(of account: Fleet.Account) -> SKU? { state(of: account).licenceLosses.isEmpty ? account.sku : nil }

    /// How the assignment of its product went: one that failed is listed here and not among what it holds.
    fileprivate func assignments(of account: Fleet.Account) -> JSONValue {
        let losses = state(of: account).licenceLosses
        let error = losses.values.compactMap(\.self).first
        guard let sku = account.sku, losses.isEmpty || error != nil else { return [] }
        return [
            [
                "skuId": .string(sku.id), "assignedByGroup": nil, "disabledPlans": [],
                "state": error == nil ? "Active" : "Error", "error": .string(error ?? "None"),
                "lastUpdatedDateTime": "2025-11-03T09:12:00Z",
            ]
        ]
    }
}

extension AccountState {
    /// The end less its lifetime, or when somebody set it.
    fileprivate var passwordChanged: Date? {
        passwordEnds?.addingTimeInterval(-Timeline.passwordLifetime) ?? passwordSet
    }
}
