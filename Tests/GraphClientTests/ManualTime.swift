// A clock that moves only when the test says so, or jumps to the next deadline as soon as somebody sleeps.

import Foundation
import Synchronization
import Timekeeping

final class ManualTime: TimeSource {
    private struct State {
        var now: Moment
        var sleepers: [Int: (deadline: Duration, wake: CheckedContinuation<Void, any Error>)] = [:]
        var nextID = 0
        var watchers: [(count: Int, wake: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>
    private let jumps: Bool

    /// - Parameter jumps: a sleeper moves the clock to its deadline and goes on at once (for one caller at a time).
    init(jumps: Bool = true, wall: String = "2026-12-01T08:00:00Z") {
        let date = (try? Date(wall, strategy: .iso8601)) ?? .distantPast
        state = Mutex(State(now: Moment(wall: date, steady: .seconds(1000))))
        self.jumps = jumps
    }

    func now() -> Moment { state.withLock { $0.now } }

    func sleep(until deadline: Moment) async throws {
        try Task.checkCancellation()
        if jumps {
            state.withLock { $0.now = $0.now.advanced(by: max(.zero, deadline.steady - $0.now.steady)) }
            return
        }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
                let (isDue, watchers) = state.withLock { state in
                    if Task.isCancelled || state.now.steady >= deadline.steady {
                        return (true, [CheckedContinuation<Void, Never>]())
                    }
                    state.sleepers[id] = (deadline.steady, wake)
                    return (false, Self.satisfied(&state))
                }
                if isDue { wake.resume() }
                for watcher in watchers { watcher.resume() }
            }
            try Task.checkCancellation()
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.wake.resume()
        }
    }

    /// Moves both clocks and wakes whoever is due, earliest first.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now.steady }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.wake)
        }
        for wake in due { wake.resume() }
    }

    /// Returns once at least `count` callers sleep.
    func untilSleeping(_ count: Int) async {
        await withCheckedContinuation { (wake: CheckedContinuation<Void, Never>) in
            let watchers = state.withLock { state in
                state.watchers.append((count, wake))
                return Self.satisfied(&state)
            }
            for watcher in watchers { watcher.resume() }
        }
    }

    private static func satisfied(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        let count = state.sleepers.count
        let ready = state.watchers.filter { $0.count <= count }.map(\.wake)
        state.watchers.removeAll { $0.count <= count }
        return ready
    }
}
