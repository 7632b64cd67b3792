// The query options of a list call, and the pages that answer it. The skip token is checked and bound to its query: a
// client that edits links instead of following them is told so here and not in production.

/// The query options of one request.
struct ODataQuery: Sendable {
    var select: [String]?
    var filter: String?
    var top: Int?
    var skip = 0
    var count = false
    var skipToken: String?
    /// Everything but the skip token, as sent; a next link repeats it.
    var carried: String

    /// - Throws: ``GraphError`` 400 for a broken escape or a number that is none.
    init(_ query: Substring) throws(GraphError) {
        var kept: [Substring] = []
        carried = ""
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decoded(parts[0]),
                let value = PercentCoding.decoded(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { throw .badRequest("The query string is not correctly percent-encoded.") }
            switch name.lowercased() {
            case "$select": select = value.split(separator: ",").map { $0.drop { $0 == " " }.description }
            case "$filter": filter = value
            case "$top":
                guard let number = Int(value), number > 0 else {
                    throw .badRequest("Invalid value '\(value)' for $top query option found.")
                }
                top = number
            case "$skip":
                guard let number = Int(value), number >= 0 else {
                    throw .badRequest("Invalid value '\(value)' for $skip query option found.")
                }
                skip = number
            case "$count": count = value.lowercased() == "true"
            case "$skiptoken":
                skipToken = value
                continue
            default: break
            }
            kept.append(item)
        }
        carried = kept.joined(separator: "&")
    }

    /// Where the asked-for page begins.
    ///
    /// - Throws: ``GraphError`` 400 when the token was not issued for this very query.
    func offset(path: String) throws(GraphError) -> Int {
        guard let skipToken else { return skip }
        guard let offset = SkipToken.offset(skipToken, path: path, query: carried) else {
            throw GraphError(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
        }
        return offset
    }

    /// The query of the page that begins at `offset`.
    func next(offset: Int, path: String) -> String {
        (carried.isEmpty ? "" : carried + "&")
            + "$skiptoken=" + SkipToken.text(offset: offset, path: path, query: carried)
    }

    /// Keeps the selected members of `object`, in the order the service writes them; `id` always stays.
    func selected(_ object: JSONValue) -> JSONValue {
        guard let select, let members = object.members else { return object }
        let wanted = Set(select.map { $0.lowercased() })
        return .object(
            members.filter { $0.name == "id" || $0.name.hasPrefix("@") || wanted.contains($0.name.lowercased()) })
    }
}

/// An opaque position in a list.
enum SkipToken {
    static func text(offset: Int, path: String, query: String) -> String {
        let position = String(offset, radix: 36)
        return "RFNwdAIAAQ\(String(check(offset, path, query), radix: 36))-\(position)"
    }

    static func offset(_ token: String, path: String, query: String) -> Int? {
        guard let dash = token.lastIndex(of: "-"), let offset = Int(token[token.index(after: dash)...], radix: 36),
            offset >= 0, token == text(offset: offset, path: path, query: query)
        else { return nil }
        return offset
    }

    /// FNV-1a over everything the token is bound to.
    private static func check(_ offset: Int, _ path: String, _ query: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(offset)|\(path)|\(query)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
