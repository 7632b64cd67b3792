// Why a whole page can be worth nothing.

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
