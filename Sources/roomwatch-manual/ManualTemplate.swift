// A page with holes: a line `@options@` stands for what is known elsewhere.

/// The prose of a page.
struct ManualTemplate {
    let text: String

    /// The page with every hole filled.
    ///
    /// - Throws: ``ManualError`` for a hole that nobody fills; a page must not go out with one.
    func filled(with parts: [String: [String]]) throws(ManualError) -> String {
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            guard line.hasPrefix("@"), line.hasSuffix("@"), line.count > 2 else {
                lines.append(String(line))
                continue
            }
            let name = String(line.dropFirst().dropLast())
            guard let part = parts[name] else { throw ManualError("nothing is known about @\(name)@") }
            lines += part
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Words of people as lines of mdoc(7).
enum Roff {
    /// Running text: nothing in it is taken for a request, and what stands in backquotes is set in bold.
    static func prose(_ text: String) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: true) {
            if !lines.isEmpty { lines.append(".Pp") }
            var bold = false
            let marked = escaped(String(paragraph)).reduce(into: "") { line, character in
                guard character == "`" else { return line.append(character) }
                bold.toggle()
                line += bold ? "\\fB" : "\\fR"
            }
            lines += sentences(bold ? marked + "\\fR" : marked)
        }
        return lines
    }

    /// One sentence a line: mdoc(7) sets the space between sentences itself.
    private static func sentences(_ text: String) -> [String] {
        text.replacing(/([.!?]\)?) +(?=[A-Z\\(])/) { "\($0.output.1)\n" }.split(separator: "\n").map(String.init)
    }

    /// A line that is shown as it is.
    static func literal(_ line: String) -> String { escaped(line) }

    private static func escaped(_ line: String) -> String {
        // A hyphen of prose may become a dash of typography; that of an option must not.
        let plain = line.replacing("\\", with: "\\e").replacing("--", with: "\\-\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
