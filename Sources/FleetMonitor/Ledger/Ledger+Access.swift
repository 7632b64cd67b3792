// Our own access, and what keeps rooms' accounts from signing in, on their way to the incidents they explain.

public import FleetCore
import Foundation
import Timekeeping

/// What is wrong with one room's account.
public struct RoomAccountFindings: Sendable, Hashable {
    public var room: Room
    /// At least one; what must be mended first comes first.
    public var findings: [AccountFinding]
}

extension Ledger {
    /// Takes what is known of our access; what follows from it is judged at the next tick.
    public func accept(_ reading: AccessReading, tenant: TenantName) { fleets[tenant]?.accept(reading) }

    /// Whether a token newer than a consent may change anything.
    func wantsFreshToken(tenant: TenantName) -> Bool { fleets[tenant]?.wantsFreshToken ?? false }

    /// Takes how long passwords live in a tenant.
    func adopt(passwords policy: PasswordPolicy, tenant: TenantName) { fleets[tenant]?.adopt(passwords: policy) }

    /// Rooms whose sign-ins are worth a read, and since when they are in trouble.
    func roomsWorthSignIns(tenant: TenantName, limit: Int) -> [(account: AccountID, since: Date)] {
        fleets[tenant]?.roomsWorthSignIns(at: time.now(), limit: limit) ?? []
    }

    /// Takes what the sign-in log said of a room.
    func accept(_ reading: SignInReading, of account: AccountID, tenant: TenantName) {
        let now = time.now()
        guard let decision = fleets[tenant]?.accept(reading, of: account, decided: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// The rooms of a tenant with whose accounts something is wrong, now or soon, by account.
    public func accountFindings(of tenant: TenantName) -> [RoomAccountFindings] {
        guard let fleet = fleets[tenant] else { return [] }
        return fleet.accountFindings.compactMap { account, findings in
            fleet.room(of: account).map { RoomAccountFindings(room: $0, findings: findings) }
        }.sorted { $0.room.account < $1.room.account }
    }
}
