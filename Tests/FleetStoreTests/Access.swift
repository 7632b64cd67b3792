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
