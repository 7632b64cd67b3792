// The encodings of mail. A mail is lines of ASCII of bounded length; everything else is written in these terms.

import Foundation

/// RFC 2045, section 6.7 and RFC 2047.
enum MailText {
    static let lineEnd = "\r\n"
    /// A line of quoted-printable, soft line break included.
    static let encodedLine = 76
    /// An encoded word (RFC 2047, section 2).
    static let encodedWord = 75
    /// What a header line should not exceed (RFC 5322, section 2.1.1).
    static let headerLine = 78

    /// Text as quoted-printable; every line end of `text` becomes CRLF.
    ///
    /// A dot or `From ` at the beginning of a line is encoded too: some servers change the one, some mailboxes the
    /// other, and neither may change a signed or quoted line.
    static func quotedPrintable(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            quotedPrintableLine(Array(line.utf8))
        }.joined(separator: lineEnd)
    }

    private static func quotedPrintableLine(_ bytes: [UInt8]) -> String {
        var output = ""
        var length = 0
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain = (byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "=")) || (isBlank && !isLast)
            // A soft break takes the last place of the line.
            if length + (isPlain ? 1 : 3) > encodedLine - 1 {
                output += "=" + lineEnd
                length = 0
            }
            let isChangedAtStart = byte == UInt8(ascii: ".") || bytes[index...].starts(with: "From ".utf8)
            let piece =
                isPlain && !(length == 0 && isChangedAtStart)
                ? String(Unicode.Scalar(byte)) : "=" + hexadecimal(byte)
            output += piece
            length += piece.utf8.count
        }
        return output
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    /// A header field whose value is text: folded, and in encoded words where ASCII does not suffice.
    ///
    /// Line ends and control characters cannot get in: `value` is put on one line first.
    static func field(_ name: String, _ value: String, limit: Int = 250) -> String {
        let value = value.oneLine(limit)
        let words = value.split(separator: " ")
        let isPlain =
            value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !value.contains("=?")
            && words.allSatisfy { $0.utf8.count < headerLine - name.utf8.count - 4 }
        return folded(name, isPlain ? words.map(String.init) : encodedWords(value, after: name.utf8.count + 2))
    }

    /// Puts words behind a field's name, as many on a line as fit; each further line begins with a blank.
    static func folded(_ name: String, _ words: [String]) -> String {
        var lines = [name + ":"]
        for word in words {
            let last = lines.count - 1
            let isFirstWord = last == 0 && lines[0].utf8.count == name.utf8.count + 1
            if isFirstWord || lines[last].utf8.count + 1 + word.utf8.count <= headerLine {
                lines[last] += " " + word
            } else {
                lines.append(" " + word)
            }
        }
        return lines.joined(separator: lineEnd)
    }

    /// `=?UTF-8?B?…?=` as often as needed; a character is never split between two.
    private static func encodedWords(_ text: String, after used: Int) -> [String] {
        let frame = "=?UTF-8?B?" + "?="
        var words: [String] = []
        var part: [UInt8] = []
        func limit() -> Int {
            let line = words.isEmpty ? headerLine - used : headerLine - 1
            return (min(encodedWord, line) - frame.utf8.count) / 4 * 3
        }
        func close() {
            guard !part.isEmpty else { return }
            words.append("=?UTF-8?B?\(Data(part).base64EncodedString())?=")
            part = []
        }
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if part.count + bytes.count > limit() { close() }
            part += bytes
        }
        close()
        return words
    }

    /// Text between tags, or between the quotation marks of an attribute.
    static func html(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
