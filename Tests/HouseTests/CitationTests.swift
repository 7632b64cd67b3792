// Comments give the source of a rule as "(Detection, rule 5)". A reader must be able to follow it, so every article and
// heading that is cited stands in the repository.

import Foundation
import Testing

struct CitationTests {
    /// The articles that comments may cite, and the files in which they stand.
    static let articles = [
        "Commands": "Sources/FleetCore/FleetCore.docc/Commands.md",
        "Contract": "Sources/FleetAPI/FleetAPI.docc/Contract.md",
        "Design": "Sources/RoomwatchDaemon/RoomwatchDaemon.docc/Design.md",
        "Detection": "Sources/FleetCore/FleetCore.docc/Detection.md",
        "Graph facts": "Sources/GraphClient/GraphClient.docc/Graph.md",
        "Telling": "Sources/FleetCore/FleetCore.docc/Telling.md",
    ]

    @Test func everyCitationLeadsToAHeading() throws {
        var places: [String: Set<String>] = [:]
        for (article, path) in Self.articles { places[article] = try Self.places(in: path) }
        var lost: [String] = []
        var count = 0
        for file in try SourceTree.files() + SourceTree.files(in: "Tests") {
            for citation in Self.citations(in: Self.comments(of: file)) {
                count += 1
                guard let known = places[citation.article], known.contains(citation.place) else {
                    lost.append("\(file.path): (\(citation.article), \(citation.place))")
                    continue
                }
            }
        }
        #expect(lost == [])
        #expect(count > 50, "the citations are not found any more")
    }

    @Test func citationsAreRecognised() {
        let text = "Waits (Telling, Grouping). Late (Detection, rule 5: see there), (Detection, What Graph can tell)."
        #expect(
            Self.citations(in: text).map { "\($0.article)/\($0.place)" } == [
                "Telling/Grouping", "Detection/rule 5", "Detection/What Graph can tell",
            ])
    }

    struct Citation {
        var article: String
        var place: String
    }

    static func citations(in text: String) -> [Citation] {
        text.matches(of: /\((Commands|Contract|Design|Detection|Graph facts|Telling), ([^():;,]+)/).flatMap { match in
            match.output.2.components(separatedBy: " and ").map {
                Citation(article: String(match.output.1), place: $0.trimmingCharacters(in: .whitespaces))
            }
        }
    }

    /// The headings of an article and the numbers of its rules.
    static func places(in path: String) throws -> Set<String> {
        let text = try String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
        var places: Set<String> = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("## ") { places.insert(String(line.dropFirst(3))) }
            if let rule = line.prefixMatch(of: /(\d+)\. \*\*/) { places.insert("rule \(rule.output.1)") }
        }
        return places
    }

    /// The comments of a file with their line breaks taken out, so that a citation may run over two lines.
    static func comments(of file: SourceFile) -> String {
        file.lines.map { line in
            let bare = line.drop { $0 == " " }
            return bare.hasPrefix("//") ? String(bare.drop { $0 == "/" }.dropFirst()) : ""
        }.joined(separator: " ")
    }
}
