// From bytes of a file to the tree. Yams does the parsing; what it reports is turned into errors with the line that the
// operator has to look at, and two of its costs are headed off: it hashes whole keys, so an alias inside a key could
// take exponential time, and it says of equal keys only where the first one stands.

import Yams

/// The reading of YAML text as far as it is independent of what the text is about.
enum Composition {
    /// The root of the only document in `text`.
    static func document(_ text: String) throws(DocumentFault) -> DocumentNode {
        guard text.utf8.count <= DocumentLimit.bytes else {
            throw DocumentFault(
                problem: "larger than \(DocumentLimit.bytes) bytes", remedy: "is this really the configuration file?")
        }
        let text = normalised(text)
        try refuseAliasesInKeys(of: text)
        let root: Node?
        do {
            root = try parsed(text)
        } catch {
            throw fault(of: error, in: text)
        }
        guard let root else {
            throw DocumentFault(problem: "the file is empty", remedy: "start from the example that is shipped")
        }
        var builder = DocumentBuilder()
        return try builder.build(root)
    }

    /// One parse. The encoding is said, because Yams would otherwise ask the environment for it.
    static func parsed(_ text: String) throws -> Node? { try compose(yaml: text, .default, .default, .utf8) }

    /// Without a byte order mark, and with one kind of line end; YAML does not tell them apart either.
    private static func normalised(_ text: String) -> String {
        var scalars = text.unicodeScalars
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        // To Swift, "\r\n" is one character, so a whole-text search for "\n" would not find it.
        return String(String(scalars).map { $0 == "\r\n" ? "\n" : $0 })
    }

    /// Reads the text once with every alias turned into a plain word, which makes keys cheap to look at.
    private static func refuseAliasesInKeys(of text: String) throws(DocumentFault) {
        var bytes = Array(text.utf8)
        var found = false
        for index in bytes.indices.dropLast() where bytes[index] == UInt8(ascii: "*") {
            let next = bytes[index + 1]
            guard isAnchorByte(next) else { continue }
            bytes[index] = UInt8(ascii: "~")
            found = true
        }
        guard found else { return }
        let plain = String(decoding: bytes, as: UTF8.self)
        let root: Node?
        do {
            root = try parsed(plain)
        } catch YamlError.duplicatedKeysInMapping(let names, let context) where names.contains(where: isAliasLike) {
            throw complexKey(context.mark.line)
        } catch {
            throw fault(of: error, in: plain)
        }
        if let root, let line = lineOfComplexKey(root, 1, 0) { throw complexKey(line) }
    }

    private static func complexKey(_ line: Int) -> DocumentFault {
        DocumentFault(line: line, problem: "a key that is no text", remedy: "write keys as plain words, not as aliases")
    }

    private static func isAliasLike(_ key: String) -> Bool {
        key.hasPrefix("~") && key.utf8.dropFirst().first.map(isAnchorByte) ?? false
    }

    private static func isAnchorByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func lineOfComplexKey(_ node: Node, _ line: Int, _ depth: Int) -> Int? {
        let line = node.mark?.line ?? line
        guard depth <= DocumentLimit.depth else { return nil }
        switch node {
        case .scalar, .alias: return nil
        case .sequence(let items):
            for item in items {
                if let found = lineOfComplexKey(item, line, depth + 1) { return found }
            }
        case .mapping(let pairs):
            for (key, value) in pairs {
                guard case .scalar(let scalar) = key, scalar.style != .plain || !isAliasLike(scalar.string) else {
                    return key.mark?.line ?? line
                }
                if let found = lineOfComplexKey(value, line, depth + 1) { return found }
            }
        }
        return nil
    }
}
