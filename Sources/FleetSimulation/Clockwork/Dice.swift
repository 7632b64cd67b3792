// Everything that chance decides in a run comes from its seed, and each purpose draws from a stream of its own: one more
// fault drawn leaves the rooms and the crashes as they were.

import FleetCore
import Timekeeping

/// A stream of draws for one purpose of one seed.
struct Dice: Sendable {
    private var generator: SeededGenerator

    init(seed: UInt64, purpose: String) {
        // FNV-1a: two purposes never share a stream.
        var mixed: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in purpose.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
        generator = SeededGenerator(seed: seed ^ mixed)
        _ = generator.next()
    }

    mutating func number() -> UInt64 { generator.next() }
    mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < probability }
    mutating func element<Element>(_ choices: [Element]) -> Element { choices[pick(0...choices.count - 1)] }

    /// Whole milliseconds between two durations.
    mutating func duration(_ from: Duration, _ to: Duration) -> Duration {
        let (low, high) = (Int(from.milliseconds), Int(to.milliseconds))
        return low >= high ? from : .milliseconds(pick(low...high))
    }

    /// Short ones often, long ones seldom.
    mutating func skewed(_ from: Duration, _ to: Duration) -> Duration {
        let part = Double.random(in: 0..<1, using: &generator)
        return .milliseconds(from.milliseconds + Int64(Double((to - from).milliseconds) * part * part * part))
    }
}
