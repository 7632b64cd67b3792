// Captive portals and gateways answer 200 with HTML, and connections end in the middle of a body. The hot path cannot
// afford to parse a page twice, so this looks at the header and at both ends of the body only.

import HTTPExchange
import HTTPTypes

enum BodyCheck {
    /// White space beyond this is not skipped: no serialiser of Graph's writes so much of it.
    private static let longestSpace = 64

    /// What is wrong with a body that should be a JSON object or array; `nil` when nothing is, on the face of it.
    static func objection(_ answer: HTTPAnswer) -> String? {
        guard !answer.body.isEmpty else { return "the body is empty" }
        let type = answer.headerFields[.contentType]?.lowercased() ?? ""
        if type.contains("html") { return "the body is HTML" }
        var start = answer.body[...]
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
        let first = start.prefix(longestSpace).first { !isSpace($0) }
        let closing: UInt8
        switch first {
        case UInt8(ascii: "{"): closing = UInt8(ascii: "}")
        case UInt8(ascii: "["): closing = UInt8(ascii: "]")
        case UInt8(ascii: "<"): return "the body is HTML"
        default: return "the body is no JSON object"
        }
        guard answer.body.suffix(longestSpace).last(where: { !isSpace($0) }) == closing else {
            return "the body is cut off"
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
