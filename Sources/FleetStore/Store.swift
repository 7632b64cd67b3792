// The daemon's memory: one SQLite file, written by one Ledger, read by many. Everything here is a plain blocking call;
// the caller runs it on an executor of its own, off the cooperative pool (Design, House).

import FleetCore
import GRDB
import Logging
import Synchronization

/// The store of one daemon.
///
/// Writes are serialised by GRDB's writer connection; reads run on snapshots of their own and neither wait for the
/// writer nor hold it up. Instants are kept as whole milliseconds since 1970, rounded to the nearest, so a millisecond
/// survives any number of round trips; the `detail` texts keep an incident's dates exactly.
public final class Store: Sendable {
    /// The path of the database file.
    public let path: String
    let log: Logger
    private let state: Mutex<State>

    private struct State {
        var database: any DatabaseWriter
        /// `nil` while a full disk has no place for the file of the lock.
        var lock: StoreLock?
        /// Set while `database` only stands in for a file that the disk has no space for.
        var retry: StoreOpening?
        /// Tenants whose open runs are to be ended before anything else is written.
        var owedEnds: [TenantName] = []
    }

    init(path: String, database: any DatabaseWriter, lock: StoreLock?, retry: StoreOpening?, log: Logger) {
        self.path = path
        self.log = log
        state = Mutex(State(database: database, lock: lock, retry: retry))
    }

    /// What answers questions: the file, or what stands in for it.
    var pool: any DatabaseWriter { state.withLock { $0.database } }

    /// Whether the database is the file, rather than something that stands in for it.
    var isOnDisk: Bool { state.withLock { $0.retry == nil } }

    /// Closes the connections and gives the lock back; every later call fails.
    public func close() throws(StoreError) {
        let database = pool
        do {
            // GRDB closes the writer before the readers, and SQLite only folds the write-ahead log into the database
            // when the last connection may write; so the readers are let go first.
            if let pool = database as? DatabasePool { pool.invalidateReadOnlyConnections() }
            try database.close()
        } catch {
            throw StoreError(error, path: path, doing: "closing it")
        }
        state.withLock { $0.lock?.release() }
    }

    /// Folds the write-ahead log into the database, as far as no reader is in the way; called when nothing is urgent.
    public func foldLog() throws(StoreError) {
        do {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
        } catch {
            throw noted(StoreError(error, path: path, doing: "folding the write-ahead log"))
        }
    }

    /// Runs statements on the connection that writes, outside of any transaction: a rehearsal bounds the file's size so
    /// that the disk is full, and breaks things on purpose. Nothing in the daemon calls it.
    package func rehearse(_ sql: String) throws(StoreError) {
        do {
            try pool.writeWithoutTransaction { try $0.execute(sql: sql) }
        } catch {
            throw StoreError(error, path: path, doing: "rehearsing")
        }
    }

    /// One transaction on the writer.
    func write<T>(_ doing: String, _ body: (Database) throws -> T) throws(StoreError) -> T {
        do {
            let (database, owed) = try writer()
            let value = try database.write { db in
                for tenant in owed { try db.endOpenRuns(of: tenant) }
                return try body(db)
            }
            if !owed.isEmpty { state.withLock { $0.owedEnds.removeAll(where: owed.contains) } }
            return value
        } catch {
            throw noted(StoreError(error, path: path, doing: doing))
        }
    }

    /// The database to write to; what stands in for a file is exchanged for it here, as soon as that works.
    private func writer() throws -> (any DatabaseWriter, owed: [TenantName]) {
        try state.withLock { state in
            if let opening = state.retry {
                try opening.files.prepare()
                if state.lock == nil { state.lock = try StoreLock(for: path) }
                let (pool, remarks) = try opening.onDisk()
                state.database = pool
                state.retry = nil
                for remark in remarks { log.notice("store: \(remark)") }
            }
            return (state.database, state.owedEnds)
        }
    }

    /// Has the open runs of a tenant ended by the next transaction that the disk takes.
    func owe(endOfRunsOf tenant: TenantName) { state.withLock { $0.owedEnds.append(tenant) } }

    /// One snapshot on a reader.
    func read<T>(_ doing: String, _ body: (Database) throws -> T) throws(StoreError) -> T {
        do {
            return try pool.read(body)
        } catch {
            throw noted(StoreError(error, path: path, doing: doing))
        }
    }

    /// Leaves a mark when damage was met, so that the next start checks the whole file however large it is.
    private func noted(_ error: StoreError) -> StoreError {
        if case .corrupt(_, let detail) = error {
            StoreFiles(path: path).markSuspect(detail, log: log)
        }
        return error
    }
}
