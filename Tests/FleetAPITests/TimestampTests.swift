// The one spelling of instants: receivers compare and sort these texts.

import FleetAPI
import Foundation
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (1_795_161_601.250, "2026-11-20T08:00:01.250Z"), (0, "1970-01-01T00:00:00.000Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"), (-0.001, "1969-12-31T23:59:59.999Z"),
        (4_107_542_399.9996, "2100-03-01T00:00:00.000Z"), (253_402_300_799.999, "9999-12-31T23:59:59.999Z"),
    ])
    func `writes UTC with milliseconds`(seconds: Double, text: String) {
        #expect(Timestamp(Date(timeIntervalSince1970: seconds)).description == text)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func `an absurd date still has a spelling that reads back`(seconds: Double) {
        let stamp = Timestamp(Date(timeIntervalSince1970: seconds))
        #expect(stamp.description.count == 24)
        #expect(Timestamp(stamp.description) == stamp)
    }

    @Test(arguments: [
        "2026-11-20T08:00:01.250Z", "2026-11-20T09:00:01.25+01:00", "2026-11-20T02:30:01.250999-05:30",
        "2026-11-20t08:00:01.250z",
    ])
    func `reads every spelling of RFC 3339`(text: String) {
        #expect(Timestamp(text)?.milliseconds == 1_795_161_601_250)
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-11-20T08:00:01", "2026-13-20T08:00:01Z", "2026-02-29T08:00:01Z", "2026-11-20T24:00:00Z",
        "2026-11-20T08:00:01.Z", "2026-11-20T08:00:01Zx", "20261120T080001Z", "2026-11-20T08:00:01+25:00",
    ])
    func `refuses what is no date-time`(text: String) { #expect(Timestamp(text) == nil) }

    @Test func `days throughout eight centuries read back`() {
        for day in stride(from: Int64(-146_097), to: 146_097, by: 11) {
            let stamp = Timestamp(Date(timeIntervalSince1970: Double(day) * 86_400 + 43_200.5))
            guard Timestamp(stamp.description) == stamp else {
                Issue.record("day \(day): \(stamp)")
                return
            }
        }
    }

    @Test func `agrees with Foundation's calendar`() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for step in 0..<2_000 {
            let date = Date(timeIntervalSince1970: Double(step) * 9_876_543.5 - 4e9)
            #expect(Timestamp(date).description == style.format(date))
        }
    }
}
