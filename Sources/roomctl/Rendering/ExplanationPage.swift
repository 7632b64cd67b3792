// The explanation of a room on a terminal: the answer as sentences, then what it rests on as tables.

import FleetAPI
import Foundation

extension Rendering {
    /// - Parameter width: sentences are broken there.
    func explanation(_ one: RoomExplanation, terminal: Terminal) -> String {
        let head = "\(Self.placed(one.room))  \(one.room.email)  \(one.tenant)".harmless
        var text = Terminal.styled(head, .bold, terminal.isColoured) + "\n\n"
        for sentence in one.answer { text += Self.wrapped(sentence.harmless, width: terminal.width) }
        for (title, table) in explained(one) where !table.rows.isEmpty {
            text += "\n" + Terminal.styled(title, .bold, terminal.isColoured) + "\n"
            text += table.text(width: terminal.width, isColoured: terminal.isColoured)
        }
        return text
    }

    private func explained(_ one: RoomExplanation) -> [(String, Table)] {
        var facts: [(String, Cell)] = [("phase", Cell(one.condition.phase))]
        for observation in one.observations {
            facts.append(
                (
                    observation.source,
                    Cell("\(observation.reading)\(observation.askedAt.map { ", asked \(said($0))" } ?? "")")
                ))
        }
        if let good = one.condition.lastGoodAt { facts.append(("last seen well", Cell(said(good)))) }
        facts.append(("speaks for it", Cell(one.standing.voice)))
        facts.append(("severity now", Cell("\(one.severity.now): \(one.severity.reasons.joined(separator: "; "))")))
        if one.flapping.penalty > 0 {
            let mark = one.flapping.isFlapping ? ", flapping" : ""
            facts.append(("flap penalty", Cell("\(one.flapping.penalty)\(mark)")))
        }
        return [
            ("State", Self.facts(facts)), ("Told", notifications(one.notifications)),
            ("Not told", suppressions(one.suppressions)),
            (
                "Quiet now",
                Table(
                    columns: [.init("rule", isFlexible: true), .init("why", isFlexible: true)],
                    rows: one.quiet.map { [Cell($0.rule), Cell($0.sentence)] })
            ),
            (
                "Last day",
                Table(
                    columns: [.init("at"), .init("condition"), .init("change"), .init("why", isFlexible: true)],
                    rows: one.transitions.suffix(Self.shownTransitions).map {
                        [Cell(clock($0.at)), Cell($0.condition), Cell("\($0.from) -> \($0.to)"), Cell($0.reason)]
                    })
            ),
        ]
    }

    private static let shownTransitions = 12

    /// One sentence a line for scripts, each field before its value.
    func plain(_ one: RoomExplanation) -> String {
        var rows = one.answer.map { [Cell("answer"), Cell($0)] }
        rows.append([Cell("phase"), Cell(one.condition.phase)])
        rows.append([Cell("severity"), Cell(one.severity.now)])
        if let incident = one.incident { rows.append([Cell("incident"), Cell(incident.id)]) }
        return Table(columns: [.init("what"), .init("value")], rows: rows).plain
    }

    /// Words up to a width, continued lines set in.
    static func wrapped(_ text: String, width: Int?) -> String {
        guard let width, width > 20 else { return text + "\n" }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.columns + 1 + String(word).columns > width {
                lines.append(line)
                line = "  " + word
            } else {
                line += line.isEmpty ? String(word) : " " + word
            }
        }
        return (lines + [line]).joined(separator: "\n") + "\n"
    }
}
