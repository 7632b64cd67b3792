// The agendas of a tenant. A read that failed must not wipe out what an earlier one told, and two reads of one room may
// overtake each other; both rules live here, where they can be tested without a calendar.

public import Timekeeping

/// What is known of the bookings of every room of a tenant.
public struct AgendaBook: Sendable, Hashable {
    /// Rooms kept; far more than any tenant has, so only a defect ever meets it.
    public static let capacity = 100_000

    private var agendas: [AccountID: Agenda] = [:]

    public init() {}

    public subscript(account: AccountID) -> Agenda? { agendas[account] }
    public var count: Int { agendas.count }

    /// Accepts what a read brought.
    ///
    /// An answer asked for before the one that is kept changes nothing. An agenda that could not be read takes the
    /// place of a known one only when that is not believed any more.
    /// - Returns: how many rooms found no place.
    @discardableResult
    public mutating func accept(_ news: [AccountID: Agenda]) -> Int {
        var refused = 0
        for (account, agenda) in news {
            guard let known = agendas[account] else {
                if agendas.count < Self.capacity { agendas[account] = agenda } else { refused += 1 }
                continue
            }
            guard known.readAt.steady <= agenda.readAt.steady else { continue }
            if !agenda.isKnown, known.isBelieved(at: agenda.readAt) { continue }
            agendas[account] = agenda
        }
        return refused
    }

    /// Forgets every room that is not watched any more.
    public mutating func keep(only accounts: Set<AccountID>) {
        agendas = agendas.filter { accounts.contains($0.key) }
    }

    /// Rooms about whose present something is known.
    public func believed(at now: Moment) -> Int { agendas.values.count { $0.isBelieved(at: now) } }
}
