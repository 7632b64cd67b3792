// All chance in the simulated tenant comes from here. Every purpose draws from a stream of its own, so adding a draw in
// one place does not shift the whole tenant, and a failing seed stays a failing seed.

import Timekeeping

/// What a stream of draws is for; part of the stream's key.
enum SeedPurpose: UInt64, Sendable {
    case room, place, device, mac, activity, outage, deviceDelay, person, tenant, request, batchOrder, generated,
        session, booking, series, operation, operationFault, selection, ragged
}

/// A reproducible stream of numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct SeededDraws: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64, purpose: SeedPurpose, index: Int, round: Int = 0) {
        state = seed
        for word in [purpose.rawValue, UInt64(truncatingIfNeeded: index), UInt64(truncatingIfNeeded: round)] {
            state = Self.mix(state ^ (word &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03))
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number of `range`, evenly spread.
    mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A duration between both ends, in whole milliseconds.
    mutating func duration(_ from: Duration, _ to: Duration) -> Duration {
        let low = Int(from.milliseconds)
        return .milliseconds(pick(low...max(low, Int(to.milliseconds))))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
