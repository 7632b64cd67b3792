// Putting a copy in the place of the store, all or nothing. The copy is brought onto the same file system and checked
// there under another name; only a whole and good one is renamed into place, which the kernel does at once or not at
// all. The store that it replaces keeps a name of its own.

public import Foundation
import Glibc
import GRDB
public import Logging

/// What was done.
public struct StoreRestoration: Sendable, Hashable {
    public var path: String
    /// Where the store that was there before is kept.
    public var replaced: String?
    /// The newest instant that the copy knows of.
    public var newest: Date?
    public var schemaVersion: Int
    public var bytes: Int
    /// Operations that waited in the copy and were taken back.
    public var withdrawn: Int
}

extension Store {
    /// Replaces the store at `path` by a copy; no daemon may have it open. Root does so as the owner of the directory: the
    /// process has other effective ids meanwhile, in all its threads.
    ///
    /// - Parameters:
    ///   - copy: made by ``copy(step:)``, or the files of a store whose daemon was stopped.
    ///   - actor: who asked for it; stands in the audit trail of the restored store.
    ///   - rename: moves the checked copy into place; tests put a failing disk here.
    /// - Throws: ``RestoreError``, with everything as it was.
    public static func restore(
        from copy: String, to path: String, by actor: String, now: Date, log: Logger
    ) throws(RestoreError) -> StoreRestoration {
        try restore(from: copy, to: path, by: actor, now: now, log: log, known: Schema.migrations.last?.version ?? 0)
    }

    static func restore(
        from copy: String, to path: String, by actor: String, now: Date, log: Logger, known: Int,
        rename: (String, String) -> Int32 = { Glibc.rename($0, $1) }
    ) throws(RestoreError) -> StoreRestoration {
        let offered = try OfferedCopy(copy)
        let place: StorePlace
        do throws(StoreError) {
            place = try StorePlace(of: path)
        } catch {
            throw .store(error)
        }
        defer { place.leave() }
        let files = place.files
        let incoming = StoreFiles(path: files.path + ".restoring")
        do {
            try files.prepareDirectory()
            let lock = try StoreLock(for: files.path)
            defer { lock.release() }
            incoming.remove()
            defer { incoming.remove() }
            try files.check(offered, known: known)
            try files.bringIn(offered, as: incoming)
            let found = try incoming.inspect(
                copy: copy, known: known, at: now,
                audit: { newest in
                    AuditEntry(
                        at: now, actor: actor, role: "admin", origin: "restore", action: "store.restore",
                        subject: URL(filePath: copy).lastPathComponent,
                        detail: newest.map { "a copy that ends \($0.formatted(.iso8601))" } ?? "an empty copy")
                })
            try incoming.flush()
            let replaced = try files.exchange(for: incoming, at: now, rename: rename)
            do {
                try RestorationMark(copy: copy, newest: found.newest, at: now).write(beside: files)
            } catch {
                // It costs the message and the pause, not the restored store.
                let reason = place.shown("\(error)")
                log.warning("The first start will not know that the store was restored: \(reason)")
            }
            return StoreRestoration(
                path: path, replaced: replaced.map(place.shown), newest: found.newest, schemaVersion: found.version,
                bytes: files.size, withdrawn: found.withdrawn)
        } catch let error as RestoreError {
            throw error
        } catch {
            throw .store(StoreError(error, path: path, doing: "restoring it").renamed(place.shown))
        }
    }
}

extension StoreFiles {
    /// Looks at the header of a copy before anything is copied, so that a wrong file costs nothing.
    fileprivate func check(_ copy: OfferedCopy, known: Int) throws {
        func unusable(_ reason: String) -> RestoreError { .unusableCopy(path: copy.path, reason: reason) }
        var own = stat()
        if stat(path, &own) == 0, own.st_dev == copy.status.st_dev, own.st_ino == copy.status.st_ino {
            throw unusable("it is the store itself; name the file that roomctl backup wrote")
        }
        switch try copy.header() {
        case .empty: throw unusable("the file is empty; take another copy")
        case .notADatabase: throw unusable("it is not a SQLite database; name the file that roomctl backup wrote")
        case .damaged(let reason): throw unusable("\(reason); take another copy")
        case .database(let version, let application, let pageSize, let pages):
            try Self.refuse(copy.path, version: version, application: application, known: known)
            if copy.logSize == 0, copy.size < pages * pageSize {
                throw unusable("it is cut off after \(copy.size) of \(pages * pageSize) bytes; take another copy")
            }
        }
    }

    fileprivate static func refuse(_ copy: String, version: Int, application: Int, known: Int) throws(RestoreError) {
        if application != Schema.applicationID {
            throw .unusableCopy(
                path: copy, reason: "it is a database of another program; name the file that roomctl backup wrote")
        }
        if version > known {
            throw .unusableCopy(
                path: copy,
                reason: "it has schema version \(version) and this roomwatchd knows up to \(known); install the "
                    + "roomwatchd that made it, or a newer one")
        }
    }

    /// Copies the copy, and the write-ahead log of one that was made by hand, beside the store.
    fileprivate func bringIn(_ copy: OfferedCopy, as incoming: StoreFiles) throws {
        let size = copy.size + copy.logSize
        if let free = freeBytes, free < size {
            throw StoreError.diskFull(
                path: path, doing: "restoring a copy of \(size >> 10) KB with \(free >> 10) KB free")
        }
        try copy.write(to: incoming.path)
        if copy.logSize > 0 { try copy.writeLog(to: incoming.path + "-wal") }
    }

    /// Checks every page of what was brought in, writes into its audit trail that it was restored, and takes back what
    /// waits in it to be asked of devices.
    fileprivate func inspect(
        copy: String, known: Int, at now: Date, audit: (Date?) -> AuditEntry
    ) throws -> (newest: Date?, version: Int, withdrawn: Int) {
        do {
            return try settleAndCheck { db in
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                try Self.refuse(copy, version: version, application: application, known: known)
                let newest = try db.newestInstant()
                // A copy from before the audit trail has none; its upgrade makes one.
                if try db.tableExists("audit") { try db.append(audit(newest)) }
                return (newest, version, try db.withdrawRestored(at: now))
            }
        } catch let error as RestoreError {
            throw error
        } catch {
            let found = StoreError(error, path: path, doing: "checking the copy")
            guard case .corrupt(_, let detail) = found else { throw found }
            throw RestoreError.unusableCopy(path: copy, reason: "it is damaged (\(detail)); take another copy")
        }
    }

    /// Puts what was brought in into the place of the store.
    ///
    /// The write-ahead log of the old store must not stand beside the new one, which would take its pages for its own. So
    /// the old log is folded into the old store first; what cannot be folded, because the old store is damaged, is moved
    /// aside before and moved back when the exchange fails.
    ///
    /// - Returns: the name under which the old store is kept.
    fileprivate func exchange(
        for incoming: StoreFiles, at now: Date, rename: (String, String) -> Int32
    ) throws -> String? {
        func failure(_ doing: String) -> StoreError {
            lacksSpace(errno)
                ? .diskFull(path: path, doing: doing) : .io(path: path, doing: doing, detail: lastErrorText())
        }
        guard FileManager.default.fileExists(atPath: path) else {
            // A log without its store belongs to nothing.
            for suffix in ["-wal", "-shm"] { _ = unlink(path + suffix) }
            guard rename(incoming.path, path) == 0 else { throw failure("putting the copy in place") }
            flushDirectory()
            return nil
        }
        foldIfPossible()
        let kept = unusedName("replaced", at: now)
        guard link(path, kept) == 0 else { throw failure("keeping the replaced store as \(kept)") }
        let hasLog = walSize > 0
        if hasLog, Glibc.rename(path + "-wal", kept + "-wal") != 0 {
            let error = failure("keeping the log of the replaced store")
            _ = unlink(kept)
            throw error
        }
        guard rename(incoming.path, path) == 0 else {
            let error = failure("putting the copy in place")
            if hasLog { _ = Glibc.rename(kept + "-wal", path + "-wal") }
            _ = unlink(kept)
            throw error
        }
        for suffix in ["-wal", "-shm"] { _ = unlink(path + suffix) }
        clearSuspicion()
        flushDirectory()
        return kept
    }

    /// Folds the log of the store that is replaced into it, where that store still begins like one.
    private func foldIfPossible() {
        guard walSize > 0, case .database? = try? header() else { return }
        do {
            let queue = try DatabaseQueue(path: path, configuration: Store.configuration(alone: true))
            defer { try? queue.close() }
            try queue.writeWithoutTransaction { db in
                _ = try db.checkpoint(.truncate)
            }
        } catch {
            // Damaged, foreign, or on a full disk: it is moved as it is.
        }
    }

    fileprivate func flush() throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw StoreError.io(path: path, doing: "restoring it", detail: lastErrorText())
        }
        Glibc.close(descriptor)
    }

    private func flushDirectory() {
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        Glibc.close(descriptor)
    }

    fileprivate func remove() {
        for suffix in ["", "-wal", "-shm", "-journal"] { _ = unlink(path + suffix) }
    }
}
