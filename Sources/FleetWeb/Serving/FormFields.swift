// Names and values as browsers and HTTP libraries write them, behind a question mark or in a form's body: a plus is a
// space there, which URIs by themselves do not know (URL Standard, application/x-www-form-urlencoded).

import Foundation

/// What a form or a query says.
enum FormFields {
    /// Fields of one form or query; whatever follows is not read.
    static let maximum = 64

    /// In the order they stand; a value is `nil` where its percent-encoding is broken.
    static func pairs(of text: String) -> [(name: String, value: String?)] {
        text.split(separator: "&").prefix(maximum).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts.map { $0.replacing("+", with: " ").removingPercentEncoding }
            return ((words.first ?? nil) ?? "", words.count > 1 ? words[1] : "")
        }
    }

    /// The last of each name; broken values are empty.
    static func dictionary(of text: String) -> [String: String] {
        Dictionary(pairs(of: text).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
    }
}
