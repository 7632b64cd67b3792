// The state machine as a table that a person can read against the article Detection. Each row is one step under the
// shipped rule for presence: three bad answers over ten seconds, two good ones over thirty.
//
// A state is written as phase(count, age): the streak so far, and how many seconds ago it began, before the step.

import FleetCore
import Testing
import Timekeeping

struct TransitionTableTests {
    /// state before | signal | state after
    static let steps = """
        clear                | good    | clear
        clear                | unknown | clear
        clear                | bad     | pending(1, 0)
        pending(1, 5)        | good    | clear
        pending(1, 5)        | unknown | pending(1, 5)
        pending(1, 5)        | bad     | pending(2, 5)
        pending(1, 600)      | bad     | pending(2, 600)
        pending(2, 9.999)    | bad     | pending(3, 9.999)
        pending(2, 10)       | bad     | firing
        pending(2, 10)       | unknown | pending(2, 10)
        pending(2, 10)       | good    | clear
        pending(7, 9.999)    | bad     | pending(8, 9.999)
        pending(7, 10)       | bad     | firing
        pending(7, 600)      | unknown | pending(7, 600)
        firing               | bad     | firing
        firing               | unknown | firing
        firing               | good    | recovering(1, 0)
        recovering(1, 29)    | good    | recovering(2, 29)
        recovering(1, 29.999)| good    | recovering(2, 29.999)
        recovering(1, 30)    | good    | clear
        recovering(1, 30)    | bad     | firing
        recovering(1, 30)    | unknown | recovering(1, 30)
        recovering(9, 29.999)| good    | recovering(10, 29.999)
        recovering(9, 30)    | good    | clear
        recovering(9, 900)   | unknown | recovering(9, 900)
        recovering(9, 900)   | bad     | firing
        """

    /// state before | seconds unseen | state when sight returns
    static let resumptions = """
        clear             | 120 | clear
        pending(1, 130)   | 120 | clear
        pending(9, 900)   | 120 | clear
        firing            | 120 | firing
        firing            | 9000| firing
        recovering(1, 120)| 120 | recovering(1, 0)
        recovering(4, 140)| 120 | recovering(4, 20)
        """

    @Test(arguments: Table.rows(of: steps))
    func step(_ row: Table.Row) throws {
        let now = at(10_000)
        let before = try Table.state(row.cells[0], at: now)
        let signal: Signal? = ["good": .good, "bad": .bad, "unknown": .unknown][row.cells[1]]
        let after = before.stepped(by: try #require(signal), asked: now, rule: DetectionRules().offline)
        #expect(Table.text(after, at: now) == row.cells[2])
        if case .pending(let streak) = before, case .firing(let outage) = after {
            #expect(outage == Outage(firstBad: streak.first, fired: now), "the outage began with its first bad answer")
        }
        if let outage = before.outage, let kept = after.outage {
            #expect(kept == outage, "an outage keeps its beginning")
        }
    }

    @Test(arguments: Table.rows(of: resumptions))
    func resumption(_ row: Table.Row) throws {
        let now = at(10_000)
        let before = try Table.state(row.cells[0], at: now)
        let after = before.resumed(afterGap: .seconds(try #require(Double(row.cells[1]))))
        #expect(Table.text(after, at: now) == row.cells[2])
        #expect(after.outage == before.outage)
    }

    /// The rule of a witness that is believed at once, and of the tenant's sight.
    @Test func holdsOfZeroFireAndClearAtOnce() {
        let rule = ConditionRule(badCount: 1, badHold: .zero, goodCount: 1, goodHold: .zero)
        let firing = ConditionState.clear.stepped(by: .bad, asked: at(1), rule: rule)
        #expect(firing == .firing(Outage(firstBad: at(1), fired: at(1))))
        #expect(firing.stepped(by: .good, asked: at(1), rule: rule) == .clear)
    }

    @Test func everyPhaseAndSignalHasARow() {
        let covered = Set(
            Table.rows(of: Self.steps).map { "\($0.cells[0].prefix { $0.isLetter })|\($0.cells[1])" })
        #expect(covered.count == 4 * 3)
    }
}

/// Reads tables of the form `a | b | c`.
enum Table {
    struct Row: Sendable, CustomTestStringConvertible {
        var cells: [String]
        var testDescription: String { cells.joined(separator: " | ") }
    }

    struct Unreadable: Error { var cell: String }

    static func rows(of text: String) -> [Row] {
        text.split(separator: "\n").map { line in
            Row(cells: line.split(separator: "|").map { $0.trimmed })
        }
    }

    static func state(_ cell: String, at now: Moment) throws -> ConditionState {
        let outage = Outage(firstBad: now.advanced(by: .seconds(-2000)), fired: now.advanced(by: .seconds(-1990)))
        let words = cell.split { "(,) ".contains($0) }
        var streak = Streak(first: now, count: 0)
        if words.count == 3, let count = Int(words[1]), let age = Double(words[2]) {
            streak = Streak(first: now.advanced(by: .milliseconds(-Int((age * 1000).rounded()))), count: count)
        }
        switch words.first {
        case "clear": return .clear
        case "firing": return .firing(outage)
        case "pending" where words.count == 3: return .pending(streak)
        case "recovering" where words.count == 3: return .recovering(outage, streak)
        default: throw Unreadable(cell: cell)
        }
    }

    static func text(_ state: ConditionState, at now: Moment) -> String {
        switch state {
        case .clear: "clear"
        case .firing: "firing"
        case .pending(let streak): "pending(\(streak.count), \(age(streak, at: now)))"
        case .recovering(_, let streak): "recovering(\(streak.count), \(age(streak, at: now)))"
        }
    }

    private static func age(_ streak: Streak, at now: Moment) -> String {
        let milliseconds = streak.first.elapsed(until: now).milliseconds
        let seconds = Double(milliseconds) / 1000
        return seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
