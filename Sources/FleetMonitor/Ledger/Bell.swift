// Deliveries begin the moment a transaction is committed, not at the next tick of a timer; this is how one part of the
// daemon wakes another without a queue that could grow.

import Synchronization
import Timekeeping

/// Wakes one waiter. Ringing while nobody waits is remembered once.
public final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
        var ticket = 0
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
        waiter?.resume()
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
            state.ticket += 1
            return state.ticket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let displaced = state.withLock { state -> CheckedContinuation<Void, Never>? in
                    if state.isRung {
                        state.isRung = false
                        return continuation
                    }
                    if Task.isCancelled { return continuation }
                    let displaced = state.waiter
                    state.waiter = continuation
                    return displaced
                }
                displaced?.resume()
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard state.ticket == ticket else { return nil }
                let waiter = state.waiter
                state.waiter = nil
                return waiter
            }
            waiter?.resume()
        }
    }
}
