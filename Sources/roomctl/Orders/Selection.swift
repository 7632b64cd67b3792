// Which rooms a command is about, as people type them: names and mail addresses, or labels as in silences. The two are
// never mixed, because nobody could say whether "and" or "or" was meant.

import ArgumentParser
import FleetAPI

enum Selection: Sendable, Hashable {
    case rooms([String])
    case matchers([String])

    init(_ selectors: [String]) throws {
        let matchers = selectors.filter { $0.firstMatch(of: /^[a-z_]+ *(=~|!~|!=|=)/) != nil }
        guard matchers.isEmpty || matchers.count == selectors.count else {
            let room = selectors.first { !matchers.contains($0) } ?? ""
            throw ValidationError(
                "Give rooms or labels, not both: '\(room.harmless)' is no label such as building=B2. "
                    + "One room as a label is 'room=\"Room 17\"'.")
        }
        self = matchers.isEmpty ? .rooms(selectors) : .matchers(matchers)
    }

    var rooms: [String]? { if case .rooms(let rooms) = self { rooms } else { nil } }
    var matchers: [String]? { if case .matchers(let matchers) = self { matchers } else { nil } }
}
