// Free/busy times come without an offset, beside the name of a time zone (Graph facts, Calendars). UTC is asked for and normally
// comes; a proxy or another implementation may answer in the mailbox's own zone, under its Windows name.

import Foundation
import GraphClient

enum ZonedTime {
    /// The instant, or `nil` when the time is malformed or its zone unknown: an hour guessed wrongly would move a
    /// meeting, and the availability view knows the same meeting without any zone.
    static func date(_ wire: ZonedTimeWire?) -> Date? {
        guard let wire, let text = wire.dateTime, text.utf8.count <= 64, let local = GraphTimestamp(text).date else {
            return nil
        }
        if carriesOffset(text) { return local }
        guard let name = wire.timeZone, !isUTC(name) else { return local }
        return zone(name).map { instant(of: local, in: $0) }
    }

    /// Whether the text names its own offset, which then decides.
    private static func carriesOffset(_ text: String) -> Bool {
        text.utf8.dropFirst(19).contains { "Zz+-".utf8.contains($0) }
    }

    private static func isUTC(_ name: String) -> Bool {
        ["", "utc", "etc/utc", "etc/gmt", "gmt", "z", "coordinated universal time", "tzone://microsoft/utc"]
            .contains(name.lowercased())
    }

    static func zone(_ name: String) -> TimeZone? {
        guard name.utf8.count <= 64 else { return nil }
        // Windows names are tried first: ICU reads some of their beginnings ("EST") as zones of its own.
        if let identifier = WindowsTimeZones.identifier(name) { return TimeZone(identifier: identifier) }
        return name.contains("/") ? TimeZone(identifier: name) : nil
    }

    /// The instant at which clocks in `zone` show `local`, which was read as if it were UTC.
    ///
    /// A time that clocks show twice is taken as the first, one that they skip as the same distance after the gap.
    static func instant(of local: Date, in zone: TimeZone) -> Date {
        let shown = local.timeIntervalSince1970
        func offset(at seconds: Double) -> Double {
            Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)))
        }
        // A day away on either side the offsets are those before and after any change that concerns this time.
        let before = offset(at: shown - 86_400)
        let after = offset(at: shown + 86_400)
        let candidates = [shown - before, shown - after].filter { $0 + offset(at: $0) == shown }
        return Date(timeIntervalSince1970: candidates.min() ?? shown - before)
    }
}
