// How well each room can be seen. A room that nobody can see raises no alarm, which is the one thing a monitor must say
// before it is needed.

import FleetAPI
import FleetCore
import Foundation
import Timekeeping

/// The rooms of one tenant by how well they are seen.
struct CoverageFacts: Sendable {
    var tenant: String
    var rooms = 0
    /// With what makes them weak: `Room 17 (B2): panel (Tap Scheduler)`.
    var weak: [String] = []
    /// Gave a usable answer once, and none lately.
    var unseen: [String] = []
    var neverSeen: [String] = []
    var withoutBuilding: [String] = []
    var withoutMailbox: [String] = []
    /// Buildings whose clock nobody has told, so that it is taken for UTC.
    var withoutZone: [String] = []
    /// Whether device records are read, which alone show that a room is weak.
    var readsDevices: Bool
    /// Whether the first minute is over, in which rooms are found.
    var isSettled: Bool

    func judged() -> [CheckBody] {
        guard rooms > 0 else {
            return [
                check(
                    "rooms.watched", isSettled ? .problem : .notice, "No room is watched.",
                    remedy: "See token and permissions (User.Read.All). Rooms are accounts with a Teams Rooms licence, "
                        + "accounts signed in on a room system, and what `inventory.include` lists.")
            ]
        }
        let strong = rooms - Set(weak + unseen + neverSeen).count
        var checks = [
            check(
                "rooms.watched", .ok,
                "\(rooms) rooms are watched: \(max(0, strong)) strong, \(weak.count) weak, "
                    + "\(unseen.count + neverSeen.count) not seen.")
        ]
        if !neverSeen.isEmpty, isSettled {
            checks.append(
                check(
                    "rooms.never_seen", .warning,
                    "\(Self.count(neverSeen)) never gave a usable answer since the start, so nobody would hear of "
                        + "\(neverSeen.count == 1 ? "its" : "their") outage.",
                    remedy: "Sign the account in on its device once, check its licence, or leave it out with "
                        + "`inventory.exclude`.", neverSeen))
        }
        if !unseen.isEmpty {
            checks.append(
                check(
                    "rooms.unseen", .warning,
                    "\(Self.count(unseen)) gave no usable answer lately; the state stands still.",
                    remedy: "See graph; for single rooms look at their account in the directory.", unseen))
        }
        if !weak.isEmpty {
            checks.append(
                check(
                    "rooms.weak", .notice,
                    "\(Self.count(weak)) \(weak.count == 1 ? "is" : "are") seen weakly: another device is signed in with "
                        + "the room's account and keeps it \"Available\" while the room system is dead, so the slower "
                        + "device record is the witness.",
                    remedy: "Sign panels and phones in with accounts of their own, where Microsoft supports it.", weak))
        }
        if !readsDevices {
            checks.append(
                check(
                    "rooms.devices", .notice,
                    "Device records are not read, so it is not known which rooms another device keeps \"Available\".",
                    remedy: "See graph and permissions (TeamworkDevice.Read.All)."))
        }
        if !withoutBuilding.isEmpty {
            checks.append(
                check(
                    "rooms.building", .notice,
                    "\(Self.count(withoutBuilding)) of no known building: an outage of the building is told room by room.",
                    remedy: "Give them a building in Places (Set-PlaceV3), or an office location in the directory.",
                    withoutBuilding))
        }
        if !withoutZone.isEmpty {
            checks.append(
                check(
                    "rooms.time_zone", .notice,
                    "\(withoutZone.count == 1 ? "1 building has" : "\(withoutZone.count) buildings have") no time zone: "
                        + "bookable hours, severities and the window nightly follow UTC there.",
                    remedy:
                        "Give each its zone under `buildings`, such as `B2: { time_zone: Europe/Berlin }`, or all of "
                        + "them one in `hours.default.time_zone`.", withoutZone))
        }
        if !withoutMailbox.isEmpty {
            checks.append(
                check(
                    "rooms.mailbox", .notice,
                    "\(Self.count(withoutMailbox)) without a mailbox: no meetings are known of, so severity follows the "
                        + "bookable hours.", remedy: "Make the account a room mailbox in Exchange.", withoutMailbox))
        }
        return checks
    }

    private func check(
        _ id: String, _ status: CheckBody.Status, _ summary: String, remedy: String? = nil, _ examples: [String] = []
    ) -> CheckBody {
        CheckBody(id, area: .rooms, tenant: tenant, status, summary, remedy: remedy, examples: examples)
    }

    private static func count(_ rooms: [String]) -> String { rooms.count == 1 ? "1 room" : "\(rooms.count) rooms" }
}

extension CoverageFacts {
    /// Exchange's words for an address without a mailbox (Graph facts, Calendars).
    private static let noMailbox: Set<String> = ["errormailrecipientnotfound", "errornonexistentmailbox"]

    init(_ fleet: TenantFleet, readsDevices: Bool, at now: Moment) {
        tenant = fleet.tenant.text
        self.readsDevices = readsDevices
        isSettled = fleet.watchedSince.elapsed(until: now) >= .seconds(60)
        rooms = fleet.rooms.count
        let hours = fleet.site.hours
        if hours.byDefault.timeZone == .gmt {
            withoutZone = Set(fleet.rooms.compactMap(\.building)).filter { hours.byBuilding[$0] == nil }.sorted()
        }
        for (room, track) in zip(fleet.rooms, fleet.tracks) {
            let name = Self.words(room)
            if track.presence.lastUsable == nil {
                neverSeen.append(name)
            } else if track.presence.isUnseen(at: now, watchedSince: fleet.watchedSince, rules: fleet.rules) {
                unseen.append(name)
            } else if room.isWeak {
                let main = room.mainDevice?.id
                let others = room.devices.filter { $0.kind.holdsPresence && $0.id != main }.map(\.words)
                weak.append("\(name): \(others.joined(separator: ", "))")
            }
            if room.building == nil { withoutBuilding.append(name) }
            if case .unknown(.failed(let code))? = fleet.agendas[room.account]?.reading,
                Self.noMailbox.contains(code.lowercased())
            {
                withoutMailbox.append(name)
            }
        }
    }

    private static func words(_ room: Room) -> String {
        room.building.map { "\(room.name) (\($0))" } ?? room.name
    }
}

extension RoomDevice {
    /// `panel (Logitech Tap Scheduler)`
    fileprivate var words: String {
        let make = [manufacturer, model].compactMap(\.self).joined(separator: " ")
        let noun = kind.rawValue.replacing("_", with: " ")
        return make.isEmpty ? noun : "\(noun) (\(make))"
    }
}
