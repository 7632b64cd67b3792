// What the operator reads when the configuration is wrong. One line each, in the form that editors and compilers use,
// because the person who reads it has the file open in another window. Values are quoted only where they cannot be
// secrets.

/// One thing that is wrong with the configuration: `FILE:LINE: KEY: what is wrong; remedy`.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path as it was given.
    public var file: String
    /// Counted from 1; `nil` when the file as a whole is meant.
    public var line: Int?
    /// Dotted, with indices: `tenants[0].credential`; `nil` when no key is meant.
    public var key: String?
    public var problem: String
    /// What to do about it.
    public var remedy: String

    public init(file: String, line: Int? = nil, key: String? = nil, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let place = file + (line.map { ":\($0)" } ?? "")
        return "\(place): \(key.map { "\($0): " } ?? "")\(problem); \(remedy)".onOneLine
    }
}

/// Everything that is wrong with a configuration, in the order of the lines; never empty.
public struct ConfigurationErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error to mend first.
    public let first: ConfigurationError
    public let others: [ConfigurationError]

    public init(first: ConfigurationError, others: [ConfigurationError] = []) {
        self.first = first
        self.others = others
    }

    /// All errors, ordered by line; `nil` when there are none.
    init?(_ unordered: [ConfigurationError]) {
        // The sort is stable, so errors of one line keep the order in which they were found.
        let ordered = unordered.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        guard let first = ordered.first else { return nil }
        self.init(first: first, others: Array(ordered.dropFirst()))
    }

    public var all: [ConfigurationError] { [first] + others }

    /// Later errors are often echoes of the first, so only this many are printed.
    public static let maximumPrinted = 20

    /// One line for each error, the first one first.
    public var description: String {
        var lines = all.prefix(Self.maximumPrinted).map(\.description)
        if all.count > Self.maximumPrinted { lines.append("… and \(all.count - Self.maximumPrinted) more") }
        return lines.joined(separator: "\n")
    }
}

/// Something in the configuration that is no error but that the operator should know: a part that this version does
/// not act on, or a receiver that nothing ever reaches.
public struct ConfigurationNotice: Sendable, Hashable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var key: String
    public var text: String

    public init(file: String, line: Int, key: String, text: String) {
        self.file = file
        self.line = line
        self.key = key
        self.text = text
    }

    public var description: String { "\(file):\(line): \(key): \(text)".onOneLine }
}

extension String {
    /// The text without control characters and line separators: keys are quoted in messages as they are written, and
    /// one key must not look like two lines of a log.
    var onOneLine: String {
        let clean = unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        return String(String.UnicodeScalarView(clean))
    }
}
