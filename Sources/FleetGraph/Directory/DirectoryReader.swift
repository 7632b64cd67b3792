// Accounts out of the directory. An answer that is not whole is no answer: a room that is missing from half a list
// would be thought deleted.

import FleetCore
import GraphClient

import Foundation
import HTTPExchange
import HTTPTypes

/// What was found out about accounts.
struct DirectoryListing: Sendable {
    /// `nil` when it could not be read as a whole.
    var accounts: [AccountRecord]?
    var remarks: [String] = []
    /// Whether it could not be read because a permission or a token is refused.
    var isRefused = false

    init(accounts: [AccountRecord]?) { self.accounts = accounts }

    /// Nothing was read, and why.
    init(failed error: GraphError, _ remark: String) {
        accounts = nil
        remarks = [remark]
        isRefused = error.isRefusal
    }
}

struct DirectoryReader: Sendable {
    /// The directory's own bound.
    static let pageSize = 999
    /// Products in one filter: ten clauses stay well below 2,000 characters of URL.
    static let productsPerFilter = 10

    let client: GraphClient
    let patience: GraphRequest.Patience

    /// The table with what the tenant bought; without the permission the table as it is.
    func table(_ table: LicenceTable) async -> (LicenceTable, remarks: [String]) {
        let path = GraphPath("subscribedSkus").query("$select", "skuId,skuPartNumber")
        do throws(GraphError) {
            let bought = try await client.list(request(path), of: SubscribedSkuWire.self)
            return (table.merging(bought.items), [])
        } catch {
            if case .forbidden = error.reason {
                let remark =
                    "Licences are matched by the built-in table alone: LicenseAssignment.Read.All is not granted, so "
                    + "products whose ids Microsoft does not publish are not recognised."
                return (table, [remark])
            }
            return (table, ["The tenant's products could not be read; the built-in table is used. \(error)"])
        }
    }

    /// Every account that holds one of the products.
    func licensed(_ table: LicenceTable) async -> DirectoryListing {
        let ids = table.skuIDs
        var listing = DirectoryListing(accounts: [])
        var found: [AccountRecord] = []
        for start in stride(from: 0, to: ids.count, by: Self.productsPerFilter) {
            let group = Array(ids[start..<min(start + Self.productsPerFilter, ids.count)])
            do throws(GraphError) {
                let wires = try await holders(of: group)
                found += records(wires, table: table, remarks: &listing.remarks)
            } catch {
                return DirectoryListing(
                    failed: error, "The accounts with Teams Rooms licences could not be read. \(error)")
            }
        }
        var seen: Set<AccountID> = []
        listing.accounts = found.filter { seen.insert($0.id).inserted }
        return listing
    }

    private func holders(of skuIDs: [String]) async throws(GraphError) -> [UserWire] {
        do throws(GraphError) {
            return try await users(skuIDs.map(Self.clause).joined(separator: " or "))
        } catch {
            // Filters joined by "or" are advanced queries, which a service may refuse; single ones are plain.
            guard case .rejected(status: 400, _) = error.reason, skuIDs.count > 1 else { throw error }
            var all: [UserWire] = []
            for id in skuIDs { all += try await users(Self.clause(id)) }
            return all
        }
    }

    private static func clause(_ skuID: String) -> String { "assignedLicenses/any(l:l/skuId eq \(skuID))" }

    private func users(_ filter: String) async throws(GraphError) -> [UserWire] {
        let path = GraphPath("users").query("$select", UserWire.selection).query("$filter", filter)
            .query("$top", "\(Self.pageSize)").query("$count", "true")
        var request = request(path)
        if let name = HTTPField.Name("ConsistencyLevel") { request.headerFields[name] = "eventual" }
        return try await client.list(request, of: UserWire.self).items
    }

    /// The accounts with these object ids. Those that no longer exist are simply absent.
    func accounts(_ ids: [AccountID], table: LicenceTable) async -> DirectoryListing {
        var listing = DirectoryListing(accounts: [])
        var wires: [UserWire] = []
        for (id, outcome) in zip(ids, await fetch(ids.map { userPath($0.text) })) {
            switch outcome {
            case .success(let answer):
                guard let wire = try? JSONDecoder().decode(UserWire.self, from: Data(answer.body)),
                    wire.id?.lowercased() == id.text
                else {
                    var listing = DirectoryListing(accounts: nil)
                    listing.remarks = ["The account \(id) could not be read: the answer is no such user."]
                    return listing
                }
                wires.append(wire)
            case .failure(let error):
                if case .notFound = error.reason, !error.looksRetired { continue }
                return DirectoryListing(failed: error, "The account \(id) could not be read. \(error)")
            }
        }
        listing.accounts = records(wires, table: table, remarks: &listing.remarks)
        return listing
    }

    /// The accounts that the operator named by id, user principal name or mail address.
    func named(_ names: [String], table: LicenceTable) async -> DirectoryListing {
        var listing = DirectoryListing(accounts: [])
        var wires: [UserWire] = []
        var byMail: [String] = []
        for (name, outcome) in zip(names, await fetch(names.map(userPath))) {
            switch outcome {
            case .success(let answer):
                if let wire = try? JSONDecoder().decode(UserWire.self, from: Data(answer.body)) { wires.append(wire) }
            case .failure(let error):
                switch error.reason {
                case .notFound where name.contains("@"): byMail.append(name)
                case .notFound, .rejected(status: 400, _), .invalidRequest:
                    listing.remarks.append("include names \(shown(name)), which the directory does not know.")
                default:
                    return DirectoryListing(
                        failed: error, "The account \(shown(name)) of include could not be read. \(error)")
                }
            }
        }
        let paths = byMail.map {
            GraphPath("users").query("$select", UserWire.selection)
                .query("$filter", "mail eq \(GraphPath.literal($0))")
        }
        for (name, outcome) in zip(byMail, await fetch(paths)) {
            switch outcome {
            case .success(let answer):
                let found = (try? JSONDecoder().decode(UserPage.self, from: Data(answer.body)))?.value ?? []
                wires += found
                if found.isEmpty {
                    listing.remarks.append("include names \(shown(name)), which the directory does not know.")
                }
            case .failure(let error):
                return DirectoryListing(
                    failed: error, "The account \(shown(name)) of include could not be read. \(error)")
            }
        }
        listing.accounts = records(wires, table: table, remarks: &listing.remarks)
        return listing
    }

    private struct UserPage: Decodable {
        let value: [UserWire]
    }

    private func shown(_ name: String) -> String { "'\(BoundedText.clean(name, limit: BoundedText.name))'" }

    private func userPath(_ idOrName: String) -> GraphPath {
        GraphPath("users", idOrName).query("$select", UserWire.selection)
    }

    private func fetch(_ paths: [GraphPath]) async -> [Result<GraphAnswer, GraphError>] {
        guard !paths.isEmpty else { return [] }
        var options = GraphBatchOptions(service: .identity)
        options.patience = patience
        options.priority = .low
        return await client.batch(paths.map { GraphBatchItem(.get, $0) }, options: options)
    }

    private func request(_ path: GraphPath) -> GraphRequest {
        var request = GraphRequest(.get, path, service: .identity)
        request.patience = patience
        request.priority = .low
        request.cost = 2
        return request
    }

    private func records(_ wires: [UserWire], table: LicenceTable, remarks: inout [String]) -> [AccountRecord] {
        let records = wires.compactMap { AccountRecord($0, table: table) }
        if records.count < wires.count {
            remarks.append("\(wires.count - records.count) account(s) carry no usable id and were left out.")
        }
        return records
    }
}

extension AccountRecord {
    /// Addresses kept of one mailbox.
    private static let mostAddresses = 100

    /// - Returns: `nil` for an account without a usable object id.
    init?(_ wire: UserWire, table: LicenceTable) {
        guard let id = BoundedText.id(wire.id) else { return nil }
        let mail = BoundedText.clean(wire.mail, limit: BoundedText.name)
        let principal = BoundedText.clean(wire.userPrincipalName, limit: BoundedText.name)
        let addresses = wire.proxyAddresses.lazy.compactMap { address -> String? in
            let parts = address.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "smtp" else { return nil }
            return BoundedText.clean(Optional(String(parts[1])), limit: BoundedText.name)
        }
        self.init(
            id: AccountID(id),
            name: BoundedText.clean(wire.displayName, limit: BoundedText.name) ?? principal ?? mail ?? id,
            userPrincipalName: principal ?? mail ?? id,
            mail: mail,
            otherAddresses: Array(
                addresses.filter { $0.lowercased() != mail?.lowercased() }.prefix(Self.mostAddresses)),
            // Only an explicit false disables: a field that Graph left out says nothing.
            isEnabled: wire.accountEnabled ?? true,
            roomLicence: table.licence(among: (wire.assignedLicenses ?? []).compactMap(\.skuId)),
            officeLocation: BoundedText.clean(wire.officeLocation, limit: BoundedText.name),
            facts: AccountFacts(wire, table: table))
    }
}
