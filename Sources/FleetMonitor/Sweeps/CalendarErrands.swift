// Rooms that cannot wait for the next round: one that just failed is critical or not depending on its calendar, and the
// page is written now. Bounded, and a room that was read a moment ago is not read again.

import FleetCore
import Synchronization
import Timekeeping

/// Rooms to be read at once, and when each room was read last.
final class CalendarErrands: Sendable {
    /// Rooms that may wait at once; the rest come with the next round.
    static let capacity = 2_000
    /// A known agenda younger than this is as good as a new one.
    static let freshFor: Duration = .seconds(60)

    private struct State {
        var waiting: [AccountID] = []
        var known: [AccountID: Duration] = [:]
        /// Whether calendars can be read at all.
        var isOpen = true
    }

    private let state = Mutex(State())
    let bell = Bell()

    /// Asks for reads of `accounts`; rooms that wait already and those read a moment ago are left out.
    func add(_ accounts: some Sequence<AccountID>, at now: Moment) {
        let isNew = state.withLock { state in
            var present = Set(state.waiting)
            let before = state.waiting.count
            guard state.isOpen else { return false }
            for account in accounts where state.waiting.count < Self.capacity {
                let isFresh = state.known[account].map { now.steady - $0 < Self.freshFor } ?? false
                if !isFresh, present.insert(account).inserted { state.waiting.append(account) }
            }
            return state.waiting.count > before
        }
        if isNew { bell.ring() }
    }

    /// While calendars are denied to the application, no room that fails asks in vain.
    func setOpen(_ isOpen: Bool) { state.withLock { $0.isOpen = isOpen } }

    /// Hands over everything that waits, in the order asked.
    func take() -> [AccountID] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Remembers the rooms whose agenda became known.
    func note(_ agendas: [AccountID: Agenda]) {
        state.withLock { state in
            for (account, agenda) in agendas where agenda.isKnown { state.known[account] = agenda.readAt.steady }
        }
    }

    /// Forgets rooms that are not watched any more, and says when each of the others was read.
    func lastReads(of accounts: Set<AccountID>) -> [AccountID: Duration] {
        state.withLock { state in
            state.known = state.known.filter { accounts.contains($0.key) }
            return state.known
        }
    }
}
