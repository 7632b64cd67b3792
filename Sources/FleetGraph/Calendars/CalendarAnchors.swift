// getSchedule is asked on behalf of some mailbox, and Exchange counts requests by that mailbox: 10,000 in ten minutes and
// four at a time (graph-api 2.3). So the rooms asked for take turns at it, and one that cannot do it is left alone.

import FleetCore
import Synchronization
import Timekeeping

/// Chooses the mailbox a call is made on behalf of.
public final class CalendarAnchors: Sendable {
    /// A mailbox that refused is not asked again for this long; access granted meanwhile shows within the hour.
    static let restFor: Duration = .seconds(3600)
    /// Mailboxes remembered as refusing; beyond that all get another chance.
    static let capacity = 20_000
    /// The most mailboxes that one read tries.
    static let mostTries = 3

    private struct State {
        /// Until when, by the steady clock.
        var resting: [AccountID: Duration] = [:]
        var lastGood: AccountID?
        var turn = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// The mailboxes to try, in this order: rooms of the read by turns, then the one that worked last anywhere.
    func candidates(_ accounts: [AccountID], at now: Moment) -> [AccountID] {
        state.withLock { state in
            guard !accounts.isEmpty else { return [] }
            state.turn &+= 1
            let first = state.turn % accounts.count
            let turned = accounts[first...] + accounts[..<first]
            let rested = turned.filter { account in state.resting[account].map { $0 <= now.steady } ?? true }
            var chosen = Array(rested.prefix(Self.mostTries - 1))
            if let last = state.lastGood, !chosen.contains(last) {
                chosen.append(last)
            } else if rested.count > chosen.count {
                chosen.append(rested[chosen.count])
            }
            // When every one of them refused before, one still has to be asked.
            return chosen.isEmpty ? Array(turned.prefix(1)) : chosen
        }
    }

    func worked(_ account: AccountID) {
        state.withLock { state in
            state.lastGood = account
            state.resting[account] = nil
        }
    }

    func refused(_ account: AccountID, at now: Moment) {
        state.withLock { state in
            if state.lastGood == account { state.lastGood = nil }
            if state.resting.count >= Self.capacity { state.resting.removeAll() }
            state.resting[account] = now.steady + Self.restFor
        }
    }
}
