// Names of rooms, answers of servers and paths all end up in lines that people and programs trust to be lines. The
// rules that keep foreign text inside its line, and of a known size, live here once.

import Glibc

extension Unicode.Scalar {
    /// Whether a terminal, a pager or systemd would take this scalar as a command or as the end of the line.
    var endsLine: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Whether this scalar makes a terminal show the text around it in another order than it was written.
    var reordersText: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension String {
    /// At most `limit` bytes of UTF-8, cut between two scalars; `…` marks the cut and counts.
    func bounded(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let mark = "…"
        let room = max(0, limit - mark.utf8.count)
        var size = 0
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            size += UTF8.width(scalar)
            if size > room { break }
            kept.append(scalar)
        }
        return String(kept) + mark
    }

    /// The text with every character escaped that could end its line, drive a terminal or reorder what is shown.
    ///
    /// The backslash is escaped as well, so that an escape is never mistaken for text and text never for an escape.
    var escapedForLine: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) { return self }
        var line = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\\": line += "\\\\"
            case _ where scalar.endsLine || scalar.reordersText:
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}

/// The C library's words for an error number, as people search for them.
func errorText(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
