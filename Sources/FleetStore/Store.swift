// The daemon's memory: one SQLite file, written by one Ledger, read by many. Everything here is a plain blocking call;
// the caller runs it on an executor of its own, off the cooperative pool (Design, House).

import GRDB
import Logging

/// The store of one daemon.
///
/// Writes are serialised by GRDB's writer connection; reads run on snapshots of their own and neither wait for the
/// writer nor hold it up. Instants are kept as whole milliseconds since 1970, rounded to the nearest, so a millisecond
/// survives any number of round trips; the `detail` texts keep an incident's dates exactly.
public final class Store: Sendable {
    /// The path of the database file.
    public let path: String
    let pool: DatabasePool
    let log: Logger
    private let lock: StoreLock

    init(pool: DatabasePool, lock: StoreLock, log: Logger) {
        self.path = pool.path
        self.pool = pool
        self.lock = lock
        self.log = log
    }

    /// Closes the connections and gives the lock back; every later call fails.
    public func close() throws(StoreError) {
        do {
            // GRDB closes the writer before the readers, and SQLite only folds the write-ahead log into the database
            // when the last connection may write; so the readers are let go first.
            pool.invalidateReadOnlyConnections()
            try pool.close()
        } catch {
            throw StoreError(error, path: path, doing: "closing it")
        }
        lock.release()
    }

    /// Folds the write-ahead log into the database, as far as no reader is in the way; called when nothing is urgent.
    public func foldLog() throws(StoreError) {
        do {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
        } catch {
            throw noted(StoreError(error, path: path, doing: "folding the write-ahead log"))
        }
    }

    /// One transaction on the writer.
    func write<T>(_ doing: String, _ body: (Database) throws -> T) throws(StoreError) -> T {
        do {
            return try pool.write(body)
        } catch {
            throw noted(StoreError(error, path: path, doing: doing))
        }
    }

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
