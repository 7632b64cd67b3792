// getSchedule is asked on behalf of some mailbox, and Exchange counts requests by that mailbox: 10,000 in ten minutes and
// four at a time (Graph facts, Limits). So the rooms asked for take turns at it, and one that cannot do it is left alone.

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
    /// Calls on behalf of one mailbox at a time; Exchange refuses the fifth.
    static let mostAtOnce = 4
    /// Mailboxes kept that worked, to help out where none of the rooms asked for can ask.
    static let standbys = 64

    private struct State {
        /// Until when, by the steady clock.
        var resting: [AccountID: Duration] = [:]
        var good: [AccountID] = []
        /// Calls under way.
        var busy: [AccountID: Int] = [:]
        var turn = 0

        func isFree(_ account: AccountID) -> Bool { busy[account, default: 0] < CalendarAnchors.mostAtOnce }
    }

    private let state = Mutex(State())

    public init() {}

    /// The mailboxes to try, in this order: rooms of the read by turns, then one that worked elsewhere.
    func candidates(_ accounts: [AccountID], at now: Moment) -> [AccountID] {
        state.withLock { state in
            guard !accounts.isEmpty else { return [] }
            state.turn &+= 1
            let turned = Self.turned(accounts, by: state.turn)
            let rested = turned.filter { account in
                state.isFree(account) && state.resting[account].map { $0 <= now.steady } ?? true
            }
            var chosen = Array(rested.prefix(Self.mostTries - 1))
            let standby = Self.turned(state.good, by: state.turn).first {
                state.isFree($0) && !chosen.contains($0)
            }
            if let last = standby ?? rested.dropFirst(chosen.count).first { chosen.append(last) }
            // When every one of them refused before, one still has to be asked.
            return chosen.isEmpty ? Array(turned.prefix(1)) : chosen
        }
    }

    private static func turned(_ accounts: [AccountID], by turn: Int) -> [AccountID] {
        guard !accounts.isEmpty else { return [] }
        let first = turn % accounts.count
        return Array(accounts[first...] + accounts[..<first])
    }

    /// A call on behalf of `account` leaves now.
    func begin(_ account: AccountID) { state.withLock { $0.busy[account, default: 0] += 1 } }

    /// The call ended, with any outcome.
    func end(_ account: AccountID) {
        state.withLock { state in
            let left = state.busy[account, default: 1] - 1
            state.busy[account] = left > 0 ? left : nil
        }
    }

    func worked(_ account: AccountID) {
        state.withLock { state in
            state.resting[account] = nil
            guard !state.good.contains(account) else { return }
            if state.good.count >= Self.standbys { state.good.removeFirst() }
            state.good.append(account)
        }
    }

    func refused(_ account: AccountID, at now: Moment) {
        state.withLock { state in
            state.good.removeAll { $0 == account }
            if state.resting.count >= Self.capacity { state.resting.removeAll() }
            state.resting[account] = now.steady + Self.restFor
        }
    }
}
