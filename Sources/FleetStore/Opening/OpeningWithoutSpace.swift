// A full disk stops no page (Telling, Full disk), and a daemon that is restarted on one must not end either: whoever
// frees the space next morning needs the calls of the night. SQLite cannot open a database with a write-ahead log the
// usual way there, because the index of the log is a file that has to grow. Two ways around it, the simplest first:
//
// - A database of the current schema is opened by this process alone, which keeps that index in its own memory (SQLite's
//   exclusive locking mode). Everything that was known is read; writes fail until there is space and then succeed, so
//   nothing has to be tried again or exchanged.
// - Where there is no database yet, or one whose upgrade needs space, a database in memory answers the questions: an
//   empty one, or an upgraded copy. It is never written. Each write first tries to open the file the usual way, and as
//   long as that fails it fails for lack of space, which the Ledger bridges with its memory outbox and its housekeeping.

import Foundation
import Glibc
import GRDB

/// How a store is opened, kept for the case that the disk had no space at first.
struct StoreOpening: Sendable {
    let files: StoreFiles
    let migrations: [Migration]
    /// Opens the file the usual way; tests put a full disk here.
    var connect: @Sendable (String, Configuration) throws -> DatabasePool = { path, configuration in
        try DatabasePool(path: path, configuration: configuration)
    }

    /// A database whose upgrade found no space is copied to memory when it is not larger than this, in bytes.
    static let largestCopyInMemory = 256 << 20

    /// The version of the schema when every step is done.
    var known: Int { migrations.last?.version ?? 0 }

    /// What answers while the disk is full.
    struct StandIn {
        let database: any DatabaseWriter
        /// Whether it is the file itself, which takes writes again by itself.
        let isFile: Bool
        /// Whether there was something to know.
        let knowsEarlier: Bool
    }

    /// The file the usual way, with everything done that opening does.
    func onDisk() throws -> (pool: DatabasePool, remarks: [OpenRemark]) {
        let pool = try connect(files.path, Store.configuration())
        // GRDB sets synchronous = NORMAL itself after every hook of the configuration has run, under which a power
        // cut may take back a committed transaction: a page that was sent would be forgotten. So it is set here.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return (pool, try migrate(pool))
    }

    /// What can be had of the store without any space.
    ///
    /// - Throws: when there is a database and it cannot be read, or is too large to be upgraded in memory: to forget
    ///   what is open would page for all of it again, and leave it open in the file for ever.
    func standIn() throws -> StandIn {
        guard FileManager.default.fileExists(atPath: files.path), try files.header() != .empty else {
            return StandIn(database: try upgraded(DatabaseQueue()), isFile: false, knowsEarlier: false)
        }
        let alone = try DatabaseQueue(path: files.path, configuration: Store.configuration(alone: true))
        let (version, tables) = try alone.read { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            )
        }
        if version == known {
            try alone.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return StandIn(database: alone, isFile: true, knowsEarlier: true)
        }
        let copy = try DatabaseQueue()
        if tables > 0 {
            guard files.size + files.walSize <= Self.largestCopyInMemory else {
                throw StoreError.diskFull(
                    path: files.path, doing: "upgrading it, and it is too large to do so in memory")
            }
            try alone.backup(to: copy)
        }
        try alone.close()
        return StandIn(database: try upgraded(copy), isFile: false, knowsEarlier: tables > 0)
    }

    private func upgraded(_ database: DatabaseQueue) throws -> DatabaseQueue {
        let found = try database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        for step in migrations where step.version > found {
            try database.write { db in
                try db.execute(sql: step.sql)
                try db.execute(sql: "PRAGMA user_version = \(step.version)")
            }
        }
        return database
    }

    /// Whether the disk has nothing left for an error that SQLite cannot explain: no byte, or no further file.
    func isForLackOfSpace(_ error: StoreError) -> Bool {
        switch error {
        case .diskFull, .io: true
        case .unusablePath: files.hasNoSpaceLeft
        default: false
        }
    }
}

extension StoreFiles {
    /// Bytes that the daemon may still write beside the database; `nil` when the file system does not say.
    var freeBytes: Int? { statistics().map { Int($0.f_bavail) * Int($0.f_frsize) } }
    var fileSystemBytes: Int? { statistics().map { Int($0.f_blocks) * Int($0.f_frsize) } }

    /// Some file systems do not count their files.
    var hasNoSpaceLeft: Bool {
        guard let found = statistics() else { return false }
        return found.f_bavail == 0 || (found.f_files > 0 && found.f_favail == 0)
    }

    /// Of the nearest directory that exists: the database's own may be what could not be made.
    private func statistics() -> statvfs? {
        var place = URL(filePath: path).deletingLastPathComponent()
        var found = statvfs()
        while statvfs(place.path(percentEncoded: false), &found) != 0 {
            guard errno == ENOENT, place.pathComponents.count > 1 else { return nil }
            place.deleteLastPathComponent()
        }
        return found
    }
}

/// Whether `errno` says that there is no space, or none for this user.
func lacksSpace(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT }
