// What a receiver has heard, or will have heard once the outbox is empty. Every decision about the next message rests on
// it, so the reading of the rows stands apart from the decisions.

public import struct Foundation.Date

/// One outbox row of an incident, and what became of it.
public struct SentNotification: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Not accepted yet; it will be tried again.
        case waiting
        /// The receiver accepted it.
        case accepted
        /// Given up: refused for good, or too old.
        case failed
        /// Not to be sent any more.
        case withdrawn
    }

    public var id: UniqueID
    public var receiver: ReceiverName
    public var event: Notification.Event
    public var state: State
    /// Attempts so far. A row that was tried may have been applied although no answer came back.
    public var attempts: Int
    public var rule: String
    /// When it was accepted or given up; for a withdrawn one the instant it was decided.
    public var settledAt: Date?
    /// The newest error, or why it was withdrawn.
    public var remark: String?
    public var decidedAt: Date?
    /// When it is sent or tried again, while it waits.
    public var due: Date?

    public init(
        id: UniqueID, receiver: ReceiverName, event: Notification.Event, state: State, attempts: Int, rule: String,
        settledAt: Date? = nil, remark: String? = nil, decidedAt: Date? = nil, due: Date? = nil
    ) {
        self.decidedAt = decidedAt
        self.due = due
        self.settledAt = settledAt
        self.remark = remark
        self.id = id
        self.receiver = receiver
        self.event = event
        self.state = state
        self.attempts = attempts
        self.rule = rule
    }
}

extension Planner {
    /// Whether the receiver believes that the incident is open, or will once it has read what waits: a trigger that was
    /// followed by a resolve is over, and an update of it would wake nobody.
    static func knows(_ rows: [SentNotification]) -> Bool {
        let standing = rows.filter { $0.state != .withdrawn && $0.state != .failed }
        return standing.last { $0.event.isTrigger || $0.event == .resolved }?.event.isTrigger ?? false
    }

    /// The page that is the last word to the receiver and that nobody has tried to send yet.
    static func unsentPage(_ rows: [SentNotification]) -> SentNotification? {
        let standing = rows.filter { $0.state == .waiting || $0.state == .accepted }
        guard let last = standing.last, last.event.isTrigger, last.state == .waiting, last.attempts == 0 else {
            return nil
        }
        return last
    }

    /// The end of the incident that the receiver is still to hear of, when it is the last word to it so far.
    static func plannedEnd(_ rows: [SentNotification]) -> SentNotification? {
        let standing = rows.filter { $0.state == .waiting || $0.state == .accepted }
        guard let last = standing.last(where: { $0.event.isTrigger || $0.event == .resolved }),
            last.event == .resolved, last.state == .waiting
        else { return nil }
        return last
    }

    /// Whether the receiver believes that the incident is open: the newest accepted row is not a resolve.
    static func isTold(_ rows: [SentNotification]) -> Bool {
        guard let last = rows.last(where: { $0.state == .accepted }) else { return false }
        return last.event != .resolved
    }

    /// Rows by receiver, both in the order they were written.
    static func byReceiver(
        _ sent: [SentNotification]
    ) -> [(receiver: ReceiverName, rows: [SentNotification])] {
        var order: [ReceiverName] = []
        var rows: [ReceiverName: [SentNotification]] = [:]
        for row in sent {
            if rows[row.receiver] == nil { order.append(row.receiver) }
            rows[row.receiver, default: []].append(row)
        }
        return order.map { ($0, rows[$0] ?? []) }
    }
}
