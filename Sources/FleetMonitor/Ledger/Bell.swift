// Deliveries begin the moment a transaction is committed, not at the next tick of a timer; this is how one part of the
// daemon wakes another without a queue that could grow.

import Synchronization
import Timekeeping

/// Wakes one waiter. Ringing while nobody waits is remembered once.
public final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: Waiter?
        var lastTicket = 0
    }

    private struct Waiter {
        /// Tells a cancelled waiter whether it is still the one that waits.
        var ticket: Int
        var wake: CheckedContinuation<Void, Never>
    }

    private let state = Mutex(State())

    public init() {}

    public func ring() {
        let waiter = state.withLock { state in
            let waiter = state.waiter
            state.waiter = nil
            state.isRung = waiter == nil
            return waiter
        }
        waiter?.wake.resume()
    }

    /// Returns when the bell rings, when `deadline` has passed, or when the task is cancelled.
    public func wait(until deadline: Moment, time: any TimeSource) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForRing() }
            group.addTask {
                // Cancellation is how the other child's ring ends this sleep; nothing is lost by it.
                try? await time.sleep(until: deadline)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForRing() async {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                let ready = state.withLock { state -> CheckedContinuation<Void, Never>? in
                    if state.isRung {
                        state.isRung = false
                        return wake
                    }
                    if Task.isCancelled { return wake }
                    let displaced = state.waiter
                    state.waiter = Waiter(ticket: ticket, wake: wake)
                    return displaced?.wake
                }
                ready?.resume()
            }
        } onCancel: {
            let wake = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let waiter = state.waiter, waiter.ticket == ticket else { return nil }
                state.waiter = nil
                return waiter.wake
            }
            wake?.resume()
        }
    }
}
