// A clock that moves only when whoever holds it says so; sleepers are woken in the order of their deadlines.

import Foundation
import Synchronization
public import Timekeeping

/// A time source that stands still between two steps.
public final class ManualTime: TimeSource {
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
    public static let start = Moment(wall: Date(timeIntervalSince1970: 1_796_112_000), steady: .seconds(1000))

    public let start: Moment
    private let state: Mutex<State>

    public init(start: Moment = ManualTime.start) {
        self.start = start
        state = Mutex(State(now: start))
    }

    public func now() -> Moment { state.withLock { $0.now } }

    /// Since the beginning, by the steady clock.
    public var elapsed: Duration { start.elapsed(until: now()) }

    /// How often anybody went to sleep.
    public var sleeps: Int { state.withLock { $0.lastID } }

    /// When the next sleeper is due; `nil` when nobody sleeps.
    public var nextDeadline: Duration? { state.withLock { $0.sleepers.values.lazy.map(\.deadline).min() } }

    public func sleep(until deadline: Moment) async throws {
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
    public func step(upTo limit: Moment) -> Bool {
        let due = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            let next = state.sleepers.values.lazy.map(\.deadline).filter { $0 <= limit.steady }.min()
            let target = max(state.now.steady, next ?? limit.steady)
            state.now = state.now.advanced(by: target - state.now.steady)
            let due = state.sleepers.filter { $0.value.deadline <= state.now.steady }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.wake)
        }
        for wake in due { wake.resume() }
        return !due.isEmpty
    }

    /// Somebody corrects the wall clock; the steady clock does not move.
    public func stepWall(by duration: Duration) {
        state.withLock { $0.now.wall = $0.now.wall.addingTimeInterval(duration.seconds) }
    }
}
