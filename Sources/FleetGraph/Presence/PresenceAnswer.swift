// One account's part of a presence answer, and why a whole page can be worth nothing.

public import FleetCore

/// What one page said about one account.
public struct PresenceAnswer: Sendable, Hashable {
    public var reading: Reading<Presence>
    /// Graph's lexicographically sortable version stamp (graph-api 3.3), at most 64 bytes; `nil` when none came.
    public var sequenceNumber: String?

    public init(_ reading: Reading<Presence>, sequenceNumber: String? = nil) {
        self.reading = reading
        self.sequenceNumber = sequenceNumber
    }
}

/// A page of which nothing may be used.
public enum PresencePageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No complete JSON document in UTF-8: cut short, followed by something else, nested too deeply.
    case malformed
    /// A JSON document, but no object around an array `value`.
    case noRows
    /// There was no memory for the parser's buffers.
    case outOfMemory

    public var description: String {
        switch self {
        case .malformed: "The presence page is no complete JSON document; nothing of it was used."
        case .noRows: "The presence page holds no array 'value'; nothing of it was used."
        case .outOfMemory: "There was no memory to read the presence page; nothing of it was used."
        }
    }
}
