// A disk that fills up and is freed again, under a real SQLite file. Full means what it means to SQLite: the file may not
// grow by a page, so small writes still fit and large ones fail with SQLITE_FULL.

import FleetStore
import Foundation
import GRDB

/// The place of one life's database file.
final class Disk {
    let directory: URL
    private(set) var isFull = false
    private var reader: DatabaseQueue?

    init(directory: URL) throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    var database: String { directory.appending(path: "roomwatch.sqlite").path(percentEncoded: false) }

    /// One look at the file over a connection of our own.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let open: DatabaseQueue
        if let reader {
            open = reader
        } else {
            var configuration = Configuration()
            configuration.readonly = true
            open = try DatabaseQueue(path: database, configuration: configuration)
            reader = open
        }
        return try open.read(body)
    }

    func fill(_ isFull: Bool, store: Store) throws {
        self.isFull = isFull
        let pages = try read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 1 }
        try store.rehearse("PRAGMA max_page_count = \(isFull ? pages : 1_073_741_823)")
    }

    /// What a death leaves behind: the files as they are now, in another place.
    func copied(to directory: URL) throws -> Disk {
        let copy = try Disk(directory: directory)
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: database + suffix) {
            try FileManager.default.copyItem(atPath: database + suffix, toPath: copy.database + suffix)
        }
        return copy
    }

    /// Lets go of the files.
    func abandon() {
        // Nothing depends on the files of the dead any more.
        try? reader?.close()
        reader = nil
        try? FileManager.default.removeItem(at: directory)
    }
}
