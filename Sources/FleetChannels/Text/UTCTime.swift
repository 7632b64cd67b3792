// Instants as people read them. The incident's readers sit in several time zones, so a text says UTC and says so.

import FleetAPI

import struct Foundation.Date

enum UTCTime {
    /// `2026-11-20 08:00:01 UTC`
    static func text(_ instant: Date) -> String {
        let wire = Timestamp(instant).description
        return "\(wire.prefix(10)) \(wire.dropFirst(11).prefix(8)) UTC"
    }

    /// `Fri, 20 Nov 2026 08:00:01 +0000`, the date-time of RFC 5322, section 3.3.
    static func mailDate(_ instant: Date) -> String {
        let stamp = Timestamp(instant)
        let wire = stamp.description
        // 1 January 1970 was a Thursday; the days before it count backwards.
        let days = Int((Double(stamp.milliseconds) / 86_400_000).rounded(.down))
        let weekday = weekdays[((days % 7) + 7) % 7]
        let month = months[max(0, min(11, (Int(wire.dropFirst(5).prefix(2)) ?? 1) - 1))]
        let day = wire.dropFirst(8).prefix(2)
        return "\(weekday), \(day) \(month) \(wire.prefix(4)) \(wire.dropFirst(11).prefix(8)) +0000"
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
