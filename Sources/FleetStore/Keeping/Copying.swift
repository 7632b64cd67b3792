// How a copy is made while the daemon writes. SQLite's online backup reads the pages of one snapshot on a reader of its
// own, so no commit waits for it; `VACUUM INTO` gives the same promise and a tidier file. What a commit does wait for is
// the disk: a copy that is written in one go leaves hundreds of megabytes for the next fsync to push out. The online
// backup goes in steps, and each is pushed out before the next is read. Beside a copy of 230 MB on a busy machine the
// longest commit took 86 ms, beside `VACUUM INTO` 577 ms (FleetStoreTests, StoreBenchmark).

import Crypto
import Foundation
import Glibc
import GRDB

extension Store {
    /// Pages of one step, 4 MB of them.
    static let copyStepPages: CInt = 1_024
    /// What a copy must leave free: the write-ahead log may grow by this much meanwhile.
    static let copyReserve = walKeptBytes
    private static let hashBite = 1 << 20

    /// Copies the store as it is at this instant, and checks the copy whole.
    ///
    /// - Parameter step: called after each step with the pages that are still to come; throwing ends the copying.
    /// - Throws: `diskFull` before anything is written when the disk has no room for it.
    public func copy(step: (Int) throws -> Void = { _ in }) throws(StoreError) -> StoreCopy {
        let files = StoreFiles(path: path)
        let partial = files.partialCopy
        do {
            guard let pool = pool as? DatabasePool else { throw StoreError.diskFull(path: path, doing: "copying it") }
            try checkSpace(for: pool, files)
            files.sweepPartialCopy()
            defer { files.sweepPartialCopy() }
            try StoreFiles.createPrivately(partial)
            let descriptor = Glibc.open(partial, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw StoreError.io(path: partial, doing: "opening a copy", detail: lastErrorText())
            }
            do {
                try Self.write(pool, to: partial) { left in
                    fdatasync(descriptor)
                    try step(left)
                    if isClosing { throw StoreError.busy(path: path, doing: "copying it, and the daemon stops") }
                }
                return try Self.finished(partial, descriptor, of: path)
            } catch {
                Glibc.close(descriptor)
                throw error
            }
        } catch {
            throw StoreError(error, path: path, doing: "copying it")
        }
    }

    private func checkSpace(for pool: DatabasePool, _ files: StoreFiles) throws {
        let size = try pool.read { db in
            try Int.fetchOne(db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0
        }
        guard let free = files.freeBytes, free < size + Self.copyReserve else { return }
        func megabytes(_ bytes: Int) -> Int { bytes >> 20 }
        throw StoreError.diskFull(
            path: path,
            doing: "copying it: \(megabytes(free)) MB are free, and the copy takes \(megabytes(size)) MB beside the "
                + "\(megabytes(Self.copyReserve)) MB that the store keeps for itself")
    }

    private static func write(_ pool: DatabasePool, to partial: String, step: (Int) throws -> Void) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // Whoever crashes in the middle throws the copy away, so it needs no journal.
            try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        }
        let target = try DatabaseQueue(path: partial, configuration: configuration)
        defer { try? target.close() }
        try target.writeWithoutTransaction { target in
            try pool.read { source in
                // The first look takes the snapshot. Without it each step would read a snapshot of its own, and a commit
                // in between would begin the copy again, for ever in a busy fleet.
                _ = try Int.fetchOne(source, sql: "SELECT count(*) FROM sqlite_schema")
                try withoutActuallyEscaping(step) { step in
                    try source.backup(to: target, pagesPerStep: copyStepPages) { try step($0.remainingPageCount) }
                }
            }
        }
    }

    /// Checks what was written and takes its name away.
    private static func finished(_ partial: String, _ descriptor: Int32, of path: String) throws -> StoreCopy {
        let newest = try StoreFiles(path: partial).settleAndCheck { db in try db.newestInstant() }
        var status = stat()
        guard fstat(descriptor, &status) == 0, unlink(partial) == 0 else {
            throw StoreError.io(path: partial, doing: "finishing a copy", detail: lastErrorText())
        }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: hashBite)
        var offset = 0
        while true {
            let got = pread(descriptor, &buffer, buffer.count, off_t(offset))
            guard got >= 0 else {
                throw StoreError.io(path: partial, doing: "reading a copy", detail: lastErrorText())
            }
            guard got > 0 else { break }
            hash.update(data: buffer[..<got])
            offset += got
        }
        return StoreCopy(
            path: path, descriptor: descriptor, bytes: offset, digest: Array(hash.finalize()), newest: newest)
    }
}

extension StoreFiles {
    /// Where a copy is written until it is whole.
    var partialCopy: String { path + ".copying" }

    /// Removes what a killed daemon left of a copy.
    func sweepPartialCopy() {
        for suffix in ["", "-wal", "-shm", "-journal"] { _ = unlink(partialCopy + suffix) }
    }

    /// Makes one file of a copy and its write-ahead log, looks at every page, and asks one more question.
    ///
    /// - Throws: `corrupt` when the check finds anything.
    func settleAndCheck<Answer>(_ question: (Database) throws -> Answer) throws -> Answer {
        let queue = try DatabaseQueue(path: path, configuration: Store.configuration(alone: true))
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            // The header of a store says that it has a write-ahead log; a copy is one file and says so.
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
            guard verdict == "ok" else { throw StoreError.corrupt(path: path, detail: verdict) }
            return try question(db)
        }
    }
}

extension Database {
    /// When the newest thing happened that the store knows of. Only a schema of Roomwatch's own is asked; tables of later
    /// versions are passed over where they are missing.
    func newestInstant() throws -> Date? {
        let marks = [
            ("checkpoint", "completed_at"), ("transition", "decided_at"), ("notification", "decided_at"),
            ("audit", "at"),
        ]
        var newest: Int64?
        for (table, column) in marks where try tableExists(table) {
            let found = try Int64.fetchOne(self, sql: "SELECT max(\(column)) FROM \(table)")
            newest = [newest, found].compactMap(\.self).max()
        }
        return newest.map(Date.init(milliseconds:))
    }
}
