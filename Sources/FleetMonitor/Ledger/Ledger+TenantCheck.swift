// The evidence beside presence, on its way to the incidents it explains.

public import FleetCore
import Timekeeping

extension Ledger {
    /// Whether something is open whose cause a look at service health and sign-in may choose.
    func needsTenantCheck(tenant: TenantName) -> Bool { fleets[tenant]?.needsTenantCheck ?? false }

    /// Takes a read of service health; what follows from it is judged at the next tick.
    public func accept(_ reading: ServiceHealthReading, tenant: TenantName) { fleets[tenant]?.accept(reading) }

    /// Takes how the last token request ended.
    public func accept(_ reading: TokenEndpointReading, tenant: TenantName) { fleets[tenant]?.accept(reading) }

    /// Has a loop told when a place goes dark. Only its bell is kept, not the loop, which knows this Ledger.
    public func register(_ loop: TenantCheckLoop) { checkBells[loop.tenant] = loop.bell }

    /// Sends for the evidence when a place goes dark or the tenant blind.
    func askForCheck(after decision: FleetDecision, tenant: TenantName) {
        guard let bell = checkBells[tenant] else { return }
        let isDark = decision.transitions.contains { transition in
            guard transition.to == .firing else { return false }
            return switch transition.condition {
            case .floorOffline, .buildingOffline, .tenantOffline, .tenantBlind: true
            default: false
            }
        }
        if isDark { bell.ring() }
    }
}
