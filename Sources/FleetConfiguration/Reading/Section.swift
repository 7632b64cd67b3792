// A mapping of the configuration. It says once which keys it knows, and everything else in it is an error that names
// the nearest of them; keys that look like a secret written into the file get an answer of their own.

/// A section with a fixed set of keys.
struct Section {
    let reading: Reading
    /// Dotted path; empty for the whole document.
    let key: String
    let line: Int
    private let entries: [DocumentEntry]

    init(reading: Reading, key: String, line: Int, entries: [DocumentEntry], known: [String]) {
        self.reading = reading
        self.key = key
        self.line = line
        self.entries = entries
        for entry in entries where !known.contains(entry.key) {
            refuseUnknown(entry, known: known)
        }
    }

    /// A value that is there and says something.
    subscript(name: String) -> Field? {
        guard let entry = entries.first(where: { $0.key == name }), !entry.value.isNull else { return nil }
        return Self.field(of: entry, in: key, reading: reading)
    }

    /// A value that must be there.
    func required(_ name: String, remedy: String) -> Field? {
        if let field = self[name] { return field }
        let line = entries.first { $0.key == name }?.line ?? line
        refuse(key: name, line: line, "is missing", remedy: remedy)
        return nil
    }

    /// Whether the key is written at all.
    func names(_ name: String) -> Bool { entries.contains { $0.key == name } }

    /// An error about the section as a whole.
    func refuse(_ problem: String, remedy: String) {
        reading.refuse(line: line, key: key, problem, remedy: remedy)
    }

    /// An error about a key of the section, which need not be written.
    func refuse(key name: String, line: Int? = nil, _ problem: String, remedy: String) {
        reading.refuse(line: line ?? self.line, key: Self.path(key, name), problem, remedy: remedy)
    }

    static func path(_ parent: String, _ name: String) -> String { parent.isEmpty ? name : "\(parent).\(name)" }

    static func field(of entry: DocumentEntry, in parent: String, reading: Reading) -> Field {
        // A list or section begins on the line after its key, but people look for the key.
        let line =
            switch entry.value.content {
            // An alias has the line of its anchor, further up.
            case .scalar: entry.value.isNull ? entry.line : max(entry.line, entry.value.line)
            case .sequence, .mapping: entry.line
            }
        return Field(reading: reading, key: path(parent, entry.key), line: line, node: entry.value)
    }

    /// Keys under which people write secrets into a configuration, and the key that names a file instead.
    private static let literalSecrets = [
        "client_secret": "client_secret_file", "secret": "secret_file", "password": "password_file",
        "routing_key": "routing_key_file", "integration_key": "routing_key_file", "token": "tokens_file",
        "tokens": "tokens_file", "private_key": "private_key_file", "api_key": "secret_file",
    ]

    private func refuseUnknown(_ entry: DocumentEntry, known: [String]) {
        let path = Self.path(key, String(entry.key.prefix(64)))
        if let fileKey = Self.literalSecrets[entry.key] {
            let named = known.contains(fileKey) ? fileKey : known.first { $0.hasSuffix("_file") } ?? fileKey
            reading.refuse(
                line: entry.line, key: path, "a secret must not stand in this file",
                remedy: "put it into a file of its own, readable by root only, and name that file with `\(named)`")
            return
        }
        reading.refuse(
            line: entry.line, key: path, "unknown key", remedy: NearestName.remedy(for: entry.key, among: known))
    }
}
