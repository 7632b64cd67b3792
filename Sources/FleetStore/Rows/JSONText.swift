// The little of JSON (RFC 8259) that writing a known structure takes.

import Foundation

/// Grows one JSON text. Members whose value is `nil` are left out, as Codable does.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(1_024) }

    mutating func object(_ members: (inout JSONText) -> Void) {
        begin("{")
        members(&self)
        end("}")
    }

    mutating func array<Element>(_ elements: [Element], _ members: (inout JSONText, Element) -> Void) {
        begin("[")
        for element in elements { object { members(&$0, element) } }
        end("]")
    }

    /// The name of a member whose value follows.
    mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func add(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.name(name)
        string(text)
        needsComma = true
    }

    mutating func add(_ name: StaticString, _ number: Int?) {
        guard let number else { return }
        self.name(name)
        bytes.append(contentsOf: String(number).utf8)
        needsComma = true
    }

    /// JSON has no infinities; they become zero.
    mutating func add(_ name: StaticString, _ number: Double) {
        self.name(name)
        bytes.append(contentsOf: (number.isFinite ? number : 0).description.utf8)
        needsComma = true
    }

    mutating func add(_ name: StaticString, _ flag: Bool) {
        self.name(name)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        needsComma = true
    }

    /// A value that is JSON already.
    mutating func add(_ name: StaticString, written value: [UInt8]?) {
        guard let value else { return }
        self.name(name)
        bytes.append(contentsOf: value)
        needsComma = true
    }

    /// Seconds since 2001, which is Date's own coding and exact: Swift prints the shortest text that reads back to the
    /// same number. JSON has no infinities; they become the reference date.
    mutating func add(_ name: StaticString, _ date: Date?) {
        guard let date else { return }
        self.name(name)
        let seconds = date.timeIntervalSinceReferenceDate
        bytes.append(contentsOf: (seconds.isFinite ? seconds : 0).description.utf8)
        needsComma = true
    }

    private mutating func begin(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func end(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: Array("\\u00".utf8))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
