// A maintainer must see that the room of the incident is the room of the log line, and must not learn its name. So each
// name has one stand-in within a bundle, whatever place it stands in.

import Foundation

/// Stand-ins for names, `room-1` for the first room that is met.
struct Pseudonyms {
    enum Kind: String {
        case tenant, building, floor, room, mail, id, receiver, person, host, address, word, name
    }

    /// Names of more words than this are not looked for within texts.
    static let mostWords = 8

    private var standIns: [String: String] = [:]
    private var counts: [Kind: Int] = [:]

    /// How many there are of each kind.
    var tally: [(kind: Kind, count: Int)] {
        counts.map { ($0.key, $0.value) }.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    private static func key(_ name: String) -> String {
        name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    }

    /// The stand-in of a name, made when it is met for the first time.
    mutating func standIn(for name: String, _ kind: Kind) -> String {
        let key = Self.key(name)
        guard !key.isEmpty else { return "" }
        if let known = standIns[key] { return known }
        counts[kind, default: 0] += 1
        let made = "\(kind.rawValue)-\(counts[kind] ?? 0)"
        standIns[key] = made
        return made
    }

    /// The stand-in of a name that is known already.
    ///
    /// Names of one sign or of digits alone, a floor "3" say, are too common to be looked for in texts.
    func known(_ text: some StringProtocol) -> String? {
        let key = Self.key(String(text))
        guard key.count > 1, !key.allSatisfy(\.isNumber) else { return nil }
        return standIns[key]
    }
}
