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

    /// What each service that was ever asked was asked lately.
    func traffic(at now: Moment) -> [GraphService: ServiceTraffic] {
        turnstiles.withLock { turnstiles in
            var traffic: [GraphService: ServiceTraffic] = [:]
            for service in Array(turnstiles.keys) {
                guard var turnstile = turnstiles[service] else { continue }
                traffic[service] = ServiceTraffic(
                    uses: turnstile.uses(at: now.steady), throttled: turnstile.throttled,
                    lastThrottled: turnstile.lastThrottled.map { now.advanced(by: $0 - now.steady) },
                    waiting: turnstile.waiting)
                turnstiles[service] = turnstile
            }
            return traffic
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
