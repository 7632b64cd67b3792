// Stopping politely: what is due is still sent, for a while. What is left stays in the outbox for the next start.

import Synchronization
public import Timekeeping

/// Asks delivery loops to finish what is due and end.
public final class Drain: Sendable {
    /// How long the loops may still send; systemd allows thirty seconds for everything.
    public static let patience: Duration = .seconds(10)

    private struct State {
        var deadline: Moment?
        var bells: [Bell] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Begins to drain; loops end by the deadline.
    public func begin(at now: Moment) {
        let bells = state.withLock { state in
            state.deadline = state.deadline ?? now.advanced(by: Self.patience)
            return state.bells
        }
        for bell in bells { bell.ring() }
    }

    func ring(_ bell: Bell) { state.withLock { $0.bells.append(bell) } }

    /// By when loops must have ended; `nil` while nobody asked.
    public var deadline: Moment? { state.withLock { $0.deadline } }
}
