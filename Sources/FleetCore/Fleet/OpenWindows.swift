// Which maintenance windows are open, worked out once a minute and building: asking every window about every room that
// is down would cost more than judging them.

import struct Foundation.Date
import struct Foundation.TimeZone

/// The windows that are open in a building in the present minute.
struct OpenWindows: Sendable {
    private var minute = Int.min
    private var byBuilding: [String?: [MaintenanceWindow]] = [:]

    mutating func of(_ building: String?, at wall: Date, site: SiteRules, planned: [MaintenanceWindow])
        -> [MaintenanceWindow]
    {
        let current = wall.minute
        if current != minute {
            minute = current
            byBuilding.removeAll(keepingCapacity: true)
        }
        if let known = byBuilding[building] { return known }
        let zone = site.timeZone(of: building)
        let open = (site.windows + planned).filter { $0.isOpen(duringMinute: current, at: wall, timeZone: zone) }
        byBuilding[building] = open
        return open
    }
}

extension MaintenanceWindow {
    /// Whether the window may be open at some instant of a minute: recurring windows begin and end on one, but a person
    /// plans to the second.
    fileprivate func isOpen(duringMinute minute: Int, at wall: Date, timeZone: TimeZone) -> Bool {
        guard case .once(let planned) = schedule else { return isOpen(at: wall, timeZone: timeZone) }
        return isEnabled && planned.startsAt.minute <= minute && minute <= planned.endsAt.minute
    }
}

extension Date {
    /// Whole minutes since 1970; windows and hours begin on one.
    var minute: Int { Int((timeIntervalSince1970 / 60).rounded(.down)) }
}
