// The directory as the inventory of rooms reads it: users with their licences, filtered and paged.

import HTTPTypes

extension SimulatedTenant {
    static let maximumUserPage = 999
    private static let defaultUserPage = 100
    /// What comes without `$select`.
    private static let defaultUserProperties: Set<String> = [
        "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
        "preferredLanguage", "surname", "userPrincipalName", "id",
    ]

    func users(_ call: GraphCall) throws(GraphError) -> GraphReply {
        if call.segments.count == 4, call.segments[2].lowercased() == "calendar",
            ["getschedule", "microsoft.graph.getschedule"].contains(call.segments[3].lowercased())
        {
            return try schedules(call)
        }
        try call.require(.get)
        switch call.segments.count {
        case 1:
            try call.require(Permissions.users)
            return try userList(call)
        case 2:
            try call.require(Permissions.users)
            let query = try checked(ODataQuery(call.query))
            let user = query.selected(user(try account(call.segments[1]), call: call, query: query))
            return GraphReply(.object([call.context("users/$entity")] + (user.members ?? [])))
        case 3:
            switch call.segments[2].lowercased() {
            case "presence":
                try call.require(Permissions.presence)
                return try singlePresence(call, id: call.segments[1])
            case "licensedetails":
                try call.require(Permissions.licenceDetails)
                return try licenceDetails(call, account: try account(call.segments[1]))
            default: throw .noSegment(call.segments[2])
            }
        default: throw .noSegment(call.segments[3])
        }
    }

    private func account(_ name: String) throws(GraphError) -> Int {
        guard let index = fleet.account(named: name), !timeline.accounts[index].deleted else { throw .notFound(name) }
        return index
    }

    /// - Throws: ``GraphError`` 400 for a property users do not have.
    private func checked(_ query: ODataQuery) throws(GraphError) -> ODataQuery {
        for name in query.select ?? [] where !UserProperty.names.contains(name.lowercased()) {
            throw .badRequest("Could not find a property named '\(name)' on type 'microsoft.graph.user'.")
        }
        return query
    }

    private func userList(_ call: GraphCall) throws(GraphError) -> GraphReply {
        let query = try checked(ODataQuery(call.query))
        let size = query.top ?? Self.defaultUserPage
        guard size <= Self.maximumUserPage else {
            throw GraphError(
                400, "Request_BadRequest",
                "Invalid page size specified: '\(size)'. Must be between 1 and \(Self.maximumUserPage) inclusive.")
        }
        var matches = fleet.accounts.indices.filter { !timeline.accounts[$0].deleted }
        if let text = query.filter {
            let filter = try UserFilter(text)
            if !hasFullRead(call), filter.needsFullRead { throw .forbidden }
            matches = matches.filter {
                filter.accepts(fleet.accounts[$0], enabled: isEnabled($0), sku: licence(of: fleet.accounts[$0]))
            }
        }
        // Counting is an advanced query: without the header the directory leaves the count out.
        let eventual = HTTPField.Name("ConsistencyLevel").flatMap { call.headerFields[$0] }?.lowercased() == "eventual"
        return try .page(
            of: matches.count, size: size, call: call, query: query, context: "users", count: query.count && eventual
        ) { user(matches[$0], call: call, query: query) }
    }

    private func hasFullRead(_ call: GraphCall) -> Bool {
        call.roles.contains { Permissions.users.dropFirst().contains($0) }
    }

    private func isEnabled(_ account: Int) -> Bool {
        if case .mailboxOnly = fleet.accounts[account].kind { return false }
        return timeline.accounts[account].disabled == 0
    }

    private func user(_ index: Int, call: GraphCall, query: ODataQuery) -> JSONValue {
        let account = fleet.accounts[index]
        let wanted = query.select.map { Set($0.map { $0.lowercased() }) }
        let full = hasFullRead(call)
        var members: [JSONValue.Member] = []
        for property in UserProperty.allCases {
            let name = property.rawValue
            let isWanted =
                wanted.map { $0.contains(name.lowercased()) } ?? Self.defaultUserProperties.contains(name)
            guard isWanted || property == .id else { continue }
            // With User.ReadBasic.All alone the other properties come back empty.
            let mayRead = full || Permissions.basicUserProperties.contains(name)
            members.append(
                .init(
                    name, mayRead ? property.value(account, isEnabled: isEnabled(index), tenant: self) : property.empty)
            )
        }
        return .object(members)
    }
}
