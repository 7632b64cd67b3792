// One cause, one incident, for devices as well: who lost the same thing at about the same time, and shares a model or a
// version, is told once with all its rooms (Detection, Devices).

import struct Foundation.Date
import Timekeeping

extension TenantFleet {
    /// Members of a common trouble that a page quotes.
    private static let quotedDevices = 12

    /// Decides which incident speaks for each confirmed problem.
    mutating func correlateDevices(at now: Moment, into decision: inout FleetDecision) {
        guard devices.isStirred else { return }
        devices.isStirred = false
        endCohorts(at: now, into: &decision)
        var losses: [DeviceLoss] = []
        var alone: [(id: String, problem: DeviceProblem)] = []
        for id in devices.troubled.sorted() {
            guard let entry = devices.entries[id], let slot = room(ofDevice: entry).flatMap({ index[$0.account] })
            else {
                continue
            }
            for (problem, part) in entry.parts.sorted(by: { $0.key < $1.key }) {
                guard part.voice == .none || part.voice == .own else { continue }
                let isConfirmed = part.state.phase.isWrong
                // What the room explains is nobody's common cause.
                if isExplained(slot: slot, since: part.onset, at: now) {
                    if isConfirmed, part.voice == .none { alone.append((id, problem)) }
                    continue
                }
                let cohorts = DeviceCohort.all(of: entry.record.device, entry.report, problem: problem)
                if isConfirmed, let open = cohorts.first(where: { takes($0, onset: part.onset) }) {
                    join([id], open, at: now, into: &decision)
                    continue
                }
                losses.append(
                    DeviceLoss(
                        device: id, problem: problem, cohorts: cohorts, onset: part.onset, isConfirmed: isConfirmed))
            }
        }
        var waiting: Set<DeviceLoss> = []
        var populations: [DeviceCohort: Int] = [:]
        let common = CommonLossRule.common(among: losses) { cohort in
            if let known = populations[cohort] { return known }
            let count = population(of: cohort)
            populations[cohort] = count
            return count
        }
        for one in common {
            if one.isCertain {
                begin(one, at: now, into: &decision)
            } else {
                waiting.formUnion(one.losses)
            }
        }
        for loss in losses where loss.isConfirmed {
            guard let part = devices.entries[loss.device]?.parts[loss.problem], part.voice == .none else { continue }
            if waiting.contains(loss), let fired = part.state.outage?.fired,
                fired.elapsed(until: now) < DeviceRules.commonPatience
            {
                continue
            }
            alone.append((loss.device, loss.problem))
        }
        for (id, problem) in alone.sorted(by: { ($0.id, $0.problem) < ($1.id, $1.problem) }) {
            speak(.own, for: problem, of: id)
            tell(problem.condition, of: id, at: now, into: &decision)
        }
        describeCohorts(at: now, into: &decision)
    }

    private mutating func isExplained(slot: Int, since onset: Date, at now: Moment) -> Bool {
        isUnderMaintenance(slot: slot, at: now) || !deviceReasons(slot: slot, since: onset, at: now).isEmpty
    }

    private func takes(_ cohort: DeviceCohort, onset: Date) -> Bool {
        cohorts[cohort]?.takes(onset: onset) ?? false
    }

    /// Devices of rooms that share what a cohort shares.
    private func population(of cohort: DeviceCohort) -> Int {
        devices.entries.values.count { entry in
            room(ofDevice: entry) != nil
                && DeviceCohort.all(of: entry.record.device, entry.report, problem: cohort.problem).contains(cohort)
        }
    }

    private mutating func speak(_ voice: DeviceVoice, for problem: DeviceProblem, of id: String) {
        guard var entry = devices.entries[id] else { return }
        entry.parts[problem]?.voice = voice
        devices.touched.insert(id)
        devices.put(entry)
    }

    // MARK: Beginning

    private mutating func begin(_ common: CommonLoss, at now: Moment, into decision: inout FleetDecision) {
        let confirmed = common.losses.filter(\.isConfirmed)
        guard let first = confirmed.map(\.onset).min() else { return }
        if cohorts[common.cohort] == nil {
            cohorts[common.cohort] = CohortTrack(onset: first, isPartial: common.isPartial)
        }
        join(confirmed.map(\.device), common.cohort, at: now, into: &decision)
    }

    /// Lets the common incident speak for devices; it opens with the first of them.
    private mutating func join(
        _ ids: [String], _ cohort: DeviceCohort, at now: Moment, into decision: inout FleetDecision
    ) {
        var merged: [String] = []
        for id in ids {
            guard let part = devices.entries[id]?.parts[cohort.problem] else { continue }
            cohorts[cohort]?.join(id, onset: part.onset)
            if part.voice == .own { merged.append(id) }
            speak(.cohort(cohort), for: cohort.problem, of: id)
        }
        describe(cohort, at: now, into: &decision)
        guard let speaker = book.open(key(of: cohort)) else { return }
        for id in merged { merge(cohort.problem.condition, of: id, into: speaker, at: now, into: &decision) }
    }

    /// A device's own incident ends because the common one speaks for it, unless it tells of more.
    private mutating func merge(
        _ condition: Condition, of id: String, into speaker: Incident, at now: Moment,
        into decision: inout FleetDecision
    ) {
        guard let entry = devices.entries[id] else { return }
        guard !entry.confirmed(condition).contains(where: { $0.part.voice == .own }) else {
            tell(condition, of: id, at: now, into: &decision)
            return
        }
        let key = key(condition, of: id)
        guard let from = conditions[key]?.phase else { return }
        conditions[key] = nil
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: condition, subject: .device(id), state: .clear))
        let event = book.resolve(key, as: .merged, at: now)
        if let event { decision.events.append(.merged(event.incident, into: speaker.id)) }
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: condition, subject: Subject.device(id).text, from: from, to: .clear,
                at: now.wall, decidedAt: now.wall, reason: "part of a larger trouble",
                incident: event?.incident.id))
    }

    // MARK: Going on

    private func pages(of cohort: DeviceCohort, at now: Moment) -> [DeviceIncident] {
        var fleet = self
        return (cohorts[cohort]?.members.sorted() ?? []).compactMap { id in
            guard let entry = devices.entries[id], let part = entry.parts[cohort.problem] else { return nil }
            return fleet.page(
                of: entry, cohort.problem.condition, parts: [(problem: cohort.problem, part: part)], at: now)
        }
    }

    /// Brings the common incident in line with its members.
    private mutating func describe(_ cohort: DeviceCohort, at now: Moment, into decision: inout FleetDecision) {
        guard var track = cohorts[cohort] else { return }
        track.isNews = false
        cohorts[cohort] = track
        let pages = pages(of: cohort, at: now)
        guard !pages.isEmpty else { return }
        let condition = cohort.problem.condition
        let key = key(of: cohort)
        let tenant = tenant
        let rooms = Self.rooms(of: pages)
        let summary = Self.summary(of: cohort, rooms: rooms.count)
        let evidence = Self.evidence(of: pages)
        let severity = pages.map(\.severity).max() ?? .warning
        step(
            condition, .deviceModel(cohort), signal: .bad, rule: .atOnce, at: now,
            reason: "\(pages.count) devices lost the same thing within \(DeviceRules.commonWindow.inWords)",
            into: &decision
        ) { _, id in
            Incident(
                id: id, key: key, condition: condition, tenant: tenant, severity: severity,
                scope: Incident.Scope(
                    kind: .model, id: cohort.text, name: cohort.basis.name, partial: track.isPartial),
                rooms: rooms, cause: pages[0].cause, summary: summary, firstBadAt: track.onsets.lowerBound,
                lastGoodAt: nil, openedAt: now.wall, evidence: evidence)
        }
        let event = book.amend(key) { incident in
            incident.name(rooms)
            incident.summary = summary
            incident.restate(evidence)
        }
        if let event { decision.events.append(event) }
        raise(key, to: severity, at: now, into: &decision)
    }

    private mutating func describeCohorts(at now: Moment, into decision: inout FleetDecision) {
        for cohort in cohorts.keys.sorted(by: { $0.text < $1.text }) where cohorts[cohort]?.isNews ?? false {
            describe(cohort, at: now, into: &decision)
        }
    }

    /// A common incident rises with the most urgent of its rooms.
    mutating func raiseCohorts(of accounts: Set<AccountID>?, at now: Moment, into decision: inout FleetDecision) {
        for cohort in cohorts.keys.sorted(by: { $0.text < $1.text }) {
            let pages = pages(of: cohort, at: now).filter { accounts?.contains($0.room.account) ?? true }
            if let severity = pages.map(\.severity).max() {
                raise(key(of: cohort), to: severity, at: now, into: &decision)
            }
        }
    }

    private static func rooms(of pages: [DeviceIncident]) -> [Incident.RoomReference] {
        var seen: Set<AccountID> = []
        return pages.filter { seen.insert($0.room.account).inserted }.map { Incident.RoomReference($0.room) }
            .sorted { $0.id < $1.id }
    }

    private static func summary(of cohort: DeviceCohort, rooms: Int) -> String {
        "\(cohort.basis.name): \(cohort.problem.commonSentence) in \(rooms == 1 ? "1 room" : "\(rooms) rooms")"
    }

    private static func evidence(of pages: [DeviceIncident]) -> [Evidence] {
        guard let first = pages.first else { return [] }
        return pages.prefix(quotedDevices).map { page in
            Evidence(
                source: Evidence.deviceHealth,
                reading: "\(page.room.name), device \(page.device.id): \(page.sentences)",
                observedAt: page.parts.map(\.part.onset).min() ?? page.now)
        } + [
            Evidence(
                source: Evidence.remedy,
                reading: "They share the model or a version: look at what was updated or changed for it. "
                    + DeviceIncident.remedy(for: first.condition), observedAt: first.device.lastListed.wall)
        ]
    }

    // MARK: Ending

    /// A device does not lack it any more.
    mutating func leave(_ voice: DeviceVoice, _ id: String, at now: Moment) {
        guard case .cohort(let cohort) = voice, cohorts[cohort]?.members.remove(id.lowercased()) != nil else { return }
        cohorts[cohort]?.isNews = true
        cohorts[cohort]?.lastLeft = now
    }

    private mutating func endCohorts(at now: Moment, into decision: inout FleetDecision) {
        for cohort in cohorts.keys.sorted(by: { $0.text < $1.text }) {
            guard let track = cohorts[cohort], track.isOver(at: now) else { continue }
            cohorts[cohort] = nil
            for id in track.members.sorted() { speak(.none, for: cohort.problem, of: id) }
            step(
                cohort.problem.condition, .deviceModel(cohort), signal: .good, rule: .atOnce, at: now,
                reason: "nearly all of its devices have it again", into: &decision
            ) { _, _ in nil }
        }
    }

    /// Somebody closed the common incident by hand: its devices are quiet until each is well, and others are news.
    mutating func putAsideDevices(of incident: Incident, at now: Moment, into decision: inout FleetDecision) {
        guard let cohort = cohorts.keys.first(where: { key(of: $0) == incident.key }), let track = cohorts[cohort]
        else {
            return
        }
        cohorts[cohort] = nil
        for id in track.members.sorted() { speak(.aside, for: cohort.problem, of: id) }
        let from = conditions[incident.key]?.phase ?? .firing
        conditions[incident.key] = nil
        decision.conditions.append(
            ConditionRecord(
                tenant: tenant, condition: incident.condition, subject: .deviceModel(cohort), state: .clear))
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: incident.condition, subject: cohort.text, from: from, to: .clear,
                at: now.wall, decidedAt: now.wall, reason: "closed by hand; further devices are told again",
                incident: incident.id))
        settleDevices(at: now, into: &decision)
    }

    // MARK: Restart

    /// Begins from what the store remembers of devices.
    mutating func restore(devices stored: [StoredDevice], at now: Moment) {
        for row in stored {
            let entry = row.entry(at: now)
            devices.put(entry)
            for (problem, part) in entry.parts {
                guard case .cohort(let cohort) = part.voice, cohort.problem == problem else { continue }
                var track = cohorts[cohort] ?? CohortTrack(onset: part.onset)
                track.join(entry.id.lowercased(), onset: part.onset)
                track.isPartial = book.open(key(of: cohort))?.scope.partial ?? false
                track.isNews = false
                cohorts[cohort] = track
            }
        }
        devices.isStirred = !stored.isEmpty
    }

    /// Open incidents of devices of which nothing is remembered (a damaged row) end with the first list.
    mutating func dismissForgotten(at now: Moment, into decision: inout FleetDecision) {
        for incident in book.allOpen where incident.condition.isOfDevice {
            let isKnown =
                incident.scope.kind == .model
                ? cohorts.keys.contains { key(of: $0) == incident.key }
                : devices.troubled.contains { id in
                    key(incident.condition, of: id) == incident.key
                        && devices.entries[id]?.confirmed(incident.condition).isEmpty == false
                }
            guard !isKnown else { continue }
            let from = conditions[incident.key]?.phase ?? .firing
            conditions[incident.key] = nil
            let prefix = "\(tenant.text):\(incident.condition.rawValue):"
            let subject = String(incident.key.text.dropFirst(prefix.count))
            decision.conditions.append(
                ConditionRecord(
                    key: incident.key, tenant: tenant, condition: incident.condition, subject: subject,
                    state: StateRecord(.clear)))
            let event = book.resolve(incident.key, as: .removed, at: now)
            if let event { decision.events.append(event) }
            decision.transitions.append(
                Transition(
                    tenant: tenant, condition: incident.condition, subject: subject, from: from, to: .clear,
                    at: now.wall, decidedAt: now.wall, reason: "nothing is remembered of its device",
                    incident: event?.incident.id))
        }
    }
}

extension DeviceProblem {
    /// What devices have lost together.
    fileprivate var commonSentence: String {
        switch self {
        case .offline: "the device is offline"
        case .peripheral(let kind): "the \(kind.name) is not connected"
        case .login(.teams): "the device is not signed in to Teams"
        case .login(.exchange): "the device is not connected to Exchange"
        case .hardware(.compute): "the compute module is not connected"
        case .hardware(.hdmiIngest): "the HDMI input is not connected"
        case .software(let kind): "an update of the \(kind.name) waits"
        case .unexpectedUser: "somebody else is signed in"
        }
    }
}
