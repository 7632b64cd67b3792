// Names and ids that occur all over the configuration, each with its one rule.

import FleetCore

extension Field {
    /// A file that is read elsewhere.
    func fileReference() -> SecretReference? {
        guard let name = text(maximum: 4096) else { return nil }
        guard !name.hasSuffix("/") else {
            refuse("names a directory", remedy: "name a file")
            return nil
        }
        return SecretReference(key: key, name: name, line: line)
    }

    /// A path that does not depend on where the daemon was started.
    func absolutePath(maximum: Int = 4096) -> String? {
        guard let path = text(maximum: maximum) else { return nil }
        guard path.hasPrefix("/"), !path.hasSuffix("/") else {
            refuse(
                "is no absolute path of a file", remedy: "begin the path with / and end it with the name of the file")
            return nil
        }
        return path
    }

    /// A GUID in lower case; they compare without case (Graph facts, Ground rules).
    func guid() -> String? {
        guard let text = text(maximum: 64) else { return nil }
        guard Identifiers.isGUID(text) else {
            refuse("is no GUID", remedy: "copy the id from the Entra admin centre: 8-4-4-4-12 hexadecimal digits")
            return nil
        }
        return text.lowercased()
    }

    /// A day as `YYYY-MM-DD`.
    func day() -> String? {
        guard let text = text(maximum: 32) else { return nil }
        guard Identifiers.isDay(text) else {
            refuse("\(text.quoted) is no day", remedy: "write days as YYYY-MM-DD")
            return nil
        }
        return text
    }

    /// An account id, user principal name or mail address, in lower case.
    func account() -> String? {
        guard let text = text(maximum: 320) else { return nil }
        guard Identifiers.isGUID(text) || Identifiers.isAddress(text) else {
            refuse(
                "\(text.quoted) is neither an account id nor an address",
                remedy: "name rooms by the GUID of their account, their user principal name or their mail address")
            return nil
        }
        return text.lowercased()
    }
}

/// The shapes of ids.
enum Identifiers {
    static func isGUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }

    /// `local@domain`, as far as it matters here.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && !text.contains(" ") && isDomain(String(parts[1]))
    }

    /// At least two labels of letters, digits and hyphens (RFC 1035 section 2.3.1, digits first allowed by RFC 1123).
    static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
    }

    /// `[a-z0-9][a-z0-9-]{0,62}` (Contract, Configuration).
    static func isTenantName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.first != "-"
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    static func isReceiverName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    /// A day of the Gregorian calendar.
    static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }), let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[month - 1]).contains(day)
    }
}
