// When nobody is told although something is wrong: windows, planned absences, silences, flapping. Each has an end, and
// what is still wrong then is told within a second.

import struct Foundation.Date
import Timekeeping

extension TenantFleet {
    // MARK: Rooms that are not expected to work

    /// Why a room that is down is not expected to be up: no member of any larger trouble, and nobody is told.
    mutating func excuse(ofRoomAt slot: Int, at now: Moment) -> Suppression? {
        if let maintenance = maintenance(ofRoomAt: slot, at: now) { return maintenance }
        guard let firstBad = firstBad(ofRoomAt: slot) else { return nil }
        return Suppression.first(
            of: absences(ofRoomAt: slot, at: now).compactMap { $0.suppression(outageSince: firstBad, at: now) })
    }

    /// The window or the entry of `rooms` under which a room is out of service now.
    mutating func maintenance(ofRoomAt slot: Int, at now: Moment) -> Suppression? {
        if let suppression = facts[slot].suppression(at: now.wall) { return suppression }
        let room = rooms[slot]
        let open = openWindows.of(room.building, at: now.wall, site: site, planned: quiet.planned)
        guard !open.isEmpty else { return nil }
        let zone = site.timeZone(of: room.building)
        return Suppression.first(
            of: open.compactMap { $0.suppression(of: room, of: tenant, at: now.wall, timeZone: zone) })
    }

    mutating func isUnderMaintenance(slot: Int, at now: Moment) -> Bool { maintenance(ofRoomAt: slot, at: now) != nil }

    /// The absences that may explain the room's present outage: what people asked of its device, and planned windows.
    private mutating func absences(ofRoomAt slot: Int, at now: Moment) -> [ExpectedAbsence] {
        commandBook.absences(of: rooms[slot].account)
            + [plannedAbsence(ofRoomAt: slot, at: now)].compactMap(\.self)
    }

    /// The planned absence within which the room's present outage began.
    private mutating func plannedAbsence(ofRoomAt slot: Int, at now: Moment) -> ExpectedAbsence? {
        guard let firstBad = firstBad(ofRoomAt: slot) else { return nil }
        if let known = standings[slot].planned, known.firstBad == firstBad { return known.absence }
        let absence = plannedAbsence(of: rooms[slot], since: firstBad)
        standings[slot].planned = Standing.Planned(firstBad: firstBad, absence: absence)
        return absence
    }

    func plannedAbsence(of room: Room, since firstBad: Moment) -> ExpectedAbsence? {
        for window in site.windows + quiet.planned where window.returnWithin != nil && window.covers(room, of: tenant) {
            let zone = site.timeZone(of: room.building)
            if let absence = window.expectedAbsence(ofOutageSince: firstBad, timeZone: zone) { return absence }
        }
        return nil
    }

    /// The absence that a room did not return from.
    mutating func overdue(ofRoomAt slot: Int, at now: Moment) -> ExpectedAbsence.Overdue? {
        guard let firstBad = firstBad(ofRoomAt: slot),
            case .overdue(let overdue) = ExpectedAbsence.verdict(
                of: absences(ofRoomAt: slot, at: now), outageSince: firstBad, at: now)
        else { return nil }
        return overdue
    }

    /// When the outage that is suspected or confirmed began.
    func firstBad(ofRoomAt slot: Int) -> Moment? {
        if let outage = tracks[slot].outage { return outage.firstBad }
        if case .pending(let streak) = tracks[slot].presence.state { return streak.first }
        if case .pending(let streak) = tracks[slot].device { return streak.first }
        return nil
    }

    /// Writes down, once for each outage and reason, that nobody is told of it.
    mutating func note(
        _ excuse: Suppression, ofRoomAt slot: Int, at now: Moment, into decision: inout FleetDecision
    ) {
        guard standings[slot].excuse?.rule != excuse.rule else { return }
        standings[slot].excuse = excuse
        decision.suppressions.append(
            SuppressedNotification(
                tenant: tenant, key: key(ofRoomAt: slot), incident: nil, event: .opened, suppression: excuse,
                at: now.wall))
    }

    /// Lets rooms whose excuse has ended fall now.
    private mutating func releaseExcused(at now: Moment) {
        guard hasExcused else { return }
        for slot in tracks.indices where tracks[slot].isDown {
            guard standings[slot].excuse != nil, standings[slot].voice == .none, tracks[slot].phase.isWrong,
                excuse(ofRoomAt: slot, at: now) == nil
            else { continue }
            // A window ends for everybody inside at once; an absence is each room's own.
            if case .maintenance = standings[slot].excuse { standings[slot].isReleasedTogether = true }
            standings[slot].excuse = nil
            standings[slot].onset = now
            touched.append(slot)
            isStirred = true
        }
    }

    // MARK: Incidents of which nobody is told

    /// Why nobody is told of an incident now, apart from its acknowledgement.
    mutating func suppression(of incident: Incident, at now: Moment) -> Suppression? {
        var reasons: [Suppression] = []
        if let maintenance = maintenance(of: incident, at: now) { reasons.append(maintenance) }
        if !quiet.silences.isEmpty {
            let labels = Labels.of(incident) { index[$0].map { rooms[$0] } }
            reasons += quiet.silences.compactMap { $0.suppression(of: labels, at: now) }
        }
        if incident.condition == .roomOffline, let slot = incident.rooms.first.flatMap({ index[$0.id] }),
            let flap = flaps[rooms[slot].account], let outage = tracks[slot].outage,
            let flapping = rules.flapInhibition.suppression(
                of: outage, severity: incident.severity, flapping: flap, at: now)
        {
            reasons.append(flapping)
        }
        if incident.condition.isOfDevice { reasons += deviceReasons(of: incident, at: now) }
        return Suppression.first(of: reasons)
    }

    /// An incident of rooms is under maintenance when all of them are.
    private mutating func maintenance(of incident: Incident, at now: Moment) -> Suppression? {
        var found: Suppression?
        for reference in incident.rooms {
            guard let slot = index[reference.id], let one = maintenance(ofRoomAt: slot, at: now) else { return nil }
            found = found ?? one
        }
        return found
    }

    /// Looks which incidents may be told of again, and which not any more.
    ///
    /// - Parameter isFull: whether all open incidents are asked; otherwise only those that nobody is told of.
    private mutating func reviewSuppressions(isFull: Bool, at now: Moment, into decision: inout FleetDecision) {
        var released: [DedupKey] = []
        for incident in isFull ? book.allOpen : book.allSuppressed {
            let fresh = suppression(of: incident, at: now)
            guard fresh != incident.suppression else { continue }
            book.suppress(incident.key, fresh)
            guard fresh == nil else {
                if let noted = book.open(incident.key) { decision.events.append(.noted(noted)) }
                continue
            }
            released.append(incident.key)
            // What was quiet falls now, as far as sharing a cause is concerned.
            if incident.condition == .roomOffline, let slot = incident.rooms.first.flatMap({ index[$0.id] }) {
                standings[slot].onset = now
                isStirred = true
            }
        }
        correlate(at: now, into: &decision)
        if !released.isEmpty { devices.isStirred = !devices.troubled.isEmpty }
        correlateDevices(at: now, into: &decision)
        for key in released {
            if let incident = book.open(key) { decision.events.append(.released(incident)) }
        }
    }

    /// What time alone changes about being quiet.
    mutating func tickQuiet(isFull: Bool, at now: Moment, into decision: inout FleetDecision) {
        releaseExcused(at: now)
        releaseMembers(at: now)
        reviewSuppressions(isFull: isFull, at: now, into: &decision)
        tickFlapping(at: now, into: &decision)
    }

    // MARK: Flapping

    /// Counts a firing; one that was excused costs nothing.
    mutating func countFiring(slot: Int, at now: Moment, into decision: inout FleetDecision) {
        // The synthetic room falls on purpose, at every start and every hour: were it said to flap, its rounds would fail.
        guard tenant != .roomwatch else { return }
        let room = rooms[slot]
        var penalty = flaps[room.account] ?? FlapPenalty(at: now)
        let change = penalty.fired(at: now, rule: rules.flapping)
        flaps[room.account] = penalty
        touched.append(slot)
        guard change == .began else { return }
        let booked = agendas[room.account]?.isBookedNowOrWithin(at: now) ?? false
        let rules = rules
        let tenant = tenant
        let lastGood = tracks[slot].presence.lastGood?.wall
        let contact = facts[slot].contact
        let meeting = page(ofRoomAt: slot, at: now).meeting
        step(
            .roomFlapping, .room(room.account), signal: .bad, rule: .atOnce, at: now,
            reason: "its penalty for firings reached \(Int(rules.flapping.on))", into: &decision
        ) { _, id in
            var incident = Incident(
                id: id, key: DedupKey(tenant: tenant, condition: .roomFlapping, subject: .room(room.account)),
                condition: .roomFlapping, tenant: tenant, severity: booked ? .error : .warning,
                scope: Incident.Scope(kind: .room, id: room.account.text, name: room.name),
                rooms: [Incident.RoomReference(room)], cause: .unknown,
                summary: "\(room.placedName) keeps going offline and coming back; single outages are told when they "
                    + "last \(rules.flapInhibition.exception.inWords)",
                firstBadAt: now.wall, lastGoodAt: lastGood, openedAt: now.wall, evidence: [])
            incident.contact = contact
            incident.meeting = meeting
            return incident
        }
    }

    private mutating func tickFlapping(at now: Moment, into decision: inout FleetDecision) {
        for (account, flap) in flaps.sorted(by: { $0.key < $1.key }) {
            guard let slot = index[account] else {
                flaps[account] = nil
                continue
            }
            var penalty = flap
            let presence = tracks[slot].presence
            if presence.isUnseen(at: now, watchedSince: watchedSince, rules: rules) {
                if !penalty.isFrozen {
                    penalty.freeze(at: presence.lastUsable ?? now, rule: rules.flapping)
                    touched.append(slot)
                }
            } else {
                penalty.thaw(at: now)
            }
            let change = penalty.isFrozen ? nil : penalty.tick(at: now, rule: rules.flapping)
            flaps[account] = penalty
            if change == .ended {
                step(
                    .roomFlapping, .room(account), signal: .good, rule: .atOnce, at: now,
                    reason: "its penalty for firings fell to \(Int(rules.flapping.off))", into: &decision
                ) { _, _ in nil }
                touched.append(slot)
            }
            // A penalty this small changes nothing any more.
            if !penalty.isFlapping, !penalty.isFrozen, penalty.value(at: now, rule: rules.flapping) < 1 {
                flaps[account] = nil
                touched.append(slot)
            }
        }
    }
}
