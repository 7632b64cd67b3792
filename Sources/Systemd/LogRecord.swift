// One event, made a plain value before anything is formatted. The two ways out, journal and terminal, are pure
// functions of it, so that tests read them like a table.

import Foundation
import Logging

/// One log event with everything that either way out shows, already bounded in size.
struct LogRecord: Sendable {
    /// The longest message, in bytes.
    static let messageBytes = 8 * 1024
    /// The longest value of one key, in bytes.
    static let valueBytes = 4 * 1024
    /// The longest line, in bytes: message and pairs together. The journal's fields still hold each value.
    static let summaryBytes = 16 * 1024
    /// The most keys that are kept, in alphabetical order.
    static let pairLimit = 32

    /// UTC.
    var wall: Date
    var level: Logger.Level
    var logger: String
    var message: String
    /// Sorted by key.
    var pairs: [Pair]
    var file: String
    var line: UInt

    struct Pair: Sendable, Hashable {
        var key: String
        var value: String
    }

    init(
        wall: Date, level: Logger.Level, logger: String, message: String, metadata: Logger.Metadata = [:],
        file: String = "", line: UInt = 0
    ) {
        self.wall = wall
        self.level = level
        self.logger = logger
        self.message = message.bounded(toBytes: Self.messageBytes)
        self.pairs = metadata.sorted { $0.key < $1.key }.prefix(Self.pairLimit).map { key, value in
            Pair(key: key, value: value.description.bounded(toBytes: Self.valueBytes))
        }
        self.file = file
        self.line = line
    }

    /// Message and pairs on one line, in a form that foreign text cannot break out of.
    var summary: String {
        let line = pairs.reduce(into: message.escapedForLine) { line, pair in
            line += " \(Self.bare(pair.key))=\(Self.bare(pair.value))"
        }
        return line.bounded(toBytes: Self.summaryBytes)
    }

    /// A word as it is; anything that could be taken for more than one word in quotation marks.
    private static func bare(_ text: String) -> String {
        let escaped = text.escapedForLine
        let needsQuotes = escaped.isEmpty || escaped.contains { $0 == " " || $0 == "=" || $0 == "\"" }
        return needsQuotes ? "\"" + escaped.replacing("\"", with: "\\\"") + "\"" : escaped
    }
}
