// Reads request bodies. A simulated service must refuse what the real one refuses, so the grammar is RFC 8259 without
// extensions; and a bulk request of 650 ids comes 31 times a sweep, so it reads bytes and makes no detours.

/// Why a body was not JSON.
public struct JSONTextError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Offset of the first byte that does not fit.
    public let offset: Int
    public let reason: String

    public var description: String { "invalid JSON at byte \(offset): \(reason)" }
}

extension JSONValue {
    /// Nesting beyond this is refused: every level costs stack.
    static let maximumDepth = 64

    /// Reads one JSON text.
    ///
    /// - Throws: ``JSONTextError`` when the bytes are no complete JSON text as of RFC 8259.
    public init(reading bytes: [UInt8]) throws(JSONTextError) {
        var reader = JSONReader(bytes: bytes)
        self = try reader.document()
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONTextError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        if offset != bytes.count { throw refusal("text after the end of the value") }
        return value
    }

    private func refusal(_ reason: String) -> JSONTextError { JSONTextError(offset: offset, reason: reason) }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONTextError) -> JSONValue {
        if depth > JSONValue.maximumDepth { throw refusal("nested too deeply") }
        skipSpace()
        guard offset < bytes.count else { throw refusal("the text ends early") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONTextError) -> JSONValue {
        for byte in "\(word)".utf8 where !take(byte) { throw refusal("unknown word") }
        return value
    }

    private mutating func object(depth: Int) throws(JSONTextError) -> JSONValue {
        offset += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw refusal("expected a name") }
            let name = try string()
            skipSpace()
            if !take(UInt8(ascii: ":")) { throw refusal("expected a colon") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            if !take(UInt8(ascii: ",")) { throw refusal("expected a comma or the end of the object") }
        }
    }

    private mutating func array(depth: Int) throws(JSONTextError) -> JSONValue {
        offset += 1
        var items: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(items) }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(items) }
            if !take(UInt8(ascii: ",")) { throw refusal("expected a comma or the end of the array") }
        }
    }

    private mutating func number() throws(JSONTextError) -> JSONValue {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        let first = offset
        try digits()
        if bytes[first] == UInt8(ascii: "0"), offset > first + 1 { throw refusal("a number with a leading zero") }
        var whole = true
        if take(UInt8(ascii: ".")) {
            whole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            whole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if whole, let number = Int(text) { return .int(number) }
        guard let number = Double(text) else { throw refusal("not a number") }
        return .double(number)
    }

    private mutating func digits() throws(JSONTextError) {
        let start = offset
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
        if offset == start { throw refusal("expected a value") }
    }

    private mutating func string() throws(JSONTextError) -> String {
        offset += 1
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
            if bytes[offset] < 0x20 { throw refusal("a control character in a string") }
            offset += 1
        }
        guard offset < bytes.count else { throw refusal("a string without end") }
        if take(UInt8(ascii: "\"")) { return String(decoding: bytes[start..<offset - 1], as: UTF8.self) }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONTextError) -> String {
        var units: [UInt8] = Array(bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &units)
            case 0..<0x20: throw refusal("a control character in a string")
            default: units.append(byte)
            }
        }
        throw refusal("a string without end")
    }

    private mutating func escape(into units: inout [UInt8]) throws(JSONTextError) {
        guard offset < bytes.count else { throw refusal("a string without end") }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
        case UInt8(ascii: "u"):
            let high = try hexadecimal()
            var scalar = UInt32(high)
            if (0xD800..<0xDC00).contains(high) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw refusal("a lone surrogate") }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw refusal("a lone surrogate") }
                scalar = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
            }
            guard let character = Unicode.Scalar(scalar) else { throw refusal("a lone surrogate") }
            units.append(contentsOf: String(Character(character)).utf8)
        default: throw refusal("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONTextError) -> UInt16 {
        guard offset + 4 <= bytes.count else { throw refusal("a string without end") }
        guard let unit = UInt16(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16) else {
            throw refusal("a bad \\u escape")
        }
        offset += 4
        return unit
    }
}
