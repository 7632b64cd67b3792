// Figures about the store itself, for metrics and for the operator who wonders where the disk went.

import GRDB

/// The size of the store.
public struct StoreFigures: Sendable, Hashable {
    public var fileBytes: Int
    /// The write-ahead log; it grows while a long read holds an old snapshot.
    public var walBytes: Int
    public var pageBytes: Int
    public var pages: Int
    /// Pages that later rows will reuse.
    public var freePages: Int
    public var schemaVersion: Int
}

extension Store {
    public func figures() throws(StoreError) -> StoreFigures {
        let files = StoreFiles(path: path)
        return try read("measuring it") { db in
            func pragma(_ name: String) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
            return StoreFigures(
                fileBytes: files.size, walBytes: files.walSize, pageBytes: try pragma("page_size"),
                pages: try pragma("page_count"), freePages: try pragma("freelist_count"),
                schemaVersion: try pragma("user_version"))
        }
    }

    /// How surely a commit is on the disk when it returns: SQLite's `synchronous` of the writer, 2 for FULL.
    func synchronousSetting() throws(StoreError) -> Int {
        do {
            return try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
        } catch {
            throw StoreError(error, path: path, doing: "reading a pragma")
        }
    }
}
