// Reads the sources of the package as text, so that the rules of the house can be checked without building any of it.

import Foundation
import Testing

/// One Swift file of the package.
struct SourceFile: Sendable {
    /// The target, which is the folder under `Sources`.
    var target: String
    /// The path from the package's folder, `Sources/FleetCore/Words/Names.swift`.
    var path: String
    var lines: [String]

    /// A line of code with its number from 1; what follows `//` and what stands between quotes is left out, so that a
    /// rule is never broken by a sentence about it.
    var code: [(number: Int, text: String)] {
        var isInText = false
        return lines.enumerated().map { offset, line in
            if line.components(separatedBy: "\"\"\"").count.isMultiple(of: 2) {
                isInText.toggle()
                return (offset + 1, "")
            }
            return (offset + 1, isInText ? "" : Self.bare(line))
        }
    }

    private static func bare(_ line: String) -> String {
        var bare = ""
        var isQuoted = false
        var isEscaped = false
        var previous: Character?
        for character in line {
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isQuoted = false
                }
            } else if character == "\"" {
                isQuoted = true
            } else if character == "/", previous == "/" {
                bare.removeLast()
                break
            } else {
                bare.append(character)
            }
            previous = character
        }
        return bare
    }

    /// The modules that the file imports.
    var imports: [Import] { code.compactMap { Import($0.text) } }
}

/// One import declaration: `public import struct Foundation.Date` names the module Foundation and its value Date.
struct Import: Hashable {
    var module: String
    /// What is imported of it; `nil` when all of it is.
    var symbol: String?

    init?(_ line: String) {
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first, first.hasPrefix("@") || Self.visibilities.contains(first) { words.removeFirst() }
        guard words.first == "import", words.count >= 2 else { return nil }
        words.removeFirst()
        if Self.kinds.contains(words[0]) { words.removeFirst() }
        let parts = words[0].split(separator: ".", maxSplits: 1).map(String.init)
        module = parts[0]
        symbol = parts.count == 2 ? parts[1] : nil
    }

    private static let visibilities: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<String> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
    ]
}

enum SourceTree {
    /// The folder of the package, found from this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Unreadable: Error { var path: String }

    /// Every Swift file under a folder of the package; its target is the folder below.
    static func files(in folder: String = "Sources") throws -> [SourceFile] {
        let sources = root.appending(path: folder).path
        guard let paths = FileManager.default.enumerator(atPath: sources) else { throw Unreadable(path: sources) }
        var files: [SourceFile] = []
        while let path = paths.nextObject() as? String {
            guard path.hasSuffix(".swift"), let target = path.split(separator: "/").first else { continue }
            let text = try String(contentsOfFile: "\(sources)/\(path)", encoding: .utf8)
            files.append(
                SourceFile(
                    target: String(target), path: "\(folder)/\(path)", lines: text.components(separatedBy: "\n")))
        }
        return files.sorted { $0.path < $1.path }
    }
}
