// What can go wrong with the store, sorted by what somebody must do about it. The Ledger tells a full or failing disk
// (keep paging from memory, try again) from a defect of ours (never goes away by itself) by these cases alone.

import GRDB

/// A failure of the store; the description is a note to the operator.
public enum StoreError: Error, Sendable, Hashable {
    /// Another process holds the lock beside the database.
    case lockedByAnotherDaemon(path: String, pid: Int32?)
    /// The database was written by a newer Roomwatch; nothing was touched.
    case newerVersion(path: String, found: Int, known: Int)
    /// The file is a healthy SQLite database of some other program; nothing was touched.
    case foreignDatabase(path: String)
    /// The file is no SQLite database at all; nothing was touched.
    case notADatabase(path: String)
    /// The path cannot be used at all: a missing permission, or a file where a directory is needed.
    case unusablePath(path: String, reason: String)
    case diskFull(path: String, doing: String)
    /// The operating system failed to read or write.
    case io(path: String, doing: String, detail: String)
    /// Pages of the database are damaged. It is set aside by the next start.
    case corrupt(path: String, detail: String)
    /// Another process held the database for longer than the time-out.
    case busy(path: String, doing: String)
    /// A defect of Roomwatch: a statement that SQLite refuses, or a broken rule of the schema.
    case defect(doing: String, detail: String)

    /// Whether the same call may succeed later without anybody changing the program or the data.
    public var isTransient: Bool {
        switch self {
        case .diskFull, .io, .busy: true
        case .lockedByAnotherDaemon, .newerVersion, .foreignDatabase, .notADatabase, .unusablePath, .corrupt, .defect:
            false
        }
    }

    /// One word for metrics and log keys.
    public var kind: String {
        switch self {
        case .lockedByAnotherDaemon: "locked"
        case .newerVersion: "newer_version"
        case .foreignDatabase: "foreign_database"
        case .notADatabase: "not_a_database"
        case .unusablePath: "unusable_path"
        case .diskFull: "disk_full"
        case .io: "io"
        case .corrupt: "corrupt"
        case .busy: "busy"
        case .defect: "defect"
        }
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .lockedByAnotherDaemon(let path, let pid):
            let holder = pid.map { " (process \($0))" } ?? ""
            return "another roomwatchd\(holder) already uses the store \(path): stop it, or give this one another "
                + "store.path"
        case .newerVersion(let path, let found, let known):
            return "the store \(path) has schema version \(found), this roomwatchd knows up to \(known): install the "
                + "newer roomwatchd again, or move the file away (a copy from before the upgrade is beside it as "
                + "\(path).before-v\(known + 1) if this release upgraded it)"
        case .foreignDatabase(let path):
            return "\(path) is a SQLite database of another program and was left alone: correct store.path"
        case .notADatabase(let path):
            return "\(path) is not a SQLite database and was left alone: correct store.path, or move the file away if "
                + "a new store is to be begun there"
        case .unusablePath(let path, let reason):
            return "the store cannot be kept at \(path): \(reason). Correct store.path or the permissions of its "
                + "directory (the daemon needs to create files there)"
        case .diskFull(let path, let doing):
            return "no space left for the store \(path) while \(doing): free space on that file system"
        case .io(let path, let doing, let detail):
            return "the disk under the store \(path) failed while \(doing): \(detail). Look at the kernel log and the "
                + "file system"
        case .corrupt(let path, let detail):
            return "the store \(path) is damaged: \(detail). Restart roomwatchd: it sets the file aside and begins a "
                + "new one"
        case .busy(let path, let doing):
            return "another process kept the store \(path) locked while \(doing): end long-running sqlite3 sessions "
                + "on it"
        case .defect(let doing, let detail):
            return "a defect in roomwatchd while \(doing): \(detail). Please report it with this line"
        }
    }
}

extension StoreError {
    /// Sorts an error of GRDB; anything that is not about the file or the disk is a defect of ours.
    init(_ error: any Error, path: String, doing: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .defect(doing: doing, detail: String(describing: error))
            return
        }
        // GRDB's own description quotes the SQL and may quote its arguments; the message of SQLite is enough.
        let detail = "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))"
        switch error.resultCode {
        // The index of the write-ahead log could not grow.
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
            self = .diskFull(path: path, doing: doing)
        case .SQLITE_FULL: self = .diskFull(path: path, doing: doing)
        case .SQLITE_IOERR, .SQLITE_READONLY: self = .io(path: path, doing: doing, detail: detail)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .unusablePath(path: path, reason: detail)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(path: path, detail: detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path, doing: doing)
        default: self = .defect(doing: doing, detail: detail)
        }
    }
}

extension StoreError {
    /// The same with other names for files in all its texts.
    func renamed(_ name: (String) -> String) -> StoreError {
        switch self {
        case .lockedByAnotherDaemon(let path, let pid): .lockedByAnotherDaemon(path: name(path), pid: pid)
        case .newerVersion(let path, let found, let known): .newerVersion(path: name(path), found: found, known: known)
        case .foreignDatabase(let path): .foreignDatabase(path: name(path))
        case .notADatabase(let path): .notADatabase(path: name(path))
        case .unusablePath(let path, let reason): .unusablePath(path: name(path), reason: name(reason))
        case .diskFull(let path, let doing): .diskFull(path: name(path), doing: name(doing))
        case .io(let path, let doing, let detail): .io(path: name(path), doing: name(doing), detail: name(detail))
        case .corrupt(let path, let detail): .corrupt(path: name(path), detail: name(detail))
        case .busy(let path, let doing): .busy(path: name(path), doing: name(doing))
        case .defect(let doing, let detail): .defect(doing: name(doing), detail: name(detail))
        }
    }
}
