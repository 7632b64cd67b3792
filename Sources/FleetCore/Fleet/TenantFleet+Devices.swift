// Devices of rooms: every read of their records is judged problem by problem, what two reads confirm becomes an incident of
// the device's room, and what the device API does not tell any more is let go after a day (Detection, Devices).

import struct Foundation.Date
public import Timekeeping

extension TenantFleet {
    /// The open incident about one condition of a device, or the common one that speaks for it.
    public func openIncident(of problem: DeviceProblem, device id: String) -> Incident? {
        if problem.condition == .deviceSoftware {
            return book.open(DedupKey(tenant: tenant, condition: .deviceSoftware, subject: .tenant))
        }
        let own = book.open(key(problem.condition, of: id))
        guard case .cohort(let cohort)? = devices[id]?.parts[problem]?.voice else { return own }
        return book.open(key(of: cohort))
    }

    /// The room that a device stands in: that of the account which is signed in, else the one that it belongs to.
    public func room(ofDevice entry: DeviceEntry) -> Room? {
        if let account = entry.record.account, let room = room(of: account), entry.home == nil || entry.home == account
        {
            return room
        }
        return entry.home.flatMap { room(of: $0) } ?? entry.record.account.flatMap { room(of: $0) }
    }

    func key(_ condition: Condition, of device: String) -> DedupKey {
        DedupKey(tenant: tenant, condition: condition, subject: .device(device))
    }

    func key(of cohort: DeviceCohort) -> DedupKey {
        DedupKey(tenant: tenant, condition: cohort.problem.condition, subject: .deviceModel(cohort))
    }

    // MARK: What comes in

    /// Takes the list of all devices; one that could not be read says nothing.
    mutating func takeListing(_ reading: InventoryReading, at now: Moment, into decision: inout FleetDecision) {
        dismissRoomless(at: now, into: &decision)
        guard let records = reading.devices else { return settleDevices(at: now, into: &decision) }
        // The list was read when its records say, which is not when the rest of the refresh began.
        let asked = records.map(\.reading.asked).max { $0.steady < $1.steady } ?? reading.asked
        devices.listGone = nil
        let newest = records.compactMap { $0.reading.modified?.wall }.max()
        devices.isStale = newest.map { asked.wall.timeIntervalSince($0) > DeviceRules.staleAfter.seconds } ?? false
        for record in records { witness(record, at: now, into: &decision) }
        settle(at: now, into: &decision)
        var seen: Set<String> = []
        for record in records where seen.insert(record.device.id.lowercased()).inserted {
            list(record, asked: asked, at: now, into: &decision)
        }
        let kinds = reading.listsDevicesByType ? DeviceKind.read(in: records) : Set(DeviceKind.allCases)
        noteAbsent(from: seen, of: kinds, asked: asked, at: now, into: &decision)
        dismissForgotten(at: now, into: &decision)
        tellUpdates(at: now, into: &decision)
        settleDevices(at: now, into: &decision)
    }

    /// Takes one read of a device's health.
    public mutating func accept(_ reading: DeviceHealthReading, decided now: Moment) -> FleetDecision {
        var decision = FleetDecision()
        guard var entry = devices[reading.device] else { return decision }
        if let tried = entry.tried, reading.asked.steady <= tried.steady { return decision }
        entry.tried = reading.asked
        guard case .value(let report) = reading.report else {
            entry.failures += 1
            devices.put(entry)
            return decision
        }
        entry.failures = 0
        entry.examined = reading.asked
        entry.examinedRecord = entry.record.reading.modified?.wall
        devices.healthGone = nil
        if entry.report != report { devices.touched.insert(entry.id.lowercased()) }
        entry.report = report
        guard !devices.isStale else {
            devices.put(entry)
            settleDevices(at: now, into: &decision)
            return decision
        }
        entry.offers = SoftwareOffer.updated(entry.offers, by: report.software, at: reading.asked.wall)
        let isOffline = entry.record.reading.signal == .bad
        let signs = DeviceJudgement.signs(of: report, isOffline: isOffline)
        let isAway = isOffline || signs.contains { $0.problem == .offline && $0.signal == .bad }
        if !isAway { noteSilence(of: &entry, beside: signs, at: reading.asked, now: now, into: &decision) }
        take(signs, of: &entry, asked: reading.asked, at: now, into: &decision)
        witness(entry, report, asked: reading.asked, at: now, into: &decision)
        // The room's own incident comes first: it explains what is wrong with its devices.
        settle(at: now, into: &decision)
        settleDevices(at: now, into: &decision)
        return decision
    }

    /// Records that the list, or the health of devices, cannot be read for a reason that stays, or can be again.
    public mutating func noteDevices(listIsGone: Bool? = nil, healthIsGone: Bool? = nil, at now: Moment) {
        if let listIsGone { devices.listGone = listIsGone ? devices.listGone ?? now : nil }
        if let healthIsGone { devices.healthGone = healthIsGone ? devices.healthGone ?? now : nil }
    }

    /// Devices whose health is worth a read now, the most urgent first; none while the list is gone.
    public func devicesToExamine(at now: Moment, limit: Int) -> [String] {
        guard devices.listGone == nil else { return [] }
        return devices.due(at: now, limit: limit) { entry in
            guard let room = room(ofDevice: entry), let slot = index[room.account] else { return (false, false) }
            return (true, entry.record.device.kind.isMain && tracks[slot].phase.isWrong)
        }
    }

    // MARK: One record

    private mutating func list(
        _ record: DeviceRecord, asked: Moment, at now: Moment, into decision: inout FleetDecision
    ) {
        let known = devices[record.device.id]
        var entry = known ?? DeviceEntry(record: record, firstListed: asked.wall, lastListed: asked)
        if known != nil, asked.steady < entry.lastListed.steady { return }
        let before = StoredDevice(entry, of: tenant).detail
        entry.record = record
        entry.lastListed = asked
        entry.absences = 0
        settleHome(of: &entry, at: asked.wall)
        if known == nil || before != StoredDevice(entry, of: tenant).detail {
            devices.touched.insert(entry.id.lowercased())
        }
        if let home = known?.home, entry.home != home, entry.parts[.unexpectedUser] != nil {
            devices.put(entry)
            letGo(
                [.unexpectedUser], of: entry.id, reason: "the device was moved to another room", at: now,
                into: &decision)
            if let changed = devices[entry.id] { entry = changed }
        }
        var signs: [DeviceSign] = []
        if !devices.isStale { signs.append(DeviceJudgement.sign(of: record.reading)) }
        if let user = DeviceJudgement.sign(ofUserIn: record, home: entry.home, room: { room(of: $0) }) {
            signs.append(user)
        }
        take(signs, of: &entry, asked: asked, at: now, into: &decision)
    }

    /// Learns whose device it is. Another room's account that stays for as long as it took to learn of the first means that
    /// the device was moved; a room that left the list owns nothing.
    private mutating func settleHome(of entry: inout DeviceEntry, at now: Date) {
        if let home = entry.home, index[home] == nil { entry.home = nil }
        guard let account = entry.record.account, index[account] != nil else {
            if entry.record.account != nil || entry.record.isSignedIn == true { entry.stay = nil }
            return
        }
        if entry.stay?.account != account { entry.stay = DeviceEntry.Stay(account: account, since: now) }
        guard let stay = entry.stay, now.timeIntervalSince(stay.since) >= DeviceRules.settledAfter.seconds else {
            return
        }
        entry.home = account
    }

    /// Steps the problems that one read spoke of.
    private mutating func take(
        _ signs: [DeviceSign], of entry: inout DeviceEntry, asked: Moment, at now: Moment,
        into decision: inout FleetDecision
    ) {
        let isOfRoom = room(ofDevice: entry) != nil
        var ended: Set<Condition> = []
        for sign in signs {
            let before = entry.parts[sign.problem]
            // What belongs to no room is shown, and nobody is told of it.
            let signal = isOfRoom ? sign.signal : sign.signal == .bad ? .unknown : sign.signal
            let state = (before?.state ?? .clear).stepped(by: signal, asked: asked, rule: DeviceRules.problem)
            if signal != .unknown { entry.parts[sign.problem]?.silentSince = nil }
            if state == .clear {
                if let before {
                    entry.parts[sign.problem] = nil
                    devices.isStirred = true
                    if before.state.phase.isWrong { devices.touched.insert(entry.id.lowercased()) }
                    leave(before.voice, entry.id, at: now)
                }
                if signal == .good { ended.insert(sign.problem.condition) }
                continue
            }
            guard signal == .bad else { continue }
            var part = before ?? DevicePart(state: state, sentence: sign.sentence, since: sign.since)
            part.state = state
            part.sentence = sign.sentence
            part.since = sign.since
            entry.parts[sign.problem] = part
            if before?.state.phase != state.phase || before?.sentence != part.sentence {
                devices.isStirred = true
                if state.phase.isWrong { devices.touched.insert(entry.id.lowercased()) }
            }
        }
        record(&entry, heard: asked, into: &decision)
        devices.put(entry)
        for condition in Condition.ofDevice {
            guard ended.contains(condition) || !entry.confirmed(condition).isEmpty else { continue }
            tell(condition, of: entry.id, at: now, into: &decision)
        }
    }

    /// Writes the history of a device when what its records say changed.
    private mutating func record(_ entry: inout DeviceEntry, heard: Moment, into decision: inout FleetDecision) {
        let text = entry.historyText
        if entry.reading != text {
            decision.devices.begun.append(
                DeviceRun(
                    tenant: tenant, device: entry.id.lowercased(), reading: text, first: heard.wall,
                    lastBefore: entry.heard?.wall))
            entry.reading = text
        }
        entry.heard = heard
    }

    /// A health record that is read and does not mention a part for a day: it was taken away, or is not watched any more.
    private mutating func noteSilence(
        of entry: inout DeviceEntry, beside signs: [DeviceSign], at asked: Moment, now: Moment,
        into decision: inout FleetDecision
    ) {
        let mentioned = Set(signs.map(\.problem))
        for (problem, part) in entry.parts.sorted(by: { $0.key < $1.key }) {
            switch problem {
            case .offline, .unexpectedUser, .software: continue
            case .peripheral, .login, .hardware: break
            }
            guard !mentioned.contains(problem) else { continue }
            guard let since = part.silentSince else {
                entry.parts[problem]?.silentSince = asked
                continue
            }
            guard since.elapsed(until: asked) >= DeviceRules.silentAfter else { continue }
            devices.put(entry)
            letGo(
                [problem], of: entry.id, reason: "its health record does not mention it any more", at: now,
                into: &decision)
            if let changed = devices[entry.id] { entry = changed }
        }
    }

    /// The record of a room's main device; a room may have two room systems, and the witness is always the same one.
    private mutating func witness(_ record: DeviceRecord, at now: Moment, into decision: inout FleetDecision) {
        guard let account = record.account, let slot = index[account],
            rooms[slot].mainDevice?.id == record.device.id
        else { return }
        hear(record.reading, slot: slot, decided: now, into: &decision)
    }

    /// The connection that a health record names is a witness of a weak room's outage like the record itself
    /// (Detection, Weak rooms).
    private mutating func witness(
        _ entry: DeviceEntry, _ report: DeviceHealthReport, asked: Moment, at now: Moment,
        into decision: inout FleetDecision
    ) {
        guard let connection = report.connection, connection.state != .unknown, let account = entry.record.account,
            let slot = index[account], rooms[slot].mainDevice?.id == entry.id
        else { return }
        let reading = DeviceReading(
            health: .value(
                DeviceHealth(isOffline: connection.state == .disconnected, text: connection.state.rawValue)),
            asked: asked, modified: connection.since.map { Moment(restoring: $0, at: now) })
        hear(reading, slot: slot, decided: now, into: &decision)
    }

    // MARK: Going

    private mutating func noteAbsent(
        from seen: Set<String>, of kinds: Set<DeviceKind>, asked: Moment, at now: Moment,
        into decision: inout FleetDecision
    ) {
        let absent = devices.entries.keys.filter { !seen.contains($0) }.sorted()
        // A list that lacks many at once is a list with a hole in it, as an inventory is; after a day it is believed.
        let isHeld = absent.count > InventoryRule.removable(of: devices.count)
        for id in absent {
            guard var entry = devices.entries[id], kinds.contains(entry.record.device.kind) else { continue }
            if isHeld, entry.lastListed.elapsed(until: asked) < DeviceRules.silentAfter { continue }
            entry.absences += 1
            devices.touched.insert(id)
            devices.put(entry)
            guard entry.absences >= DeviceRules.absencesToRemove else { continue }
            letGo(
                Array(entry.parts.keys), of: id, reason: "the device is not on the list any more", at: now,
                into: &decision)
            decision.devices.begun.append(
                DeviceRun(
                    tenant: tenant, device: id, reading: nil, first: asked.wall, lastBefore: entry.heard?.wall))
            decision.devices.removed.append(DeviceChange.Removal(tenant: tenant, device: entry.id))
            devices.remove(id)
            devices.touched.remove(id)
            forgetUpdate(of: id, into: &decision)
        }
    }

    /// A room that left the list has no devices.
    private mutating func dismissRoomless(at now: Moment, into decision: inout FleetDecision) {
        for id in devices.troubled.sorted() {
            guard let entry = devices.entries[id], room(ofDevice: entry) == nil else { continue }
            letGo(
                Array(entry.parts.keys), of: id, reason: "the device belongs to no watched room any more", at: now,
                into: &decision)
        }
    }

    /// What the device API has not told for a day, because it is gone, is not known any more.
    private mutating func dismissUntold(at now: Moment, into decision: inout FleetDecision) {
        func isOver(_ since: Moment?) -> Bool {
            since.map { $0.elapsed(until: now) >= DeviceRules.frozenAfterRetirement } ?? false
        }
        let listIsGone = isOver(devices.listGone)
        guard listIsGone || isOver(devices.healthGone) else { return }
        for id in devices.troubled.sorted() {
            guard let entry = devices.entries[id] else { continue }
            let untold = entry.parts.keys.filter { listIsGone || ($0 != .offline && $0 != .unexpectedUser) }
            letGo(
                Array(untold), of: id, reason: "the device API has not answered for a day", at: now, into: &decision)
        }
        dismissUpdates(at: now, into: &decision)
    }

    /// Ends problems of which nothing will be heard; an incident about them resolves as removed.
    mutating func letGo(
        _ problems: [DeviceProblem], of id: String, reason: String, at now: Moment, into decision: inout FleetDecision
    ) {
        guard var entry = devices[id], !problems.isEmpty else { return }
        for problem in problems {
            guard let part = entry.parts.removeValue(forKey: problem) else { continue }
            leave(part.voice, entry.id, at: now)
            devices.isStirred = true
        }
        devices.touched.insert(entry.id.lowercased())
        devices.put(entry)
        for condition in Set(problems.map(\.condition)).sorted(by: { $0.rawValue < $1.rawValue }) {
            let key = key(condition, of: entry.id)
            guard entry.confirmed(condition).isEmpty, let from = conditions[key]?.phase, from != .clear else {
                tell(condition, of: entry.id, at: now, into: &decision)
                continue
            }
            conditions[key] = nil
            decision.conditions.append(
                ConditionRecord(tenant: tenant, condition: condition, subject: .device(entry.id), state: .clear))
            let evidence = Evidence(source: Evidence.deviceHealth, reading: reason, observedAt: now.wall)
            let event = book.resolve(key, as: .removed, at: now, evidence: [evidence])
            if let event { decision.events.append(event) }
            decision.transitions.append(
                Transition(
                    tenant: tenant, condition: condition, subject: Subject.device(entry.id).text, from: from,
                    to: .clear, at: now.wall, decidedAt: now.wall, reason: reason, incident: event?.incident.id))
        }
    }

    // MARK: Telling

    /// Ends an input about devices.
    mutating func settleDevices(at now: Moment, into decision: inout FleetDecision) {
        correlateDevices(at: now, into: &decision)
        for id in devices.touched.sorted() {
            if let entry = devices.entries[id] { decision.devices.rows.append(StoredDevice(entry, of: tenant)) }
        }
        devices.touched.removeAll(keepingCapacity: true)
    }

    /// What time alone changes of devices; called once a second.
    mutating func tickDevices(isFull: Bool, at now: Moment, into decision: inout FleetDecision) {
        if isFull {
            dismissUntold(at: now, into: &decision)
            recoveries = recoveries.filter { $0.value.elapsed(until: now) < DeviceRules.recordLag }
            // What waits for its siblings must not wait for ever.
            if !devices.troubled.isEmpty { devices.isStirred = true }
        }
        if devices.isStirred || !devices.touched.isEmpty { settleDevices(at: now, into: &decision) }
    }

    /// The page that would be written about a device now; `nil` for one that belongs to no room.
    mutating func page(
        of entry: DeviceEntry, _ condition: Condition, parts: [(problem: DeviceProblem, part: DevicePart)],
        at now: Moment
    ) -> DeviceIncident? {
        guard let room = room(ofDevice: entry), let slot = index[room.account] else { return nil }
        let agenda = agendas[room.account]
        let booking = agenda?.current(at: now) ?? agenda?.next(after: now)
        return DeviceIncident(
            room: room, device: entry, condition: condition, parts: parts,
            isBookable: bookable.contains(building: room.building, at: now.wall, in: site.hours),
            isNeeded: agenda?.isBookedNowOrWithin(at: now) ?? false,
            meeting: booking.map { Incident.Meeting(startsAt: $0.startsAt, endsAt: $0.endsAt) },
            contact: facts[slot].contact, now: now.wall)
    }

    /// Brings the incident of one condition of a device in line with what is confirmed and has no common incident.
    mutating func tell(_ condition: Condition, of id: String, at now: Moment, into decision: inout FleetDecision) {
        guard let entry = devices[id] else { return }
        let key = key(condition, of: entry.id)
        let parts = entry.confirmed(condition).filter { $0.part.voice == .own }
        let phase = conditions[key]?.phase ?? .clear
        guard !parts.isEmpty || phase != .clear else { return }
        let page = page(of: entry, condition, parts: parts, at: now)
        let tenant = tenant
        step(
            condition, .device(entry.id), signal: parts.isEmpty ? .good : .bad, rule: .atOnce, at: now,
            reason: parts.isEmpty ? "its records do not say so any more" : page?.sentences ?? "", into: &decision
        ) { _, incident in page?.opened(id: incident, tenant: tenant) }
        guard phase.isWrong, !parts.isEmpty, let page, let before = book.open(key) else { return }
        let event = book.amend(key) { incident in
            incident.summary = page.summary
            incident.name([Incident.RoomReference(page.room)])
            incident.restate(page.evidence)
        }
        guard let event else { return }
        // A further part is news; the same one in other words is not.
        let said = Set(
            before.evidence.filter { $0.source == Evidence.deviceHealth }.map { Self.problem(in: $0.reading) })
        let isNews = parts.contains { !said.contains($0.problem.text) }
        decision.events.append(isNews ? .updated(event.incident) : event)
    }

    /// The problem that a piece of evidence is about.
    private static func problem(in reading: String) -> String {
        DeviceProblem.all.map(\.text).filter { reading.hasPrefix("\($0): ") }.max { $0.count < $1.count } ?? reading
    }

    /// Severities that rise with the hour, or because a meeting comes near.
    mutating func raiseDevices(of accounts: Set<AccountID>?, at now: Moment, into decision: inout FleetDecision) {
        for id in devices.troubled.sorted() {
            guard let entry = devices.entries[id] else { continue }
            for condition in Condition.ofDevice {
                guard let incident = book.open(key(condition, of: id)) else { continue }
                if let accounts, let room = incident.rooms.first, !accounts.contains(room.id) { continue }
                let parts = entry.confirmed(condition).filter { $0.part.voice == .own }
                guard !parts.isEmpty, let page = page(of: entry, condition, parts: parts, at: now),
                    page.severity > incident.severity
                else { continue }
                raise(incident.key, to: page.severity, at: now, into: &decision)
                book.describe(incident.key, summary: page.summary, meeting: page.meeting)
                if let told = book.open(incident.key), let last = decision.events.indices.last,
                    case .raised(_, let ended, let isUrgent) = decision.events[last]
                {
                    decision.events[last] = .raised(told, endedAcknowledgement: ended, isUrgent: isUrgent)
                }
            }
        }
    }

    // MARK: Quiet

    /// Why nobody is told of a device while its room explains it: the room is down, it has only just come back, or it
    /// is expected to be away.
    mutating func deviceReasons(of incident: Incident, at now: Moment) -> [Suppression] {
        guard incident.scope.kind == .room, let account = incident.rooms.first?.id, let slot = index[account] else {
            return []
        }
        return deviceReasons(slot: slot, since: incident.firstBadAt, at: now)
    }

    mutating func deviceReasons(slot: Int, since firstBad: Date, at now: Moment) -> [Suppression] {
        var reasons: [Suppression] = []
        if tracks[slot].phase.isWrong {
            switch standings[slot].voice {
            case .none: reasons.append(excuse(ofRoomAt: slot, at: now) ?? .inhibited(by: key(ofRoomAt: slot)))
            case .own: reasons.append(.inhibited(by: key(ofRoomAt: slot)))
            case .place(let place): reasons.append(.inhibited(by: key(of: place)))
            }
        } else if let back = recoveries[rooms[slot].account], back.elapsed(until: now) < DeviceRules.recordLag {
            reasons.append(.inhibited(by: key(ofRoomAt: slot)))
        }
        let began = Moment(restoring: firstBad, at: now)
        let absences =
            commandBook.absences(of: rooms[slot].account)
            + [plannedAbsence(of: rooms[slot], since: began)].compactMap(\.self)
        reasons += absences.compactMap { $0.suppression(outageSince: began, at: now) }
        return reasons
    }
}
