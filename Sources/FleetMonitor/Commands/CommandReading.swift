// From what people write to an order for one tenant: which rooms are meant, and who may ask for what.

import FleetAPI
import FleetCore

/// An order with the tenant that it is for.
struct TenantOrder: Sendable {
    var tenant: TenantName
    var order: CommandOrder
}

extension CommandRequest {
    /// Rooms that a selection names in full; of longer lists the rest is counted.
    static let namedRooms = 20

    /// The action, in the words of the core.
    func readAction() throws(Refusal) -> DeviceAction {
        switch action {
        case DeviceAction.restart.word: return .restart
        case DeviceAction.runDiagnostics.word: return .runDiagnostics
        default:
            let kind = try IncidentsQuery.word(
                software ?? SoftwareKind.teamsClient.rawValue, "software", SoftwareBody.kinds, SoftwareKind.init)
            return .updateSoftware(kind, version: version)
        }
    }

    /// The matchers; empty when rooms are named instead.
    func readMatchers() throws(Refusal) -> [Matcher] {
        var all: [Matcher] = []
        for text in matchers ?? [] {
            do throws(MatcherError) {
                all += try Matchers(parsing: text).all
            } catch {
                throw Refusal(
                    .invalid, "the matcher \(text) cannot be read: \(error)",
                    remedy: "write it as label=\"value\", such as building=\"B2\"")
            }
        }
        return all
    }
}

extension Ledger {
    /// Reads what somebody asks for.
    ///
    /// - Throws: ``Refusal`` also when it reaches more than one tenant: each has its own devices, guards and budget.
    func order(_ request: CommandRequest, by asker: Asker) throws(Refusal) -> TenantOrder {
        try request.check()
        let isForced = request.force ?? false
        guard !isForced || asker.role >= .admin else {
            throw Refusal(
                .forbidden, "overriding the guards takes the role admin, and \(asker.name) is \(asker.role.rawValue)",
                remedy: "use the token of an admin, or leave force out")
        }
        let selected = try selection(of: request, for: asker)
        let order = CommandOrder(
            action: try request.readAction(), rooms: selected.rooms, matchers: selected.matchers,
            author: asker.name, role: asker.role.rawValue, mayForce: asker.role >= .admin, isForced: isForced,
            reason: request.reason, selection: selected.words,
            wait: request.waitSeconds.map { .seconds($0) })
        return TenantOrder(tenant: selected.tenant, order: order)
    }

    private struct Selection {
        var tenant: TenantName
        var rooms: Set<AccountID> = []
        var matchers: Matchers?
        /// As the person wrote it.
        var words: String
    }

    private func selection(of request: CommandRequest, for asker: Asker) throws(Refusal) -> Selection {
        let matchers = try request.readMatchers()
        guard matchers.isEmpty else {
            let tenant = try tenant(of: matchers, for: asker)
            do throws(MatcherError) {
                return Selection(
                    tenant: tenant, matchers: try Matchers(matchers),
                    words: matchers.map(\.description).joined(separator: " "))
            } catch {
                throw Refusal(.invalid, "the matchers cannot be used: \(error)", remedy: "use fewer and shorter ones")
            }
        }
        var rooms: [TenantName: Set<AccountID>] = [:]
        var names = roomNames(for: asker)
        for text in request.rooms ?? [] {
            let found = try names.room(called: text)
            rooms[found.tenant, default: []].insert(found.room.account)
        }
        guard let first = rooms.first else {
            throw Refusal(.invalid, "no room is named", remedy: "name a room, or select rooms by building=\"B2\"")
        }
        guard rooms.count == 1 else { throw Self.severalTenants(rooms.keys.sorted()) }
        return Selection(tenant: first.key, rooms: first.value, words: Self.words(request.rooms ?? []))
    }

    private func tenant(of matchers: [Matcher], for asker: Asker) throws(Refusal) -> TenantName {
        let named = Set(matchers.filter { $0.label == .tenant && $0.comparison == .equal }.map(\.value))
        if let wrong = named.sorted().first(where: { !asker.mayTouch(tenant: $0) }) {
            throw Refusal(
                .forbidden, "the token is bound to tenant \(asker.tenant ?? ""), and the command names \(wrong)",
                remedy: "leave tenant out, or name only your own")
        }
        let mine = fleets.keys.filter { asker.mayTouch(tenant: $0.text) }.sorted()
        if let name = named.first, named.count == 1 {
            guard let tenant = mine.first(where: { $0.text == name }) else { throw .noTenant(name) }
            return tenant
        }
        guard named.isEmpty, mine.count == 1 else { throw Self.severalTenants(mine) }
        return mine[0]
    }

    private static func severalTenants(_ tenants: [TenantName]) -> Refusal {
        Refusal(
            .invalid, "the command does not say which one tenant it is for",
            remedy:
                "give one command for each tenant, with tenant=\"\(tenants.first?.text ?? "contoso")\" or with rooms of "
                + "it alone; there are \(tenants.map(\.text).joined(separator: ", "))")
    }

    private static func words(_ rooms: [String]) -> String {
        let named = rooms.prefix(CommandRequest.namedRooms).joined(separator: ", ")
        let rest = rooms.count - CommandRequest.namedRooms
        return rest > 0 ? "\(named) and \(rest) more" : named
    }
}
