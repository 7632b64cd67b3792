// Whose calendars are worth a read, and what they change: an agenda raises the severity of a room that is down and never
// the suspicion that it is.

public import FleetCore
import FleetGraph
import Timekeeping

extension Ledger: CalendarRooms {
    /// The watched rooms of a tenant, those that are pending, down or recovering first.
    public func calendarRooms(tenant: TenantName) -> CalendarRoster {
        var roster = CalendarRoster(others: [])
        guard let fleet = fleets[tenant] else { return roster }
        roster.others.reserveCapacity(fleet.rooms.count)
        for (room, track) in zip(fleet.rooms, fleet.tracks) {
            let calendar = CalendarRoom(account: room.account, address: room.email)
            if track.phase == .clear { roster.others.append(calendar) } else { roster.inTrouble.append(calendar) }
        }
        return roster
    }
}

extension Ledger: AgendaSink {
    /// Judges what the calendars of some rooms said.
    public func accept(_ agendas: [AccountID: Agenda], tenant: TenantName) {
        let now = time.now()
        guard let decision = fleets[tenant]?.accept(agendas, at: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }
}

extension Ledger {
    /// Has a loop told of every room that begins to look bad, so that its agenda is there when the page is written.
    ///
    /// Only the loop's bounded list is kept, not the loop, which knows this Ledger.
    public func register(_ loop: CalendarLoop) { calendarErrands[loop.tenant] = loop.errands }

    /// Sends for the agendas of rooms with a first bad answer, and again when they fire without one.
    func askCalendars(after decision: FleetDecision, tenant: TenantName, at now: Moment) {
        guard let errands = calendarErrands[tenant] else { return }
        let accounts = decision.transitions.filter {
            $0.condition == .roomOffline && ($0.to == .pending || $0.to == .firing)
        }.map { AccountID($0.subject) }
        if !accounts.isEmpty { errands.add(accounts, at: now) }
    }
}
