// The facts on which the guards decide, gathered from what the fleet knows of a room at a moment.

import struct Foundation.Date
import struct Foundation.TimeZone
import Timekeeping

extension TenantFleet {
    /// What a device's records said counts for so long; they are read every few minutes.
    static let recordBelievedFor: Duration = .seconds(15 * 60)
    /// The record of a device that lost power may say for so long that it is well (Graph facts, Devices).
    static let recordLag: Duration = .seconds(5 * 60)

    /// What the guards say of one room.
    ///
    /// - Parameter own: the operation that is asked about, when there is one already.
    mutating func verdict(
        on action: DeviceAction, isForced: Bool, isPatient: Bool, slot: Int, own: UniqueID? = nil,
        budget: CommandBudget, at now: Moment
    ) -> GuardVerdict {
        let room = rooms[slot]
        var facts = GuardFacts(action: action)
        facts.isForced = isForced
        facts.isPatient = isPatient
        facts.isTaken = own != nil
        facts.hasDevice = room.mainDevice != nil
        facts.running = running(in: room.account, beside: own)
        facts.disconnection = disconnection(ofRoomAt: slot, at: now)
        facts.presence = presenceSign(ofRoomAt: slot, at: now)
        facts.activity = activitySign(ofRoomAt: slot, at: now)
        addCalendar(ofRoomAt: slot, at: now, to: &facts)
        facts.doubt = doubt(ofRoomAt: slot, at: now)
        if case .updateSoftware = action { facts.updateTime = updateTime(ofRoomAt: slot, at: now) }
        facts.budget = budget.refusal(of: action, in: room.building, at: now)
        return facts.verdict(at: now)
    }

    /// What is not over in a room.
    private func running(in room: AccountID, beside own: UniqueID?) -> String? {
        guard let other = commandBook.operations(in: room).first(where: { !$0.isOver && $0.id != own }) else {
            return nil
        }
        let author = commandBook.author(of: other)
        let stage = other.state.isSettled ? "the room is not back from it" : "it is \(other.state.word)"
        return "\(other.action.phrase) by \(author) is not over (\(stage), operation \(other.id))"
    }

    /// Why the device counts as off the air: its newest word says so, or an older one that is not old. Of several that
    /// contradict each other the bad one is believed, because a command cannot be taken back.
    private func disconnection(ofRoomAt slot: Int, at now: Moment) -> String? {
        var words: [(asked: Moment, trouble: String?)] = []
        let entry = rooms[slot].mainDevice.flatMap { devices[$0.id] }
        for reading in [tracks[slot].deviceReading, entry?.record.reading].compactMap(\.self) {
            guard case .value(let health) = reading.health else { continue }
            words.append((reading.asked, health.isOffline ? "its device record says \(health.text)" : nil))
        }
        if let link = entry?.report?.connection, let examined = entry?.examined, link.state != .unknown {
            words.append((examined, link.state == .disconnected ? "its health report says disconnected" : nil))
        }
        if words.isEmpty, let entry {
            // After a restart nothing was read yet; what was known before is the best there is.
            if entry.parts[.offline]?.state.phase.isWrong == true {
                return "its device record said offline when it was last read"
            }
            if entry.report?.connection?.state == .disconnected {
                return "its health report said disconnected when it was last read"
            }
        }
        words.sort { $0.asked.steady > $1.asked.steady }
        if let newest = words.first?.trouble { return newest }
        return words.first { $0.trouble != nil && $0.asked.elapsed(until: now) < Self.recordBelievedFor }?.trouble
    }

    private func presenceSign(ofRoomAt slot: Int, at now: Moment) -> GuardFacts.IdleSign {
        let presence = tracks[slot].presence
        guard !presence.isUnseen(at: now, watchedSince: watchedSince, rules: rules),
            case .value(let said)? = presence.reading
        else { return .unknown("presence is not known") }
        if said.meaning == .inUse { return .busy("presence says \(said.text)", until: nil) }
        return .idle("presence \(said.text)")
    }

    private func activitySign(ofRoomAt slot: Int, at now: Moment) -> GuardFacts.IdleSign {
        guard let entry = rooms[slot].mainDevice.flatMap({ devices[$0.id] }),
            entry.record.reading.asked.elapsed(until: now) < Self.recordBelievedFor
        else { return .unknown("the device does not say what it does") }
        switch entry.record.activity {
        case .idle: return .idle("device idle")
        case .busy: return .busy("the device says that it is busy", until: nil)
        case .unavailable, .unknown: return .unknown("the device does not say what it does")
        }
    }

    private func addCalendar(ofRoomAt slot: Int, at now: Moment, to facts: inout GuardFacts) {
        guard let agenda = agendas[rooms[slot].account], agenda.isBelieved(at: now) else { return }
        let clock = BuildingClock(site.timeZone(of: rooms[slot].building), today: now.wall)
        func moment(_ wall: Date) -> Moment { now.advanced(by: .seconds(wall.timeIntervalSince(now.wall))) }
        if let until = agenda.takenUntil(at: now) {
            facts.calendar = .busy("a meeting is running until \(clock.text(until))", until: moment(until))
            return
        }
        let allowance = facts.action.allowance ?? .zero
        if let booking = agenda.startsWithin(allowance, at: now) {
            let end = agenda.blocks.first { $0.startsAt == booking.startsAt }?.endsAt ?? booking.endsAt
            facts.meetingBegins = moment(booking.startsAt)
            facts.calendar = .busy("a meeting starts at \(clock.text(booking.startsAt))", until: moment(end))
            return
        }
        guard agenda.isBookedNowOrWithin(allowance, at: now) == false else {
            facts.calendar = .unknown("the calendar is not known for the next \(allowance.inMinutes)")
            return
        }
        let free = agenda.next(after: now)?.startsAt ?? agenda.until
        facts.calendar = .idle("no booking before \(clock.text(free))")
    }

    /// A room that went dark a moment ago: its device may have lost power, and nobody told the record yet.
    private func doubt(ofRoomAt slot: Int, at now: Moment) -> String? {
        guard let onset = firstBad(ofRoomAt: slot), !tracks[slot].isDeviceWell(since: onset.wall) else { return nil }
        if let record = tracks[slot].deviceReading, record.signal == .good,
            onset.elapsed(until: record.asked) >= Self.recordLag
        {
            return nil
        }
        return "the room is offline and the record of its device may not have heard why; it counts when it was read "
            + "\(Self.recordLag.inMinutes) after the room fell"
    }

    private mutating func updateTime(ofRoomAt slot: Int, at now: Moment) -> GuardFacts.UpdateTime {
        let room = rooms[slot]
        let open = openWindows.of(room.building, at: now.wall, site: site, planned: quiet.planned)
        if let window = open.first(where: { $0.covers(room, of: tenant) }) {
            return .open("maintenance window \(window.ruleName)")
        }
        let isBookable = bookable.contains(building: room.building, at: now.wall, in: site.hours)
        switch commandBook.rules.updateIn {
        case .always: return .open("updates may run at any time")
        case .outsideHours where !isBookable: return .open("outside bookable hours")
        case .outsideHours:
            let end = BuildingClock.text(minute: site.hours.of(room.building).toMinute)
            return .closed(
                "bookable hours last until \(end); software is updated after them or in a maintenance window")
        case .windows: return .closed("software is updated in maintenance windows only, and none is open")
        }
    }
}

/// Instants as people of a building read them, with the day where it is another.
struct BuildingClock {
    private let clock: LocalClock
    private let today: Int

    init(_ zone: TimeZone, today now: Date) {
        clock = LocalClock(zone)
        today = clock.reading(at: now.wholeSeconds).day
    }

    /// `14:08`, `2026-11-21 14:08` on another day.
    func text(_ instant: Date) -> String {
        let reading = clock.reading(at: instant.wholeSeconds)
        let time = Self.text(minute: reading.minute)
        guard reading.day != today else { return time }
        return UTCText.date(Date(seconds: reading.day * 86_400)) + " " + time
    }

    static func text(minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}
