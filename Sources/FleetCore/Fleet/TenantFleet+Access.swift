// A consent that is taken back is one incident: `tenant.blind` when presence is concerned, with what happened and what to
// do, or else `tenant.permissions`. Neither is open beside the other for the same revocation.

import Timekeeping

extension TenantFleet {
    /// A permission counts as taken back when the token said so twice over so long; tokens of the minutes around a consent
    /// may differ.
    static let lostAccess = ConditionRule(badCount: 2, badHold: .seconds(60), goodCount: 1, goodHold: .zero)

    /// Takes what is known of our access.
    public mutating func accept(_ reading: AccessReading) {
        if access.accept(reading) { isCheckNews = true }
    }

    /// Whether a token that is newer than a consent may change anything.
    public var wantsFreshToken: Bool { access.wantsFreshToken(failure: sightFailure) }

    /// Judges permissions that were taken back; presence itself is the business of `tenant.blind`.
    mutating func judgeAccess(at now: Moment, into decision: inout FleetDecision) {
        let key = DedupKey(tenant: tenant, condition: .tenantPermissions, subject: .tenant)
        let phase = conditions[key]?.phase ?? .clear
        guard access.reading != nil else { return }
        let hidesSight = access.hidesSight(failure: sightFailure)
        if phase.isWrong, isBlind, hidesSight {
            mergePermissions(key, at: now, into: &decision)
            return
        }
        let lost = access.lost
        if lost.isEmpty, phase == .clear { return }
        let signal: Signal
        if isBlind || hidesSight {
            // What was only suspected starts anew when there is sight again.
            signal = phase == .pending ? .good : .unknown
        } else if access.reading?.grants == nil {
            signal = .unknown
        } else {
            signal = lost.isEmpty ? .good : .bad
        }
        let tenant = tenant
        let summary = Self.summary(ofLost: lost, tenant: tenant, again: access.again)
        let evidence = evidence(ofLost: lost, at: now)
        step(
            .tenantPermissions, .tenant, signal: signal, rule: Self.lostAccess, at: now,
            reason: lost.isEmpty
                ? "every permission is there again" : "taken back: \(lost.map(\.name).joined(separator: ", "))",
            into: &decision
        ) { outage, id in
            Incident(
                id: id, key: key, condition: .tenantPermissions, tenant: tenant, severity: .warning,
                scope: Incident.Scope(kind: .tenant, id: tenant.text, name: tenant.text), rooms: [], cause: .account,
                summary: summary, firstBadAt: outage.firstBad.wall, lastGoodAt: nil, openedAt: now.wall,
                evidence: evidence)
        }
        guard phase.isWrong, signal == .bad, let known = book.open(key), known.summary != summary else { return }
        let event = book.amend(key) { incident in
            incident.summary = summary
            incident.restate(evidence)
        }
        if let event { decision.events.append(.updated(event.incident)) }
    }

    /// Presence went as well: the blindness speaks for all of it now.
    private mutating func mergePermissions(_ key: DedupKey, at now: Moment, into decision: inout FleetDecision) {
        let blind = book.open(DedupKey(tenant: tenant, condition: .tenantBlind, subject: .tenant))
        guard let from = conditions[key]?.phase else { return }
        conditions[key] = nil
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: .tenantPermissions, subject: .tenant, state: .clear))
        let event = book.resolve(key, as: .merged, at: now)
        if let event {
            decision.events.append(blind.map { .merged(event.incident, into: $0.id) } ?? event)
        }
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: .tenantPermissions, subject: Subject.tenant.text, from: from, to: .clear,
                at: now.wall, decidedAt: now.wall, reason: "presence was taken back too; tenant.blind speaks for it",
                incident: event?.incident.id))
    }

    private static func summary(ofLost lost: [PermissionGrant], tenant: TenantName, again: String) -> String {
        let names = lost.map(\.name).joined(separator: ", ")
        let losses = lost.map(\.loss).joined(separator: " ")
        return "The application lost \(lost.count == 1 ? "a permission" : "\(lost.count) permissions") in \(tenant): "
            + "\(names). \(losses) Rooms are watched on. \(again)"
    }

    private func evidence(ofLost lost: [PermissionGrant], at now: Moment) -> [Evidence] {
        lost.map {
            Evidence(
                source: Evidence.permission, reading: "\($0.name)\(Self.lossMark)\($0.loss)", observedAt: now.wall)
        } + [Evidence(source: Evidence.remedy, reading: access.consentRemedy, observedAt: now.wall)]
    }

    private static let lossMark = ": "

    /// The permissions that an incident names as gone.
    private static func named(in incident: Incident) -> [String] {
        incident.evidence.filter { $0.source == Evidence.permission }.compactMap {
            $0.reading.split(separator: lossMark, maxSplits: 1).first.map(String.init)
        }
    }

    /// Somebody closed the incident by hand: that these permissions are not there is a state from now on.
    mutating func putAsidePermissions(of incident: Incident) { access.forget(Self.named(in: incident)) }

    /// Knows again, after a restart, of which permissions people were told that they are gone.
    mutating func restoreAccess() {
        if let incident = book.open(DedupKey(tenant: tenant, condition: .tenantPermissions, subject: .tenant)) {
            access.remember(Self.named(in: incident))
        }
        if let blind = book.open(DedupKey(tenant: tenant, condition: .tenantBlind, subject: .tenant)),
            blind.cause == .account
        {
            access.remember(
                blind.evidence.filter { $0.source == Evidence.access }.compactMap { AccessTrouble.lost(in: $0.reading) }
            )
        }
    }
}

extension Evidence {
    static let permission = "permission"
    static let remedy = "remedy"
    /// What became of our own access.
    static let access = "access"
}
