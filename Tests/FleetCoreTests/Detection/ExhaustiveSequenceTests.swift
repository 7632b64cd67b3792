// Every short sequence there is. Six or seven answers are enough for a room to fail, waver, recover and fail again, so a
// mistake in the order of two rules cannot hide between two examples.

import FleetCore
import Testing
import Timekeeping

struct ExhaustiveSequenceTests {
    /// The signals, at gaps that lie on both sides of each hold and beyond the unseen limit.
    @Test(
        "three signals, chosen gaps",
        arguments: [
            ([1.0, 5, 11, 200], 5), ([5, 200], 7), ([1, 11], 7), ([4.999, 119.999, 120], 5), ([15, 30], 7),
        ])
    func signals(gaps: [Double], length: Int) {
        let words: [Heard.Word] = [.good, .bad, .unknown]
        let alphabet = words.flatMap { word in gaps.map { Symbol(word: word, gap: $0, stamp: nil) } }
        let walked = Self.walk(alphabet, length: length)
        #expect(walked.disagreement == nil)
        #expect(walked.fired > 0, "the alphabet is long enough to fire")
    }

    /// Late answers (negative gap), repetitions (gap 0) and failed requests change nothing.
    @Test func lateRepeatedAndFailedAnswers() {
        let alphabet = [
            Symbol(word: .bad, gap: 6, stamp: nil), Symbol(word: .good, gap: 16, stamp: nil),
            Symbol(word: .bad, gap: 0, stamp: nil), Symbol(word: .good, gap: 0, stamp: nil),
            Symbol(word: .bad, gap: -3, stamp: nil), Symbol(word: .good, gap: -3, stamp: nil),
            Symbol(word: .failed, gap: 6, stamp: nil),
        ]
        let walked = Self.walk(alphabet, length: 6)
        #expect(walked.disagreement == nil)
        #expect(walked.fired > 0)
    }

    /// Version stamps that rise, stay and fall, for shorter and longer than a minute.
    @Test func stamps() {
        let stamped: [(word: Heard.Word, stamp: Int)] = [(.bad, 1), (.bad, 2), (.good, 1), (.good, 2)]
        let alphabet = stamped.flatMap { pair in
            [5.0, 30, 31].map { gap in Symbol(word: pair.word, gap: gap, stamp: pair.stamp) }
        }
        let walked = Self.walk(alphabet, length: 5)
        #expect(walked.disagreement == nil)
        #expect(walked.fired > 0)
    }

    struct Symbol {
        var word: Heard.Word
        /// Seconds after the newest request so far.
        var gap: Double
        var stamp: Int?
    }

    struct Outcome {
        var disagreement: String?
        var fired = 0
        var walked = 0
    }

    /// Walks the tree of sequences, sharing what their beginnings have in common.
    static func walk(_ alphabet: [Symbol], length: Int) -> Outcome {
        var outcome = Outcome()
        var path: [Heard] = []
        let rules = DetectionRules()

        func descend(_ track: PresenceTrack, _ oracle: PresenceOracle, newest: Int) {
            guard outcome.disagreement == nil, path.count < length else { return }
            for symbol in alphabet {
                let heard = Heard(
                    milliseconds: newest + Int((symbol.gap * 1000).rounded()), word: symbol.word, stamp: symbol.stamp)
                path.append(heard)
                var nextTrack = track
                var nextOracle = oracle
                let step = nextTrack.accept(heard.observation, rules: rules)
                nextOracle.hear(heard)
                outcome.walked += 1
                let before = track.state.phase
                let after = nextTrack.state.phase
                if after == .firing, before == .pending { outcome.fired += 1 }
                if after != nextOracle.phase {
                    outcome.disagreement = "\(path): the code says \(after), the prose \(nextOracle.phase)"
                } else if (step.change != nil) != (before != after) {
                    outcome.disagreement = "\(path): the change \(String(describing: step.change)) is not what happened"
                } else if !Self.isSilentWhenUnheard(heard.word, track, nextTrack) {
                    outcome.disagreement = "\(path): an answer that says nothing moved the state"
                }
                descend(nextTrack, nextOracle, newest: max(newest, heard.milliseconds))
                path.removeLast()
                if outcome.disagreement != nil { return }
            }
        }

        descend(PresenceTrack(), PresenceOracle(), newest: 0)
        return outcome
    }

    private static func isSilentWhenUnheard(_ word: Heard.Word, _ before: PresenceTrack, _ after: PresenceTrack) -> Bool
    {
        switch word {
        case .good, .bad: true
        case .unknown, .failed:
            before.state == after.state && before.lastGood == after.lastGood && before.lastUsable == after.lastUsable
        }
    }
}

extension Heard {
    var observation: PresenceObservation {
        let reading: Reading<Presence> =
            switch word {
            case .good: .good
            case .bad: .bad
            case .unknown: .saidUnknown
            case .failed: .failed
            }
        let asked = at(0).advanced(by: .milliseconds(milliseconds))
        return PresenceObservation(
            reading: reading, asked: asked, received: asked.advanced(by: .milliseconds(200)),
            sequenceNumber: stamp.map { "00\($0)" })
    }
}
