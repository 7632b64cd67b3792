// A value of the configuration together with its key and line, and the ways in which a value may be read. Every way
// either returns what was meant or leaves an error behind and returns `nil`.

/// One value, located.
struct Field {
    let reading: Reading
    /// Dotted path, `tenants[0].name`.
    let key: String
    /// Where an error about the value points.
    let line: Int
    let node: DocumentNode

    func refuse(_ problem: String, remedy: String) {
        reading.refuse(line: line, key: key, problem, remedy: remedy)
    }

    /// For what is understood and stored, but without effect so far.
    func noteWithoutEffect() {
        reading.note(line: line, key: key, "accepted but not acted on in this version")
    }

    /// A single line of text without blanks around it.
    func text(maximum: Int = 1024) -> String? {
        guard case .scalar(let text, _) = node.content else {
            refuse("is \(node.kind)", remedy: "write a single value")
            return nil
        }
        guard !text.isEmpty else {
            refuse("is empty", remedy: "give a value or remove the key")
            return nil
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }),
            text.first != " ", text.last != " "
        else {
            refuse("has line breaks, control characters or blanks around it", remedy: "write it on one line")
            return nil
        }
        guard text.utf8.count <= maximum else {
            refuse("is longer than \(maximum) bytes", remedy: "shorten it")
            return nil
        }
        return text
    }

    /// Text that may also be left empty, which means the same as leaving the key out.
    func optionalText() -> String? {
        if case .scalar("", _) = node.content { return nil }
        return text()
    }

    /// One of a few words.
    func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> Word? where Word.RawValue == String {
        guard let text = text() else { return nil }
        if let word = Word(rawValue: text) { return word }
        refuse(
            "\(text.quoted) is unknown", remedy: NearestName.remedy(for: text, among: Word.allCases.map(\.rawValue)))
        return nil
    }

    func boolean() -> Bool? {
        guard case .scalar(let text, let isPlain) = node.content, isPlain else {
            refuse("is not true or false", remedy: "write true or false, without quotes")
            return nil
        }
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default:
            let meant = ["yes", "on", "y", "1"].contains(text.lowercased()) ? "true" : "true or false"
            let said = ["no", "off", "n", "0"].contains(text.lowercased()) ? "false" : meant
            refuse("\(text.quoted) is not true or false", remedy: "write \(said)")
            return nil
        }
    }

    func integer(in range: ClosedRange<Int>) -> Int? {
        guard case .scalar(let text, let isPlain) = node.content, isPlain, text.count <= 9,
            text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text)
        else {
            refuse(
                "is not a whole number",
                remedy: "write a number from \(range.lowerBound) to \(range.upperBound), without quotes or unit")
            return nil
        }
        guard range.contains(number) else {
            refuse("\(number) is out of range", remedy: "choose \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// A decimal fraction from 0 to 1.
    func share() -> Double? {
        guard case .scalar(let text, let isPlain) = node.content, isPlain, text.count <= 20,
            text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(text),
            (0...1).contains(number)
        else {
            refuse("is not a number from 0 to 1", remedy: "write a fraction such as 0.5, without quotes or percent")
            return nil
        }
        return number
    }

    func duration(in range: ClosedRange<Duration>) -> Duration? {
        guard let text = text() else { return nil }
        guard let duration = DurationText.parse(text) else {
            if Double(text) != nil {
                refuse("\(text.quoted) has no unit", remedy: "write a unit: 500ms, 5s, 10m, 24h or 90d")
            } else {
                refuse(
                    "\(text.quoted) is no duration",
                    remedy: "write one whole number and a unit: 500ms, 5s, 10m, 24h or 90d"
                )
            }
            return nil
        }
        guard range.contains(duration) else {
            let bounds = "\(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
            refuse("\(text.quoted) is out of range", remedy: "choose \(bounds)")
            return nil
        }
        return duration
    }

    /// The items of a list.
    ///
    /// - Parameter maximum: refuses longer lists; the rest of the daemon takes short ones for granted.
    func list(maximum: Int = .max) -> [Field]? {
        guard case .sequence(let items) = node.content else {
            refuse("is \(node.kind), not a list", remedy: "write a list: [a, b], or lines that begin with a dash")
            return nil
        }
        guard items.count <= maximum else {
            refuse("has \(items.count) entries", remedy: "keep to \(maximum)")
            return nil
        }
        return items.enumerated().map { index, item in
            Field(reading: reading, key: "\(key)[\(index)]", line: item.line, node: item)
        }
    }

    /// The items of a list; a single value stands for a list of one.
    func listOrSingle() -> [Field]? {
        if case .scalar = node.content { return [self] }
        return list()
    }

    /// The texts of a list, those that can be read.
    func texts(maximum: Int = 256) -> [String] {
        (list() ?? []).compactMap { $0.text(maximum: maximum) }
    }

    /// The entries of a section whose keys are free, such as the names of buildings.
    func namedEntries() -> [(name: String, field: Field)]? {
        guard case .mapping(let entries) = node.content else {
            refuse("is \(node.kind), not a section", remedy: "write keys and values: name: {…}")
            return nil
        }
        return entries.map { ($0.key, Section.field(of: $0, in: key, reading: reading)) }
    }

    /// A section that may hold `keys` and nothing else.
    func section(_ keys: [String]) -> Section? {
        guard case .mapping(let entries) = node.content else {
            refuse(
                "is \(node.kind), not a section",
                remedy: "write keys and values; it knows \(keys.joined(separator: ", "))")
            return nil
        }
        return Section(reading: reading, key: key, line: line, entries: entries, known: keys)
    }
}
