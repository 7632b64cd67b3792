// Every short sequence of everything that can happen to an operation. What must never happen is said once, and looked for
// everywhere: a second request, a way back to "not sent", an end that is not one.

@testable import FleetCore
import Testing
import Timekeeping

struct ExhaustiveOperationTests {
    static let events = [
        "begin", "withdraw", "hold", "resume", "accepted", "conflict", "refused", "not sent", "unheard", "listed new",
        "listed old", "done", "failed", "cancelled", "look failed", "tick", "up", "returned", "down", "unsure",
    ]

    /// Sequences of this length; their beginnings are the shorter ones.
    static let length = 4
    /// Time between two events: so little that nothing runs out, and so much that everything does.
    static let paces: [Double] = [1, 700, 100_000]

    @Test(arguments: paces) func noSequenceBreaksTheRules(pace: Double) {
        var broken: [String] = []
        var count = 0
        func go(_ operation: Operation, _ history: [String], requests: Int) {
            guard history.count < Self.length else {
                count += 1
                return
            }
            let now = at(pace * Double(history.count + 1))
            for event in Self.events {
                var next = operation
                try? Ops.apply(event, to: &next, at: now)
                var requests = requests
                if case .submitting = next.state, case .waiting = operation.state { requests += 1 }
                // The one answer that takes a request back: it certainly had no effect.
                if case .waiting = next.state, case .submitting = operation.state, event == "not sent" { requests -= 1 }
                if let why = Self.broken(from: operation, to: next, by: event, requests: requests) {
                    broken.append("\(history + [event]): \(why)")
                }
                go(next, history + [event], requests: requests)
            }
        }
        go(Ops.fresh(), [], requests: 0)
        #expect(broken.prefix(5) == [])
        #expect(count == 160_000)
    }

    private static func broken(from: Operation, to: Operation, by event: String, requests: Int) -> String? {
        if requests > 1 { return "a second request" }
        if from.mayHaveLeft, !to.mayHaveLeft, !to.state.isSettled, event != "not sent" { return "back to not sent" }
        if case .unconfirmed = from.state, case .waiting = to.state { return "unconfirmed went back" }
        if from.state.isSettled, from.state != to.state { return "settled moved to \(to.state.word)" }
        if case .settled(.withdrawn, _) = to.state, from.mayHaveLeft { return "withdrawn after it may have left" }
        if to.state.word == "waiting", to.homecoming != .notAwaited || to.submittedAt != nil {
            return "awaits somebody without a request"
        }
        if to.mayHaveLeft, to.submittedAt == nil || to.excusedUntil == nil { return "left without a time" }
        if case .missing = from.homecoming, case .back = to.homecoming { return "missing came back" }
        for quiet in ["refused", "withdrawn", "cancelled", "already_running"] where to.state.word == quiet {
            if to.excusedUntil != nil { return "\(quiet) excuses the room" }
        }
        return nil
    }

    @Test func aRecordInTheMiddleChangesNothing() throws {
        // What a restart forgets is when to look next; everything else goes on as if there had been none.
        for word in Ops.words {
            for event in Self.events where event != "resume" {
                var straight = try #require(Ops.operation(word))
                var restored = OperationRecord(straight).operation(at: at(60))
                try Ops.apply(event, to: &straight, at: at(700))
                try Ops.apply(event, to: &restored, at: at(700))
                #expect(straight.state.word == restored.state.word, "\(word), \(event)")
                #expect(straight.homecoming == restored.homecoming, "\(word), \(event)")
            }
        }
    }
}

extension Operation {
    /// Whether the request may be out there.
    var mayHaveLeft: Bool {
        switch state {
        case .submitting, .unconfirmed, .accepted: true
        case .waiting, .settled: false
        }
    }
}
