// From our values to the question marks of a statement. The rows of an outage of 20,000 rooms are bound straight to
// SQLite: passing a million values through GRDB's StatementArguments costs more than SQLite's own work on them.

import FleetCore
import Foundation
import GRDB
import GRDBSQLite

/// Binds the arguments of one statement from left to right, then runs it.
///
/// A statement that is run in this way must come from `cachedStatement` and return no rows.
struct Arguments {
    private let statement: OpaquePointer
    private var index: Int32 = 0

    /// Makes SQLite copy the bytes before the call returns.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    init(for statement: Statement) {
        self.statement = statement.sqliteStatement
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add($0) }
    }

    /// Text that is UTF-8 already.
    mutating func add(_ text: [UInt8]) { text.withUnsafeBufferPointer { add($0) } }

    mutating func add(_ number: Int64) {
        index += 1
        sqlite3_bind_int64(statement, index, number)
    }

    mutating func add(_ number: Int) { add(Int64(number)) }
    mutating func add(_ flag: Bool) { add(flag ? 1 : 0) }
    mutating func add(_ date: Date) { add(date.milliseconds) }

    mutating func add(_ text: String?) { if let text { add(text) } else { addNull() } }
    mutating func add(_ number: Int?) { if let number { add(number) } else { addNull() } }
    mutating func add(_ date: Date?) { if let date { add(date) } else { addNull() } }

    mutating func add(_ state: StateRecord) {
        add(state.phase.rawValue)
        add(state.firstBad)
        add(state.fired)
        add(state.streakFirst)
        add(state.streakCount)
    }

    /// Runs the statement; the next row may then be bound with new arguments.
    func run() throws {
        defer { sqlite3_reset(statement) }
        // A forgotten argument would silently be the one of the row before, or empty.
        guard index == sqlite3_bind_parameter_count(statement) else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "\(index) arguments do not fit", sql: sql)
        }
        guard sqlite3_step(statement) != SQLITE_DONE else { return }
        let database = sqlite3_db_handle(statement)
        throw DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database)),
            message: String(cString: sqlite3_errmsg(database)), sql: sql)
    }

    /// Asked only on errors: GRDB's own `sql` trims the text anew on every call, which took nine tenths of a commit.
    private var sql: String? { sqlite3_sql(statement).map { String(cString: $0) } }

    private mutating func add(_ utf8: UnsafeBufferPointer<UInt8>) {
        index += 1
        let count = Int32(clamping: utf8.count)
        guard let start = utf8.baseAddress else {
            sqlite3_bind_text(statement, index, "", 0, Self.copied)
            return
        }
        start.withMemoryRebound(to: CChar.self, capacity: utf8.count) { start in
            _ = sqlite3_bind_text(statement, index, start, count, Self.copied)
        }
    }

    private mutating func addNull() {
        index += 1
        sqlite3_bind_null(statement, index)
    }
}
