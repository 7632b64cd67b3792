// A store that is opened on a disk without space: what was known is known, nothing is written, and everything is once
// there is space again.

import FleetCore
import Foundation
import GRDB
import Synchronization
import Testing

@testable import FleetStore

@Suite("Starting on a full disk")
struct FullDiskStartTests {
    let directory: TemporaryDirectory
    let disk = Disk()

    init() throws { directory = try TemporaryDirectory() }

    /// A disk on which a database cannot be opened the usual way until it is freed.
    final class Disk: Sendable {
        private let failure = Mutex<ResultCode?>(.SQLITE_FULL)

        func fail(_ code: ResultCode?) { failure.withLock { $0 = code } }

        var connect: @Sendable (String, Configuration) throws -> DatabasePool {
            { path, configuration in
                if let code = self.failure.withLock({ $0 }) { throw DatabaseError(resultCode: code) }
                return try DatabasePool(path: path, configuration: configuration)
            }
        }
    }

    private var path: String { directory.database }

    private func opened(migrations: [Migration] = Schema.migrations) throws -> (store: Store, remarks: [OpenRemark]) {
        try Store.open(path: path, now: morning, log: quiet, migrations: migrations, connect: disk.connect)
    }

    private func fill() throws {
        let store = try openStore(directory)
        try store.commit(outageChange(1))
        try store.saveInventory(tenant: contoso, rooms: [], refreshedAt: morning)
        try store.close()
    }

    /// Refuses every write, as a full disk does.
    private func refuse(_ refuses: Bool, _ store: Store) throws {
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = \(refuses ? 1 : 0)") }
    }

    @Test("What the store knows is read", arguments: [ResultCode.SQLITE_FULL, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR])
    func known(code: ResultCode) throws {
        try fill()
        disk.fail(code)
        let (store, remarks) = try opened()
        guard case .withoutSpace(path, _, knowsEarlier: true) = try #require(remarks.first) else {
            Issue.record("\(remarks)")
            return
        }
        #expect(remarks.contains { $0.isAlarming })
        #expect(try store.load(tenant: contoso, resolvedSince: morning).incidents == [incident(1)])
        #expect(try store.backlog().waiting == 1)
    }

    @Test("No other program can open it, because the index of the log is in memory")
    func alone() throws {
        try fill()
        let (store, _) = try opened()
        #expect(try store.load(tenant: contoso, resolvedSince: morning).incidents.count == 1)
        #expect(StoreFiles(path: path).walSize == 0, "opening and reading must write nothing")
        var configuration = Configuration()
        configuration.busyMode = .immediateError
        #expect(throws: DatabaseError.self) {
            try DatabaseQueue(path: path, configuration: configuration).read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM incident")
            }
        }
    }

    @Test("Writes fail, and succeed by themselves once there is space")
    func recovers() throws {
        try fill()
        let (store, _) = try opened()
        #expect(try writerPragma("synchronous", of: store) == 2)
        try refuse(true, store)
        #expect(throws: StoreError.self) { try store.commit(outageChange(2)) }
        try refuse(false, store)
        try store.commit(outageChange(2))
        try store.close()
        disk.fail(nil)
        let (next, remarks) = try opened()
        #expect(remarks.isEmpty)
        #expect(try next.load(tenant: contoso, resolvedSince: morning).incidents.count == 2)
    }

    @Test("The runs of the last life are ended before anything of this one is written")
    func owedEnds() throws {
        try fill()
        let (store, _) = try opened()
        try refuse(true, store)
        try store.endOpenRuns(tenant: contoso)
        try refuse(false, store)
        var change = Change()
        change.observations.begun = [
            RunBegin(tenant: contoso, account: account(1), source: .presence, reading: "Available", first: at(100))
        ]
        change.observations.checkpoints = [
            SweepCheckpoint(tenant: contoso, source: .presence, completedAt: at(120), count: 8)
        ]
        try store.commit(change)
        let runs = try store.runs(tenant: contoso, from: at(-60), to: at(600))
        #expect(runs.map(\.reading) == ["Offline", "Available"])
        #expect(runs.map(\.isOpen) == [false, true])
        #expect(runs.first?.last == at(0.25))
    }

    @Test("Where no database can be made there is an empty memory until there is space")
    func nothingKnown() throws {
        let (store, remarks) = try opened()
        guard case .withoutSpace(path, _, knowsEarlier: false) = try #require(remarks.first) else {
            Issue.record("\(remarks)")
            return
        }
        #expect(try store.load(tenant: contoso, resolvedSince: morning) == StoredTenant())
        let error = #expect(throws: StoreError.self) { try store.commit(outageChange(1)) }
        #expect(error?.isTransient == true)
        #expect(try store.load(tenant: contoso, resolvedSince: morning).incidents.isEmpty)
        try store.endOpenRuns(tenant: contoso)
        disk.fail(nil)
        try store.commit(outageChange(1))
        #expect(try store.load(tenant: contoso, resolvedSince: morning).incidents == [incident(1)])
        #expect(throws: StoreError.self, "the file is locked as ever") { try openStore(directory) }
        try store.close()
        #expect(try openStore(directory).load(tenant: contoso, resolvedSince: morning).incidents == [incident(1)])
    }

    @Test("A database whose upgrade finds no space is upgraded in memory, and in the file later")
    func upgrade() throws {
        try fill()
        let second = Migration(
            version: Schema.migrations.count + 1, sql: "ALTER TABLE incident ADD COLUMN note TEXT NOT NULL DEFAULT ''")
        let (store, remarks) = try opened(migrations: Schema.migrations + [second])
        guard case .withoutSpace(path, _, knowsEarlier: true) = try #require(remarks.first) else {
            Issue.record("\(remarks)")
            return
        }
        #expect(try store.load(tenant: contoso, resolvedSince: morning).incidents == [incident(1)])
        #expect(try figures(of: store).schemaVersion == Schema.migrations.count + 1)
        #expect(throws: StoreError.self) { try store.commit(outageChange(2)) }
        disk.fail(nil)
        try store.commit(outageChange(2))
        #expect(try store.load(tenant: contoso, resolvedSince: morning).incidents.count == 2)
        #expect(FileManager.default.fileExists(atPath: path + ".before-v\(Schema.migrations.count + 1)"))
    }

    @Test("A store that cannot be opened for another reason still refuses")
    func otherReasons() throws {
        try fill()
        disk.fail(.SQLITE_ERROR)
        let error = #expect(throws: StoreError.self) { try opened() }
        #expect(error?.kind == "defect")
    }
}
