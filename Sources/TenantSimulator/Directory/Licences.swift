// Licences of accounts and of the tenant, and the tenant's own record.

import HTTPTypes

extension SimulatedTenant {
    func licenceDetails(_ call: GraphCall, account: Int) throws(GraphError) -> GraphReply {
        let details = licence(of: fleet.accounts[account]).map { sku -> [JSONValue] in
            [
                [
                    "id": .string("\(fleet.accounts[account].idText)-\(sku.id)"), "skuId": .string(sku.id),
                    "skuPartNumber": .string(sku.partNumber), "servicePlans": plans(sku),
                ]
            ]
        }
        return GraphReply(
            .object([
                call.context("users('\(fleet.accounts[account].idText)')/licenseDetails"),
                .init("value", .array(details ?? [])),
            ]))
    }

    func subscribedSKUs(_ call: GraphCall) throws(GraphError) -> GraphReply {
        try call.require(.get)
        try call.require(Permissions.subscribedSKUs)
        guard call.segments.count == 1 else { throw .noSegment(call.segments[1]) }
        var consumed: [String: Int] = [:]
        for account in fleet.accounts { if let sku = licence(of: account) { consumed[sku.id, default: 0] += 1 } }
        let tenantID = identity.tenantID
        let items = SKU.all.map { sku -> JSONValue in
            [
                "accountId": .string(tenantID), "accountName": .string(fleet.tenantName), "appliesTo": "User",
                "capabilityStatus": "Enabled", "consumedUnits": .int(consumed[sku.id] ?? 0),
                "id": .string("\(tenantID)_\(sku.id)"),
                "prepaidUnits": ["enabled": .int(sku.units), "suspended": 0, "warning": 0, "lockedOut": 0],
                "servicePlans": plans(sku), "skuId": .string(sku.id), "skuPartNumber": .string(sku.partNumber),
                "subscriptionIds": [],
            ]
        }
        let query = try ODataQuery(call.query)
        return GraphReply(
            .object([call.context("subscribedSkus"), .init("value", .array(items.map(query.selected)))]))
    }

    func organization(_ call: GraphCall) throws(GraphError) -> GraphReply {
        try call.require(.get)
        try call.require(Permissions.organization)
        guard call.segments.count == 1 else { throw .noSegment(call.segments[1]) }
        let domains: [JSONValue] = [(fleet.domain, true), ("contoso.onmicrosoft.com", false)].map { name, isDefault in
            [
                "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": .bool(isDefault),
                "isInitial": .bool(!isDefault), "name": .string(name), "type": "Managed",
            ]
        }
        let tenant: JSONValue = [
            "id": .string(identity.tenantID), "displayName": .string(fleet.tenantName), "countryLetterCode": "US",
            "tenantType": "AAD", "verifiedDomains": .array(domains), "assignedPlans": [],
        ]
        let query = try ODataQuery(call.query)
        return GraphReply(.object([call.context("organization"), .init("value", [query.selected(tenant)])]))
    }

    private func plans(_ sku: SKU) -> JSONValue {
        .array(
            sku.plans.map { plan in
                [
                    "appliesTo": "User", "provisioningStatus": "Success", "servicePlanId": .string(plan.id),
                    "servicePlanName": .string(plan.name),
                ]
            })
    }
}
