// Exchange knows rooms by mail address, the rest of the house by account. The pair is made once, outside, from the
// inventory; two accounts that share an address share its agenda.

public import FleetCore

/// A room whose calendar is read.
public struct CalendarRoom: Sendable, Hashable {
    public let account: AccountID
    /// The mailbox's address.
    public let address: String

    public init(account: AccountID, address: String) {
        self.account = account
        self.address = address
    }

    /// What is sent and compared; `nil` for text that is no address and could spoil the 19 beside it.
    var key: String? {
        let text = address.lowercased()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        // 254 is the longest address that mail can be delivered to (RFC 5321, 4.5.3.1.3).
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, text.utf8.count <= 254,
            text.unicodeScalars.allSatisfy({
                $0.value > 0x20 && $0.value != 0x7F && !",;<>\"".unicodeScalars.contains($0)
            })
        else { return nil }
        return text
    }
}

/// What one read of up to twenty calendars brought.
public struct ScheduleRead: Sendable, Hashable {
    /// One for every room asked for, known or not.
    public var agendas: [AccountID: Agenda]
    public var capability: CalendarCapability
    /// Requests it took.
    public var requests: Int

    /// Rooms whose agenda is known now.
    public var known: Int { agendas.values.count(where: \.isKnown) }
}
