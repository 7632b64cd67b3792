// The evidence beside presence, brought to the incidents that are open. It arrives when it arrives: incidents open and are
// sent without it, and what it says of the cause follows as an update.

import Timekeeping

extension TenantFleet {
    /// Whether something is open for which service health and sign-in are worth a read.
    public var needsTenantCheck: Bool { isBlind || scopes.values.contains { !$0.isOver } }

    /// Takes a read of service health.
    public mutating func accept(_ reading: ServiceHealthReading) {
        if check.accept(reading) { isCheckNews = true }
    }

    /// Takes how the last request for a token ended.
    public mutating func accept(_ reading: TokenEndpointReading) {
        if check.accept(reading) { isCheckNews = true }
    }

    /// What is known of why the rooms of a place fell.
    func cause(of place: Place, members: [Cause: Int], onset: Moment, at now: Moment) -> PlaceCause {
        PlaceCause(isWholeTenant: place == .tenant, onset: onset.wall, members: members, check: check, now: now)
    }

    /// Brings the causes of open incidents up to date; once a second at most, and only when something new was read.
    mutating func judgeCauses(at now: Moment, into decision: inout FleetDecision) {
        guard isCheckNews else { return }
        isCheckNews = false
        judgePlaces(at: now, into: &decision)
        judgeBlindness(at: now, into: &decision)
        for slot in tracks.indices where standings[slot].voice == .own {
            guard let onset = tracks[slot].outage?.firstBad.wall else { continue }
            let pieces = check.issueEvidence(for: onset, at: now)
            guard !pieces.isEmpty else { continue }
            if let event = book.amend(key(ofRoomAt: slot), { $0.restate(pieces) }) { decision.events.append(event) }
        }
    }

    private mutating func judgePlaces(at now: Moment, into decision: inout FleetDecision) {
        let open = scopes.filter { !$0.value.isOver }
        guard !open.isEmpty else { return }
        var votes: [Place: [Cause: Int]] = [:]
        for slot in tracks.indices {
            guard case .place(let place) = standings[slot].voice, open[place] != nil, tracks[slot].phase.isWrong else {
                continue
            }
            // Bookings and hours have no part in it, and a dark tenant has 20,000 members.
            let member = RoomIncident(
                room: rooms[slot], track: tracks[slot], isBookable: false,
                overdue: overdue(ofRoomAt: slot, at: now), findings: accountFindings[rooms[slot].account] ?? [],
                signIns: signIns[rooms[slot].account], now: now.wall)
            votes[place, default: [:]][member.cause, default: 0] += 1
        }
        for (place, scope) in open.sorted(by: { $0.key.subject.text < $1.key.subject.text }) {
            let key = key(of: place)
            guard let before = book.open(key) else { continue }
            let judged = cause(of: place, members: votes[place] ?? [:], onset: scope.opened, at: now)
            let event = book.amend(key) { incident in
                // A record that could not be read any more takes nothing back.
                if judged.cause != .unknown { incident.cause = judged.cause }
                incident.restate(judged.evidence)
            }
            guard let event else { continue }
            decision.events.append(event)
            if event.incident.cause != before.cause { scopes[place]?.isNews = true }
        }
    }

    /// Blindness is not the rooms' trouble: what we know of Microsoft's and of our own says whose it is. What was told of
    /// our access stays until something contradicts it: that sweeps work again, or fail otherwise this once, or that
    /// nothing is known yet after a restart, takes nothing back.
    private mutating func judgeBlindness(at now: Moment, into decision: inout FleetDecision) {
        let key = DedupKey(tenant: tenant, condition: .tenantBlind, subject: .tenant)
        guard let before = book.open(key) else { return }
        var pieces = check.issueEvidence(for: before.firstBadAt, at: now)
        let isPosted = !pieces.isEmpty
        if let token = check.tokenEvidence(at: now) { pieces.append(token) }
        let outcome = check.tokenEndpoint(at: now)?.outcome
        let trouble = accessTrouble(beside: before, at: now)
        if let trouble { pieces += trouble.evidence(at: now.wall) }
        let isContradicted = contradictsAccess(at: now)
        let tenant = tenant
        let failure = sightFailure
        let event = book.amend(key) { incident in
            if let trouble { incident.summary = trouble.blindness(of: tenant) }
            if trouble == nil, isContradicted, incident.quotes(Evidence.access) {
                incident.evidence.removeAll { $0.source == Evidence.access || $0.source == Evidence.remedy }
                incident.summary =
                    "Monitoring of \(tenant) is blind: presence cannot be read\(failure.map { " (\(FailureText.words($0)))" } ?? ""). "
                    + "Rooms that are not seen are not paged"
            }
            switch outcome {
            case _ where trouble != nil: incident.cause = .account
            case .refused: incident.cause = .account
            case _ where incident.cause == .account && !isContradicted: break
            case .unreachable where !isPosted: incident.cause = .networkOrPower
            case .answered, .failing, .unreachable, nil: incident.cause = .provider
            }
            incident.restate(pieces)
        }
        guard let event else { return }
        let isNews =
            event.incident.cause != before.cause || event.incident.summary != before.summary
            || isPosted && !before.quotes(Evidence.serviceHealth)
        decision.events.append(isNews ? .updated(event.incident) : event)
    }
}

extension TenantFleet {
    /// For so long no sweep may have failed for want of access before another failure is believed to be the reason:
    /// refusals and timeouts may take turns.
    private static let accessDoubt: Duration = .seconds(300)

    /// A sweep still fails for so long after a consent without contradicting it.
    private static let consentSettles: Duration = .seconds(60)

    /// What is to be told of our access now.
    ///
    /// - Parameter incident: the open blindness. Where it names the reason already, a bare refusal says less: before the
    ///   first reading of our access after a restart, and for a moment after a consent.
    private func accessTrouble(beside incident: Incident, at now: Moment) -> AccessTrouble? {
        let isUnsettled =
            access.reading == nil
            || access.fineSince.map { $0.elapsed(until: now) < Self.consentSettles } ?? false
        if isUnsettled, incident.quotes(Evidence.access) { return nil }
        return access.trouble(failure: sightFailure)
    }

    /// Whether sweeps fail for another reason while our access is fine.
    private func contradictsAccess(at now: Moment) -> Bool {
        guard sightFailure != nil, access.isFine, !access.mayConcern(failure: sightFailure) else { return false }
        return accessFailedAt.map { $0.elapsed(until: now) >= Self.accessDoubt } ?? true
    }

    /// Takes why the newest sweep was not complete.
    mutating func note(sightFailure failure: String?, at now: Moment) {
        if access.mayConcern(failure: failure) { accessFailedAt = now }
        let isNew = sightFailure != failure
        sightFailure = failure
        guard isBlind else { return }
        guard let open = book.open(DedupKey(tenant: tenant, condition: .tenantBlind, subject: .tenant)) else { return }
        let trouble = accessTrouble(beside: open, at: now)
        let isOverdue =
            trouble.map { $0.blindness(of: tenant) != open.summary }
            ?? (open.cause == .account && contradictsAccess(at: now))
        if isNew || isOverdue { isCheckNews = true }
    }
}

extension Incident {
    func quotes(_ source: String) -> Bool { evidence.contains { $0.source == source } }

    /// Puts the newest word of some sources in the place of what they said before; the same word keeps its instant.
    mutating func restate(_ pieces: [Evidence]) {
        for (source, news) in Dictionary(grouping: pieces, by: \.source).sorted(by: { $0.key < $1.key }) {
            let said = evidence.filter { $0.source == source }
            guard said.map(\.reading) != news.map(\.reading) else { continue }
            evidence.removeAll { $0.source == source }
            evidence = Array((evidence + news).suffix(Self.maximumEvidence))
        }
    }

    /// Adds what members' sources said; what speaks of the whole place stays on the page.
    mutating func quote(_ pieces: [Evidence]) {
        let kept = evidence.filter { Evidence.checks.contains($0.source) }
        let others = evidence.filter { !Evidence.checks.contains($0.source) } + pieces
        evidence = others.suffix(max(0, Self.maximumEvidence - kept.count)) + kept
    }
}
