// What the answers of getSchedule entitle a page to say: whether the room is needed now. Read by eyes of our own, as the
// presence answers are.

import Foundation
import Synchronization
import Timekeeping

/// What the daemon was told of the calendars of rooms.
final class BookingOracle: Sendable {
    /// A booking this near makes an outage critical (Detection, Severity).
    static let nearby: TimeInterval = 15 * 60
    /// A calendar read longer ago proves nothing any more; a little less, so that nothing doubtful is demanded.
    private static let believedFor: Duration = .seconds(3500)

    private struct Calendar {
        var asked: Duration
        var received: Duration
        var bookings: [(starts: Date, ends: Date)]
    }

    private let calendars = Mutex<[String: Calendar]>([:])

    /// A new life of the daemon has read nothing yet.
    func beginLife() { calendars.withLock { $0 = [:] } }

    func hear(_ body: [UInt8], asked: Moment, received: Moment) {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any],
            let schedules = object["value"] as? [[String: Any]]
        else { return }
        for schedule in schedules {
            guard let address = (schedule["scheduleId"] as? String)?.lowercased(), schedule["error"] == nil,
                let items = schedule["scheduleItems"] as? [[String: Any]]
            else { continue }
            let bookings = items.compactMap(Self.booking)
            calendars.withLock { calendars in
                if let known = calendars[address], known.asked > asked.steady { return }
                calendars[address] = Calendar(asked: asked.steady, received: received.steady, bookings: bookings)
            }
        }
    }

    private static func booking(_ item: [String: Any]) -> (starts: Date, ends: Date)? {
        guard ["busy", "tentative", "oof"].contains(item["status"] as? String),
            let starts = date(item["start"]), let ends = date(item["end"])
        else { return nil }
        return (starts, ends)
    }

    /// `{"dateTime":"2026-12-01T08:00:00.0000000","timeZone":"UTC"}`
    private static func date(_ value: Any?) -> Date? {
        guard let object = value as? [String: Any], object["timeZone"] as? String == "UTC",
            let text = object["dateTime"] as? String
        else { return nil }
        return try? Date(String(text.prefix(19)) + "Z", strategy: .iso8601)
    }

    /// For how long the daemon has known that somebody needs the room; `nil` when it does not know so.
    func isNeeded(_ address: String, at now: Moment) -> Duration? {
        calendars.withLock { calendars in
            guard let known = calendars[address.lowercased()], now.steady - known.asked < Self.believedFor else {
                return nil
            }
            let ages = known.bookings.filter {
                $0.ends > now.wall && $0.starts.timeIntervalSince(now.wall) <= Self.nearby
            }
            .map { booking in
                let near = now.wall.timeIntervalSince(booking.starts) + Self.nearby
                return min(now.steady - known.received, .milliseconds(Int64(near * 1000)))
            }
            return ages.max()
        }
    }
}
