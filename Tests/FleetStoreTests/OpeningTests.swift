import FleetCore
import Foundation
import GRDB
import Testing

@testable import FleetStore

@Suite("Opening")
struct OpeningTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.database }

    @discardableResult
    private func opened(
        wholeCheckLimit: Int = Store.wholeCheckLimit, migrations: [Migration] = Schema.migrations
    ) throws(StoreError) -> (store: Store, remarks: [OpenRemark]) {
        try Store.open(
            path: path, now: morning, log: quiet, wholeCheckLimit: wholeCheckLimit, migrations: migrations)
    }

    /// A store with some rows in it, closed, so that everything is in the main file.
    private func makeFilledStore(incidents: Int = 400) throws {
        let store = try opened().store
        var change = outageChange(1)
        change.incidents = (1...incidents).map { incident($0) }
        try store.commit(change)
        try store.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("state")).count == 2)
    }

    private func mode(_ file: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    @Test("A new store is private to the daemon's user and says that it is new")
    func creates() throws {
        let (store, remarks) = try opened()
        #expect(remarks == [.created(path: path)])
        #expect(try mode(directory.path("state")) == 0o700)
        for suffix in ["", "-wal", "-shm", ".lock"] { #expect(try mode(path + suffix) == 0o600, "\(suffix)") }
        #expect(try figures(of: store).schemaVersion == Schema.migrations.last?.version)
    }

    @Test("The writer waits for the disk on every commit, whatever GRDB prefers")
    func pragmas() throws {
        let store = try opened().store
        #expect(try writerPragma("synchronous", of: store) == 2)
        #expect(try writerPragma("foreign_keys", of: store) == 1)
        #expect(try writerPragma("auto_vacuum", of: store) == 2)
        #expect(try writerPragma("busy_timeout", of: store) == 5_000)
        #expect(try writerPragma("journal_size_limit", of: store) == Store.walKeptBytes)
        let journal = try store.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(journal == "wal")
    }

    @Test("A second daemon is refused by name, and let in once the first is gone")
    func lock() throws {
        let first = try opened().store
        let error = #expect(throws: StoreError.self) { try opened() }
        #expect(error == .lockedByAnotherDaemon(path: path, pid: ProcessInfo.processInfo.processIdentifier))
        #expect(error?.description.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
        try first.close()
        _ = try opened()
    }

    @Test("A refused opening leaves the lock free for the next one")
    func lockAfterRefusal() throws {
        try makeFilledStore()
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(throws: StoreError.self) { try opened() }
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = \(Schema.migrations.count)") }
        #expect(try opened().remarks.isEmpty)
    }

    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case zeros
        case stub
        case headerOnly
        case halved
        case overwritten

        var testDescription: String { rawValue }

        func apply(to bytes: Data) -> Data {
            switch self {
            case .zeros: Data(count: bytes.count)
            case .stub: bytes.prefix(50)
            case .headerOnly: bytes.prefix(100)
            case .halved: bytes.prefix(bytes.count / 2 / 4_096 * 4_096)
            case .overwritten:
                bytes.prefix(3 * 4_096) + Data(repeating: 0xA5, count: bytes.count - 3 * 4_096)
            }
        }
    }

    @Test("A damaged database is set aside under a dated name and a new one is begun", arguments: Damage.allCases)
    func corrupt(damage: Damage) throws {
        try makeFilledStore()
        let bytes = damage.apply(to: try Data(contentsOf: URL(filePath: path)))
        try bytes.write(to: URL(filePath: path))
        let (store, remarks) = try opened()
        let renamed = path + ".corrupt-20261120T080000Z"
        guard case .setAside(path, renamed, let reason) = try #require(remarks.first) else {
            Issue.record("\(remarks)")
            return
        }
        #expect(!reason.isEmpty)
        #expect(remarks.last == .created(path: path))
        #expect(try Data(contentsOf: URL(filePath: renamed)) == bytes)
        try store.commit(outageChange(2))
        #expect(try store.backlog().waiting == 1)
    }

    @Test("The journals of a damaged database go with it, and two in one second keep apart")
    func corruptJournals() throws {
        try makeFilledStore()
        let stub = "SQLite format 3\u{0} and no more"
        for _ in 0..<2 {
            try Data(stub.utf8).write(to: URL(filePath: path))
            try Data("old log".utf8).write(to: URL(filePath: path + "-wal"))
            try opened().store.close()
        }
        for name in ["", "-2"] {
            let aside = path + ".corrupt-20261120T080000Z" + name
            #expect(try String(contentsOf: URL(filePath: aside), encoding: .utf8) == stub)
            #expect(try String(contentsOf: URL(filePath: aside + "-wal"), encoding: .utf8) == "old log")
        }
    }

    @Test("A file too large to be checked at every start is checked once damage was met")
    func suspect() throws {
        try makeFilledStore()
        var bytes = try Data(contentsOf: URL(filePath: path))
        // The leaves of the tables, not the schema on the first pages.
        let intact = 60 * 4_096
        bytes.replaceSubrange(intact..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - intact))
        try bytes.write(to: URL(filePath: path))
        let (store, remarks) = try opened(wholeCheckLimit: 0)
        #expect(remarks.isEmpty)
        let error = #expect(throws: StoreError.self) { try store.load(tenant: contoso, resolvedSince: morning) }
        guard case .corrupt = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        try store.close()
        guard case .setAside = try #require(try opened(wholeCheckLimit: 0).remarks.first) else {
            Issue.record("the damage was not looked for")
            return
        }
    }

    @Test("A database of a newer version is refused and not touched")
    func newer() throws {
        try makeFilledStore()
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 7") }
        let before = try Data(contentsOf: URL(filePath: path))
        let error = #expect(throws: StoreError.self) { try opened() }
        #expect(error == .newerVersion(path: path, found: 7, known: Schema.migrations.count))
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("state")).count == 2)
    }

    @Test("A newer version that is still in the write-ahead log only is refused as well")
    func newerInTheLog() throws {
        try makeFilledStore()
        let other = try DatabasePool(path: path)
        try other.write { try $0.execute(sql: "PRAGMA user_version = 7") }
        let error = #expect(throws: StoreError.self) { try opened() }
        #expect(error == .newerVersion(path: path, found: 7, known: Schema.migrations.count))
        try other.close()
    }

    @Test("The database of another program is refused and not touched", arguments: [0, 1_196_444_487])
    func foreign(application: Int) throws {
        try FileManager.default.createDirectory(atPath: directory.path("state"), withIntermediateDirectories: true)
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "CREATE TABLE tile (id INTEGER); PRAGMA application_id = \(application)")
        }
        let before = try Data(contentsOf: URL(filePath: path))
        let error = #expect(throws: StoreError.self) { try opened() }
        #expect(error == .foreignDatabase(path: path))
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test("A file of another kind is refused and not touched", arguments: ["# Minutes of Tuesday\n", "x"])
    func notADatabase(text: String) throws {
        try FileManager.default.createDirectory(atPath: directory.path("state"), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
        let error = #expect(throws: StoreError.self) { try opened() }
        #expect(error == .notADatabase(path: path))
        #expect(error?.description.contains(path) == true && error?.description.contains("store.path") == true)
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == text)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path("state"))
        #expect(!names.contains { $0.contains("corrupt") })
    }

    @Test("An upgrade keeps a copy of the database as it was")
    func migration() throws {
        try makeFilledStore(incidents: 3)
        let second = Migration(
            version: Schema.migrations.count + 1, sql: "ALTER TABLE incident ADD COLUMN note TEXT; DELETE FROM incident"
        )
        let (store, remarks) = try opened(migrations: Schema.migrations + [second])
        let copy = path + ".before-v\(Schema.migrations.count + 1)"
        #expect(remarks == [.migrated(from: Schema.migrations.count, to: Schema.migrations.count + 1, copy: copy)])
        #expect(try figures(of: store).schemaVersion == Schema.migrations.count + 1)
        #expect(try store.recentIncidents(IncidentQuery()).incidents.isEmpty)
        #expect(try mode(copy) == 0o600)
        let kept = try Store.open(path: copy, now: morning, log: quiet).store
        #expect(try kept.recentIncidents(IncidentQuery()).incidents.count == 3)
    }

    @Test("An upgrade that fails leaves the old version working")
    func failedMigration() throws {
        try makeFilledStore(incidents: 3)
        let broken = Migration(
            version: Schema.migrations.count + 1, sql: "DELETE FROM incident; ALTER TABLE nowhere ADD COLUMN note TEXT")
        let error = #expect(throws: StoreError.self) { try opened(migrations: Schema.migrations + [broken]) }
        #expect(error?.kind == "defect")
        let (store, remarks) = try opened()
        #expect(remarks.isEmpty)
        #expect(try store.recentIncidents(IncidentQuery()).incidents.count == 3)
    }

    @Test("A path that cannot hold a store is named, with the reason")
    func unusablePaths() throws {
        try Data().write(to: URL(filePath: directory.path("file")))
        try FileManager.default.createDirectory(atPath: directory.path("folder"), withIntermediateDirectories: true)
        for path in [directory.path("file/roomwatch.sqlite"), directory.path("folder")] {
            let error = #expect(throws: StoreError.self) { try Store.open(path: path, now: morning, log: quiet) }
            #expect(error?.kind == "unusable_path" && error?.description.contains(path) == true, "\(error as Any)")
        }
        #expect(try Data(contentsOf: URL(filePath: directory.path("file"))).isEmpty)
    }

    @Test("Errors of the disk can be told from defects")
    func errorKinds() {
        func kind(_ code: ResultCode) -> String {
            StoreError(DatabaseError(resultCode: code), path: path, doing: "testing").kind
        }
        #expect(kind(.SQLITE_FULL) == "disk_full")
        #expect(kind(.SQLITE_IOERR_SHMSIZE) == "disk_full")
        #expect(kind(.SQLITE_IOERR) == "io")
        #expect(kind(.SQLITE_IOERR_FSYNC) == "io")
        #expect(kind(.SQLITE_READONLY) == "io")
        #expect(kind(.SQLITE_BUSY) == "busy")
        #expect(kind(.SQLITE_CORRUPT) == "corrupt")
        #expect(kind(.SQLITE_NOTADB) == "corrupt")
        #expect(kind(.SQLITE_CONSTRAINT_UNIQUE) == "defect")
        #expect(kind(.SQLITE_ERROR) == "defect")
    }

    @Test("A defect's text never quotes what was being written")
    func noArguments() throws {
        let store = try opened().store
        let error = #expect(throws: StoreError.self) {
            try store.write("testing") { try $0.execute(sql: "INSERT INTO nowhere VALUES (?)", arguments: ["s3cret"]) }
        }
        #expect(error?.description.contains("s3cret") == false)
        #expect(error?.description.contains("nowhere") == true)
    }
}
