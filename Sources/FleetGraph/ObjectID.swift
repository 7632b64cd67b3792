// One id that is no GUID can make Graph refuse the 649 beside it, so ids are looked at before they are sent.

import FleetCore

extension AccountID {
    /// Whether this is a directory object id, `8-4-4-4-12` hexadecimal digits.
    var isGUID: Bool { ObjectID.isGUID(text) }
}

enum ObjectID {
    static func isGUID(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count == 36 else { return false }
        for (index, byte) in bytes.enumerated() {
            switch index {
            case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
            default: if !isHexadecimal(byte) { return false }
            }
        }
        return true
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
