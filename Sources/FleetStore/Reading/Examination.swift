// How the file itself is doing, for people who ask. It is looked at beside the writer: a check that reads the whole file
// must hold up no page, so it runs on a snapshot and is broken off when its time is over.

public import FleetCore
public import Foundation
import GRDB
import GRDBSQLite

/// What was found about the files of a store.
public struct StoreExamination: Sendable, Hashable {
    /// What SQLite says of the file's pages.
    public enum Integrity: Sendable, Hashable {
        case sound
        case damaged(String)
        /// The file is so large that it was not begun, or the time was over first.
        case unfinished
        /// The file cannot be opened at present; what is known is in memory.
        case notOpen
        case failed(StoreError)
    }

    public var path: String
    public var bytes: Int
    public var walBytes: Int
    /// Free on the file system, for the daemon's user; `nil` when the system does not say.
    public var freeBytes: Int?
    /// `nil` when it cannot be read.
    public var schemaVersion: Int?
    public var integrity: Integrity

    /// The schema that this version writes.
    public static var knownSchemaVersion: Int { Schema.migrations.last?.version ?? 0 }

    public init(
        path: String, bytes: Int, walBytes: Int, freeBytes: Int?, schemaVersion: Int?, integrity: Integrity
    ) {
        self.path = path
        self.bytes = bytes
        self.walBytes = walBytes
        self.freeBytes = freeBytes
        self.schemaVersion = schemaVersion
        self.integrity = integrity
    }
}

/// When one receiver last took a message, and when it last did not.
public struct ReceiverRecord: Sendable, Hashable {
    public var lastAccepted: Date?
    public var lastFailed: Date?
    /// What the receiver said then.
    public var failure: String?

    public init(lastAccepted: Date? = nil, lastFailed: Date? = nil, failure: String? = nil) {
        self.lastAccepted = lastAccepted
        self.lastFailed = lastFailed
        self.failure = failure
    }
}

extension Store {
    /// Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond.
    private static let stepsBetweenLooks: Int32 = 1_000
    /// Larger files are not checked while somebody waits: the walk over the pages of one table is a single step, which
    /// hears of no clock.
    public static let largestExamined = 512 << 20

    /// Looks at the files and lets SQLite check every page, on a reader.
    ///
    /// - Parameter isOver: asked now and then; the check is broken off as soon as it says yes.
    public func examine(until isOver: @escaping @Sendable () -> Bool) -> StoreExamination {
        let files = StoreFiles(path: path)
        var found = StoreExamination(
            path: path, bytes: files.size, walBytes: files.walSize, freeBytes: files.freeBytes, schemaVersion: nil,
            integrity: .notOpen)
        guard isOnDisk else { return found }
        do throws(StoreError) {
            found.schemaVersion = try read("reading its version") { db in
                try Int.fetchOne(db, sql: "PRAGMA user_version")
            }
            found.integrity =
                found.bytes + found.walBytes > Self.largestExamined ? .unfinished : try integrity(until: isOver)
        } catch {
            found.integrity = .failed(error)
        }
        return found
    }

    private func integrity(until isOver: @escaping @Sendable () -> Bool) throws(StoreError)
        -> StoreExamination.Integrity
    {
        // Kept alive until the callback is taken off again.
        let deadline = Deadline(isOver: isOver)
        return try read("checking its pages") { db in
            sqlite3_progress_handler(
                db.sqliteConnection, Self.stepsBetweenLooks,
                { context in
                    guard let context else { return 0 }
                    return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().look() ? 1 : 0
                }, Unmanaged.passUnretained(deadline).toOpaque())
            defer { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
            do {
                let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
                if verdict == "ok" { return .sound }
                // So that the next start checks the file too, however large it is.
                StoreFiles(path: self.path).markSuspect(verdict, log: self.log)
                return .damaged(verdict)
            } catch  where deadline.wasOver {
                return .unfinished
            }
        }
    }

    /// What receivers made of their messages since an instant, for those that are asked for.
    public func records(
        of receivers: [ReceiverName], since: Date
    ) throws(StoreError) -> [ReceiverName: ReceiverRecord] {
        try read("reading what receivers accepted") { db in
            var records: [ReceiverName: ReceiverRecord] = [:]
            for receiver in receivers { records[receiver] = try Self.record(of: receiver, since: since, in: db) }
            return records
        }
    }

    private static func record(of receiver: ReceiverName, since: Date, in db: Database) throws -> ReceiverRecord {
        var record = ReceiverRecord()
        record.lastAccepted = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(settled_at) FROM notification
                WHERE state <> 'waiting' AND settled_at >= ? AND receiver = ? AND state = 'accepted'
                """, arguments: [since.milliseconds, receiver.text]
        ).map(Date.init(milliseconds:))
        // A message that is tried again has failed too, so attempts are asked and not rows.
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT d.began_at, d.error FROM (
                  SELECT seq FROM notification WHERE state = 'waiting' AND receiver = ?2
                  UNION ALL
                  SELECT seq FROM notification WHERE state <> 'waiting' AND settled_at >= ?1 AND receiver = ?2
                ) n JOIN delivery d ON d.notification = n.seq
                WHERE d.outcome <> 'accepted' ORDER BY d.began_at DESC LIMIT 1
                """, arguments: [since.milliseconds, receiver.text])
        if let row {
            var columns = Columns(row)
            record.lastFailed = try columns.date()
            record.failure = try columns.textIfAny()
        }
        return record
    }
}

/// What the callback of SQLite looks at, on the thread that runs the statement.
private final class Deadline {
    private let isOver: @Sendable () -> Bool
    private(set) var wasOver = false

    init(isOver: @escaping @Sendable () -> Bool) { self.isOver = isOver }

    func look() -> Bool {
        wasOver = wasOver || isOver()
        return wasOver
    }
}
