// A structured task group waits for the slowest of its children, and a read that blocks in the kernel hears of no
// cancellation. So what must not hold anybody up runs in a task of its own, and whoever is first answers.

import Synchronization
import Timekeeping

enum Bounded {
    /// What `body` returns, or `nil` once the time is over; the body is cancelled then, and left to itself.
    static func value<Value: Sendable>(
        within limit: Duration, time: any TimeSource, _ body: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            let work = Task {
                let value = await body()
                answer.give(value)
            }
            let alarm = Task {
                do {
                    try await time.sleep(for: limit)
                } catch {
                    return
                }
                work.cancel()
                answer.give(nil)
            }
            answer.atTheEnd { alarm.cancel() }
        }
    }
}

/// Passes on the first answer and drops the others.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Value?, Never>?
        var ending: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ continuation: CheckedContinuation<Value?, Never>) { state = Mutex(State(continuation: continuation)) }

    func give(_ value: Value?) {
        let (continuation, ending) = state.withLock { state in
            defer { state = State() }
            return (state.continuation, state.ending)
        }
        ending?()
        continuation?.resume(returning: value)
    }

    /// Runs once there is an answer; at once when there is one already.
    func atTheEnd(_ ending: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            guard state.continuation != nil else { return true }
            state.ending = ending
            return false
        }
        if isOver { ending() }
    }
}
