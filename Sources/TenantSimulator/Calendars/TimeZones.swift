// Exchange speaks of time zones by their Windows names. Only the zones of the simulated buildings exist here.

import Foundation

/// The time zones the simulated Exchange knows.
enum TimeZones {
    /// The Windows name and the IANA identifier of every building's zone.
    private static let pairs = [
        ("Pacific Standard Time", "America/Los_Angeles"), ("W. Europe Standard Time", "Europe/Berlin"),
        ("GMT Standard Time", "Europe/London"), ("Tokyo Standard Time", "Asia/Tokyo"),
        ("Eastern Standard Time", "America/New_York"), ("India Standard Time", "Asia/Kolkata"),
        ("AUS Eastern Standard Time", "Australia/Sydney"),
        ("E. South America Standard Time", "America/Sao_Paulo"), ("UTC", "GMT"),
    ]

    static func windowsName(_ identifier: String) -> String {
        pairs.first { $0.1 == identifier }?.0 ?? "UTC"
    }

    /// The zone of a Windows or IANA name.
    static func zone(_ name: String) -> TimeZone? {
        if let pair = pairs.first(where: { $0.0.lowercased() == name.lowercased() }) {
            return TimeZone(identifier: pair.1)
        }
        return name.contains("/") ? TimeZone(identifier: name) : nil
    }

    /// Wall time in `zone`, `2026-05-04T08:00:00.0000000`, as Graph writes it beside the zone's name.
    static func localText(_ date: Date, in zone: TimeZone) -> String {
        let shifted = date.addingTimeInterval(Double(zone.secondsFromGMT(for: date)))
        return String(Timestamps.text(shifted, fractionDigits: 7).dropLast())
    }

    /// The instant at which clocks in `zone` show the time; `nil` for text that is no `yyyy-MM-ddTHH:mm:ss[.fraction]`.
    static func date(_ text: String, in zone: TimeZone) -> Date? {
        let fields = text.split { !$0.isASCII || !$0.isNumber }.prefix(6).compactMap { Int($0) }
        guard text.utf8.count >= 16, fields.count >= 5, text.dropFirst(10).first == "T" else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = DateComponents(
            year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4],
            second: fields.count > 5 ? fields[5] : 0)
        guard parts.isValidDate(in: calendar) else { return nil }
        return calendar.date(from: parts)
    }
}
