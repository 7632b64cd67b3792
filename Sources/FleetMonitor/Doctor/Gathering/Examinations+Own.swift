// What is looked at beside the tenants: the file, the receivers, and the process itself.

import FleetAPI
public import FleetCore
public import FleetStore
import Foundation
public import Timekeeping

extension Examination {
    /// What SQLite may take for the pages of the file, of the time that an examination has.
    static let checkLimit: Duration = .seconds(3)
    /// How far back receivers are asked for.
    static let receiverMemory: Duration = .seconds(30 * 86_400)

    /// The examination of the store.
    ///
    /// - Parameter executor: a thread that nothing else waits for, because the file is read as a whole.
    public static func ofStore(
        _ store: Store, ledger: Ledger, retention: RetentionPolicy, executor: any SerialExecutor, time: any TimeSource
    ) -> Examination {
        let archive = Archive(store: store, executor: executor)
        return Examination("the store", area: .store) {
            let end = time.now().advanced(by: checkLimit)
            let examination = await archive.examine { end.steady < time.now().steady }
            return StoreFacts(examination: examination, memory: await ledger.storeMemory(), retention: retention)
                .judged(at: time.now())
        }
    }

    /// The examination of every receiver.
    ///
    /// - Parameter kinds: the kind of each receiver, in the words of the configuration.
    public static func ofReceivers(
        _ store: Store, ledger: Ledger, kinds: [ReceiverName: String], executor: any SerialExecutor,
        time: any TimeSource
    ) -> Examination {
        let archive = Archive(store: store, executor: executor)
        return Examination("the receivers", area: .receivers) {
            let now = time.now()
            let tree = await ledger.tree
            let profiles = tree.receivers.values.filter { $0.name != LoopbackChannel.profile.name }
                .sorted { $0.name < $1.name }
            let names = profiles.map(\.name)
            do throws(StoreError) {
                let backlogs = try await archive.backlog(of: names)
                let since = now.wall.addingTimeInterval(-receiverMemory.seconds)
                let records = try await archive.records(of: names, since: since)
                var checks: [CheckBody] = []
                for profile in profiles {
                    let backlog = backlogs[profile.name]
                    let facts = ReceiverFacts(
                        name: profile.name.text, kind: kinds[profile.name] ?? "unknown", isPaging: profile.isPaging,
                        isDown: await ledger.isDown(profile.name),
                        waiting: (backlog?.waiting ?? 0) + (await ledger.remembered(for: profile.name)),
                        waitingSince: backlog?.oldestDecidedAt, record: records[profile.name] ?? ReceiverRecord(),
                        isReached: tree.reached.contains(profile.name),
                        fallbacks: tree.fallbacks(of: profile.name).map(\.text))
                    checks += facts.judged(at: now)
                }
                return checks
            } catch {
                return [
                    CheckBody(
                        "receiver", area: .receivers, .unknown, "What receivers took cannot be read: \(error)",
                        remedy: "See store.")
                ]
            }
        }
    }
}

extension Archive {
    func examine(until isOver: @escaping @Sendable () -> Bool) -> StoreExamination { store.examine(until: isOver) }

    func records(
        of receivers: [ReceiverName], since: Date
    ) throws(StoreError) -> [ReceiverName: ReceiverRecord] { try store.records(of: receivers, since: since) }
}

extension Ledger {
    /// What waits for the disk.
    func storeMemory() -> StoreFacts.Memory {
        StoreFacts.Memory(
            changes: memory.changes.count, notifications: memory.rows.values.count { $0.state == .waiting },
            lost: memory.lost, isDegraded: own.book.allOpen.contains { $0.condition == .storeDegraded },
            lastCommit: lastCommit, watchedSince: own.watchedSince)
    }

    /// How well the rooms of a tenant are seen; `nil` for a tenant that is not watched.
    func coverage(of tenant: TenantName) -> CoverageFacts? {
        fleets[tenant].map { fleet in
            CoverageFacts(
                fleet, readsDevices: capabilities[tenant]?[.devices]?.state == .available,
                at: time.now())
        }
    }
}
