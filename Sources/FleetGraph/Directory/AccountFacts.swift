// What Graph says about signing in with an account, in our words. A field that was left out says nothing, and a state
// that nobody has seen before is quoted and not judged.

import FleetCore
import Foundation
import GraphClient

extension AccountFacts {
    /// Assignments kept of one account.
    private static let mostErrors = 5

    init(_ wire: UserWire, table: LicenceTable) {
        let policies = (wire.passwordPolicies ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        self.init(
            licences: wire.assignedLicenses.map { $0.compactMap(\.skuId).map(table.held) },
            licenceErrors: Array(Self.errors(wire.licenseAssignmentStates, table: table).prefix(Self.mostErrors)),
            passwordChanged: wire.lastPasswordChangeDateTime?.date,
            passwordNeverExpires: policies.contains("disablepasswordexpiration"),
            isSynchronised: wire.onPremisesSyncEnabled == true)
    }

    /// Assignments of Teams Rooms products that are not plainly active. One that failed beside another that works (by a
    /// group and by hand, say) blocks nothing.
    private static func errors(_ states: [LicenseAssignmentStateWire], table: LicenceTable) -> [LicenceError] {
        let rooms = states.compactMap { state -> (product: String, state: String, error: String?)? in
            guard let id = state.skuId, let word = BoundedText.clean(state.state, limit: BoundedText.word) else {
                return nil
            }
            let held = table.held(id)
            guard held.kind == .room || held.kind == .basicRoom else { return nil }
            let error = BoundedText.clean(state.error, limit: BoundedText.word)
            return (held.name, word, error?.lowercased() == "none" ? nil : error)
        }
        let works = rooms.contains { $0.state.lowercased().hasPrefix("active") }
        return rooms.filter { $0.state.lowercased() != "active" }.map {
            LicenceError(
                product: $0.product, state: $0.state, error: $0.error,
                isBlocking: !works && ["error", "disabled"].contains($0.state.lowercased()))
        }
    }
}
