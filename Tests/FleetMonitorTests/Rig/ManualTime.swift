// A clock that moves only when the test says so; whoever sleeps is woken in the order of the deadlines.

import Foundation
import Synchronization
import Timekeeping

final class ManualTime: TimeSource {
    private struct Sleeper {
        var deadline: Duration
        var wake: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Moment
        var sleepers: [Int: Sleeper] = [:]
        var lastID = 0
    }

    /// Tuesday, 2026-12-01 08:00:00 UTC: bookable hours.
    static let start = Moment(wall: Date(timeIntervalSince1970: 1_796_112_000), steady: .seconds(1000))

    private let state = Mutex(State(now: ManualTime.start))

    func now() -> Moment { state.withLock { $0.now } }

    /// Since the beginning of the test.
    var elapsed: Duration { Self.start.elapsed(until: now()) }

    /// Somebody sets the wall clock.
    func setWall(by seconds: TimeInterval) { state.withLock { $0.now.wall += seconds } }

    /// How often anybody went to sleep.
    var sleeps: Int { state.withLock { $0.lastID } }

    func sleep(until deadline: Moment) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (wake: CheckedContinuation<Void, Never>) in
                let isDue = state.withLock { state in
                    if Task.isCancelled || state.now.steady >= deadline.steady { return true }
                    state.sleepers[id] = Sleeper(deadline: deadline.steady, wake: wake)
                    return false
                }
                if isDue { wake.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.wake.resume()
        }
        try Task.checkCancellation()
    }

    /// Moves to the next deadline up to `limit`, or to `limit` when nobody sleeps until then.
    ///
    /// - Returns: whether somebody was woken.
    func step(upTo limit: Moment) -> Bool {
        let due = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            let next = state.sleepers.values.map(\.deadline).filter { $0 <= limit.steady }.min()
            let target = max(state.now.steady, next ?? limit.steady)
            state.now = state.now.advanced(by: target - state.now.steady)
            let due = state.sleepers.filter { $0.value.deadline <= state.now.steady }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.wake)
        }
        for wake in due { wake.resume() }
        return !due.isEmpty
    }
}
