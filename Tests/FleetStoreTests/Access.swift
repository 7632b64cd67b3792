// What tests need from inside the store.

@testable import FleetStore
import GRDB

/// Makes SQLite answer SQLITE_FULL at a size of the test's choice.
func limitPages(of store: Store, to pages: Int) throws {
    try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
}

func writerPragma(_ name: String, of store: Store) throws -> Int {
    try store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA \(name)") ?? -1 }
}

/// The size of a store.
struct StoreFigures {
    var pages: Int
    /// Pages that later rows will reuse.
    var freePages: Int
    var schemaVersion: Int
}

func figures(of store: Store) throws -> StoreFigures {
    try store.read("measuring it") { db in
        func pragma(_ name: String) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
        return StoreFigures(
            pages: try pragma("page_count"), freePages: try pragma("freelist_count"),
            schemaVersion: try pragma("user_version"))
    }
}

/// Counts incidents twice in one snapshot of a reader, with `between` running in the meantime.
func countIncidentsTwice(in store: Store, between: () throws -> Void) throws -> [Int] {
    try store.read("testing") { db in
        func count() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM incident") ?? -1 }
        let first = try count()
        try between()
        return [first, try count()]
    }
}
