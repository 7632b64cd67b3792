// One id that Graph refuses fails the request for all 650. Such ids are set aside for an hour, so that the search for
// them is paid for once and not every five seconds.

public import FleetCore
public import Timekeeping

import Synchronization

/// Ids that Graph refused, and how much searching for them is allowed; shared by all readers of one tenant.
public final class PresenceQuarantine: Sendable {
    /// How long a refused id is not asked for.
    public static let duration: Duration = .seconds(3600)
    /// Ids remembered; one more drops the one that would be released first.
    public static let capacity = 10_000
    /// Requests that searching may cost within ``searchWindow``, over all lists: far below the documented budget even
    /// when Graph refuses everything.
    public static let searchRequests = 200
    public static let searchWindow: Duration = .seconds(60)

    fileprivate struct State {
        var released: [AccountID: Duration] = [:]
        var earliestRelease: Duration = .seconds(Int64.max)
        var version = 0
        var searchBegan: Duration?
        var searched = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// The ids that are set aside at `now`.
    public func accounts(at now: Moment) -> Set<AccountID> {
        state.withLock { state in
            state.expire(at: now.steady)
            return Set(state.released.keys)
        }
    }

    /// Changes whenever an id is set aside or released.
    func version(at now: Moment) -> Int {
        state.withLock { state in
            state.expire(at: now.steady)
            return state.version
        }
    }

    func add(_ accounts: [AccountID], at now: Moment) {
        guard !accounts.isEmpty else { return }
        state.withLock { state in
            for account in accounts {
                if state.released.count >= Self.capacity, let first = state.released.min(by: { $0.value < $1.value }) {
                    state.released[first.key] = nil
                }
                state.released[account] = now.steady + Self.duration
            }
            state.earliestRelease = state.released.values.min() ?? state.earliestRelease
            state.version += 1
        }
    }

    /// Takes one request from the allowance for searching; false when it is spent.
    func mayAsk(at now: Moment) -> Bool {
        state.withLock { state in
            if let began = state.searchBegan, now.steady - began < Self.searchWindow {
                guard state.searched < Self.searchRequests else { return false }
                state.searched += 1
            } else {
                state.searchBegan = now.steady
                state.searched = 1
            }
            return true
        }
    }
}

extension PresenceQuarantine.State {
    fileprivate mutating func expire(at now: Duration) {
        guard now >= earliestRelease else { return }
        released = released.filter { $0.value > now }
        earliestRelease = released.values.min() ?? .seconds(Int64.max)
        version += 1
    }
}
