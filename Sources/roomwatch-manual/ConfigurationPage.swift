// The example configuration explains every key in prose above it. Here the prose becomes the section of the key, and the
// key with its example the display under it; so the page and the example are one text.

/// The keys of roomwatch.yaml(5).
enum ConfigurationPage {
    /// A top-level key with what is said about it.
    struct Section: Equatable {
        var name: String
        /// One paragraph each.
        var prose: [String]
        var example: [String]
    }

    static func keys(of text: String) -> [String] {
        sections(of: text).flatMap { section in
            [".Ss \(section.name)"] + Roff.prose(section.prose.joined(separator: "\n"))
                + [".Bd -literal -offset indent"] + section.example.map(Roff.literal) + [".Ed"]
        }
    }

    /// One section for each key at the margin, whether it is in force or, commented out, an example. What stands before
    /// the first is about the file as a whole and left to the page.
    static func sections(of text: String) -> [Section] {
        var sections: [Section] = []
        var comment: [Substring] = []
        var wasBlank = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            defer { wasBlank = line.isEmpty }
            if line.isEmpty {
                // A comment that no key follows was about the file.
                comment = []
                if !sections.isEmpty { sections[sections.count - 1].example.append("") }
            } else if let key = key(of: line), !comment.isEmpty || !line.hasPrefix("#") {
                sections.append(Section(name: key, prose: paragraphs(comment), example: [example(line)]))
                comment = []
            } else if line.hasPrefix("#"), wasBlank || !comment.isEmpty {
                comment.append(line.dropFirst())
            } else if !sections.isEmpty {
                sections[sections.count - 1].example.append(example(line))
            }
        }
        for index in sections.indices {
            while sections[index].example.last?.isEmpty ?? false { sections[index].example.removeLast() }
        }
        return sections
    }

    /// `store` of `store: {…}` or `# store: {…}`.
    private static func key(of line: Substring) -> String? {
        let rest = line.hasPrefix("# ") ? line.dropFirst(2) : line
        let name = rest.prefix { $0.isASCII && ($0.isLowercase || $0 == "_") }
        guard !name.isEmpty, rest.dropFirst(name.count).first == ":" else { return nil }
        // Prose may hold a word and a colon too; a key that is commented out is followed by its value alone.
        if line.hasPrefix("#"), rest.dropFirst(name.count + 2).contains(where: { $0 == "`" }) { return nil }
        return String(name)
    }

    private static func example(_ line: Substring) -> String {
        key(of: line) != nil && line.hasPrefix("# ") ? String(line.dropFirst(2)) : String(line)
    }

    private static func paragraphs(_ comment: [Substring]) -> [String] {
        var found = [""]
        for line in comment {
            let words = line.drop { $0 == " " }
            if words.isEmpty {
                found.append("")
            } else {
                found[found.count - 1] += (found[found.count - 1].isEmpty ? "" : " ") + words
            }
        }
        return found.filter { !$0.isEmpty }
    }
}
