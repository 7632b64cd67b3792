// What happened, a line each, in simulated time. Two runs of one seed write the same bytes, so a difference is a defect
// and a failing seed can be read like a story.

import Synchronization
import Timekeeping

/// The event log of one run, and what was found wrong.
final class RunLog: Sendable {
    private struct State {
        var lines: [String] = []
        var violations: [Violation] = []
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        var counts: [String: Int] = [:]
    }

    private let time: ManualTime
    private let state = Mutex(State())
    private let isLoud: Bool

    /// - Parameter isLoud: whether lines are kept; a block of seeds needs only the digest.
    init(time: ManualTime, isLoud: Bool) {
        self.time = time
        self.isLoud = isLoud
    }

    var lines: [String] { state.withLock { $0.lines } }
    var violations: [Violation] { state.withLock { $0.violations } }
    var digest: UInt64 { state.withLock { $0.digest } }

    func count(_ name: String, _ number: Int = 1) { state.withLock { $0.counts[name, default: 0] += number } }
    var counts: [(name: String, number: Int)] {
        state.withLock { state in state.counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    func say(_ who: String, _ text: @autoclosure () -> String) {
        guard isLoud else { return }
        let padded = who + String(repeating: " ", count: max(1, 9 - who.count))
        let line = "\(Self.text(time.elapsed)) \(padded)\(text())"
        state.withLock { $0.lines.append(line) }
    }

    /// Takes bytes into the digest of the run; cheap enough for every request and answer.
    func digest(_ bytes: some Sequence<UInt8>) {
        state.withLock { state in
            for byte in bytes { state.digest = (state.digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
    }

    func digest(_ number: Int64) {
        state.withLock { $0.digest = ($0.digest ^ UInt64(bitPattern: number)) &* 0x100_0000_01B3 }
    }

    /// A promise is broken.
    func violate(_ invariant: Invariant, _ text: String) {
        let violation = Violation(invariant: invariant, at: time.elapsed, text: text)
        let isNew = state.withLock { state in
            guard !state.violations.contains(where: { $0.invariant == invariant && $0.text == text }) else {
                return false
            }
            state.violations.append(violation)
            return true
        }
        if isNew { say("BROKEN", "\(invariant.rawValue): \(text)") }
    }

    /// `+01:02:03.456`
    static func text(_ elapsed: Duration) -> String {
        let all = elapsed.milliseconds
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "+\(padded(all / 3_600_000, 2)):\(padded(all / 60_000 % 60, 2)):\(padded(all / 1000 % 60, 2))"
            + ".\(padded(all % 1000, 3))"
    }
}

/// The promises that are watched (Design, Proof).
public enum Invariant: String, Sendable, CaseIterable {
    case firesOnlyAfterHold = "fires-only-after-hold"
    case firesWhenDue = "fires-when-due"
    case clearsOnlyAfterHold = "clears-only-after-hold"
    case clearsWhenDue = "clears-when-due"
    case oneOpenIncident = "one-open-incident"
    case blindOnlyWhenDark = "blind-only-when-dark"
    case blindWhenDark = "blind-when-dark"
    case retryAfter = "retry-after"
    case replay = "replay"
    case nothingVanishes = "nothing-vanishes"
    case sameIDSameBody = "same-id-same-body"
    case orderWithinKey = "order-within-key"
    case acceptedIsTaken = "accepted-is-taken"
    case everyOutageIsTold = "every-outage-is-told"
    case toldOnce = "told-once"
    case convergence = "convergence"
    case acknowledgementHolds = "acknowledgement-holds"
    case silenceHolds = "silence-holds"
    case silenceEnds = "silence-ends"
    case criticalWhenBooked = "critical-when-booked"
    case submittedOnce = "submitted-once"
    case commandsAreKnown = "commands-are-known"
    case ownRestartsAreQuiet = "own-restarts-are-quiet"
    case loopsKeepTheirWord = "loops-keep-their-word"
}

/// One broken promise.
public struct Violation: Sendable, Hashable {
    public let invariant: Invariant
    public let at: Duration
    public let text: String
}
