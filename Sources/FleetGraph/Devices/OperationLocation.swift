// The one thing that an accepted command gives back is a link to its operation, and the device service has been seen to send
// it relative (Graph facts, Devices). The link is never followed: only the id is taken from it, so it may lead anywhere.

import Foundation

enum OperationLocation {
    /// Longer links are not looked at.
    static let longest = 2_048

    /// The id in `…/devices/{device}/operations/{id}`; `nil` where the link has another form or names another device, and
    /// then the operation is found by its time.
    static func operationID(_ location: String?, device: String) -> String? {
        guard let location, location.utf8.count <= longest else { return nil }
        let path = location.prefix { $0 != "?" && $0 != "#" }
        let parts = path.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
        guard parts.count >= 3, parts[parts.count - 2].lowercased() == "operations",
            parts[parts.count - 3].lowercased() == device.lowercased(),
            let id = BoundedText.id(parts.last), id.utf8.allSatisfy(isPlain)
        else { return nil }
        return id
    }

    /// Letters, digits and what ids are joined with.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
