// Jitter and request ids need chance, and a simulation needs the same chance again: so it is handed in, once, and
// everything random in this target is drawn from it.

import Synchronization

/// A shared source of randomness; seed its generator to repeat a run.
public final class RandomSource: Sendable {
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    public init(_ generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.generator = Mutex(generator)
    }

    /// A number in 0..<1.
    func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A fresh version 4 GUID in lower case.
    func guid() -> String {
        let (high, low) = (next(), next())
        var bytes: [UInt8] = []
        for word in [high, low] {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return [hex[0..<4], hex[4..<6], hex[6..<8], hex[8..<10], hex[10..<16]].map { $0.joined() }
            .joined(separator: "-")
    }

    private func next() -> UInt64 {
        generator.withLock { generator in generator.next() }
    }
}
