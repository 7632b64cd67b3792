// How a room's trouble reads on the page: severity, cause, one sentence, evidence. All of it is derived from what was
// observed; nothing is guessed that cannot be named.

import struct Foundation.Date
public import Timekeeping

/// The page about one room that is offline.
public struct RoomIncident: Sendable {
    public var room: Room
    public var track: RoomTrack
    /// Whether the room's building is in its bookable hours now.
    public var isBookable: Bool
    public var facts: RoomFacts
    /// The booking that runs now or is the next one, when the calendar is known.
    public var meeting: Incident.Meeting?
    /// Whether that booking runs or begins within minutes.
    public var isNeeded: Bool
    /// The planned absence from which the room did not return.
    public var overdue: ExpectedAbsence.Overdue?
    /// For how long the monitor had not looked when it found the room down.
    public var gap: Duration?
    /// What the directory finds wrong with the account.
    public var findings: [AccountFinding]
    /// What the sign-in log said of the account.
    public var signIns: SignInReading?
    /// What was tried on the room lately.
    public var tried: [Incident.Attempt]
    /// When this is written; what the summary counts from.
    public var now: Date

    public init(
        room: Room, track: RoomTrack, isBookable: Bool, facts: RoomFacts = RoomFacts(),
        meeting: Incident.Meeting? = nil, isNeeded: Bool = false, overdue: ExpectedAbsence.Overdue? = nil,
        gap: Duration? = nil, findings: [AccountFinding] = [], signIns: SignInReading? = nil,
        tried: [Incident.Attempt] = [], now: Date
    ) {
        self.room = room
        self.track = track
        self.isBookable = isBookable
        self.facts = facts
        self.meeting = meeting
        self.isNeeded = isNeeded
        self.overdue = overdue
        self.gap = gap
        self.findings = findings
        self.signIns = signIns
        self.tried = tried
        self.now = now
    }

    /// Whom to call on site.
    public var contact: String? { facts.contact }

    /// One step higher than ``ownSeverity`` when the room did not return from what was planned.
    public var severity: Severity { overdue.map { $0.severity(raising: ownSeverity) } ?? ownSeverity }

    /// Critical when people are or will soon be affected, error in bookable hours, else warning
    /// (Detection, Severity).
    private var ownSeverity: Severity {
        if isUrgent { return .critical }
        return isBookable ? .error : .warning
    }

    /// Whether the first page must not wait for siblings.
    public var isUrgent: Bool { wasInUse || isNeeded || facts.isVIP }

    /// Whether people were in a call when presence went dark. Use before an earlier blip says nothing about an outage
    /// that only the device's record reports.
    private var wasInUse: Bool { track.presence.inUseAtFirstBad && track.presence.state.outage != nil }

    /// The cause, as far as the evidence carries it.
    ///
    /// What the directory says of the account comes first. A device that is off the air outranks a sign-in that failed,
    /// which may be anybody's. The device record lags presence by minutes, so a healthy one proves "signed out" only when
    /// the back end changed it after the outage began.
    public var cause: Cause {
        if overdue != nil { return .didNotReturn }
        if room.accountState != .usable || finding != nil { return .account }
        guard let outage = track.outage else { return .unknown }
        if track.deviceReading?.signal == .bad { return .networkOrPower }
        if signInTrouble != nil { return .account }
        return track.isDeviceWell(since: outage.firstBad.wall) ? .signedOut : .unknown
    }

    /// One sentence for a phone's lock screen.
    public var summary: String {
        var text = "\(room.placedName) is offline"
        if let overdue { text += "; it \(overdue.sentence)" }
        if let gap { text += "; found after the monitor had not looked for \(gap.inWords)" }
        if wasInUse { text += "; it was in a call" }
        if isNeeded, let meeting {
            let wait = meeting.startsAt.timeIntervalSince(now)
            text += wait > 0 ? "; meeting starts in \(Duration.seconds(wait).inMinutes)" : "; a meeting is running"
        }
        switch room.accountState {
        case .usable: if let accountTrouble { text += "; \(accountTrouble)" }
        case .disabled: text += "; its account is disabled"
        case .unlicensed: text += "; its account lost its licence"
        case .deleted: text += "; its account was deleted"
        }
        return text
    }

    /// Why the account is to blame, where the directory's plain word does not say it: a finding that explains the
    /// outage, or sign-ins that are refused since about then.
    private var accountTrouble: String? {
        if let finding { return finding.sentence(at: now) }
        return signInTrouble.map { "signing in fails: \($0.rawValue)" }
    }

    private var finding: AccountFinding? {
        guard let onset = track.outage?.firstBad.wall else { return nil }
        return findings.first { $0.explains(onset) }
    }

    private var signInTrouble: SignInTrouble? {
        guard let onset = track.outage?.firstBad.wall else { return nil }
        return track.signInTrouble(signIns, of: onset)
    }

    /// What was observed, oldest first.
    public var evidence: [Evidence] {
        var evidence: [Evidence] = []
        if let outage = track.presence.state.outage {
            let reading = track.presence.reading?.text ?? "Offline"
            evidence.append(
                Evidence(source: "presence", reading: reading, observedAt: outage.fired.wall))
        }
        if let device = track.deviceReading, case .value(let health) = device.health {
            evidence.append(Evidence(source: "device", reading: health.text, observedAt: device.asked.wall))
        }
        if track.device.outage != nil, track.presence.state.outage == nil {
            evidence.append(
                Evidence(
                    source: "presence", reading: "another device keeps the account online",
                    observedAt: (track.presence.lastGood ?? track.listedSince).wall))
        }
        if let overdue, case .command = overdue.source {
            evidence.append(
                Evidence(source: Evidence.operation, reading: overdue.sentence, observedAt: overdue.since.wall))
        }
        if room.accountState != .usable, let outage = track.outage {
            evidence.append(
                Evidence(
                    source: "directory", reading: "account \(room.accountState.rawValue)",
                    observedAt: outage.fired.wall))
        }
        if let outage = track.outage {
            for finding in findings where room.accountState == .usable || !finding.repeats(room.accountState) {
                evidence.append(
                    Evidence(source: "directory", reading: finding.sentence(at: now), observedAt: finding.saidAt))
            }
            if let signIn = signIns?.telling(of: outage.firstBad.wall) {
                evidence.append(Evidence(source: Evidence.signIn, reading: signIn.text, observedAt: signIn.at))
            }
        }
        return evidence
    }

    /// The incident as it opens.
    ///
    /// - Precondition: the track reports an outage; without one there is nothing to open and `nil` comes back.
    public func opened(id: UniqueID, tenant: TenantName, at now: Moment) -> Incident? {
        guard let outage = track.outage else { return nil }
        var incident = Incident(
            id: id, key: DedupKey(tenant: tenant, condition: .roomOffline, subject: .room(room.account)),
            condition: .roomOffline, tenant: tenant, severity: severity,
            scope: Incident.Scope(kind: .room, id: room.account.text, name: room.name),
            rooms: [Incident.RoomReference(room)], cause: cause, summary: summary,
            firstBadAt: outage.firstBad.wall, lastGoodAt: track.presence.lastGood?.wall, openedAt: now.wall,
            evidence: evidence)
        incident.firstBadAfter = track.firstBadAfter?.wall
        incident.meeting = meeting
        incident.contact = contact
        incident.tried = tried
        return incident
    }
}

extension Room {
    /// The name with its place, `Room 17 (B2, floor 3)`.
    public var placedName: String { Incident.RoomReference(self).placedName }
}

extension Incident.RoomReference {
    /// The name with its place, `Room 17 (B2, floor 3)`.
    public var placedName: String {
        let level = floor.map(\.asLevel)
        let place = [building, level].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? name : "\(name) (\(place))"
    }
}

extension Reading<Presence> {
    /// The reading in Graph's words, or `unknown:<reason>`; what runs and evidence quote.
    public var text: String {
        switch self {
        case .value(let presence): presence.text
        case .unknown(let reason): "unknown:\(reason.text)"
        }
    }
}
