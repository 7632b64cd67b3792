// Identifiers from a directory hold `#`, `@`, `/` and worse. A path built from parts cannot be broken open by one of
// them, so paths are never put together as text.

/// A path below the version root, with its query.
public struct GraphPath: Sendable, Hashable, CustomStringConvertible {
    private var path = ""
    private var query = ""
    /// Whether some part would change the meaning of the path: an empty segment, `.` or `..`.
    private(set) var isBroken = false

    /// Joins segments with `/`, each percent-encoded: `GraphPath("users", id, "presence")`.
    public init(_ segments: String...) {
        for segment in segments { append(segment) }
    }

    /// Adds a call of an OData function: `.function("getPstnCalls", ["fromDateTime": "2026-03-01"])`.
    ///
    /// Values are percent-encoded as they are; quote strings with ``literal(_:)``.
    public func function(_ name: String, _ arguments: KeyValuePairs<String, String>) -> GraphPath {
        var copy = self
        copy.append(name)
        let list = arguments.map { "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))" }
        copy.path += "(\(list.joined(separator: ",")))"
        return copy
    }

    /// Adds a query option: `.query("$select", "id,displayName")`.
    public func query(_ name: String, _ value: String) -> GraphPath {
        var copy = self
        let kept = Set("$,:()'/".utf8)
        copy.query += copy.query.isEmpty ? "?" : "&"
        copy.query += "\(PercentEncoding.encode(name, keeping: kept))=\(PercentEncoding.encode(value, keeping: kept))"
        return copy
    }

    /// A string as OData writes it: in single quotes, with the quotes inside doubled.
    public static func literal(_ text: String) -> String {
        "'\(text.replacing("'", with: "''"))'"
    }

    /// Starts with `/`.
    public var description: String { path + query }

    private mutating func append(_ segment: String) {
        isBroken = isBroken || segment.isEmpty || segment == "." || segment == ".."
        path += "/" + PercentEncoding.encode(segment, keeping: [UInt8(ascii: "$")])
    }
}
