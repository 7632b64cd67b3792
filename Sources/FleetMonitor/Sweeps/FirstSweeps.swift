// Readiness asks whether a first sweep was attempted, whatever came of it (Contract, HTTP).

public import FleetCore
import Synchronization

/// The tenants whose first sweep has ended, with any outcome.
public final class FirstSweeps: Sendable {
    private let tenants = Mutex<Set<TenantName>>([])

    public init() {}

    func mark(_ tenant: TenantName) { _ = tenants.withLock { $0.insert(tenant) } }

    public func includes(_ wanted: [TenantName]) -> Bool {
        tenants.withLock { tenants in wanted.allSatisfy(tenants.contains) }
    }
}
