// base64url without padding (RFC 4648 section 5), as JSON Web Tokens use it.

import Foundation

enum Base64URL {
    static func encoded(_ bytes: some DataProtocol) -> String {
        exchanged(Data(bytes).base64EncodedString(), ["+": "-", "/": "_"]).filter { $0 != "=" }
    }

    /// `nil` for anything that is not base64url; padding is refused as JWS demands.
    static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.contains("+"), !text.contains("/"), !text.contains("=") else { return nil }
        var padded = exchanged(text, ["-": "+", "_": "/"])
        padded += String(repeating: "=", count: (4 - padded.utf8.count % 4) % 4)
        return Data(base64Encoded: padded).map { Array($0) }
    }

    private static func exchanged(_ text: some StringProtocol, _ exchange: [Character: Character]) -> String {
        String(text.map { exchange[$0] ?? $0 })
    }
}
