// A fleet says a dozen different things about presence. The verdict and its text are made once per spelling and found
// again by the bytes, so that a sweep of 20,000 rows builds no string for them.

import CSimdjson
import FleetCore

struct PresenceMemo {
    /// Spellings remembered; a power of two. A service that invents words fills the memo and is served without it.
    static let capacity = 256
    /// Longer pairs are not remembered.
    static let keyBytes = 96

    /// Hashes of what the slots hold; zero marks an empty slot.
    private var hashes = [UInt64](repeating: 0, count: capacity)
    /// Availability and activity with 0xFF between them, which occurs in no UTF-8 text.
    private var keys = [[UInt8]](repeating: [], count: capacity)
    private var readings = [Reading<Presence>](repeating: .unknown(.missing), count: capacity)
    private var count = 0

    /// The verdict on one row. A field that holds no string makes the row unknown: its sender is broken.
    mutating func reading(_ availability: presence_text, _ activity: presence_text) -> Reading<Presence> {
        if availability.kind == PRESENCE_TEXT_OTHER || activity.kind == PRESENCE_TEXT_OTHER {
            return .unknown(.saidUnknown(text: "malformed"))
        }
        let (first, second) = (availability.buffer, activity.buffer)
        guard first.count + second.count <= Self.keyBytes else { return Self.judged(first, second) }
        let hash = Self.hash(first, second)
        var slot = Int(truncatingIfNeeded: hash >> 32) & (Self.capacity - 1)
        while hashes[slot] != 0 {
            if hashes[slot] == hash, holds(slot, first, second) { return readings[slot] }
            slot = (slot + 1) & (Self.capacity - 1)
        }
        let reading = Self.judged(first, second)
        // Half full at most, so that probing stays short and always ends.
        if count < Self.capacity / 2 {
            hashes[slot] = hash
            keys[slot] = Array(first) + [0xFF] + Array(second)
            readings[slot] = reading
            count += 1
        }
        return reading
    }

    private func holds(
        _ slot: Int, _ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        keys[slot].withUnsafeBufferPointer { key in
            guard key.count == first.count + second.count + 1, key[first.count] == 0xFF else { return false }
            for index in 0..<first.count where key[index] != first[index] { return false }
            for index in 0..<second.count where key[first.count + 1 + index] != second[index] { return false }
            return true
        }
    }

    private static func judged(
        _ availability: UnsafeBufferPointer<UInt8>, _ activity: UnsafeBufferPointer<UInt8>
    ) -> Reading<Presence> {
        PresenceWords.reading(
            availability: String(decoding: availability, as: UTF8.self),
            activity: String(decoding: activity, as: UTF8.self))
    }

    /// FNV-1a; the table is bounded and probing is bounded with it, so colliding words cost little.
    private static func hash(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in first { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        for byte in second { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return max(hash, 1)
    }
}
