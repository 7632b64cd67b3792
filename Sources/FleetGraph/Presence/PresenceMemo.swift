// A fleet says a dozen different things about presence. The verdict and its text are made once per spelling and found
// again by the bytes, so that a sweep of 20,000 rows builds no string for them.

import CSimdjson
import FleetCore

struct PresenceMemo {
    /// Spellings remembered; a power of two. A service that invents words fills the memo and is served without it.
    static let capacity = 256
    /// Longer pairs are not remembered.
    static let keyBytes = 96

    private struct Entry {
        var availability: [UInt8]
        var activity: [UInt8]
        var reading: Reading<Presence>
    }

    private var slots: [Entry?] = Array(repeating: nil, count: capacity)
    private var count = 0

    /// The verdict on one row. A field that holds no string makes the row unknown: its sender is broken.
    mutating func reading(_ availability: presence_text, _ activity: presence_text) -> Reading<Presence> {
        if availability.kind == PRESENCE_TEXT_OTHER || activity.kind == PRESENCE_TEXT_OTHER {
            return .unknown(.saidUnknown(text: "malformed"))
        }
        let (first, second) = (availability.buffer, activity.buffer)
        guard first.count + second.count <= Self.keyBytes else { return Self.judged(first, second) }
        var slot = Self.hash(first, second) & (Self.capacity - 1)
        while let entry = slots[slot] {
            if first.elementsEqual(entry.availability), second.elementsEqual(entry.activity) { return entry.reading }
            slot = (slot + 1) & (Self.capacity - 1)
        }
        let reading = Self.judged(first, second)
        // Half full at most, so that probing stays short and always ends.
        if count < Self.capacity / 2 {
            slots[slot] = Entry(availability: Array(first), activity: Array(second), reading: reading)
            count += 1
        }
        return reading
    }

    private static func judged(
        _ availability: UnsafeBufferPointer<UInt8>, _ activity: UnsafeBufferPointer<UInt8>
    ) -> Reading<Presence> {
        PresenceWords.reading(
            availability: String(decoding: availability, as: UTF8.self),
            activity: String(decoding: activity, as: UTF8.self))
    }

    /// FNV-1a; the table is bounded and probing is bounded with it, so colliding words cost little.
    private static func hash(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in first { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        for byte in second { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash >> 32)
    }
}
