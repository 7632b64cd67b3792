// What comes back from the consent page, from the browser or pasted by a person. It came over a channel that anybody can
// write to, so only a reply that carries our state says anything, and what it says is checked by a token afterwards.

import Foundation

/// One redirect, read.
public enum ConsentReply: Sendable, Hashable {
    /// - Parameter tenant: the directory that consented, a GUID in lower case; `nil` when the reply names none.
    case granted(tenant: String?)
    case refused(ConsentRefusal)
    /// The state is not ours: another attempt, or somebody else's page.
    case foreign
    /// It is no reply of the consent page.
    case unreadable

    /// Longer texts are not read: a real reply has some two thousand characters.
    public static let longest = 16 * 1024

    /// Reads the query of a redirect.
    ///
    /// - Parameter state: the one that was sent; compared in a time that tells nothing of it.
    public static func read(query: some StringProtocol, state: String) -> ConsentReply {
        guard query.utf8.count <= longest, let fields = fields(query) else { return .unreadable }
        guard fields["state"] != nil || fields["error"] != nil || fields["admin_consent"] != nil else {
            return .unreadable
        }
        guard isSame(fields["state"] ?? "", state) else { return .foreign }
        if let code = fields["error"] {
            return .refused(
                ConsentRefusal(
                    code: code, description: fields["error_description"] ?? "", subcode: fields["error_subcode"] ?? ""))
        }
        guard fields["admin_consent"]?.lowercased() == "true" else { return .unreadable }
        return .granted(tenant: fields["tenant"].flatMap { isGUID($0) ? $0.lowercased() : nil })
    }

    /// Reads what a person pasted: the whole address of the page that their browser could not open, or its query.
    public static func read(pasted text: String, state: String) -> ConsentReply {
        let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard line.utf8.count <= longest, !line.isEmpty else { return .unreadable }
        let query = line.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
        return read(query: query.split(separator: "#", maxSplits: 1).first ?? "", state: state)
    }

    /// `nil` for a broken escape, or a name that comes twice: two readers could take different ones.
    private static func fields(_ query: some StringProtocol) -> [String: String]? {
        var fields: [String: String] = [:]
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : ""),
                fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return fields
    }

    private static func decoded(_ text: some StringProtocol) -> String? {
        String(text).replacing("+", with: " ").removingPercentEncoding
    }

    /// Every byte is looked at, whichever differs.
    static func isSame(_ first: String, _ second: String) -> Bool {
        let (left, right) = (Array(first.utf8), Array(second.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    static func isGUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }
}
