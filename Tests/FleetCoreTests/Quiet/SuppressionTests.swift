// Which reason is recorded when there are several, and how it reads; and what happens to a room that was restarted and
// does not come back.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct SuppressionTests {
    static let operation = UniqueID(stored: "01JOPERATION")
    static let inOrder: [Suppression] = [
        .maintenance(window: "cleaning", until: at(100).wall, reason: nil),
        .expected(by: .command(operation), until: at(200).wall, reason: "restart"),
        .inhibited(
            by: DedupKey(tenant: TenantName("contoso"), condition: .roomOffline, subject: .room(AccountID("1")))),
        .silenced(by: UniqueID(stored: "01JSILENCE"), until: at(300).wall, author: "desk", reason: "painting"),
        .acknowledged(by: "desk", until: at(400).wall),
        .flapping(until: at(500).wall),
    ]

    @Test func theOrderIsThatOfTheDesign() {
        #expect(
            Suppression.Kind.allCases.map(\.rawValue)
                == ["maintenance", "expected", "inhibited", "silenced", "acknowledged", "flapping"])
        #expect(Self.inOrder.map(\.kind) == Suppression.Kind.allCases)
        var dice = SeededGenerator(seed: 5)
        for first in Self.inOrder.indices {
            for _ in 0..<10 {
                #expect(Suppression.first(of: Self.inOrder[first...].shuffled(using: &dice)) == Self.inOrder[first])
            }
        }
        #expect(Suppression.first(of: []) == nil)
    }

    @Test func ofOneKindTheLongestIsRecorded() {
        let ids = ["01A", "01B", "01C"].map { UniqueID(stored: $0) }
        let silences = zip(ids, [60.0, 90, 90]).map {
            Suppression.silenced(by: $0, until: at($1).wall, author: "desk", reason: "painting")
        }
        #expect(Suppression.first(of: silences) == silences[1])
        #expect(Suppression.first(of: silences.reversed()) == silences[1])
    }

    /// What people read.
    static let sentences = [
        "maintenance window cleaning until 08:01Z", "expected by operation 01JOPERATION until 08:03Z: restart",
        "inhibited by contoso:room.offline:1 until that resolves",
        "silenced by 01JSILENCE until 08:05Z: painting, desk", "acknowledged by desk until 08:06Z",
        "the room is flapping; a lasting outage is told from 08:08Z",
    ]

    @Test func eachReadsAsOneLine() {
        #expect(Self.inOrder.map { $0.sentence(at: at(0).wall) } == Self.sentences)
        #expect(
            Self.inOrder[3].sentence(at: at(-86_400).wall)
                == "silenced by 01JSILENCE until 2026-11-20 08:05Z: painting, desk")
        #expect(
            Suppression.maintenance(window: "rewiring", until: .distantFuture, reason: "work").sentence(at: at(0).wall)
                == "maintenance window rewiring until it is switched off: work")
        #expect(
            Suppression.acknowledged(by: "desk", until: nil).sentence(at: at(0).wall)
                == "acknowledged by desk until it resolves")
    }

    @Test func eachNamesItsRuleAndIsStored() throws {
        #expect(
            Self.inOrder.map(\.rule) == [
                "window:cleaning", "operation:01JOPERATION", "incident:contoso:room.offline:1", "silence:01JSILENCE",
                "acknowledged:desk", "room.flapping",
            ])
        #expect(Self.inOrder.map { $0.until?.timeIntervalSince(at(0).wall) } == [100, 200, nil, 300, 400, 500])
        let stored = try JSONEncoder().encode(Self.inOrder)
        #expect(try JSONDecoder().decode([Suppression].self, from: stored) == Self.inOrder)
    }
}

struct ExpectedAbsenceTests {
    static let restart = ExpectedAbsence(
        from: at(0), allowance: ExpectedAbsence.restartAllowance, reason: "restart by desk",
        source: .command(SuppressionTests.operation))

    /// first bad | asked at | verdict
    static let verdicts = """
        -60  | 30   | unrelated
        0    | 30   | within
        5    | 599  | within
        5    | 600  | overdue
        5    | 9000 | overdue
        400  | 500  | within
        599  | 601  | overdue
        600  | 601  | unrelated
        """

    @Test(arguments: Table.rows(of: verdicts))
    func verdict(_ row: Table.Row) throws {
        let firstBad = at(try #require(Double(row.cells[0])))
        let now = at(try #require(Double(row.cells[1])))
        switch Self.restart.verdict(outageSince: firstBad, at: now) {
        case .unrelated: #expect(row.cells[2] == "unrelated")
        case .within: #expect(row.cells[2] == "within")
        case .overdue(let overdue):
            #expect(row.cells[2] == "overdue")
            #expect(overdue.cause == .didNotReturn)
            #expect(overdue.since == at(600))
            #expect(overdue.sentence == "did not return from operation 01JOPERATION: restart by desk")
            #expect(
                Severity.allCases.map(overdue.severity(raising:)) == [.error, .critical, .critical], "one step higher")
        }
        let expected = Suppression.expected(by: Self.restart.source, until: at(600).wall, reason: "restart by desk")
        #expect(
            Self.restart.suppression(outageSince: firstBad, at: now) == (row.cells[2] == "within" ? expected : nil))
    }

    /// A restart during an update: the longer excuse holds, and when both have run out the later one is named.
    @Test func severalAbsencesExcuseAsLongAsOneDoes() {
        let update = ExpectedAbsence(
            from: at(60), allowance: ExpectedAbsence.updateAllowance, reason: "update", source: .window("update"))
        let both = [update, Self.restart]
        #expect(ExpectedAbsence.verdict(of: both, outageSince: at(70), at: at(700)) == .within)
        for order in [both, both.reversed()] {
            guard case .overdue(let overdue) = ExpectedAbsence.verdict(of: order, outageSince: at(70), at: at(2_760))
            else {
                Issue.record("both have run out")
                continue
            }
            #expect(overdue.source == .window("update"))
        }
        #expect(ExpectedAbsence.verdict(of: both, outageSince: at(-70), at: at(0)) == .unrelated)
        #expect(ExpectedAbsence.verdict(of: [], outageSince: at(0), at: at(0)) == .unrelated)
    }

    @Test func itSurvivesARestartOfTheDaemon() throws {
        let stored = try JSONEncoder().encode(ExpectedAbsenceRecord(Self.restart))
        let record = try JSONDecoder().decode(ExpectedAbsenceRecord.self, from: stored)
        let boot = Moment(wall: at(300).wall, steady: .seconds(12))
        let restored = record.absence(at: boot)
        let firstBad = Moment(restoring: at(5).wall, at: boot)
        #expect(restored.verdict(outageSince: firstBad, at: boot.advanced(by: .seconds(299))) == .within)
        #expect(restored.verdict(outageSince: firstBad, at: boot.advanced(by: .seconds(300))) != .within)
        #expect(restored.source == Self.restart.source)
    }
}
