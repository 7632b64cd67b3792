// Turns Yams' nodes into our tree: aliases and merge keys (`<<`) are written out under a budget, and everything that
// has no meaning in a configuration (keys that are no text, tags, endless depth) is refused with its line.

import Yams

/// Builds the tree of one document.
struct DocumentBuilder {
    /// Ends the key that stands in for the second of two equal keys (see ``Composition``); libyaml refuses the control
    /// character in a file, so no key ends like this by chance.
    static let duplicateMark = "\u{7F}duplicate"

    /// Off while only the place of a duplicate is sought in a text whose aliases were made plain words.
    var expandsMerges = true
    private var nodes = 0

    /// The tree of a composed document.
    mutating func build(_ node: Node, path: String = "", line: Int = 1, depth: Int = 0) throws(DocumentFault)
        -> DocumentNode
    {
        let line = node.mark?.line ?? line
        nodes += 1
        guard nodes <= DocumentLimit.nodes else {
            throw DocumentFault(
                line: line, key: nil,
                problem: "more than \(DocumentLimit.nodes) values once its aliases are written out",
                remedy: "use fewer aliases (*name) inside one another")
        }
        guard depth <= DocumentLimit.depth else {
            throw DocumentFault(
                line: line, key: nil, problem: "nested more than \(DocumentLimit.depth) levels deep",
                remedy: "no part of the configuration needs that; check the brackets and the indentation")
        }
        switch node {
        case .scalar(let scalar):
            try refuseTag(scalar.tag, allowed: "tag:yaml.org,2002:str", line: line, path: path)
            let isPlain = scalar.style == .plain && scalar.tag.description.isEmpty
            return DocumentNode(line: line, content: .scalar(scalar.string, isPlain: isPlain))
        case .sequence(let sequence):
            try refuseTag(sequence.tag, allowed: "tag:yaml.org,2002:seq", line: line, path: path)
            var items: [DocumentNode] = []
            for (index, item) in sequence.enumerated() {
                items.append(try build(item, path: "\(path)[\(index)]", line: line, depth: depth + 1))
            }
            return DocumentNode(line: line, content: .sequence(items))
        case .mapping(let mapping):
            try refuseTag(mapping.tag, allowed: "tag:yaml.org,2002:map", line: line, path: path)
            return DocumentNode(line: line, content: .mapping(try entries(of: mapping, path, line, depth)))
        case .alias:
            // Yams writes aliases out while composing; this case only exists for documents that are to be emitted.
            throw DocumentFault(
                line: line, key: path, problem: "an alias that points nowhere", remedy: "write the value out")
        }
    }

    private mutating func entries(of mapping: Node.Mapping, _ path: String, _ line: Int, _ depth: Int)
        throws(DocumentFault) -> [DocumentEntry]
    {
        var own: [DocumentEntry] = []
        var merged: [DocumentEntry] = []
        for (keyNode, valueNode) in mapping {
            let keyLine = keyNode.mark?.line ?? line
            guard case .scalar(let scalar) = keyNode else {
                throw DocumentFault(
                    line: keyLine, key: path, problem: "a key that is no text", remedy: "write keys as plain words")
            }
            let key = scalar.string
            if key.hasSuffix(Self.duplicateMark) {
                let name = String(key.dropLast(Self.duplicateMark.count))
                throw DocumentFault(
                    line: keyLine, key: joined(path, name), problem: "the key stands here a second time",
                    remedy: "remove one of the two")
            }
            let value = try build(valueNode, path: joined(path, key), line: keyLine, depth: depth + 1)
            if key == "<<", scalar.style == .plain {
                if expandsMerges { merged += try entries(mergedFrom: value, path, keyLine) }
            } else {
                own.append(DocumentEntry(key: key, line: keyLine, value: value))
            }
        }
        // The YAML merge key: keys of the mapping itself win, then the earlier of the merged mappings.
        var keys = Set(own.map(\.key))
        for entry in merged where keys.insert(entry.key).inserted { own.append(entry) }
        return own
    }

    private func entries(mergedFrom value: DocumentNode, _ path: String, _ line: Int) throws(DocumentFault)
        -> [DocumentEntry]
    {
        switch value.content {
        case .mapping(let entries): return entries
        case .sequence(let items):
            var all: [DocumentEntry] = []
            for item in items { all += try entries(mergedFrom: item, path, line) }
            return all
        case .scalar:
            throw DocumentFault(
                line: line, key: joined(path, "<<"), problem: "a merge key that names no section",
                remedy: "give it an alias of a section: <<: *name")
        }
    }

    private func refuseTag(_ tag: Tag, allowed: String, line: Int, path: String) throws(DocumentFault) {
        let name = tag.description
        guard name.isEmpty || name == allowed || name == "!" else {
            throw DocumentFault(
                line: line, key: path.isEmpty ? nil : path, problem: "a YAML tag, which has no meaning here",
                remedy: "remove the word that begins with an exclamation mark")
        }
    }

    private func joined(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
