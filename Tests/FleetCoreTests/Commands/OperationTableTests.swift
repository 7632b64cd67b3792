// One operation as a table that a person can read against the article Commands. Every row begins with a restart that was
// brought to a state at second 0; the event happens at the second given.

@testable import FleetCore
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder
import Testing
import Timekeeping

struct OperationTableTests {
    /// state before | second | event | state after | homecoming after
    static let steps = """
        waiting     | 0    | begin       | submitting      | awaited
        waiting     | 0    | withdraw    | withdrawn       | not_awaited
        waiting     | 0    | accepted    | waiting         | not_awaited
        waiting     | 9000 | tick        | waiting         | not_awaited
        submitting  | 1    | begin       | submitting      | awaited
        submitting  | 1    | withdraw    | submitting      | awaited
        submitting  | 1    | accepted    | accepted        | awaited
        submitting  | 1    | conflict    | already_running | not_awaited
        submitting  | 1    | refused     | refused         | not_awaited
        submitting  | 1    | not sent    | waiting         | not_awaited
        submitting  | 1    | unheard     | unconfirmed     | awaited
        submitting  | 1    | resume      | unconfirmed     | awaited
        submitting  | 299  | tick        | submitting      | awaited
        submitting  | 300  | tick        | unconfirmed     | awaited
        unconfirmed | 1    | begin       | unconfirmed     | awaited
        unconfirmed | 1    | withdraw    | unconfirmed     | awaited
        unconfirmed | 1    | not sent    | unconfirmed     | awaited
        unconfirmed | 1    | accepted    | accepted        | awaited
        unconfirmed | 1    | refused     | refused         | not_awaited
        unconfirmed | 5    | listed new  | accepted        | awaited
        unconfirmed | 5    | listed old  | unconfirmed     | awaited
        unconfirmed | 5    | listed else | unconfirmed     | awaited
        unconfirmed | 5    | done        | succeeded       | awaited
        unconfirmed | 599  | listed old  | unconfirmed     | awaited
        unconfirmed | 600  | listed old  | unknown         | awaited
        unconfirmed | 9000 | look failed | unconfirmed     | awaited
        unconfirmed | 9000 | tick        | unconfirmed     | awaited
        unconfirmed | 86400| tick        | unknown         | awaited
        accepted    | 5    | listed new  | accepted        | awaited
        accepted    | 5    | listed old  | accepted        | awaited
        accepted    | 5    | done        | succeeded       | awaited
        accepted    | 5    | failed      | failed          | awaited
        accepted    | 5    | cancelled   | cancelled       | not_awaited
        accepted    | 5    | unheard     | accepted        | awaited
        accepted    | 5    | not sent    | accepted        | awaited
        accepted    | 1799 | listed new  | accepted        | awaited
        accepted    | 1800 | listed new  | unknown         | awaited
        accepted    | 1800 | done        | succeeded       | awaited
        accepted    | 1800 | look failed | accepted        | awaited
        accepted    | 1800 | listed old  | unknown         | awaited
        accepted    | 86400| tick        | unknown         | awaited
        succeeded   | 60   | failed      | succeeded       | awaited
        succeeded   | 60   | begin       | succeeded       | awaited
        succeeded   | 9    | up          | succeeded       | awaited
        succeeded   | 119  | up          | succeeded       | awaited
        succeeded   | 120  | up          | succeeded       | back
        succeeded   | 9    | returned    | succeeded       | back
        succeeded   | 599  | down        | succeeded       | awaited
        succeeded   | 600  | down        | succeeded       | missing
        succeeded   | 600  | unsure      | succeeded       | awaited
        succeeded   | 4199 | unsure      | succeeded       | awaited
        succeeded   | 4200 | unsure      | succeeded       | missing
        accepted    | 599  | up          | accepted        | awaited
        accepted    | 600  | up          | accepted        | back
        unconfirmed | 600  | down        | unconfirmed     | missing
        refused     | 600  | down        | refused         | not_awaited
        """

    @Test(arguments: Table.rows(of: steps))
    func step(_ row: Table.Row) throws {
        var operation = try #require(Ops.operation(row.cells[0]))
        let second = try #require(Double(row.cells[1]))
        try Ops.apply(row.cells[2], to: &operation, at: at(second))
        #expect(operation.state.word == row.cells[3])
        #expect(operation.homecoming.text == row.cells[4])
    }

    @Test func aRestartThatRunsLateIsExcusedFromTheLastLookAtAnUpRoom() throws {
        var operation = try #require(Ops.operation("accepted"))
        #expect(operation.excusedUntil == at(600))
        operation.take([Ops.listed("ours", .queued)], isRoomUp: false, at: at(300), rules: Ops.rules)
        #expect(operation.excusedUntil == at(600), "a room that is dark already has its time from the request on")
        operation.take([Ops.listed("ours", .queued)], isRoomUp: true, at: at(30), rules: Ops.rules)
        #expect(operation.excusedUntil == at(600), "half a minute is not worth a row")
        operation.take([Ops.listed("ours", .queued)], isRoomUp: true, at: at(300), rules: Ops.rules)
        #expect(operation.excusedUntil == at(900))
        #expect(operation.homecoming == .awaited(since: at(0), until: at(900)))
    }

    @Test func aRoomThatFallsAgainAfterItsReturnIsMissingWhenItStays() throws {
        var operation = try #require(Ops.operation("succeeded"))
        operation.see(.returned, at: at(120), rules: Ops.rules)
        #expect(operation.homecoming == .back(at(120)))
        operation.see(.down(since: at(400)), at: at(500), rules: Ops.rules)
        #expect(operation.homecoming == .back(at(120)))
        operation.see(.down(since: at(400)), at: at(600), rules: Ops.rules)
        #expect(operation.homecoming == .missing(at(600)))
        var other = try #require(Ops.operation("succeeded"))
        other.see(.returned, at: at(120), rules: Ops.rules)
        other.see(.down(since: at(601)), at: at(700), rules: Ops.rules)
        #expect(other.homecoming == .back(at(120)), "an outage after its time is not ours")
    }

    @Test func theOldestFreshOperationOfItsKindIsOurs() throws {
        var operation = try #require(Ops.operation("unconfirmed"))
        let listed = [
            Ops.listed("late", .running, created: 9), Ops.listed("ours", .queued, created: 1),
            Ops.listed("KNOWN", .running, created: -50),
            Ops.listed("other", .running, kind: .runDiagnostics, created: 0),
        ]
        operation.take(listed, at: at(10), rules: Ops.rules)
        #expect(operation.graphID == "ours")
    }

    @Test func anOperationOfLongBeforeIsNotOursThoughItWasNotKnown() throws {
        var operation = try #require(Ops.operation("unconfirmed"))
        operation.take([Ops.listed("old", .succeeded, created: -1200)], at: at(10), rules: Ops.rules)
        #expect(operation.graphID == nil && operation.state.word == "unconfirmed")
    }

    @Test func aWallClockThatWasSetBackProlongsNothing() throws {
        let operation = try #require(Ops.operation("accepted"))
        let submittedAt = try #require(operation.submittedAt)
        let excusedUntil = try #require(operation.excusedUntil)
        let now = at(-3600)
        let restored = OperationRecord(operation).operation(at: now)
        #expect(restored.submittedAt == now)
        #expect(restored.excusedUntil?.steady == now.steady + submittedAt.elapsed(until: excusedUntil))
    }

    @Test func everyStateSurvivesItsRecord() throws {
        for word in Ops.words {
            let operation = try #require(Ops.operation(word))
            let data = try JSONEncoder().encode(OperationRecord(operation))
            let read = try JSONDecoder().decode(OperationRecord.self, from: data)
            let restored = read.operation(at: at(60))
            #expect(restored.state.word == word)
            #expect(restored.homecoming.text == operation.homecoming.text)
            #expect(restored.submittedAt == operation.submittedAt)
            #expect(restored.excusedUntil == operation.excusedUntil)
            #expect(restored.graphID == operation.graphID)
        }
    }
}

/// Operations in every state, and events by name.
enum Ops {
    static let rules = FollowingRules()
    static let words = [
        "waiting", "submitting", "unconfirmed", "accepted", "succeeded", "failed", "cancelled", "refused",
        "already_running", "unknown", "withdrawn",
    ]

    static func fresh(_ action: DeviceAction = .restart) -> Operation {
        Operation(
            id: UniqueID(stored: "01OPERATION"), command: UniqueID(stored: "01COMMAND"), tenant: Watch.tenant,
            room: account(1), device: "device-1-0", action: action)
    }

    /// An operation that was brought to a state at second 0.
    static func operation(_ word: String) -> Operation? {
        var operation = fresh()
        let way: [String: [String]] = [
            "waiting": [], "submitting": ["begin"], "unconfirmed": ["begin", "unheard"],
            "accepted": ["begin", "accepted"], "succeeded": ["begin", "accepted", "done"],
            "failed": ["begin", "accepted", "failed"], "cancelled": ["begin", "accepted", "cancelled"],
            "refused": ["begin", "refused"], "already_running": ["begin", "conflict"], "withdrawn": ["withdraw"],
            "unknown": ["begin", "accepted", "long after"],
        ]
        guard let events = way[word] else { return nil }
        for event in events { try? apply(event, to: &operation, at: at(0)) }
        return operation
    }

    static func listed(
        _ id: String, _ progress: ListedOperation.Progress, kind: ListedOperation.Kind = .restart, created: Double = 1
    ) -> ListedOperation {
        ListedOperation(graphID: id, kind: kind, progress: progress, word: "word", createdAt: at(created).wall)
    }

    static let known = listed("known", .succeeded, created: -50)

    struct NoSuchEvent: Error {}

    static func apply(_ event: String, to operation: inout Operation, at now: Moment) throws {
        switch event {
        case "begin": _ = operation.begin(knowing: [known], at: now)
        case "withdraw": _ = operation.withdraw("a reason", at: now)
        case "hold": operation.hold("a reason", notBefore: nil)
        case "resume": operation.resume(at: now)
        case "accepted": operation.take(.accepted(graphID: "ours"), at: now, rules: rules)
        case "conflict": operation.take(.alreadyRunning, at: now, rules: rules)
        case "refused": operation.take(.refused("a reason"), at: now, rules: rules)
        case "not sent": operation.take(.notSent("a reason", retryAfter: nil), at: now, rules: rules)
        case "unheard": operation.take(.unheard("a reason"), at: now, rules: rules)
        case "listed new": operation.take([known, listed("ours", .queued)], at: now, rules: rules)
        case "listed old": operation.take([known], at: now, rules: rules)
        case "listed else":
            operation.take([known, listed("theirs", .running, kind: .other)], at: now, rules: rules)
        case "done": operation.take([known, listed("ours", .succeeded)], at: now, rules: rules)
        case "failed":
            operation.take([known, listed("ours", .failed(code: "c", message: "m"))], at: now, rules: rules)
        case "cancelled": operation.take([known, listed("ours", .cancelled)], at: now, rules: rules)
        case "long after":
            operation.take([listed("ours", .queued)], at: now.advanced(by: .seconds(1800)), rules: rules)
        case "look failed": operation.noteLook(at: now, rules: rules)
        case "tick": operation.tick(at: now, rules: rules)
        case "up": operation.see(.up, at: now, rules: rules)
        case "returned": operation.see(.returned, at: now, rules: rules)
        case "down": operation.see(.down(since: at(1)), at: now, rules: rules)
        case "unsure": operation.see(.unsure, at: now, rules: rules)
        default: throw NoSuchEvent()
        }
    }
}

extension Operation.Homecoming {
    var text: String {
        switch self {
        case .notAwaited: "not_awaited"
        case .awaited: "awaited"
        case .back: "back"
        case .missing: "missing"
        }
    }
}
