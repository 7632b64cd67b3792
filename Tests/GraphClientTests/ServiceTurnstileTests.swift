// Random arrivals against random budgets: whatever comes, no window ever holds more than its limit, and nothing
// passes a closed turnstile.

import Testing
import Timekeeping

@testable import GraphClient

@Suite("Turnstile")
struct ServiceTurnstileTests {
    private struct Waiter {
        let ticket: Int
        let cost: Int
        let low: Bool
        let latest: Duration
        var at: Duration
    }

    @Test("no window ever exceeds its limit, over random schedules", arguments: 0..<200)
    func neverExceeded(seed: Int) {
        var chance = SeededGenerator(state: UInt64(seed))
        let windows = (0..<Int.random(in: 1...3, using: &chance)).map { _ in
            RequestWindow(
                Int.random(in: 1...30, using: &chance), per: .milliseconds(Int.random(in: 100...20_000, using: &chance))
            )
        }
        var turnstile = ServiceTurnstile(RequestBudget(windows, places: 20))
        var passed: [(at: Duration, cost: Int)] = []
        var waiting: [Waiter] = []
        var closed: Duration = .zero
        var now: Duration = .zero

        func note(_ verdict: ServiceTurnstile.Verdict, cost: Int, low: Bool, latest: Duration?) {
            switch verdict {
            case .pass:
                #expect(now >= closed)
                passed.append((now, cost))
            case .wait(let until, _, let ticket):
                #expect(latest.map { until <= $0 } ?? false)
                waiting.append(Waiter(ticket: ticket, cost: cost, low: low, latest: latest ?? now, at: until))
            case .refuse(let until, let reason):
                #expect(until >= now)
                #expect((reason == .throttled) == (closed > now))
            case .lineFull:
                #expect(turnstile.waiting == 20)
            }
        }

        for _ in 0..<400 {
            now += .milliseconds(Int.random(in: 0...400, using: &chance))
            // Wake-ups come late, as they do on a busy machine.
            for waiter in waiting.filter({ $0.at <= now }).shuffled(using: &chance) {
                waiting.removeAll { $0.ticket == waiter.ticket }
                let verdict = turnstile.enter(
                    cost: waiter.cost, low: waiter.low, latest: waiter.latest, ticket: waiter.ticket, now: now)
                note(verdict, cost: waiter.cost, low: waiter.low, latest: waiter.latest)
            }
            if Int.random(in: 0..<40, using: &chance) == 0 {
                closed = max(closed, now + .milliseconds(Int.random(in: 1...3_000, using: &chance)))
                turnstile.close(until: closed)
            }
            let cost = Int.random(in: 1...5, using: &chance)
            let low = Bool.random(using: &chance)
            let latest = Bool.random(using: &chance) ? now + .seconds(Int.random(in: 0...60, using: &chance)) : nil
            note(
                turnstile.enter(cost: cost, low: low, latest: latest, ticket: nil, now: now), cost: cost, low: low,
                latest: latest)
            if let leaving = waiting.randomElement(using: &chance), Int.random(in: 0..<10, using: &chance) == 0 {
                turnstile.leave(ticket: leaving.ticket)
                waiting.removeAll { $0.ticket == leaving.ticket }
            }
            #expect(turnstile.waiting == waiting.count)
        }
        #expect(!passed.isEmpty)
        for window in windows {
            for (index, last) in passed.enumerated() {
                let inside = passed[...index].filter { $0.at + window.per >= last.at }
                #expect(inside.reduce(0) { $0 + min($1.cost, window.limit) } <= window.limit)
            }
        }
    }

    @Test("waiters are told times that hold, in the order they came")
    func schedule() {
        var turnstile = ServiceTurnstile(RequestBudget([RequestWindow(2, per: .seconds(10))]))
        var times: [Duration] = []
        for _ in 0..<6 {
            switch turnstile.enter(cost: 1, low: false, latest: .seconds(100), ticket: nil, now: .zero) {
            case .pass: times.append(.zero)
            case .wait(let until, _, _): times.append(until)
            default: Issue.record("no place")
            }
        }
        let tick = Duration.milliseconds(1)
        let second = Duration.seconds(10) + tick
        #expect(times == [.zero, .zero, second, second, second + second, second + second])
    }

    @Test("low priority leaves a quarter of the window to others")
    func priority() {
        var turnstile = ServiceTurnstile(RequestBudget([RequestWindow(8, per: .seconds(10))]))
        func pass(low: Bool) -> Bool {
            turnstile.enter(cost: 1, low: low, latest: nil, ticket: nil, now: .zero) == .pass
        }
        #expect((0..<8).filter { _ in pass(low: true) }.count == 6)
        #expect((0..<8).filter { _ in pass(low: false) }.count == 2)
    }

    @Test("a later closure is never shortened")
    func closure() {
        var turnstile = ServiceTurnstile(.fallback)
        turnstile.close(until: .seconds(30))
        turnstile.close(until: .seconds(10))
        #expect(
            turnstile.enter(cost: 1, low: false, latest: nil, ticket: nil, now: .seconds(20))
                == .refuse(until: .seconds(30), reason: .throttled))
        #expect(turnstile.enter(cost: 1, low: false, latest: nil, ticket: nil, now: .seconds(30)) == .pass)
    }

    @Test("the default budgets stay below the documented limits")
    func defaults() {
        let documented: [(GraphService, Int, Int)] = [
            (.presence, 1_500, 30), (.teamwork, 30, 1), (.identity, 3_500, 10), (.reports, 5, 10), (.places, 3, 1),
            (.callRecords, 1_500, 20), (.pstn, 50, 60), (.serviceHealth, 240, 60), (.serviceHealth, 800, 3_600),
        ]
        for (service, limit, seconds) in documented {
            let window = RequestBudget.defaults[service]?.windows.first { $0.per == .seconds(seconds) }
            #expect(window.map { Double($0.limit) <= Double(limit) * 0.83 } ?? false, "\(service)")
        }
    }
}
