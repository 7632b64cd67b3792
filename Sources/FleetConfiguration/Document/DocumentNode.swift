// The configuration as a tree in which every value knows its line. Yams' own nodes carry aliases by reference, so a
// file of a few hundred bytes can describe billions of nodes; this tree is built with a budget and is what the rest of
// the target reads.

/// A value of the document and the line on which it stands.
struct DocumentNode: Sendable, Hashable {
    var line: Int
    var content: Content

    enum Content: Sendable, Hashable {
        /// `isPlain`: written without quotes, so it may mean a number, a truth value or nothing.
        case scalar(String, isPlain: Bool)
        case sequence([DocumentNode])
        case mapping([DocumentEntry])
    }

    /// A value that was left out, as in `proxy:` or `"proxy": null`; it means the same as a missing key.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What it is, for error messages.
    var kind: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a section with keys"
        }
    }
}

/// One `key: value` of a mapping.
struct DocumentEntry: Sendable, Hashable {
    var key: String
    /// Where the key stands; the value may begin a line later.
    var line: Int
    var value: DocumentNode
}

/// What a file may cost. A configuration for 20,000 rooms with every room listed stays well below.
enum DocumentLimit {
    static let bytes = 1024 * 1024
    /// After every alias is written out.
    static let nodes = 100_000
    static let depth = 32
    /// Parsing attempts spent on finding the second of two equal keys.
    static let duplicateAttempts = 32
}

/// Why a text is no document; becomes a ``ConfigurationError`` with the name of the file.
struct DocumentFault: Error, Sendable, Hashable {
    var line: Int?
    var key: String?
    var problem: String
    var remedy: String
}
