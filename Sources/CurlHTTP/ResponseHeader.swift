// The header of an answer, from the lines libcurl delivers. They come for every block of the exchange: interim answers
// (1xx) before the final one, and trailers after the body; only the final block counts.

import HTTPTypes

/// Collects the header fields of the final answer.
struct ResponseHeader {
    /// Bound on all header lines of one exchange together, interim answers and trailers included.
    static let maximumBytes = 256 * 1024

    private(set) var fields: HTTPFields = [:]
    private var receivedBytes = 0
    private var blockIsOpen = false
    /// Whether the latest block has ended with its empty line. libcurl takes the end of a connection in the middle of a
    /// header for the end of the header, and reports success.
    private(set) var isComplete = false

    /// Takes one line as libcurl delivers it, line end included.
    ///
    /// - Returns: `false` when the header has become too large.
    mutating func receive(_ line: UnsafeRawBufferPointer) -> Bool {
        receivedBytes += line.count
        guard receivedBytes <= Self.maximumBytes else { return false }
        var line = line[...]
        while let last = line.last, last == 0x0A || last == 0x0D { line = line.dropLast() }
        if line.starts(with: "HTTP/".utf8), !blockIsOpen {
            fields = [:]
            blockIsOpen = true
            isComplete = false
        } else if line.isEmpty {
            blockIsOpen = false
            isComplete = true
        } else if blockIsOpen {
            append(line)
        }
        return true
    }

    private mutating func append(_ line: Slice<UnsafeRawBufferPointer>) {
        if line.first == 0x20 || line.first == 0x09 {
            // obs-fold of RFC 9112, section 5.2: the line continues the value before it, after one space.
            guard let last = fields.last else { return }
            let value = Array(last.value.utf8) + [0x20] + Self.trimmed(line)
            fields[fields.endIndex - 1] = HTTPField(name: last.name, value: value)
            return
        }
        guard
            let colon = line.firstIndex(of: 0x3A),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else { return }
        fields.append(HTTPField(name: name, value: Self.trimmed(line[(colon + 1)...])))
    }

    /// Without the optional white space around a field value (RFC 9110, section 5.5).
    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
        return Array(bytes)
    }
}
