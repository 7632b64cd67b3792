// Opening in an order that never harms a file: lock, look, refuse or set aside, and only then open for writing, copy,
// and migrate.

public import Foundation
import GRDB
public import Logging

extension Store {
    /// Files up to this size are checked as a whole at every start; that takes well under a second. Larger ones only
    /// when damage was met during the last run, because a start has three seconds (Design, Budgets).
    public static let wholeCheckLimit = 64 << 20

    /// How long a statement waits for a foreign process, an operator's `sqlite3` say, that holds the database.
    static let busyTimeout = 5.0
    /// Snapshots that can be read at the same time.
    static let readers = 4
    /// The write-ahead log is cut back to this after a large transaction went through it.
    static let walKeptBytes = 64 << 20
    /// Pages in the write-ahead log at which a commit also folds them into the database. A building that fails writes
    /// thousands of pages, most of them several times; folding after each thousand, SQLite's default, doubled the time
    /// until everybody was told. ``Store/foldLog()`` does it when nothing is urgent.
    static let walPages = 16_000
    /// Page cache of a connection; the writer holds the indexes of 20,000 rooms in it.
    static let cacheKibibytes = 8 << 10

    /// Opens the store, making, setting aside or upgrading the file as needed. A disk without space does not keep it
    /// from opening (see OpeningWithoutSpace); writes then fail until there is some.
    ///
    /// - Parameters:
    ///   - path: the database file (config `store.path`); its directory is made when missing.
    ///   - now: names the file that a damaged database is set aside as.
    ///   - wholeCheckLimit: see ``wholeCheckLimit``.
    /// - Returns: the store, and what the operator should hear.
    public static func open(
        path: String, now: Date, log: Logger, wholeCheckLimit: Int = Store.wholeCheckLimit
    ) throws(StoreError) -> (store: Store, remarks: [OpenRemark]) {
        try open(path: path, now: now, log: log, wholeCheckLimit: wholeCheckLimit, migrations: Schema.migrations)
    }

    /// The same with other migrations, or on a disk of the test's own, for tests.
    static func open(
        path: String, now: Date, log: Logger, wholeCheckLimit: Int = Store.wholeCheckLimit, migrations: [Migration],
        connect: (@Sendable (String, Configuration) throws -> DatabasePool)? = nil
    ) throws(StoreError) -> (store: Store, remarks: [OpenRemark]) {
        let files = StoreFiles(path: path)
        var opening = StoreOpening(files: files, migrations: migrations)
        if let connect { opening.connect = connect }
        var remarks: [OpenRemark] = []
        var lock: StoreLock?
        do {
            try files.prepare()
            let held = try StoreLock(for: path)
            lock = held
            if let damage = try files.damage(known: opening.known, wholeCheckLimit: wholeCheckLimit) {
                let renamed = try files.setAside(at: now)
                remarks.append(.setAside(path: path, renamedTo: renamed, reason: damage))
                try files.prepare()
            }
            files.clearSuspicion()
            files.sweepPartialCopy()
            let (pool, more) = try opening.onDisk()
            remarks += more
            if let remark = try opening.heedRestoration(pool, now: now) { remarks.append(remark) }
            return (Store(path: path, database: pool, lock: held, retry: nil, log: log), remarks)
        } catch {
            let error = StoreError(error, path: path, doing: "opening it")
            guard opening.isForLackOfSpace(error) else { throw error }
            do {
                let standIn = try opening.standIn()
                remarks.append(.withoutSpace(path: path, reason: "\(error)", knowsEarlier: standIn.knowsEarlier))
                let store = Store(
                    path: path, database: standIn.database, lock: lock, retry: standIn.isFile ? nil : opening, log: log)
                return (store, remarks)
            } catch {
                throw StoreError(error, path: path, doing: "opening it without space")
            }
        }
    }

    /// - Parameter alone: no other process may use the database, for which SQLite needs no file beside it.
    static func configuration(alone: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(busyTimeout)
        configuration.prepareDatabase { db in
            // Only counts when it comes before the first look into the file.
            if alone { try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            // Only takes effect on a file that has no tables yet; lets retention give pages back (see Retention). It writes
            // to the file all the same, which a full disk does not take.
            if !alone, !db.configuration.readonly { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
            try db.execute(
                sql: """
                    PRAGMA journal_size_limit = \(walKeptBytes); PRAGMA wal_autocheckpoint = \(walPages);
                    PRAGMA cache_size = -\(cacheKibibytes)
                    """)
        }
        return configuration
    }
}

extension StoreOpening {
    func migrate(_ pool: DatabasePool) throws -> [OpenRemark] {
        let found = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        let missing = migrations.filter { $0.version > found }
        guard let target = missing.last?.version else { return [] }
        var copy: String?
        if found > 0 { copy = try keepCopy(of: pool, before: target) }
        for step in missing {
            try pool.write { db in
                try db.execute(sql: step.sql)
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(step.version)")
            }
        }
        if let copy { return [.migrated(from: found, to: target, copy: copy)] }
        return [.created(path: files.path)]
    }

    /// Writes `<path>.before-v<N>`; under another name first, so that a copy of that name is always a whole one.
    private func keepCopy(of pool: DatabasePool, before version: Int) throws -> String {
        let copy = "\(files.path).before-v\(version)"
        let partial = copy + ".partial"
        try? FileManager.default.removeItem(atPath: partial)
        // A copy that cannot be finished would take the last space there is.
        guard files.freeBytes.map({ $0 > files.size + files.walSize }) ?? true else {
            throw StoreError.diskFull(path: files.path, doing: "keeping a copy before upgrading")
        }
        try StoreFiles.createPrivately(partial)
        do {
            try pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [partial]) }
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
        guard rename(partial, copy) == 0 else {
            throw StoreError.io(path: copy, doing: "keeping a copy before upgrading", detail: lastErrorText())
        }
        return copy
    }
}

extension StoreFiles {
    /// Why the file cannot be used as it is, or `nil` when it can; reads only.
    ///
    /// - Throws: `newerVersion`, `foreignDatabase` and `notADatabase`, which must not be set aside; anything about the
    ///   disk.
    fileprivate func damage(known: Int, wholeCheckLimit: Int) throws(StoreError) -> String? {
        switch try header() {
        case .empty: return nil
        case .notADatabase: throw StoreError.notADatabase(path: path)
        case .damaged(let reason): return reason
        case .database(let version, let application, let pageSize, let pages):
            try refuse(version: version, application: application, known: known)
            // With a write-ahead log a short file is normal: a crash came between log and database, and the log heals it.
            if walSize == 0, size < pages * pageSize {
                return "it is cut off after \(size) of \(pages * pageSize) bytes"
            }
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(Store.busyTimeout)
        do throws(StoreError) {
            return try verdict(configuration, known: known, wholeCheckLimit: wholeCheckLimit)
        } catch {
            // A full disk has no space for the index of the write-ahead log, which even a reader needs.
            guard StoreOpening(files: self, migrations: []).isForLackOfSpace(error) else { throw error }
            return try verdict(Store.configuration(alone: true), known: known, wholeCheckLimit: wholeCheckLimit)
        }
    }

    private func verdict(
        _ configuration: Configuration, known: Int, wholeCheckLimit: Int
    ) throws(StoreError) -> String? {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { db in
                // The header may lag behind the write-ahead log, so the questions are asked again through SQLite.
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                try refuse(version: version, application: application, known: known)
                let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
                if application == 0, tables > 0 { throw StoreError.foreignDatabase(path: path) }
                guard isSuspect || size + walSize <= wholeCheckLimit else { return nil }
                let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
                return verdict == "ok" ? nil : verdict
            }
        } catch {
            let error = StoreError(error, path: path, doing: "checking it")
            if case .corrupt(_, let detail) = error { return detail }
            throw error
        }
    }

    private func refuse(version: Int, application: Int, known: Int) throws(StoreError) {
        if application != 0, application != Schema.applicationID { throw StoreError.foreignDatabase(path: path) }
        if version > known { throw StoreError.newerVersion(path: path, found: version, known: known) }
    }
}
