// When undelivered notifications are tried again, and how fast a channel may speak.

import FleetChannels
import Foundation
import Testing
import Timekeeping

/// SplitMix64, so that the jitter of a test is the same on every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct RetryScheduleTests {
    private func wait(
        _ failures: Int, after elapsed: Duration = .zero, retryAfter: Duration? = nil, seed: UInt64 = 1
    ) -> Duration? {
        var generator = SeededGenerator(state: seed)
        let now = noon.advanced(by: elapsed)
        let decision = RetrySchedule().decision(
            afterFailures: failures, firstAttempt: noon, now: now, retryAfter: retryAfter, using: &generator)
        guard case .retry(let at) = decision else { return nil }
        return now.elapsed(until: at)
    }

    @Test func `the first waits are exact`() {
        #expect((1...6).map { wait($0) } == [1, 2, 5, 10, 30, 60].map { .seconds($0) })
    }

    @Test func `the lasting wait is a minute give or take a fifth, and differs`() throws {
        let waits = try (0..<500).map { try #require(wait(7 + $0 % 900, seed: UInt64($0))) }
        #expect(waits.allSatisfy { (.seconds(48) ... .seconds(72)).contains($0) })
        #expect(Set(waits).count > 400)
        let mean = waits.reduce(.zero, +) / 500
        #expect((.seconds(58) ... .seconds(62)).contains(mean))
        #expect(waits.contains { $0 < .seconds(51) } && waits.contains { $0 > .seconds(69) })
    }

    @Test func `the same seed waits the same`() { #expect(wait(9, seed: 5) == wait(9, seed: 5)) }

    @Test func `Retry-After lengthens a wait, never shortens it, and not beyond an hour`() {
        #expect(wait(1, retryAfter: .seconds(90)) == .seconds(90))
        #expect(wait(6, retryAfter: .seconds(1)) == .seconds(60))
        #expect(wait(1, retryAfter: .seconds(1e6)) == .seconds(3_600))
    }

    @Test func `the schedule ends a day after the first attempt`() {
        let day = Duration.seconds(24 * 3600)
        #expect(wait(6, after: day - .seconds(60)) == .seconds(60))
        #expect(wait(6, after: day - .seconds(60) + .milliseconds(1)) == nil)
        #expect(wait(2_000, after: day * 2) == nil)
    }

    @Test func `a whole day of failures`() {
        var generator = SeededGenerator(state: 42)
        var now = noon
        var attempts = 1
        while case .retry(let at) = RetrySchedule().decision(
            afterFailures: attempts, firstAttempt: noon, now: now, retryAfter: nil, using: &generator)
        {
            now = at
            attempts += 1
        }
        let span = noon.elapsed(until: now)
        #expect(span <= .seconds(24 * 3600) && span > .seconds(24 * 3600 - 72))
        #expect((1_400...1_480).contains(attempts))
    }
}

@Suite struct TokenBucketTests {
    @Test func `a full bucket gives its burst at once, then one token per interval`() {
        var bucket = TokenBucket(interval: .seconds(2), burst: 3)
        #expect((0..<4).map { _ in bucket.take(at: noon) } == [nil, nil, nil, .seconds(2)])
        #expect(bucket.take(at: noon.advanced(by: .milliseconds(1_999))) == .milliseconds(1))
        #expect(bucket.take(at: noon.advanced(by: .seconds(2))) == nil)
        #expect(bucket.take(at: noon.advanced(by: .seconds(2))) == .seconds(2))
    }

    @Test func `waiting as told always suffices`() {
        var bucket = TokenBucket(interval: .milliseconds(333), burst: 2)
        var now = noon
        for _ in 0..<1_000 {
            guard let wait = bucket.take(at: now) else { continue }
            now = now.advanced(by: wait)
            #expect(bucket.take(at: now) == nil)
        }
    }

    @Test func `a long pause fills the bucket and no more`() {
        var bucket = TokenBucket(interval: .seconds(1), burst: 2)
        _ = bucket.take(at: noon)
        let later = noon.advanced(by: .seconds(86_400))
        #expect((0..<3).map { _ in bucket.take(at: later) } == [nil, nil, .seconds(1)])
    }

    @Test func `a wall clock that is set back changes nothing`() {
        var bucket = TokenBucket(interval: .seconds(10), burst: 1)
        _ = bucket.take(at: noon)
        let later = Moment(wall: noon.wall.addingTimeInterval(-7_200), steady: noon.steady + .seconds(10))
        #expect(bucket.take(at: later) == nil)
    }

    @Test func `no interval holds nothing back`() {
        var bucket = TokenBucket(interval: .zero, burst: 1)
        #expect((0..<100).allSatisfy { _ in bucket.take(at: noon) == nil })
    }
}
