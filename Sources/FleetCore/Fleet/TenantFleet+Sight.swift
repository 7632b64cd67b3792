// The conditions that are about our own sight: blindness, silent rooms, stalled sources. They are judged when a sweep
// ends and once a second, always with the time as an argument.

import struct Foundation.Date
public import Timekeeping

extension TenantFleet {
    /// Ends a sweep of the steady lane, or evaluates between sweeps.
    ///
    /// - Parameters:
    ///   - sweep: how the sweep ended; `nil` when none did.
    ///   - failure: why the newest sweep was not complete, for the page; `nil` when it was.
    public mutating func judgeSight(
        at now: Moment, sweep: SweepOutcome?, failure: String? = nil
    ) -> FleetDecision {
        var decision = FleetDecision()
        let wasBlind = isBlind
        note(sightFailure: failure, at: now)
        let trouble = access.trouble(failure: failure)
        let count = Sight.count(tracks, at: now, rules: rules)
        let signal = Sight.signal(
            count, sweepCompleted: sweep == .complete,
            isYoung: watchedSince.elapsed(until: now) < rules.sightWindow)
        let isBookable = isAnyBuildingBookable(at: now)
        let tenant = tenant
        step(
            .tenantBlind, .tenant, signal: signal, rule: rules.sight, at: now,
            reason: "\(count.seen) of \(count.expected) rooms had a usable presence answer in the last "
                + "\(rules.sightWindow.seconds) s", into: &decision
        ) { outage, id in
            Incident(
                id: id, key: DedupKey(tenant: tenant, condition: .tenantBlind, subject: .tenant),
                condition: .tenantBlind, tenant: tenant, severity: .error,
                scope: Incident.Scope(kind: .tenant, id: tenant.text, name: tenant.text), rooms: [],
                cause: trouble == nil ? .provider : .account,
                summary: trouble?.blindness(of: tenant)
                    ?? "Monitoring of \(tenant) is blind: Graph gave a usable presence for \(count.seen) of "
                    + "\(count.expected) rooms\(failure.map { " (\(FailureText.words($0)))" } ?? ""). Rooms that are not seen are not "
                    + "paged",
                firstBadAt: outage.firstBad.wall, lastGoodAt: nil, openedAt: now.wall,
                evidence: [
                    Evidence(
                        source: "presence", reading: "\(count.seen) of \(count.expected) rooms seen",
                        observedAt: now.wall)
                ] + [failure].compactMap(\.self).map { Evidence(source: "sweep", reading: $0, observedAt: now.wall) }
                    + (trouble?.evidence(at: now.wall) ?? []))
        }
        if !wasBlind, isBlind { isCheckNews = true }
        // What a room did not say while nobody could hear it is not its silence.
        if wasBlind, !isBlind { sightedSince = now }
        let key = DedupKey(tenant: tenant, condition: .tenantBlind, subject: .tenant)
        if let outage = conditions[key]?.outage {
            let severity = Sight.severity(
                blindSince: outage.firstBad, at: now, anyBuildingBookable: isBookable, rules: rules)
            if let event = book.raise(key, to: severity, at: now) { decision.events.append(event) }
        }
        return decision
    }

    /// Whether the tenant counts as blind now.
    public var isBlind: Bool {
        conditions[DedupKey(tenant: tenant, condition: .tenantBlind, subject: .tenant)]?.phase.isWrong ?? false
    }

    /// Judges what time alone changes: silent rooms, stalled sources, severities that rise with the hour.
    public mutating func tick(at now: Moment) -> FleetDecision {
        var decision = FleetDecision()
        // The synthetic room speaks once an hour, which is no silence.
        if !isBlind, tenant != .roomwatch { judgeSilence(at: now, into: &decision) }
        judgeAccess(at: now, into: &decision)
        judgeSources(at: now, into: &decision)
        // Bookable hours begin on a minute; with 20,000 rooms down, asking every second would cost a tenth of a core.
        let isNewMinute = now.wall.minute != severityMinute
        if isNewMinute {
            severityMinute = now.wall.minute
            endAcknowledgements(at: now, into: &decision)
            raiseSeverities(of: nil, at: now, into: &decision)
            book.forget(at: now, reopenWithin: rules.reopenWithin)
            forgetFailedCommands(at: now, into: &decision)
            commandBook.forget(at: now) { [index, tracks] room in index[room].map { tracks[$0].isDown } ?? false }
        }
        tickCommands(at: now, into: &decision)
        tickQuiet(isFull: isNewMinute, at: now, into: &decision)
        tickDevices(isFull: isNewMinute, at: now, into: &decision)
        judgeCauses(at: now, into: &decision)
        if scopes.values.contains(where: \.isNews) { tellJoined(at: now, into: &decision) }
        settle(at: now, into: &decision)
        return decision
    }

    private mutating func judgeSilence(at now: Moment, into decision: inout FleetDecision) {
        let tenant = tenant
        let lookingSince = sightedSince ?? watchedSince
        for slot in tracks.indices {
            let silence = Sight.silence(of: tracks[slot], at: now, watchedSince: lookingSince, rules: rules)
            // Only a room that is silent, or was, has anything to step; the rest of the fleet costs one comparison.
            if silence == .undecided { continue }
            if silence == .none, silentRooms.isEmpty || !silentRooms.contains(rooms[slot].account) { continue }
            let room = rooms[slot]
            let unseenKey = DedupKey(tenant: tenant, condition: .roomUnseen, subject: .room(room.account))
            let neverKey = DedupKey(tenant: tenant, condition: .roomNeverSeen, subject: .room(room.account))
            if silence == .none {
                silentRooms.remove(room.account)
                if !tracks[slot].isDown { signIns[room.account] = nil }
            } else {
                silentRooms.insert(room.account)
            }
            let said = tracks[slot].presence.reading?.text ?? "nothing"
            let cause: Cause = accountExplains(slot: slot, at: now) ? .account : .unknown
            let words = accountWords(slot: slot, at: now)
            let pieces = accountEvidence(slot: slot, at: now)
            var isUnseen = false
            var isNeverSeen = false
            switch silence {
            case .none, .undecided: break
            case .unseen: isUnseen = true
            case .neverSeen: isNeverSeen = true
            }
            let rule = ConditionRule.atOnce
            let lastUsable = tracks[slot].presence.lastUsable
            step(
                .roomUnseen, .room(room.account), signal: isUnseen ? .bad : .good, rule: rule, at: now,
                reason: isUnseen ? "no usable presence; Graph says \(said)" : "seen again", into: &decision
            ) { _, id in
                Incident(
                    id: id, key: unseenKey, condition: .roomUnseen, tenant: tenant, severity: .warning,
                    scope: Incident.Scope(kind: .room, id: room.account.text, name: room.name),
                    rooms: [Incident.RoomReference(room)], cause: cause,
                    summary: "\(room.placedName) cannot be seen: Graph says \(said). Whether it is down is unknown"
                        + words,
                    firstBadAt: (lastUsable ?? now).wall, lastGoodAt: lastUsable?.wall, openedAt: now.wall,
                    evidence: [Evidence(source: "presence", reading: said, observedAt: now.wall)] + pieces)
            }
            let listedSince = tracks[slot].listedSince
            step(
                .roomNeverSeen, .room(room.account), signal: isNeverSeen ? .bad : .good, rule: rule, at: now,
                reason: isNeverSeen ? "never a usable presence; Graph says \(said)" : "seen", into: &decision
            ) { _, id in
                Incident(
                    id: id, key: neverKey, condition: .roomNeverSeen, tenant: tenant, severity: .warning,
                    scope: Incident.Scope(kind: .room, id: room.account.text, name: room.name),
                    rooms: [Incident.RoomReference(room)], cause: cause,
                    summary: "\(room.placedName) has never been seen since it was listed: Graph says \(said). "
                        + "Check that its account is licensed and has signed in\(words)",
                    firstBadAt: listedSince.wall, lastGoodAt: nil, openedAt: now.wall,
                    evidence: [Evidence(source: "presence", reading: said, observedAt: now.wall)] + pieces)
            }
        }
    }

    /// Records how a read of a slow source ended. A retired capability is forgotten: it can no longer stall.
    ///
    /// - Parameter isRefused: it failed because a permission or a token is refused: whose incident that is, is judged
    ///   elsewhere, and the source itself is not at fault.
    public mutating func noteSource(
        _ source: Source, succeeded: Bool, isRetired: Bool = false, isRefused: Bool = false, interval: Duration,
        at now: Moment
    ) {
        if source == .devices, isRetired || succeeded { noteDevices(listIsGone: isRetired, at: now) }
        if isRetired {
            sources[source] = nil
            retiredSources.insert(source)
            return
        }
        retiredSources.remove(source)
        if succeeded || sources[source] == nil {
            sources[source] = SourceRecord(lastSuccess: now, interval: interval, hasSucceeded: succeeded)
        }
        sources[source]?.isRefused = isRefused && !succeeded
    }

    private mutating func judgeSources(at now: Moment, into decision: inout FleetDecision) {
        let tenant = tenant
        for source in Source.allCases where source != .presence {
            let key = DedupKey(tenant: tenant, condition: .sourceStalled, subject: .source(source))
            let record = sources[source]
            // Neither read nor retired since we began: nothing is known of it, and what is open stays open.
            guard record != nil || retiredSources.contains(source) else { continue }
            if let record, record.isRefused || access.isRefusedToken {
                // The time without access is not the source's; what was open before stays open.
                sources[source]?.lastSuccess = now
                continue
            }
            let silent = record.map { $0.lastSuccess.elapsed(until: now) } ?? .zero
            let isStalled = record.map { silent >= Sight.stalledAfter(interval: $0.interval) } ?? false
            if let record, !record.hasSucceeded, !isStalled { continue }
            let lastSuccess = record?.lastSuccess ?? now
            step(
                .sourceStalled, .source(source), signal: isStalled ? .bad : .good,
                rule: .atOnce, at: now,
                reason: isStalled
                    ? "no successful read for \(Int(silent.seconds)) s"
                    : record == nil ? "the source is not read any more" : "read again", into: &decision
            ) { _, id in
                Incident(
                    id: id, key: key, condition: .sourceStalled, tenant: tenant, severity: .warning,
                    scope: Incident.Scope(kind: .source, id: source.rawValue, name: source.rawValue), rooms: [],
                    cause: .provider,
                    summary: "The source \(source.rawValue) of \(tenant) has not been read for "
                        + "\(Int(silent.seconds / 60)) min; what it told is getting old",
                    firstBadAt: lastSuccess.wall, lastGoodAt: lastSuccess.wall, openedAt: now.wall, evidence: [])
            }
        }
    }

    /// Steps one of the simple conditions and opens or resolves its incident.
    mutating func step(
        _ condition: Condition, _ subject: Subject, signal: Signal, rule: ConditionRule, at now: Moment,
        reason: String, into decision: inout FleetDecision, opening: (Outage, UniqueID) -> Incident?
    ) {
        let key = DedupKey(tenant: tenant, condition: condition, subject: subject)
        let before = conditions[key] ?? .clear
        let after = before.stepped(by: signal, asked: now, rule: rule)
        guard before != after else { return }
        conditions[key] = after == .clear ? nil : after
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: condition, subject: subject, state: after))
        guard before.phase != after.phase else { return }
        var event: IncidentChange?
        if !before.phase.isWrong, let outage = after.outage,
            var fresh = opening(outage, UniqueID(at: now.wall, using: &generator))
        {
            fresh.suppression = suppression(of: fresh, at: now)
            // Of an incident with members that was closed by hand the members are known: what comes now is another one.
            let isOther = condition.hasMembers && book.incidents[key]?.resolution == .manual
            event = book.fire(
                fresh, at: now, reopenWithin: isOther ? .seconds(-1) : rules.reopenWithin, isUrgent: false)
        } else if before.phase.isWrong, after.phase == .clear {
            event = book.resolve(key, as: .recovered, at: now)
        }
        if let event { decision.events.append(event) }
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: condition, subject: subject.text, from: before.phase, to: after.phase,
                at: now.wall, decidedAt: now.wall, reason: reason, incident: event?.incident.id ?? book.open(key)?.id))
    }

    private func isAnyBuildingBookable(at now: Moment) -> Bool {
        site.hours.isBookable(building: nil, at: now.wall)
            || site.hours.byBuilding.values.contains { $0.contains(now.wall) }
    }
}
