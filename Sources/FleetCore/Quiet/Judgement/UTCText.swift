// Instants in sentences for people: UTC, to the minute, with the day only where it is not today.

import Foundation

/// Instants as short text.
enum UTCText {
    /// `2026-11-20 14:00Z`.
    static func full(_ instant: Date) -> String { text(instant, withDay: true) }

    /// `14:00Z` on the day of `now`, `2026-11-21 14:00Z` on any other.
    static func short(_ instant: Date, seenFrom now: Date) -> String {
        text(instant, withDay: day(instant) != day(now))
    }

    /// `2026-11-20`.
    static func date(_ instant: Date) -> String { String(instant.formatted(.iso8601).prefix(10)) }

    /// `14:00:05Z`: what is compared with other instants of the same minutes.
    static func clock(_ instant: Date) -> String { instant.formatted(.iso8601).dropFirst(11).prefix(8) + "Z" }

    private static func day(_ instant: Date) -> Double { (instant.timeIntervalSince1970 / 86_400).rounded(.down) }

    private static func text(_ instant: Date, withDay: Bool) -> String {
        let iso = instant.formatted(.iso8601)
        // 2026-11-20T14:00:00Z
        let time = iso.dropFirst(11).prefix(5) + "Z"
        return withDay ? "\(iso.prefix(10)) \(time)" : String(time)
    }
}
