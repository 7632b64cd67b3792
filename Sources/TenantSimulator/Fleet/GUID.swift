// Object ids are compared without regard to letter case and looked up 650 at a time, so they are 16 bytes here and text
// only on the wire.

/// A globally unique identifier as Graph writes it: 8-4-4-4-12 hexadecimal digits.
public struct GUID: Sendable, Hashable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// The identifier drawn from `seed` for the `index`th thing of a kind; a valid version 4 UUID.
    init(seed: UInt64, kind: SeedPurpose, index: Int) {
        var draws = SeededDraws(seed: seed, purpose: kind, index: index)
        high = (draws.next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        low = (draws.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    }

    /// Reads any letter case; `nil` for anything that is not a hyphenated GUID.
    public init?(_ text: some StringProtocol) {
        var digits = 0
        var position = 0
        var words: (UInt64, UInt64) = (0, 0)
        for byte in text.utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if digits < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            digits += 1
        }
        guard position == 36, digits == 32 else { return nil }
        (high, low) = words
    }

    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var output: [UInt8] = []
        output.reserveCapacity(36)
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { output.append(UInt8(ascii: "-")) }
            let word = nibble < 16 ? high : low
            output.append(digits[Int(word >> UInt64(60 - 4 * (nibble % 16)) & 15)])
        }
        return String(decoding: output, as: UTF8.self)
    }
}
