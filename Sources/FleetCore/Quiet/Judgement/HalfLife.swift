// The one piece of arithmetic in this house that needs a power of two with a fraction; it stands alone because only the
// whole of Foundation brings it.

import Foundation
import Timekeeping

/// Exponential decay by half-lives.
struct HalfLife {
    var duration: Duration

    /// What is left of an amount after a time; a time in the past leaves all of it.
    func remainder(of amount: Double, after age: Duration) -> Double {
        amount * exp2(-max(0, age.seconds) / duration.seconds)
    }

    /// How long an amount takes to fall to a smaller one.
    func time(from amount: Double, to smaller: Double) -> Duration {
        amount > smaller ? .seconds(duration.seconds * log2(amount / smaller)) : .zero
    }
}
