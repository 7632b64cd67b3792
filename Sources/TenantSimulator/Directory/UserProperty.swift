// The properties of a directory user that the simulated tenant knows, each with its value. One enum, so that what `$select`
// accepts and what is written can never differ.

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
            .array(account.sku.map { [["skuId": .string($0.id), "disabledPlans": []]] } ?? [])
        case .licenseAssignmentStates:
            .array(
                account.sku.map {
                    [
                        [
                            "skuId": .string($0.id), "assignedByGroup": nil, "disabledPlans": [], "state": "Active",
                            "error": "None", "lastUpdatedDateTime": "2025-11-03T09:12:00Z",
                        ]
                    ]
                } ?? [])
        case .displayName: .string(account.displayName)
        case .userPrincipalName: .string(account.userPrincipalName)
        case .mail: .string(account.mail)
        case .proxyAddresses:
            .array([.string("SMTP:\(account.mail)")] + (account.alias.map { [.string("smtp:\($0)")] } ?? []))
        case .officeLocation: .text(building?.name)
        case .city: .text(building?.city)
        case .country, .usageLocation: .text(building?.countryCode ?? "US")
        case .createdDateTime: "2025-01-10T09:00:00Z"
        case .lastPasswordChangeDateTime, .signInSessionsValidFromDateTime: "2025-11-03T09:10:00Z"
        case .passwordPolicies: "DisablePasswordExpiration"
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
