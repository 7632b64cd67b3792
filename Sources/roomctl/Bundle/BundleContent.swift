// The files of a bundle before they are written anywhere, and the list that lets people read them before they send them.

import Foundation

/// What is in a bundle and what could not be had.
struct BundleContent {
    struct File {
        var name: String
        /// What it is, for the list.
        var about: String
        var text: String
    }

    /// A file is cut at this, in bytes.
    static let mostBytes = 8 << 20

    private(set) var files: [File] = []
    private(set) var missing: [(name: String, reason: String)] = []

    mutating func add(_ name: String, _ about: String, _ text: String) {
        var kept = text
        if kept.utf8.count > Self.mostBytes {
            kept = String(decoding: kept.utf8.suffix(Self.mostBytes), as: UTF8.self)
            kept = "(cut; this is the end)\n" + kept
        }
        files.append(File(name: name, about: about, text: kept))
    }

    mutating func leaveOut(_ name: String, because reason: String) { missing.append((name, reason)) }

    /// The list, which is itself the first file.
    func manifest(tally: [(kind: Pseudonyms.Kind, count: Int)], made: String, version: String) -> String {
        var lines = [
            "Support bundle of roomctl \(version), made \(made).",
            "",
            "Read it before you send it; roomctl sends nothing anywhere. Names of rooms, places, people, tenants, receivers",
            "and machines, mail addresses, ids and addresses have stand-ins such as room-1, the same one wherever the name",
            "stood. Words that the programs do not use themselves are stood in for as well, secrets are never read, and what",
            "people wrote is masked.",
            "", "Files",
        ]
        let width = (files.map(\.name.count).max() ?? 0) + 2
        for file in files {
            let name = file.name.padding(toLength: width, withPad: " ", startingAt: 0)
            lines.append("  \(name)\(file.about) (\(file.text.utf8.count) bytes)")
        }
        if !missing.isEmpty {
            lines += ["", "Not in it"]
            for one in missing {
                lines.append("  \(one.name.padding(toLength: width, withPad: " ", startingAt: 0))\(one.reason)")
            }
        }
        lines += ["", "Stand-ins"]
        lines += tally.isEmpty ? ["  none"] : tally.map { "  \($0.kind.rawValue): \($0.count)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
