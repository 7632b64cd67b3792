// What is written by hand must read back as the very same value.

import FleetCore
@testable import FleetStore
import Foundation
import Testing

@Suite struct FlapTextTests {
    @Test(arguments: [0, 1000, 2499.999_999_9, 5000, 1e-12])
    func whatIsWrittenIsReadBack(_ penalty: Double) throws {
        for (isFrozen, isFlapping) in [(false, true), (true, false)] {
            let record = FlapPenalty.Record(
                penalty: penalty, at: Date(timeIntervalSinceReferenceDate: 815_998_212.123_456), isFrozen: isFrozen,
                isFlapping: isFlapping)
            let read = try JSONColumn.value(FlapPenalty.Record.self, from: FlapText.text(record))
            #expect(read == record)
        }
    }
}
