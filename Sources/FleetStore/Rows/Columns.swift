// From SQLite's columns to our values. Reading never traps: a row that does not make sense is
// skipped and reported, because one damaged row must not keep the daemon from starting.

import FleetCore
import Foundation
import GRDB

extension Date {
    /// Whole milliseconds since 1970, rounded to the nearest: truncating would lose one on every round trip of an
    /// instant whose binary fraction lies a little below the millisecond.
    var milliseconds: Int64 {
        let exact = (timeIntervalSince1970 * 1000).rounded()
        // Far outside of any calendar, yet exact in a Double; keeps the conversion from trapping on infinities.
        let bound = 9e15
        guard !exact.isNaN else { return 0 }
        return Int64(max(-bound, min(bound, exact)))
    }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

/// Reads the columns of one row from left to right.
struct Columns {
    private let row: Row
    private var index = 0

    init(_ row: Row) { self.row = row }

    mutating func text() throws -> String { try next() }
    mutating func textIfAny() throws -> String? { try nextIfAny() }
    mutating func number() throws -> Int { try next() }
    mutating func numberIfAny() throws -> Int? { try nextIfAny() }
    mutating func flag() throws -> Bool { try number() != 0 }
    mutating func date() throws -> Date { Date(milliseconds: try next()) }
    mutating func dateIfAny() throws -> Date? { try nextIfAny().map(Date.init(milliseconds:)) }

    /// A word of a fixed vocabulary.
    mutating func word<Word: RawRepresentable<String>>(_: Word.Type) throws -> Word {
        let text = try text()
        guard let word = Word(rawValue: text) else { throw DamagedRow(reason: "'\(text)' is not a known \(Word.self)") }
        return word
    }

    mutating func state() throws -> StateRecord {
        StateRecord(
            phase: try word(ConditionState.Phase.self), firstBad: try dateIfAny(), fired: try dateIfAny(),
            streakFirst: try dateIfAny(), streakCount: try number())
    }

    private mutating func next<Value: DatabaseValueConvertible & StatementColumnConvertible>() throws -> Value {
        guard let value: Value = try nextIfAny() else { throw DamagedRow(reason: "column \(index) is empty") }
        return value
    }

    private mutating func nextIfAny<Value: DatabaseValueConvertible & StatementColumnConvertible>() throws -> Value? {
        defer { index += 1 }
        return try row.decode(Value?.self, atIndex: index)
    }
}

/// Why a row was skipped.
struct DamagedRow: Error {
    let reason: String
}

/// A row that did not make sense and was skipped.
public struct RowRemark: Sendable, Hashable, CustomStringConvertible {
    public let table: String
    /// The row's key, as far as it could be read.
    public let row: String
    public let reason: String

    public var description: String {
        "row \(row) of table \(table) is damaged and was skipped (\(reason)): look at it with sqlite3, or delete it"
    }
}
