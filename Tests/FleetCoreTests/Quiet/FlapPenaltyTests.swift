// The numbers of flapping (Detection, Flapping) are promises to people who configure nothing: every 5 minutes pages at the third
// firing, every 24 never.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct FlapPenaltyTests {
    /// minutes between firings | the firing at which flapping begins
    static let cases = """
        5    | 3
        10   | 4
        15   | 4
        20   | 6
        22   | 11
        24   | never
        30   | never
        1    | 3
        """

    @Test(arguments: Table.rows(of: cases))
    func firingSteadily(_ row: Table.Row) throws {
        let gap = try #require(Double(row.cells[0])) * 60
        var penalty = FlapPenalty(at: at(0))
        let began = (1...500).first { penalty.fired(at: at(Double($0) * gap)) == .began }
        #expect((began.map(String.init) ?? "never") == row.cells[1])
    }

    /// Where the promise turns: the limit 1000 / (1 - 2^(-g/30)) is 2500 at g = 30 * log2(5/3) = 22.109 minutes.
    @Test func theLastGapThatFlaps() {
        func flaps(_ gap: Double) -> Bool {
            var penalty = FlapPenalty(at: at(0))
            return (1...5_000).contains { penalty.fired(at: at(Double($0) * gap)) == .began }
        }
        #expect(flaps(22.10 * 60))
        #expect(!flaps(22.12 * 60))
    }

    @Test func itHalvesInThirtyMinutesOfSeenTime() {
        var penalty = FlapPenalty(at: at(0))
        _ = penalty.fired(at: at(0))
        #expect(penalty.value(at: at(0)) == 1_000)
        #expect(abs(penalty.value(at: at(1_800)) - 500) < 0.001)
        #expect(abs(penalty.value(at: at(3_600)) - 250) < 0.001)
        penalty.freeze(at: at(1_800))
        #expect(abs(penalty.value(at: at(9_000)) - 500) < 0.001, "unseen time heals nothing")
        penalty.thaw(at: at(9_000))
        #expect(abs(penalty.value(at: at(10_800)) - 250) < 0.001)
        // The wall clock moves nothing.
        #expect(abs(penalty.value(at: Moment(wall: at(0).wall, steady: at(10_800).steady)) - 250) < 0.001)
        // Asking about the past does not raise it.
        #expect(abs(penalty.value(at: at(8_000)) - 500) < 0.001)
    }

    @Test func itIsCappedAndEndsAtTheLowerThreshold() throws {
        var penalty = FlapPenalty(at: at(0))
        for second in 0..<20 { _ = penalty.fired(at: at(Double(second))) }
        #expect(penalty.value(at: at(19)) == 5_000)
        #expect(penalty.isFlapping)
        // 5000 → 1000 takes log2(5) = 2.3219 half-lives, 4179.47 s.
        let end = try #require(penalty.endsFlapping())
        #expect(abs(end.elapsed(until: at(19 + 4_179.47)).seconds) < 0.01)
        #expect(penalty.tick(at: at(19 + 4_179)) == nil)
        #expect(penalty.isFlapping, "below 2500 it goes on until 1000")
        #expect(penalty.tick(at: at(19 + 4_180)) == .ended)
        #expect(!penalty.isFlapping)
        #expect(penalty.endsFlapping() == nil)
        #expect(penalty.tick(at: at(9_000)) == nil, "it ends once")
        #expect(penalty.fired(at: at(9_001)) == nil)
    }

    /// Ticks in between change nothing about when it begins.
    @Test func lookingDoesNotHeal() {
        var looked = FlapPenalty(at: at(0))
        var left = looked
        for round in 1...6 {
            for tick in 0..<1_200 { _ = looked.tick(at: at(Double(round) * 1_200 - 1_200 + Double(tick))) }
            #expect(looked.fired(at: at(Double(round) * 1_200)) == left.fired(at: at(Double(round) * 1_200)))
        }
        #expect(looked.isFlapping && left.isFlapping)
        #expect(abs(looked.value(at: at(7_200)) - left.value(at: at(7_200))) < 0.001)
    }

    @Test func itSurvivesARestartAndTheGapHealsNothing() throws {
        var penalty = FlapPenalty(at: at(0))
        for second in 0..<3 { _ = penalty.fired(at: at(Double(second))) }
        let stored = try JSONEncoder().encode(penalty.record)
        let record = try JSONDecoder().decode(FlapPenalty.Record.self, from: stored)
        // Seen for half an hour more, then the daemon was down for a day.
        let after = Moment(wall: at(90_000).wall, steady: .seconds(12))
        let restored = FlapPenalty(restoring: record, seenUntil: at(2 + 1_800).wall, at: after)
        #expect(restored.isFlapping)
        #expect(abs(restored.value(at: after) - penalty.value(at: at(1_802))) < 0.001)
        #expect(abs(restored.value(at: after.advanced(by: .seconds(1_800))) - penalty.value(at: at(3_602))) < 0.001)
        // Without a checkpoint, or with one before the record, nothing has healed.
        for seen in [nil, at(-50).wall] {
            #expect(FlapPenalty(restoring: record, seenUntil: seen, at: after).value(at: after) == record.penalty)
        }
        // What was frozen when it was written has not healed either; a damaged number is none.
        var frozen = record
        frozen.isFrozen = true
        #expect(FlapPenalty(restoring: frozen, seenUntil: at(9_000).wall, at: after).value(at: after) == record.penalty)
        frozen.penalty = .infinity
        #expect(FlapPenalty(restoring: frozen, seenUntil: nil, at: after).value(at: after) == 0)
    }

    /// severity | flapping | seconds down | inhibited
    static let inhibitions = """
        error    | yes | 0   | yes
        error    | yes | 599 | yes
        error    | yes | 600 | no
        warning  | yes | 599 | yes
        critical | yes | 119 | yes
        critical | yes | 120 | no
        error    | no  | 10  | no
        """

    @Test(arguments: Table.rows(of: inhibitions))
    func aLastingOutageIsTold(_ row: Table.Row) throws {
        let severity = try #require(Severity(rawValue: row.cells[0]))
        var penalty = FlapPenalty(at: at(-3))
        if row.cells[1] == "yes" { for second in -3..<0 { _ = penalty.fired(at: at(Double(second))) } }
        let outage = Outage(firstBad: at(0), fired: at(10))
        let now = at(try #require(Double(row.cells[2])))
        let suppression = FlapInhibition().suppression(of: outage, severity: severity, flapping: penalty, at: now)
        #expect((suppression != nil) == (row.cells[3] == "yes"))
        let due = FlapInhibition().exceptionDue(outage, severity: severity)
        #expect(due == at(severity == .critical ? 120 : 600))
        #expect(suppression == nil || suppression == .flapping(until: due.wall))
    }
}
