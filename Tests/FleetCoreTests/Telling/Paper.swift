// An incident on paper, routes and receivers of contoso, and outbox rows written as short lines, so that a planner's
// test reads like the outbox.

import FleetCore
import Foundation
import Testing
import Timekeeping

enum Paper {
    /// The receivers: two that page, one that keeps a ledger, and one that nobody routes to.
    static let tree = RoutingTree(
        routes: [
            Route(
                rule: "routes[0]", match: RouteMatch(severities: [.critical, .error]), receivers: [pager.name],
                continues: true, grouping: Grouping(wait: .seconds(20), maximum: .seconds(60))),
            Route(rule: "routes[1]", match: RouteMatch(), receivers: [ledger.name]),
        ], receivers: [pager, ledger, spare])
    static let pager = ReceiverProfile(name: ReceiverName("pager"), isPaging: true, fallback: ReceiverName("spare"))
    static let ledger = ReceiverProfile(name: ReceiverName("ledger"), isPaging: false, fallback: ReceiverName("pager"))
    static let spare = ReceiverProfile(name: ReceiverName("spare"), isPaging: true)

    static func incident(
        _ condition: Condition = .roomOffline, _ subject: Subject = .room(account(1)), severity: Severity = .error,
        building: String? = nil
    ) -> Incident {
        var generator = SeededGenerator(seed: 3)
        let isRoom = condition == .roomOffline
        return Incident(
            id: UniqueID(at: at(0).wall, using: &generator),
            key: DedupKey(tenant: Watch.tenant, condition: condition, subject: subject), condition: condition,
            tenant: Watch.tenant, severity: severity,
            scope: Incident.Scope(kind: isRoom ? .room : .receiver, id: subject.text, name: subject.text),
            rooms: isRoom
                ? [
                    Incident.RoomReference(
                        id: account(1), name: "Room 1", email: "room1@contoso.com", building: building, floor: nil)
                ] : [], cause: .unknown, summary: "", firstBadAt: at(0).wall, lastGoodAt: nil, openedAt: at(0).wall,
            evidence: [])
    }

    static func planner(_ tree: RoutingTree = tree, settledAt: Moment? = nil) -> Planner {
        Planner(tree: tree, now: at(100), settledAt: settledAt, generator: SeededGenerator(seed: 5))
    }

    struct Unreadable: Error { var line: String }

    /// Rows such as `pager opened accepted 1`: receiver, event, state, attempts; the oldest first.
    static func rows(_ text: String) throws -> [SentNotification] {
        try text.split(separator: "\n").enumerated().map { place, line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, let event = Notification.Event(rawValue: words[1]),
                let state = SentNotification.State(rawValue: words[2]), let attempts = Int(words[3])
            else { throw Unreadable(line: String(line)) }
            return SentNotification(
                id: UniqueID(stored: "row-\(place)"), receiver: ReceiverName(words[0]), event: event, state: state,
                attempts: attempts, rule: "routes[9]")
        }
    }
}

extension Plan {
    /// What is written, `pager opened routes[0] +20`, and what is withdrawn, `drop row-0`.
    var lines: [String] {
        notifications.map { note in
            let wait = Int(note.notBefore.timeIntervalSince(at(100).wall).rounded())
            return "\(note.receiver) \(note.event) \(note.rule) +\(wait)"
        } + withdrawals.map { "drop \($0.notification)" }
    }
}
