// The only place where the loop's thread and its callers meet. Everything in it is Sendable and behind one lock; plans
// are ended outside the lock because ending one runs code of its caller.

import Synchronization

/// Plans that wait for a place, cancellations of those that run, and the order to stop.
final class TransferInbox: Sendable {
    private struct State {
        var waiting: [(id: TransferID, plan: any TransferPlan)] = []
        var cancelled: [TransferID] = []
        var nextNumber: UInt64 = 0
        var wakeup: WakeupHandle?
        var stopping = false
        var ended = false
        /// Why the loop ended; says so to those who come later.
        var lastReason = TransferEnd.stopped
        var endListeners: [CheckedContinuation<Void, Never>] = []
    }

    /// What the loop's thread picks up in one turn.
    struct Work {
        var starting: [(id: TransferID, plan: any TransferPlan)] = []
        var cancelled: [TransferID] = []
        var expired: [any TransferPlan] = []
        /// The earliest deadline among those that go on waiting.
        var nextDeadline: Duration?
        var stopping = false
    }

    private let state = Mutex(State())
    private let bound: Int

    /// - Parameter bound: how many plans may wait for a place.
    init(bound: Int) { self.bound = bound }

    // MARK: Callers

    func reserveID() -> TransferID {
        state.withLock { state in
            state.nextNumber += 1
            return TransferID(number: state.nextNumber)
        }
    }

    /// - Returns: why the plan was not taken, in which case the caller ends it; `nil` when it was.
    func submit(_ plan: any TransferPlan, as id: TransferID) -> TransferEnd? {
        state.withLock { state in
            if state.stopping { return state.lastReason }
            if state.waiting.count >= bound { return .full }
            state.waiting.append((id, plan))
            state.wakeup?.wakeUp()
            return nil
        }
    }

    /// Ends the transfer if it was submitted and has not ended; otherwise does nothing.
    func cancel(_ id: TransferID) {
        let plan: (any TransferPlan)? = state.withLock { state in
            if let index = state.waiting.firstIndex(where: { $0.id == id }) {
                return state.waiting.remove(at: index).plan
            }
            // Bounded by the transfers that run: a ticket cancels once, and the thread empties the list every turn.
            guard !state.stopping else { return nil }
            state.cancelled.append(id)
            state.wakeup?.wakeUp()
            return nil
        }
        plan?.neverBegan(.cancelled)
    }

    func requestStop() {
        state.withLock { state in
            state.stopping = true
            state.wakeup?.wakeUp()
        }
    }

    /// Returns when the loop has ended and every transfer with it.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if !state.ended { state.endListeners.append(continuation) }
                return state.ended
            }
            if ended { continuation.resume() }
        }
    }

    // MARK: The loop's thread

    func attach(_ wakeup: WakeupHandle) { state.withLock { $0.wakeup = wakeup } }

    func take(places: Int, at now: Duration) -> Work {
        state.withLock { state in
            var work = Work()
            work.stopping = state.stopping
            swap(&work.cancelled, &state.cancelled)
            guard !state.stopping, !state.waiting.isEmpty else { return work }
            state.waiting.removeAll { entry in
                guard entry.plan.deadline <= now else { return false }
                work.expired.append(entry.plan)
                return true
            }
            let count = min(max(places, 0), state.waiting.count)
            work.starting = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            work.nextDeadline = state.waiting.lazy.map(\.plan.deadline).min()
            return work
        }
    }

    /// Closes the inbox before the multi handle is freed.
    ///
    /// - Returns: the plans that still waited; the caller ends them, and then calls ``finish()``.
    func close(_ reason: TransferEnd) -> [any TransferPlan] {
        state.withLock { state in
            state.stopping = true
            state.lastReason = reason
            state.wakeup = nil
            state.cancelled = []
            defer { state.waiting = [] }
            return state.waiting.map(\.plan)
        }
    }

    func finish() {
        let listeners = state.withLock { state in
            state.ended = true
            defer { state.endListeners = [] }
            return state.endListeners
        }
        for listener in listeners { listener.resume() }
    }
}
