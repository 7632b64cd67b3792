// The part of OData's $filter that an inventory of rooms needs, with the grammar the directory accepts: comparisons joined
// by and/or, an `in` list, and the lambda over licences.

/// A condition on users.
indirect enum UserFilter: Sendable {
    case either(UserFilter, UserFilter)
    case both(UserFilter, UserFilter)
    case not(UserFilter)
    case enabled(Bool)
    case id([String])
    case address(String)
    case displayName(String)
    case licence([String])

    /// The directory takes no longer lists.
    static let maximumListed = 15

    /// - Throws: ``GraphError`` 400 for a text that is no filter the directory understands.
    init(_ text: String) throws(GraphError) {
        var reader = FilterReader(text: text)
        self = try reader.disjunction()
        try reader.end()
    }

    /// - Parameter sku: what the account holds now.
    func accepts(_ account: Fleet.Account, enabled isEnabled: Bool, sku: SKU?) -> Bool {
        switch self {
        case .either(let left, let right):
            left.accepts(account, enabled: isEnabled, sku: sku) || right.accepts(account, enabled: isEnabled, sku: sku)
        case .both(let left, let right):
            left.accepts(account, enabled: isEnabled, sku: sku) && right.accepts(account, enabled: isEnabled, sku: sku)
        case .not(let inner): !inner.accepts(account, enabled: isEnabled, sku: sku)
        case .enabled(let wanted): isEnabled == wanted
        case .id(let ids): ids.contains { $0.lowercased() == account.idText }
        case .address(let address):
            [account.userPrincipalName.lowercased(), account.mail.lowercased()].contains(address.lowercased())
        case .displayName(let name): account.displayName.lowercased() == name.lowercased()
        case .licence(let skus): sku.map { skus.contains($0.id) } ?? false
        }
    }

    /// Whether it looks at properties that User.ReadBasic.All does not open.
    var needsFullRead: Bool {
        switch self {
        case .either(let left, let right), .both(let left, let right): left.needsFullRead || right.needsFullRead
        case .not(let inner): inner.needsFullRead
        case .enabled, .licence: true
        case .id, .address, .displayName: false
        }
    }
}

private struct FilterReader {
    private enum Token: Equatable {
        case word(String), literal(String), mark(Character)
    }

    private var tokens: [Token] = []
    private var position = 0

    init(text: String) {
        var rest = text[...]
        while let character = rest.first {
            if character == " " {
                rest.removeFirst()
            } else if character == "'" {
                rest.removeFirst()
                tokens.append(.literal(Self.literal(&rest)))
            } else if "(),:/".contains(character) {
                tokens.append(.mark(character))
                rest.removeFirst()
            } else {
                let word = rest.prefix { !" '(),:/".contains($0) }
                tokens.append(.word(String(word)))
                rest = rest[word.endIndex...]
            }
        }
    }

    /// A quote inside a literal is doubled.
    private static func literal(_ rest: inout Substring) -> String {
        var text = ""
        while let character = rest.popFirst() {
            if character == "'" {
                guard rest.first == "'" else { break }
                rest.removeFirst()
            }
            text.append(character)
        }
        return text
    }

    private var refusal: GraphError { GraphError(400, "Request_UnsupportedQuery", "Invalid filter clause.") }

    private mutating func take(_ word: String) -> Bool {
        guard position < tokens.count, case .word(let text) = tokens[position], text.lowercased() == word else {
            return false
        }
        position += 1
        return true
    }

    private mutating func takeMark(_ mark: Character) -> Bool {
        guard position < tokens.count, tokens[position] == .mark(mark) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ mark: Character) throws(GraphError) {
        if !takeMark(mark) { throw refusal }
    }

    private mutating func word() throws(GraphError) -> String {
        guard position < tokens.count, case .word(let text) = tokens[position] else { throw refusal }
        position += 1
        return text
    }

    private mutating func literal() throws(GraphError) -> String {
        guard position < tokens.count, case .literal(let text) = tokens[position] else { throw refusal }
        position += 1
        return text
    }

    func end() throws(GraphError) {
        if position != tokens.count { throw refusal }
    }

    mutating func disjunction() throws(GraphError) -> UserFilter {
        var left = try conjunction()
        while take("or") { left = .either(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(GraphError) -> UserFilter {
        var left = try condition()
        while take("and") { left = .both(left, try condition()) }
        return left
    }

    private mutating func condition() throws(GraphError) -> UserFilter {
        if take("not") { return .not(try condition()) }
        if takeMark("(") {
            let inner = try disjunction()
            try expect(")")
            return inner
        }
        let name = try word()
        switch name.lowercased() {
        case "assignedlicenses": return try licences()
        case "accountenabled":
            guard take("eq") else { throw refusal }
            if take("true") { return .enabled(true) }
            if take("false") { return .enabled(false) }
            throw refusal
        case "id":
            if take("eq") { return .id([try literal()]) }
            guard take("in") else { throw refusal }
            return .id(try list())
        case "userprincipalname", "mail":
            guard take("eq") else { throw refusal }
            return .address(try literal())
        case "displayname":
            guard take("eq") else { throw refusal }
            return .displayName(try literal())
        default: throw refusal
        }
    }

    private mutating func list() throws(GraphError) -> [String] {
        try expect("(")
        var items = [try literal()]
        while takeMark(",") { items.append(try literal()) }
        try expect(")")
        guard items.count <= UserFilter.maximumListed else {
            throw GraphError(
                400, "Request_UnsupportedQuery",
                "Too many child clauses specified in search filter expression containing 'OR' operators: "
                    + "\(items.count). Max allowed: \(UserFilter.maximumListed).")
        }
        return items
    }

    /// `assignedLicenses/any(x:x/skuId eq GUID or x/skuId eq GUID)`
    private mutating func licences() throws(GraphError) -> UserFilter {
        try expect("/")
        guard take("any") else { throw refusal }
        try expect("(")
        let variable = try word()
        try expect(":")
        var skus: [String] = []
        repeat {
            guard try word() == variable else { throw refusal }
            try expect("/")
            guard take("skuid"), take("eq"), let id = GUID(try word()) else { throw refusal }
            skus.append(id.description)
        } while take("or")
        try expect(")")
        return .licence(skus)
    }
}
