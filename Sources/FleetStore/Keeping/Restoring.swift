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
}

extension Store {
    /// Replaces the store at `path` by a copy; no daemon may have it open.
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
        let files = StoreFiles(path: path)
        let incoming = StoreFiles(path: path + ".restoring")
        do {
            try files.prepareDirectory()
            let lock = try StoreLock(for: path)
            defer { lock.release() }
            files.adopt(path + ".lock")
            incoming.remove()
            defer { incoming.remove() }
            try files.checkCopy(copy, known: known)
            try files.bringIn(copy, as: incoming)
            let found = try incoming.inspect(
                copy: copy, known: known,
                audit: { newest in
                    AuditEntry(
                        at: now, actor: actor, role: "admin", origin: "restore", action: "store.restore",
                        subject: URL(filePath: copy).lastPathComponent,
                        detail: newest.map { "a copy that ends \($0.formatted(.iso8601))" } ?? "an empty copy")
                })
            try incoming.flush()
            files.adopt(incoming.path)
            let replaced = try files.exchange(for: incoming, at: now, rename: rename)
            RestorationMark(copy: copy, newest: found.newest, at: now).write(beside: files, log: log)
            return StoreRestoration(
                path: path, replaced: replaced, newest: found.newest, schemaVersion: found.version, bytes: files.size)
        } catch let error as RestoreError {
            throw error
        } catch {
            throw .store(StoreError(error, path: path, doing: "restoring it"))
        }
    }
}

extension StoreFiles {
    fileprivate static let bite = 1 << 20

    /// Reads the header of a copy before anything is copied, so that a wrong file costs nothing.
    fileprivate func checkCopy(_ copy: String, known: Int) throws {
        func unusable(_ reason: String) -> RestoreError { .unusableCopy(path: copy, reason: reason) }
        var status = stat()
        guard stat(copy, &status) == 0 else { throw unusable("\(lastErrorText()); correct the path") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unusable("it is not a regular file") }
        var own = stat()
        if stat(path, &own) == 0, own.st_dev == status.st_dev, own.st_ino == status.st_ino {
            throw unusable("it is the store itself; name the file that roomctl backup wrote")
        }
        let header: Header
        do throws(StoreError) {
            header = try StoreFiles(path: copy).header()
        } catch {
            throw unusable("it cannot be read (\(error)); run this as root, or move the file")
        }
        switch header {
        case .empty: throw unusable("the file is empty; take another copy")
        case .notADatabase: throw unusable("it is not a SQLite database; name the file that roomctl backup wrote")
        case .damaged(let reason): throw unusable("\(reason); take another copy")
        case .database(let version, let application, let pageSize, let pages):
            try Self.refuse(copy, version: version, application: application, known: known)
            let hasLog = StoreFiles(path: copy).walSize > 0
            if !hasLog, Int(status.st_size) < pages * pageSize {
                throw unusable("it is cut off after \(status.st_size) of \(pages * pageSize) bytes; take another copy")
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
    fileprivate func bringIn(_ copy: String, as incoming: StoreFiles) throws {
        let source = StoreFiles(path: copy)
        let size = source.size + source.walSize
        if let free = freeBytes, free < size {
            throw StoreError.diskFull(
                path: path, doing: "restoring a copy of \(size >> 10) KB with \(free >> 10) KB free")
        }
        try Self.copyBytes(from: copy, to: incoming.path)
        if source.walSize > 0 { try Self.copyBytes(from: copy + "-wal", to: incoming.path + "-wal") }
    }

    private static func copyBytes(from source: String, to target: String) throws {
        try createPrivately(target)
        let input = Glibc.open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            throw RestoreError.unusableCopy(path: source, reason: "it cannot be read: \(lastErrorText())")
        }
        defer { Glibc.close(input) }
        let output = Glibc.open(target, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard output >= 0 else {
            throw StoreError.io(path: target, doing: "restoring it", detail: lastErrorText())
        }
        defer { Glibc.close(output) }
        var buffer = [UInt8](repeating: 0, count: bite)
        while true {
            let got = Glibc.read(input, &buffer, buffer.count)
            guard got >= 0 else {
                throw RestoreError.unusableCopy(path: source, reason: "it cannot be read: \(lastErrorText())")
            }
            guard got > 0 else { return }
            var sent = 0
            while sent < got {
                let count = Glibc.write(output, Array(buffer[sent..<got]), got - sent)
                guard count > 0 else {
                    if lacksSpace(errno) { throw StoreError.diskFull(path: target, doing: "restoring it") }
                    throw StoreError.io(path: target, doing: "restoring it", detail: lastErrorText())
                }
                sent += count
            }
        }
    }

    /// Checks every page of what was brought in and writes into its audit trail that it was restored.
    fileprivate func inspect(
        copy: String, known: Int, audit: (Date?) -> AuditEntry
    ) throws -> (newest: Date?, version: Int) {
        do {
            return try settleAndCheck { db in
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                try Self.refuse(copy, version: version, application: application, known: known)
                let newest = try db.newestInstant()
                // A copy from before the audit trail has none; its upgrade makes one.
                if try db.tableExists("audit") { try db.append(audit(newest)) }
                return (newest, version)
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

    /// Hands a file that root made to whoever owns the directory: systemd gives a state directory to the daemon's user
    /// as a whole only when the directory itself belongs to somebody else.
    func adopt(_ file: String) {
        var owner = stat()
        guard geteuid() == 0, stat(directory, &owner) == 0 else { return }
        _ = chown(file, owner.st_uid, owner.st_gid)
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
