// Questions about the past are answered beside the Ledger, on a thread of their own: a list of incidents must not make a
// sweep wait, and a sweep must not make a person wait.

import FleetCore
import FleetStore
import Foundation

/// Reads the store for people.
actor Archive {
    let store: Store
    private let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(store: Store, executor: any SerialExecutor) {
        self.store = store
        self.executor = executor
    }

    func incidents(_ query: IncidentQuery) throws(StoreError) -> IncidentPage { try store.recentIncidents(query) }

    /// What people wrote about an incident and what nobody was told of it.
    func history(
        of incident: Incident
    ) throws(StoreError) -> (comments: [IncidentComment], suppressions: [SuppressedNotification]) {
        let suppressions = try store.suppressions(
            key: incident.key, since: incident.firstBadAt, limit: Store.maximumQuiet)
        let until = incident.resolvedAt ?? .distantFuture
        return (try store.comments(of: incident.id), suppressions.filter { $0.at <= until })
    }

    func audit(limit: Int) throws(StoreError) -> [AuditEntry] { try store.audit(limit: limit) }

    func notifications(
        receiver: ReceiverName?, states: Set<SentNotification.State>, limit: Int
    ) throws(StoreError) -> [(incident: UniqueID, row: SentNotification)] {
        try store.recentNotifications(receiver: receiver, states: states, limit: limit)
    }

    func backlog(of receivers: [ReceiverName]) throws(StoreError) -> [ReceiverName: Backlog] {
        var found: [ReceiverName: Backlog] = [:]
        for receiver in receivers { found[receiver] = try store.backlog(receiver: receiver) }
        return found
    }
}
