// Questions about the past are answered beside the Ledger, on a thread of their own: a list of incidents must not make a
// sweep wait, and a sweep must not make a person wait.

import FleetCore
import FleetStore
import Foundation
import Timekeeping

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

    /// What presence said of one room in the time that an explanation looks back, oldest first.
    func presence(of account: AccountID, tenant: TenantName, until: Date) throws(StoreError) -> [StoredRun] {
        let since = until.addingTimeInterval(-Ledger.explained.seconds)
        return try store.runs(tenant: tenant, account: account, source: .presence, from: since, to: until).map { run in
            // A run that began before is drawn from where the picture begins.
            var run = run
            run.first = max(run.first, since)
            return run
        }
    }

    func commands(tenant: TenantName?, before: UniqueID?, limit: Int) throws(StoreError) -> CommandPage {
        try store.commands(tenant: tenant, before: before, limit: limit)
    }

    func progress(of commands: [UniqueID]) throws(StoreError) -> [UniqueID: [OperationCount]] {
        try store.progress(of: commands)
    }

    func operations(_ query: OperationQuery) throws(StoreError) -> OperationPage { try store.operations(query) }

    /// One operation with its command and every step that it took.
    func operation(
        _ id: UniqueID
    ) throws(StoreError) -> (operation: OperationRecord, command: Command?, steps: [OperationStep])? {
        guard let found = try store.operation(id: id) else { return nil }
        return (found.operation, found.command, try store.steps(of: id))
    }

    /// What a device's records said, oldest first.
    func deviceRuns(tenant: TenantName, device: String, limit: Int) throws(StoreError) -> [StoredDeviceRun] {
        try store.deviceRuns(tenant: tenant, device: device, limit: limit)
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
