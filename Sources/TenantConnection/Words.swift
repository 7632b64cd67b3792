// The shapes of what a person types, checked before it is sent or written anywhere. The configuration checks them again by
// its own rules when the daemon reads them.

import Foundation

/// Whether a text is what it is taken for.
public enum Words {
    /// A GUID, in any case.
    public static func isGUID(_ text: String) -> Bool { ConsentReply.isGUID(text) }

    /// `[a-z0-9][a-z0-9-]{0,62}`, and not a name that is kept for something else: Roomwatch's own, those of the files of
    /// the first receiver (the tenant's files begin with its name), and a GUID, which is an id in the wrong place.
    public static func isTenantName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.first != "-" && text != "roomwatch"
            && text != WritingPlan.receiver && !text.hasPrefix("\(WritingPlan.receiver)-") && !isGUID(text)
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// A GUID or a domain; never one of the endpoints for everybody's tenants.
    public static func isTenant(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDomain =
            labels.count >= 2 && text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
        return isGUID(text) || isDomain
    }

    /// A base URL without credentials, query or fragment: https, or http to this machine.
    public static func isSafeURL(_ text: String, allowsQuery: Bool = false) -> Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: text),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.fragment == nil,
            allowsQuery || parts.query == nil
        else { return false }
        let isHere = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
        return parts.scheme == "https" || (parts.scheme == "http" && isHere)
    }
}
