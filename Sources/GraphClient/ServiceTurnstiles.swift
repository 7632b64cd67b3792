// The lock around the turnstiles. Passing and sending happen without a suspension in between, so a service that has
// been closed sees no request that was let through before and sent after.

import Synchronization
import Timekeeping

/// The turnstiles of one tenant, one per service.
final class ServiceTurnstiles: Sendable {
    private let budgets: [GraphService: RequestBudget]
    private let turnstiles = Mutex<[GraphService: ServiceTurnstile]>([:])

    init(_ budgets: [GraphService: RequestBudget]) {
        self.budgets = budgets
    }

    /// Runs `body` with the turnstile of `service`, which is made when it is first named.
    func with<T: Sendable>(_ service: GraphService, _ body: (inout sending ServiceTurnstile) -> sending T) -> T {
        turnstiles.withLock { turnstiles in
            var turnstile = turnstiles[service] ?? ServiceTurnstile(budgets[service] ?? .fallback)
            let result = body(&turnstile)
            turnstiles[service] = turnstile
            return result
        }
    }

    /// The services that are closed now and until when, by the steady clock.
    func closures(at now: Duration) -> [GraphService: Duration] {
        turnstiles.withLock { turnstiles in
            turnstiles.compactMapValues { turnstile in
                turnstile.closedUntil.flatMap { $0 > now ? $0 : nil }
            }
        }
    }
}
