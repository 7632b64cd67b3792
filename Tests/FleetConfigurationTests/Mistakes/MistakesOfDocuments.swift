// Texts that are no YAML, or no YAML that a configuration may be written in.

extension Mistake {
    static let ofDocuments: [Mistake] = [
        Mistake(text: "", line: nil, key: nil, says: "empty"),
        Mistake(text: "# only a comment\n", line: nil, key: nil, says: "empty"),
        Mistake(text: "---\n", line: 2, key: nil, says: "says nothing"),
        Mistake(text: "- version: 1\n", line: 1, key: nil, says: "is a list"),
        Mistake(text: "just words\n", line: 1, key: nil, says: "single value"),
        .adding("---\nversion: 1", 14, "", "second document"),
        .adding("poll:\n\tpresence: 5s", 15, "", "tab"),
        .adding("poll: { presence: 5s", 15, "", "not valid YAML"),
        .adding("poll: { presence: \"5s }", 15, "", "not valid YAML"),
        .adding("poll: \u{1}", 14, "", "does not allow"),
        .adding("poll: *nowhere", 14, "", "anchor"),
        .adding("poll: !secret x", 14, "poll", "YAML tag"),
        .adding("log: {}\npoll: {}\nlog: {}", 16, "log", "second time"),
        .adding("poll:\n  presence: 5s\n  suspect: 1s\n  presence: 5s", 17, "poll.presence", "second time"),
        .adding("poll: { presence: 5s, suspect: 1s, \"presence\": 5s }", 14, "poll.presence", "second time"),
        .adding("detection: {}\nstore: &a {}\npoll: *a\nstore: {}", 17, "store", "second time"),
        .replacing("    client_id:", "    name: again\n    client_id:", 5, "tenants[0].name", "second time"),
        .adding("? [a, b]\n: x", 14, "", "key that is no text"),
        .adding("poll: &a { x: y }\n*a : x", 15, "", "key that is no text"),
        .adding("poll: &a { x: y }\n? [*a, *a]\n: x", 15, "", "key that is no text"),
        .adding("poll: &a x\n? { *a : 1, *a : 2 }\n: x", 15, "", "key that is no text"),
        .adding("<<: 5", 14, "<<", "alias of a section"),
        .adding(
            "rooms: \(String(repeating: "[", count: 200))\(String(repeating: "]", count: 200))", 14, "", "levels deep"),
        .adding("rooms: \(String(repeating: "[", count: 5000))", 14, "", "nest"),
        .adding("rooms: [\(String(repeating: "1,", count: 100_001))]", 14, "", "100000 values"),
        Mistake(text: String(repeating: "#", count: 1024 * 1024 + 1), line: nil, key: nil, says: "larger than"),
        .adding(bomb, 14, "", "100000 values"),
        .adding(bomb + "\n? *i\n: x", 23, "", "key that is no text"),
    ]

    /// "Billion laughs": nine levels of nine aliases each.
    private static let bomb: String = {
        let names = Array("abcdefghi")
        var lines = ["rooms: &a [x,x,x,x,x,x,x,x,x]"]
        for (name, previous) in zip(names.dropFirst(), names) {
            lines.append("x\(name): &\(name) [\(Array(repeating: "*\(previous)", count: 9).joined(separator: ","))]")
        }
        return lines.joined(separator: "\n")
    }()
}
