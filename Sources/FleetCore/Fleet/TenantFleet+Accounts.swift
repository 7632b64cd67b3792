// Accounts that cannot sign in, or soon will not, are one trouble of whoever manages accounts: one incident for the
// tenant, however many rooms share it, and never more than a warning (Detection, Accounts).

import struct Foundation.Date
import Timekeeping

extension TenantFleet {
    /// Two refreshes of the inventory must agree: licences vanish for a moment while groups are worked over.
    static let accountTrouble = ConditionRule(badCount: 2, badHold: .zero, goodCount: 1, goodHold: .zero)
    /// Rooms whose findings a page quotes.
    private static let quotedAccounts = 12
    /// Readings of the sign-in log that are kept, so that a dark tenant cannot grow them.
    private static let maximumSignIns = 1_000

    /// Takes how long passwords live; it counts from the next refresh on.
    public mutating func adopt(passwords policy: PasswordPolicy) { passwords = policy }

    /// Judges what a refresh said of the accounts on the list.
    mutating func judgeAccounts(_ accounts: [AccountRecord], at now: Moment, into decision: inout FleetDecision) {
        let basicHolders = accounts.count { $0.facts?.licences?.contains { $0.kind == .basicRoom } ?? false }
        var found: [AccountID: [AccountFinding]] = [:]
        for account in accounts {
            guard let slot = index[account.id] else { continue }
            let findings = AccountRule.findings(
                of: account, isLost: rooms[slot].accountState == .unlicensed, basicHolders: basicHolders,
                policy: passwords, at: now.wall)
            if !findings.isEmpty { found[account.id] = findings }
        }
        accountFindings = found
        accountsJudged = now
        // Whoever recovered may be told of again.
        for account in accountsAside.sorted()
        where !(found[account]?.contains { $0.isWorthTelling(at: now.wall) } ?? false) {
            accountsAside.remove(account)
            decision.conditions.append(
                ConditionRecord(tenant: tenant, condition: .roomAccount, subject: .room(account), state: .clear))
        }
        tellAccounts(at: now, into: &decision)
    }

    /// Somebody closed the incident by hand: of the accounts it named nobody is told before they are well again. They are
    /// remembered one by one, so that a further one is news, after a restart as well.
    mutating func putAsideAccounts(of incident: Incident, at now: Moment, into decision: inout FleetDecision) {
        let judged = accountsJudged ?? now
        let told = Set(troubledAccounts(at: judged).map(\.room.account)).union(incident.rooms.map(\.id))
        let firing = ConditionState.firing(
            Outage(firstBad: Moment(restoring: incident.firstBadAt, at: now), fired: now))
        for account in told.subtracting(accountsAside).sorted() {
            accountsAside.insert(account)
            decision.conditions.append(
                ConditionRecord(tenant: tenant, condition: .roomAccount, subject: .room(account), state: firing))
        }
    }

    /// Rooms with an account that is worth a warning: those that are in service, have ever been seen and were not put
    /// aside. An account that never signed in has a condition of its own, `room.never_seen`.
    private func troubledAccounts(at now: Moment) -> [(room: Room, findings: [AccountFinding])] {
        accountFindings.compactMap { account, findings -> (Room, [AccountFinding])? in
            guard let slot = index[account], !accountsAside.contains(account),
                tracks[slot].presence.lastUsable != nil, facts[slot].suppression(at: now.wall) == nil
            else { return nil }
            let worth = findings.filter { $0.isWorthTelling(at: now.wall) }
            return worth.isEmpty ? nil : (rooms[slot], worth)
        }.sorted { $0.0.account < $1.0.account }
    }

    private mutating func tellAccounts(at now: Moment, into decision: inout FleetDecision) {
        let troubled = troubledAccounts(at: now)
        let key = DedupKey(tenant: tenant, condition: .roomAccount, subject: .tenant)
        let tenant = tenant
        let phase = conditions[key]?.phase ?? .clear
        guard !troubled.isEmpty || phase != .clear else { return }
        let summary = AccountSummary(troubled.map(\.findings), at: now.wall)
        let sentence =
            troubled.count == 1
            ? "\(troubled[0].room.placedName): \(troubled[0].findings[0].sentence(at: now.wall))"
            : "\(troubled.count) room accounts of \(tenant): \(summary.text)"
        let evidence = troubled.prefix(Self.quotedAccounts).map { room, findings in
            let words = findings.map { $0.sentence(at: now.wall) }.joined(separator: "; ")
            return Evidence(
                source: "directory", reading: "\(room.name): \(words). \(findings[0].remedy)", observedAt: now.wall)
        }
        let references = troubled.map { Incident.RoomReference($0.room) }
        step(
            .roomAccount, .tenant, signal: troubled.isEmpty ? .good : .bad, rule: Self.accountTrouble, at: now,
            reason: troubled.isEmpty ? "nothing keeps the accounts from signing in" : summary.text, into: &decision
        ) { outage, id in
            Incident(
                id: id, key: key, condition: .roomAccount, tenant: tenant, severity: .warning,
                scope: Incident.Scope(kind: .tenant, id: tenant.text, name: tenant.text), rooms: references,
                cause: .account, summary: sentence, firstBadAt: outage.firstBad.wall, lastGoodAt: nil,
                openedAt: now.wall, evidence: evidence)
        }
        guard phase.isWrong, !troubled.isEmpty else { return }
        let event = book.amend(key, members: references) { incident, _ in
            incident.summary = sentence
            incident.restate(evidence)
        }
        if let event { decision.events.append(event) }
    }

    // MARK: What it means for a room

    /// When a room's trouble began, as far as its account may be why.
    private func onset(slot: Int, at now: Moment) -> Date {
        (tracks[slot].outage?.firstBad ?? tracks[slot].presence.lastUsable ?? now).wall
    }

    /// Whether the account is why a room is down or silent.
    func accountExplains(slot: Int, at now: Moment) -> Bool {
        if rooms[slot].accountState != .usable { return true }
        let onset = onset(slot: slot, at: now)
        let account = rooms[slot].account
        return accountFindings[account]?.contains { $0.explains(onset) || $0.isBlocking(at: now.wall) } ?? false
            || tracks[slot].signInTrouble(signIns[account], of: onset) != nil
    }

    /// The same as the end of a sentence; empty where the account is well.
    func accountWords(slot: Int, at now: Moment) -> String {
        let account = rooms[slot].account
        if let finding = accountFindings[account]?.first(where: { $0.isBlocking(at: now.wall) }) {
            return "; \(finding.sentence(at: now.wall))"
        }
        if let trouble = tracks[slot].signInTrouble(signIns[account], of: onset(slot: slot, at: now)) {
            return "; signing in fails: \(trouble.rawValue)"
        }
        return ""
    }

    func accountEvidence(slot: Int, at now: Moment) -> [Evidence] {
        let account = rooms[slot].account
        var pieces = (accountFindings[account] ?? []).map {
            Evidence(source: "directory", reading: $0.sentence(at: now.wall), observedAt: $0.saidAt)
        }
        if let signIn = signIns[account]?.telling(of: onset(slot: slot, at: now)) {
            pieces.append(Evidence(source: Evidence.signIn, reading: signIn.text, observedAt: signIn.at))
        }
        return pieces
    }

    // MARK: Sign-ins

    /// Rooms whose sign-ins are worth a read now: those down, and those that Graph does not show while it shows others.
    /// Of a place that is dark a sample is enough. Rooms that were never asked about come first, then the oldest reads.
    public func roomsWorthSignIns(at now: Moment, limit: Int) -> [(account: AccountID, since: Date)] {
        guard !isBlind else { return [] }
        var slots: [Int] = []
        var places: [Place: [Int]] = [:]
        for slot in tracks.indices where tracks[slot].isDown && tracks[slot].phase == .firing {
            if case .place(let place) = standings[slot].voice {
                places[place, default: []].append(slot)
            } else if standings[slot].voice == .own {
                slots.append(slot)
            }
        }
        for (_, members) in places.sorted(by: { $0.key.subject.text < $1.key.subject.text }) {
            let count = min(members.count, Self.sampledDevices)
            slots += (0..<count).map { members[$0 * members.count / count] }
        }
        for account in silentRooms.sorted() {
            if let slot = index[account], !tracks[slot].isDown { slots.append(slot) }
        }
        let due = slots.filter { slot in
            guard let asked = signIns[rooms[slot].account]?.asked else { return true }
            let age = Duration.seconds(now.wall.timeIntervalSince(onset(slot: slot, at: now)))
            return asked.elapsed(until: now) >= (age < .seconds(3600) ? .seconds(300) : .seconds(1800))
        }
        let ordered = due.sorted { a, b in
            let (first, second) = (signIns[rooms[a].account]?.asked, signIns[rooms[b].account]?.asked)
            guard let first else { return second != nil || a < b }
            guard let second else { return false }
            return first.steady < second.steady
        }
        return ordered.prefix(limit).map { (rooms[$0].account, onset(slot: $0, at: now)) }
    }

    /// Takes what the sign-in log said of a room; what it explains is told as an update, never as a page.
    public mutating func accept(
        _ reading: SignInReading, of account: AccountID, decided now: Moment
    ) -> FleetDecision {
        var decision = FleetDecision()
        guard let slot = index[account], tracks[slot].phase.isWrong || silentRooms.contains(account) else {
            return decision
        }
        if case .unknown = reading.signIns, let known = signIns[account] {
            signIns[account] = SignInReading(signIns: known.signIns, asked: reading.asked)
            return decision
        }
        guard signIns[account] != nil || signIns.count < Self.maximumSignIns else { return decision }
        signIns[account] = reading
        if case .place = standings[slot].voice { isCheckNews = true }
        let key =
            tracks[slot].phase.isWrong
            ? key(ofRoomAt: slot)
            : DedupKey(tenant: tenant, condition: .roomUnseen, subject: .room(account))
        guard let before = book.open(key) else { return decision }
        let pieces = accountEvidence(slot: slot, at: now).filter { $0.source == Evidence.signIn }
        let isSaid = before.cause == .account || before.cause == .didNotReturn
        let isExplained = !isSaid && accountExplains(slot: slot, at: now)
        let words = accountWords(slot: slot, at: now)
        let page = tracks[slot].phase.isWrong ? page(ofRoomAt: slot, at: now) : nil
        let event = book.amend(key) { incident in
            incident.restate(pieces)
            guard isExplained else { return }
            incident.cause = .account
            incident.summary = page?.summary ?? incident.summary + words
        }
        guard let event else { return decision }
        decision.events.append(isExplained ? .updated(event.incident) : event)
        return decision
    }
}
