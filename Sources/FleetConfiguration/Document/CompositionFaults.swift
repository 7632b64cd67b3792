// What the YAML parser says, in the operator's words. The texts of libyaml ("did not find expected key") are kept,
// because they can be searched for, and each gets the remedy for the mistake that people really make.

import Yams

extension Composition {
    /// The fault behind an error of Yams.
    static func fault(of error: any Error, in text: String) -> DocumentFault {
        guard let error = error as? YamlError else {
            return DocumentFault(problem: "cannot be read as YAML", remedy: "check the file with a YAML linter")
        }
        switch error {
        case .reader(let problem, let offset, _, _):
            let line = offset.map { text.utf8.prefix($0).count { $0 == UInt8(ascii: "\n") } + 1 }
            return DocumentFault(
                line: line, problem: "a character that YAML does not allow (\(problem))",
                remedy: "remove it; an editor that shows control characters will find it")
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            if let line = lineOfTab(in: text, near: mark.line) {
                return DocumentFault(
                    line: line, problem: "a tab in the indentation", remedy: "YAML is indented with spaces only")
            }
            return DocumentFault(
                line: mark.line, problem: "not valid YAML: \(problem)",
                remedy: "check the indentation, brackets and quotes of this line and the one before")
        case .composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                return DocumentFault(
                    line: mark.line, problem: "a second document begins here",
                    remedy: "keep one document; remove the line ---")
            }
            return DocumentFault(
                line: mark.line, problem: "not valid YAML: \(problem)",
                remedy: "define the anchor (&name) above the alias (*name)")
        case .duplicatedKeysInMapping(let names, let context):
            return duplicateFault(names.first ?? "", first: context.mark, in: text)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return DocumentFault(problem: "cannot be read as YAML", remedy: "check the file with a YAML linter")
        }
    }

    /// The line at or just before an error whose indentation holds a tab.
    private static func lineOfTab(in text: String, near line: Int) -> Int? {
        let lines = text.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
        return [line, line - 1].first { number in
            guard number >= 1, number <= lines.count else { return false }
            return lines[number - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
        }
    }

    /// Finds the second of two equal keys: a candidate is renamed and the text read again; when that was the key, the
    /// text now reads well and the tree says the whole path of the renamed one.
    private static func duplicateFault(_ name: String, first: Mark, in text: String) -> DocumentFault {
        let fallback = DocumentFault(
            line: first.line, key: name, problem: "the key stands twice in the same section; this is the first",
            remedy: "remove one of the two")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
        guard !name.isEmpty, first.line <= lines.count else { return fallback }
        var attempts = 0
        for candidate in places(of: Array(name), in: lines, after: first) {
            attempts += 1
            guard attempts <= DocumentLimit.duplicateAttempts else { break }
            var changed = lines
            changed[candidate.line].replaceSubrange(
                candidate.range, with: "\"\(name)\\x7Fduplicate\"")
            let renamed = changed.map { String($0) }.joined(separator: "\n")
            guard let root = try? parsed(renamed) else { continue }
            var builder = DocumentBuilder()
            builder.expandsMerges = false
            do {
                _ = try builder.build(root)
            } catch {
                return error
            }
        }
        return fallback
    }

    private struct Place {
        var line: Int
        var range: Range<Int>
    }

    /// Where the key may stand again: first the places in the same column, then the others.
    private static func places(of name: [Character], in lines: [[Character]], after first: Mark) -> [Place] {
        var aligned: [Place] = []
        var others: [Place] = []
        for (index, line) in lines.enumerated().dropFirst(first.line - 1) {
            var start = index == first.line - 1 ? first.column : 0
            while start + name.count <= line.count {
                defer { start += 1 }
                guard line[start] == name[0], Array(line[start..<start + name.count]) == name else { continue }
                var range = start..<start + name.count
                if start > 0, let quote = range.upperBound < line.count ? line[range.upperBound] : nil,
                    quote == "\"" || quote == "'", line[start - 1] == quote
                {
                    range = start - 1..<range.upperBound + 1
                }
                let before = range.lowerBound == 0 ? " " : line[range.lowerBound - 1]
                let rest = line[range.upperBound...].drop { $0 == " " }
                guard " {,\t".contains(before), rest.first == ":" else { continue }
                let place = Place(line: index, range: range)
                if range.lowerBound == first.column - 1 { aligned.append(place) } else { others.append(place) }
                if aligned.count + others.count >= 4 * DocumentLimit.duplicateAttempts { return aligned + others }
            }
        }
        return aligned + others
    }
}
