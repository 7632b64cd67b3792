// Rooms come and go while they are watched. A change of the list keeps what is remembered of everybody who stays, and
// resolves what is open about everybody who leaves.

import struct Foundation.Date
public import Timekeeping

extension TenantFleet {
    /// Takes one refresh of the inventory.
    ///
    /// - Returns: what changed, and the list to store; `nil` when the directory could not be read.
    public mutating func accept(
        _ reading: InventoryReading, scope: InventoryScope, decided now: Moment
    ) -> (decision: FleetDecision, list: [StoredRoom]?) {
        var decision = FleetDecision()
        let known = rooms.indices.map { KnownRoom(room: rooms[$0], absences: absences[$0]) }
        let next: [KnownRoom]
        switch InventoryRule.decide(reading, known: known, scope: scope) {
        case .unreadable:
            takeListing(reading, at: now, into: &decision)
            return (decision, nil)
        case .held(let list, let missing, let allowed):
            judgeShrinking(missing: missing, allowed: allowed, at: now, into: &decision)
            next = list
        case .replace(let list, _):
            judgeShrinking(missing: 0, allowed: 0, at: now, into: &decision)
            next = list
        }
        for account in departed(from: next) { retire(account, at: now, into: &decision) }
        replace(with: next, at: now)
        judgeAccounts(reading.accounts ?? [], at: now, into: &decision)
        dismissWitnesses(at: now, into: &decision)
        renameIncidents(into: &decision)
        takeListing(reading, at: now, into: &decision)
        settle(at: now, into: &decision)
        return (decision, storedRooms)
    }

    /// The list as it is stored.
    public var storedRooms: [StoredRoom] {
        rooms.indices.map {
            StoredRoom(room: rooms[$0], listedSince: tracks[$0].listedSince.wall, absences: absences[$0])
        }
    }

    /// Begins from what the store remembers of an earlier run.
    public mutating func restore(
        rooms stored: [StoredRoom], tracks records: [TrackRecord], conditions conditionRecords: [ConditionRecord],
        devices storedDevices: [StoredDevice] = [], seenUntil checkpoint: Date?, at now: Moment
    ) -> [String] {
        if !stored.isEmpty {
            // Say only what is still true after the streaks had time to show it (Detection, Restart of the daemon).
            settlesAt = now.advanced(by: rules.offline.badHold + rules.sweepInterval * 2)
            let gap = checkpoint.map { Moment(restoring: $0, at: now).elapsed(until: now) }
            if let gap, gap > rules.blindAfter { monitorGap = gap }
        }
        var remarks: [String] = []
        replace(with: stored.map { KnownRoom(room: $0.room, absences: $0.absences) }, at: now)
        for room in stored {
            guard let slot = index[room.room.account] else { continue }
            tracks[slot].listedSince = Moment(restoring: room.listedSince, at: now)
        }
        restore(conditionRecords, at: now, remarks: &remarks)
        restore(devices: storedDevices, at: now)
        for record in records {
            guard let slot = index[record.account] else { continue }
            guard let presence = record.presence.state(at: now), let device = record.device.state(at: now) else {
                remarks.append("the stored state of \(record.account) contradicts itself and was set to clear")
                continue
            }
            tracks[slot].presence.state = presence
            tracks[slot].device = device
            tracks[slot].presence.lastGood = record.lastGood.map { Moment(restoring: $0, at: now) }
            tracks[slot].presence.lastGoodProvedUse = record.lastGoodProvedUse
            tracks[slot].presence.inUseAtFirstBad = record.inUseAtFirstBad
            tracks[slot].presence.firstBadAfter = record.firstBadAfter.map { Moment(restoring: $0, at: now) }
            tracks[slot].presence.lastUsable = record.lastUsable.map { Moment(restoring: $0, at: now) }
            // The row is written when the phase changes; until the last complete sweep the room kept being seen, unless
            // we know that it was not. Whether it was still in use by then is not known, and a guess pages nobody.
            // The unseen time of a room whose fate is undecided is not the room's: its streak must not grow by it.
            if presence.phase == .clear || presence.phase == .firing,
                let checkpoint, let usable = record.lastUsable, checkpoint > usable, !isBlind,
                !silentRooms.contains(record.account)
            {
                let seen = Moment(restoring: checkpoint, at: now)
                tracks[slot].presence.lastUsable = seen
                tracks[slot].presence.lastGoodProvedUse = false
                if presence == .clear { tracks[slot].presence.lastGood = seen }
            }
        }
        adoptOpenIncidents(at: now, remarks: &remarks)
        restoreAccess()
        restoreClosedMembers()
        restoreClosedPlaces(conditionRecords, at: now)
        restoreStandings(records, seenUntil: checkpoint, at: now)
        restoreRecoveries(at: now)
        return remarks
    }

    /// The records of devices lag behind rooms that came back shortly before a restart as well.
    private mutating func restoreRecoveries(at now: Moment) {
        for incident in book.incidents.values where incident.resolution == .recovered {
            guard incident.condition == .roomOffline || Place(incident.scope, of: incident.condition) != nil,
                let resolvedAt = incident.resolvedAt
            else { continue }
            let back = Moment(restoring: resolvedAt, at: now)
            guard back.elapsed(until: now) < DeviceRules.recordLag else { continue }
            for room in incident.rooms where index[room.id] != nil { recoveries[room.id] = back }
        }
    }

    private mutating func restore(_ records: [ConditionRecord], at now: Moment, remarks: inout [String]) {
        for record in records {
            guard let state = record.state.state(at: now) else {
                remarks.append("the stored state of \(record.key) contradicts itself and was set to clear")
                continue
            }
            if record.condition == .roomAccount, record.subject != Subject.tenant.text {
                if state.phase.isWrong { accountsAside.insert(AccountID(record.subject)) }
                continue
            }
            if record.condition == .deviceSoftware, record.subject != Subject.tenant.text {
                if state.phase.isWrong { updatesAside.insert(record.subject) }
                continue
            }
            conditions[record.key] = state == .clear ? nil : state
            if state != .clear, record.condition == .roomUnseen || record.condition == .roomNeverSeen {
                silentRooms.insert(AccountID(record.subject))
            }
        }
    }

    /// A condition with members counts as clear once its incident is closed by hand; a row that says otherwise would keep
    /// further members from being told.
    private mutating func restoreClosedMembers() {
        for condition in Condition.allCases where condition.hasMembers {
            let key = DedupKey(tenant: tenant, condition: condition, subject: .tenant)
            guard conditions[key]?.phase.isWrong ?? false, book.open(key) == nil else { continue }
            conditions[key] = nil
            if condition == .roomAccount, let closed = book.incidents[key], closed.resolution == .manual {
                accountsAside.formUnion(closed.rooms.map(\.id))
            }
        }
    }

    /// A place whose incident was closed by hand goes on being dark until its rooms are back, and nobody is told again.
    private mutating func restoreClosedPlaces(_ records: [ConditionRecord], at now: Moment) {
        for record in records {
            let subject = Incident.Scope(kind: .building, id: record.subject, name: record.subject)
            guard let place = Place(subject, of: record.condition), let state = conditions[record.key],
                state.phase.isWrong, book.open(record.key) == nil
            else { continue }
            let closed = book.incidents[record.key]
            var scope = ScopeTrack(
                place: place, isPartial: closed?.scope.partial ?? false, population: 0,
                at: state.outage?.firstBad ?? now)
            scope.membersBefore = closed?.roomsTotal ?? 0
            if case .recovering(_, let streak) = state { scope.phase = .recovering(since: streak.first) }
            scopes[place] = scope
            isStirred = true
        }
    }

    /// Finds out again which incident speaks for each room that is down.
    private mutating func restoreStandings(_ records: [TrackRecord], seenUntil checkpoint: Date?, at now: Moment) {
        for record in records {
            guard let slot = index[record.account] else { continue }
            if let flap = record.flap {
                flaps[record.account] = FlapPenalty(
                    restoring: flap, seenUntil: checkpoint, at: now, rule: rules.flapping)
            }
            guard tracks[slot].isDown else { continue }
            standings[slot].onset = record.onset.map { Moment(restoring: $0, at: now) } ?? tracks[slot].outage?.firstBad
            guard tracks[slot].phase.isWrong, let voice = record.voice else { continue }
            if voice == TrackRecord.ownVoice {
                standings[slot].voice = .own
            } else if let place = Place.around(rooms[slot]).first(where: { key(of: $0).text == voice }) {
                standings[slot].voice = .place(place)
                restore(place, member: slot, at: now)
            }
        }
        for slot in tracks.indices where tracks[slot].phase.isWrong && standings[slot].voice == .none {
            // A room that was moved while it was down, or an open incident whose room's row was lost.
            if book.open(key(ofRoomAt: slot)) != nil { standings[slot].voice = .own }
            standings[slot].onset = standings[slot].onset ?? tracks[slot].outage?.firstBad ?? now
            isStirred = true
        }
        // An incident of a place whose members are all back, or have moved away, is over.
        for incident in book.allOpen {
            guard let place = Place(incident.scope, of: incident.condition), scopes[place] == nil else { continue }
            scopes[place] = scope(of: incident, place: place, at: now)
            isStirred = true
        }
        // From here on a place's members carry its state.
        for place in scopes.keys { conditions[key(of: place)] = nil }
    }

    private mutating func restore(_ place: Place, member slot: Int, at now: Moment) {
        if scopes[place] == nil {
            if let incident = book.open(key(of: place)) {
                scopes[place] = scope(of: incident, place: place, at: now)
            } else {
                var over = ScopeTrack(place: place, isPartial: false, population: 0, at: now)
                let resolved = book.incidents[key(of: place)]?.resolvedAt
                let ended = resolved.map { Moment(restoring: $0, at: now) } ?? now
                over.phase = .over(release: ended.advanced(by: rules.correlation.patienceAfterRecovery))
                scopes[place] = over
            }
        }
        scopes[place]?.members.insert(rooms[slot].account)
        scopes[place]?.down += 1
    }

    private func scope(of incident: Incident, place: Place, at now: Moment) -> ScopeTrack {
        var scope = ScopeTrack(
            place: place, isPartial: incident.scope.partial, population: 0, at: now)
        scope.opened = Moment(restoring: incident.openedAt, at: now)
        scope.membersBefore = incident.roomsTotal
        if case .recovering(_, let streak)? = conditions[incident.key] {
            scope.phase = .recovering(since: streak.first)
        }
        return scope
    }

    /// An open incident whose state was lost (a damaged row) is firing: otherwise nothing would ever resolve it, and the
    /// next outage of its subject would page nobody because it counts as told.
    private mutating func adoptOpenIncidents(at now: Moment, remarks: inout [String]) {
        for incident in book.allOpen {
            let firing = ConditionState.firing(
                Outage(
                    firstBad: Moment(restoring: incident.firstBadAt, at: now),
                    fired: Moment(restoring: incident.openedAt, at: now)))
            if incident.condition == .roomOffline {
                guard let slot = incident.rooms.first.flatMap({ index[$0.id] }), !tracks[slot].phase.isWrong else {
                    continue
                }
                tracks[slot].presence.state = firing
            } else {
                // The members of a place carry its state themselves.
                guard conditions[incident.key] == nil, Place(incident.scope, of: incident.condition) == nil else {
                    continue
                }
                conditions[incident.key] = firing
                if incident.condition == .roomUnseen || incident.condition == .roomNeverSeen,
                    let room = incident.rooms.first
                {
                    silentRooms.insert(room.id)
                }
            }
            remarks.append("\(incident.key) is open but its stored state is not; it counts as firing since it opened")
        }
    }

    /// Rooms that are on the old list or in an open incident and not on the new one. A held refresh drops those that the
    /// operator excludes, and a daemon that died between two writes can leave an incident whose room is gone.
    private func departed(from next: [KnownRoom]) -> [AccountID] {
        let staying = Set(next.map(\.room.account))
        var gone = Set(rooms.map(\.account)).subtracting(staying)
        for incident in book.allOpen where Self.isAboutRoom(incident.condition) {
            gone.formUnion(incident.rooms.map(\.id).filter { !staying.contains($0) })
        }
        return gone.sorted()
    }

    private static func isAboutRoom(_ condition: Condition) -> Bool {
        switch condition {
        case .roomOffline, .roomFlapping, .roomUnseen, .roomNeverSeen: true
        case .floorOffline, .buildingOffline, .tenantOffline, .roomAccount, .deviceOffline, .devicePeripheral,
            .deviceLogin, .deviceSoftware, .deviceHardware,
            .deviceUnexpectedUser, .commandFailed, .tenantBlind, .tenantPermissions,
            .sourceStalled, .inventoryShrunk, .channelDown, .storeDegraded:
            false
        }
    }

    /// A room that was renamed or moved while it is down is called by its new name from now on; its key stays.
    private mutating func renameIncidents(into decision: inout FleetDecision) {
        for incident in book.allOpen where Self.isAboutRoom(incident.condition) {
            guard let known = incident.rooms.first, let slot = index[known.id] else { continue }
            let now = Incident.RoomReference(rooms[slot])
            guard now != known else { continue }
            let event = book.amend(incident.key) { incident in
                incident.name([now])
                incident.scope.name = now.name
                incident.summary = incident.summary.replacing(known.placedName, with: now.placedName)
            }
            if let event { decision.events.append(event) }
        }
    }

    private mutating func replace(with list: [KnownRoom], at now: Moment) {
        let oldTracks = tracks
        let oldIndex = index
        let oldCounts = runCounts
        let oldStandings = standings
        rooms = list.map(\.room)
        absences = list.map(\.absences)
        index = Dictionary(
            rooms.enumerated().map { ($0.element.account, $0.offset) }, uniquingKeysWith: { first, _ in first })
        tracks = rooms.map { room in
            guard let slot = oldIndex[room.account] else { return RoomTrack(listedSince: now) }
            return oldTracks[slot]
        }
        runCounts = rooms.map { room in oldIndex[room.account].map { oldCounts[$0] } ?? 0 }
        standings = rooms.map { room in oldIndex[room.account].map { oldStandings[$0] } ?? Standing() }
        facts = rooms.map { site.facts(of: $0, tenant: tenant) }
        agendas.keep(only: Set(index.keys))
        generation += 1
    }

    /// A room that is not weak any more needs no second witness; what only that witness said is over.
    private mutating func dismissWitnesses(at now: Moment, into decision: inout FleetDecision) {
        for slot in tracks.indices where !rooms[slot].isWeak && tracks[slot].device != .clear {
            let before = tracks[slot].phase
            tracks[slot].device = .clear
            let after = tracks[slot].phase
            if before == after {
                touched.append(slot)
            } else {
                apply(PhaseChange(from: before, to: after), slot: slot, at: now, decided: now, into: &decision)
            }
        }
    }

    /// A room left the list: whatever is open about it is over, because nobody watches it any more.
    private mutating func retire(_ account: AccountID, at now: Moment, into decision: inout FleetDecision) {
        for condition in [Condition.roomOffline, .roomFlapping, .roomUnseen, .roomNeverSeen] {
            let key = DedupKey(tenant: tenant, condition: condition, subject: .room(account))
            let event = book.resolve(key, as: .removed, at: now)
            if let event { decision.events.append(event) }
            // A room may leave while it is pending: no incident, but the log must end where the room does.
            var from = event == nil ? ConditionState.Phase.clear : .firing
            if condition == .roomOffline, let slot = index[account] { from = tracks[slot].phase }
            guard from != .clear else { continue }
            decision.transitions.append(
                Transition(
                    tenant: tenant, condition: condition, subject: account.text, from: from, to: .clear, at: now.wall,
                    decidedAt: now.wall, reason: "the room left the inventory", incident: event?.incident.id))
            if condition != .roomOffline {
                conditions[key] = nil
                decision.conditions.append(
                    ConditionRecord(tenant: tenant, condition: condition, subject: .room(account), state: .clear))
            }
        }
        silentRooms.remove(account)
        guard let slot = index[account] else { return }
        if case .place(let place) = standings[slot].voice {
            scopes[place]?.left(account)
            if let total = scopes[place]?.total,
                let event = book.amend(
                    key(of: place), { $0.name($0.rooms.filter { $0.id != account }, total: total) })
            {
                decision.events.append(event)
            }
            isStirred = true
        }
        standings[slot] = Standing()
        flaps[account] = nil
        signIns[account] = nil
        // The open run ends with the last answer; otherwise each later sweep would seem to extend it.
        if let last = tracks[slot].presence.newestAsked, runCounts[slot] > 0 {
            decision.observations.ended.append(
                RunEnd(tenant: tenant, account: account, source: .presence, last: last.wall, count: runCounts[slot]))
        }
        if tracks[slot].presence.state != .clear || tracks[slot].device != .clear {
            tracks[slot].presence.state = .clear
            tracks[slot].device = .clear
            decision.tracks.append(record(ofRoomAt: slot))
        }
    }

    private mutating func judgeShrinking(
        missing: Int, allowed: Int, at now: Moment, into decision: inout FleetDecision
    ) {
        let tenant = tenant
        step(
            .inventoryShrunk, .tenant, signal: missing > 0 ? .bad : .good,
            rule: ConditionRule(badCount: 1, badHold: .zero, goodCount: 1, goodHold: .zero), at: now,
            reason: missing > 0
                ? "\(missing) rooms are missing at once, more than the \(allowed) that one refresh may remove"
                : "the inventory is whole again", into: &decision
        ) { _, id in
            Incident(
                id: id, key: DedupKey(tenant: tenant, condition: .inventoryShrunk, subject: .tenant),
                condition: .inventoryShrunk, tenant: tenant, severity: .warning,
                scope: Incident.Scope(kind: .tenant, id: tenant.text, name: tenant.text), rooms: [], cause: .provider,
                summary: "\(missing) rooms of \(tenant) vanished from the directory in one refresh; the old list is "
                    + "kept and they are still watched. If they are really gone, list them under inventory.exclude",
                firstBadAt: now.wall, lastGoodAt: nil, openedAt: now.wall, evidence: [])
        }
    }
}

/// A watched room as it is stored.
public struct StoredRoom: Sendable, Hashable {
    public var room: Room
    public var listedSince: Date
    public var absences: Int

    public init(room: Room, listedSince: Date, absences: Int = 0) {
        self.room = room
        self.listedSince = listedSince
        self.absences = absences
    }
}
