// One tenant as detection sees it: its rooms, what is remembered of each, the conditions of the tenant itself, and the
// open incidents. A value: every input goes in with its moment, every conclusion comes out as a decision. This is the
// one place where observations become incidents.

import struct Foundation.Date
public import Timekeeping

/// One answered (or failed) page of a sweep, as the fleet takes it in.
public struct PresencePage: Sendable {
    /// The rooms that were asked, as ``TenantFleet/SweepPlan`` handed them out.
    public var request: SweepPage
    /// One answer for each room asked, in the same order.
    public var answers: [PresenceAnswer]
    public var asked: Moment
    public var received: Moment

    public init(request: SweepPage, answers: [PresenceAnswer], asked: Moment, received: Moment) {
        self.request = request
        self.answers = answers
        self.asked = asked
        self.received = received
    }
}

/// What one page said of one room.
public struct PresenceAnswer: Sendable, Hashable {
    public var reading: Reading<Presence>
    public var sequenceNumber: String?

    public init(_ reading: Reading<Presence>, sequenceNumber: String? = nil) {
        self.reading = reading
        self.sequenceNumber = sequenceNumber
    }
}

/// Rooms that are asked together in one request.
public struct SweepPage: Sendable, Hashable {
    /// The list of rooms that the places below refer to.
    public var generation: Int
    /// Places of the rooms in that list, in the order of ``accounts``.
    public var slots: [Int]
    public var accounts: [AccountID]

    public init(generation: Int, slots: [Int], accounts: [AccountID]) {
        self.generation = generation
        self.slots = slots
        self.accounts = accounts
    }
}

/// The watched rooms of one tenant and everything concluded about them.
public struct TenantFleet: Sendable {
    public let tenant: TenantName
    public private(set) var rules: DetectionRules
    public private(set) var site: SiteRules
    /// When this run of the monitor began to look.
    public let watchedSince: Moment

    public internal(set) var rooms: [Room] = []
    public internal(set) var tracks: [RoomTrack] = []
    /// Where each room stands in correlation, in the order of ``rooms``.
    public internal(set) var standings: [Standing] = []
    /// Troubles of places, open or waiting for their last members.
    public internal(set) var scopes: [Place: ScopeTrack] = [:]
    /// What the operator said of each room, in the order of ``rooms``.
    var facts: [RoomFacts] = []
    /// Bookings of the near future.
    public internal(set) var agendas = AgendaBook()
    /// What is known beside presence.
    public internal(set) var check = TenantCheck()
    /// What the application may do, and what was taken from it.
    public internal(set) var access = AccessBook()
    /// Why the newest sweep was not complete; `nil` when it was.
    var sightFailure: String?
    /// When a sweep last failed for want of access, as far as known.
    var accessFailedAt: Moment?
    /// How long passwords of room accounts live.
    public internal(set) var passwords = PasswordPolicy()
    /// What is wrong with rooms' accounts, of those with which something is.
    public internal(set) var accountFindings: [AccountID: [AccountFinding]] = [:]
    /// When they were found.
    var accountsJudged: Moment?
    /// Accounts whose trouble somebody knows and put aside by closing the incident that named them.
    var accountsAside: Set<AccountID> = []
    /// What the sign-in log said of rooms in trouble.
    public internal(set) var signIns: [AccountID: SignInReading] = [:]
    /// All devices on the list, with what is known of their health.
    public internal(set) var devices = DeviceBook()
    /// Troubles that devices share, while they last.
    var cohorts: [DeviceCohort: CohortTrack] = [:]
    /// Devices with updates that somebody knows of and put aside by closing the incident that named them.
    var updatesAside: Set<String> = []
    /// Rooms that came back lately: the records of their devices lag behind.
    var recoveries: [AccountID: Moment] = [:]
    /// Whether something was read that may change the cause of an open incident.
    var isCheckNews = false
    /// Rooms that fired lately.
    public internal(set) var flaps: [AccountID: FlapPenalty] = [:]
    /// Windows that people planned for once, and silences.
    public internal(set) var quiet = QuietRules()
    public internal(set) var book: IncidentBook
    /// What people asked of devices, as far as it still matters.
    public internal(set) var commandBook = CommandBook()
    /// States of conditions other than `room.offline`; absent means clear.
    public internal(set) var conditions: [DedupKey: ConditionState] = [:]
    /// Changes when rooms are added or removed, so that an answer to an older question finds its rooms.
    public internal(set) var generation = 0
    public internal(set) var index: [AccountID: Int] = [:]
    /// When each slowly read source last succeeded.
    public internal(set) var sources: [Source: SourceRecord] = [:]

    /// In how many complete refreshes in a row each room has been absent.
    var absences: [Int] = []
    /// Observations in the open run of each room.
    var runCounts: [Int] = []
    var generator: SeededGenerator
    /// Rooms with an open `room.unseen` or `room.never_seen`, so that the others cost one comparison a second.
    var silentRooms: Set<AccountID> = []
    /// When the tenant's last blindness ended in this run of the monitor.
    var sightedSince: Moment?
    /// Sources that the tenant does not offer any more.
    var retiredSources: Set<Source> = []
    var bookable = BookableMinute()
    var openWindows = OpenWindows()
    /// Rooms whose row must be written with this decision.
    var touched: [Int] = []
    /// Whether something happened since the last look at who fell together.
    var isStirred = false
    /// Whether rooms that are down wait for the end of a window, so that the end must be looked for.
    var hasExcused = false
    /// Whether rooms that are down, and not seen, have nobody to speak for them until they are seen again.
    var hasUnseenWaiting = false
    /// Before this nobody is told of rooms: the first sweeps after a start show which of them are still down.
    var settlesAt: Moment?
    /// How long the monitor had not looked before this run, when that was long.
    var monitorGap: Duration?
    /// The minute in which severities were last worked out anew.
    var severityMinute = Int.min

    /// What is known about a slowly read source.
    public struct SourceRecord: Sendable, Hashable {
        public var lastSuccess: Moment
        public var interval: Duration
        /// Whether ``lastSuccess`` was one; otherwise it is when this run of the monitor first tried.
        public var hasSucceeded: Bool
        /// Whether the newest read was refused for want of access.
        public var isRefused = false
    }

    public init(
        tenant: TenantName, rules: DetectionRules, site: SiteRules, watchedSince: Moment, generator: SeededGenerator,
        incidents: [Incident] = []
    ) {
        self.tenant = tenant
        self.rules = rules
        self.site = site
        self.watchedSince = watchedSince
        self.generator = generator
        self.book = IncidentBook(incidents)
    }

    /// Takes new numbers and rules from a reloaded configuration; states keep going under them.
    public mutating func adopt(rules: DetectionRules, site: SiteRules) {
        self.rules = rules
        self.site = site
        facts = rooms.map { site.facts(of: $0, tenant: tenant) }
        forgetMinutes()
    }

    /// Takes new silences and planned windows.
    public mutating func adopt(quiet: QuietRules) {
        self.quiet = quiet
        forgetMinutes()
    }

    private mutating func forgetMinutes() {
        bookable = BookableMinute()
        openWindows = OpenWindows()
        severityMinute = Int.min
        for slot in standings.indices { standings[slot].planned = nil }
        isStirred = true
    }

    /// Takes what was read of rooms' calendars.
    public mutating func accept(_ news: [AccountID: Agenda], at now: Moment) -> FleetDecision {
        var decision = FleetDecision()
        agendas.accept(news)
        raiseSeverities(of: Set(news.keys), at: now, into: &decision)
        settle(at: now, into: &decision)
        return decision
    }

    /// Takes one page of a sweep, as it arrives.
    public mutating func accept(_ page: PresencePage) -> FleetDecision {
        var decision = FleetDecision()
        let isCurrent = page.request.generation == generation
        for place in page.answers.indices {
            let slot: Int
            if isCurrent {
                slot = page.request.slots[place]
            } else if let found = index[page.request.accounts[place]] {
                slot = found
            } else {
                continue
            }
            let answer = page.answers[place]
            accept(
                PresenceObservation(
                    reading: answer.reading, asked: page.asked, received: page.received,
                    sequenceNumber: answer.sequenceNumber), slot: slot, into: &decision)
        }
        settle(at: page.received, into: &decision)
        return decision
    }

    private mutating func accept(_ observation: PresenceObservation, slot: Int, into decision: inout FleetDecision) {
        let lastAsked = tracks[slot].presence.newestAsked
        let step = tracks[slot].accept(observation, rules: rules)
        if step.ignored != nil {
            decision.lateAnswers += 1
            return
        }
        if step.isBlip { decision.blips += 1 }
        if step.beginsRun {
            let account = rooms[slot].account
            if let lastAsked, runCounts[slot] > 0 {
                decision.observations.ended.append(
                    RunEnd(
                        tenant: tenant, account: account, source: .presence, last: lastAsked.wall,
                        count: runCounts[slot]))
            }
            decision.observations.begun.append(
                RunBegin(
                    tenant: tenant, account: account, source: .presence,
                    reading: tracks[slot].presence.reading?.text ?? "", first: observation.asked.wall))
            runCounts[slot] = 0
        }
        if step.isStatement { runCounts[slot] += 1 }
        if let change = step.change {
            apply(change, slot: slot, at: observation.asked, decided: observation.received, into: &decision)
        } else if step.mustBeStored {
            touched.append(slot)
            if case .pending(let streak) = tracks[slot].presence.state, tracks[slot].phase == .pending {
                standings[slot].onset = streak.first
                isStirred = true
            }
        }
    }

    /// Takes one read of a device record.
    public mutating func accept(_ reading: DeviceReading, of account: AccountID, decided now: Moment) -> FleetDecision {
        var decision = FleetDecision()
        guard let slot = index[account] else { return decision }
        hear(reading, slot: slot, decided: now, into: &decision)
        settle(at: now, into: &decision)
        return decision
    }

    /// What the main device's record says is a witness of a weak room's outage, and evidence of every other one's.
    mutating func hear(_ reading: DeviceReading, slot: Int, decided now: Moment, into decision: inout FleetDecision) {
        let before = tracks[slot].device.phase
        let change = tracks[slot].accept(reading, asWitness: rooms[slot].isWeak, rules: rules)
        if let change {
            apply(change, slot: slot, at: reading.asked, decided: now, into: &decision)
            return
        }
        // The other witness decides the phase, but a restart must find this one where it stands.
        if tracks[slot].device.phase != before { touched.append(slot) }
        if case .place = standings[slot].voice { isCheckNews = true }
        guard tracks[slot].phase == .firing else { return }
        let page = self.page(ofRoomAt: slot, at: now)
        if let event = book.note(
            key(ofRoomAt: slot), cause: page.cause, summary: page.summary, evidence: page.evidence)
        {
            decision.events.append(event)
        }
    }

    /// Ends an input: what fell together is correlated, and the rows of the rooms concerned are written once.
    mutating func settle(at now: Moment, into decision: inout FleetDecision) {
        if hasUnseenWaiting { isStirred = true }
        correlate(at: now, into: &decision)
        guard !touched.isEmpty else { return }
        touched.sort()
        var last = -1
        for slot in touched where slot != last {
            decision.tracks.append(record(ofRoomAt: slot))
            last = slot
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Writes down one change of a room's phase. Whether somebody is told of it is decided when the input is settled,
    /// by looking at everybody who fell.
    mutating func apply(
        _ change: PhaseChange, slot: Int, at asked: Moment, decided now: Moment, into decision: inout FleetDecision
    ) {
        let before = standings[slot].voice
        touched.append(slot)
        isStirred = true
        if change.from.isWrong, !change.to.isWrong { recoveries[rooms[slot].account] = now }
        switch (change.from.isWrong, change.to) {
        case (false, .pending):
            standings[slot].onset = asked
        case (false, .firing):
            // A streak that began anew after an unseen time is another fall than the one that was suspected before.
            let firstBad = tracks[slot].outage?.firstBad ?? asked
            standings[slot].onset =
                standings[slot].onset.map { $0.steady > firstBad.steady ? $0 : firstBad } ?? firstBad
        case (_, .clear), (true, .pending):
            recover(slot: slot, at: asked, decided: now, into: &decision)
            if change.to == .pending { standings[slot].onset = asked }
        case (_, .firing), (_, .recovering):
            break
        }
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: .roomOffline, subject: rooms[slot].account.text, from: change.from,
                to: change.to, at: asked.wall, decidedAt: now.wall,
                reason: Self.reason(change, track: tracks[slot], rules: rules),
                incident: change.from.isWrong ? incident(of: before, slot: slot) : nil))
    }

    /// The room is up again: whatever spoke for it hears so.
    private mutating func recover(
        slot: Int, at asked: Moment, decided now: Moment, into decision: inout FleetDecision
    ) {
        switch standings[slot].voice {
        case .none:
            break
        case .own:
            let reading = tracks[slot].presence.reading?.text ?? ""
            let evidence = Evidence(source: "presence", reading: reading, observedAt: asked.wall)
            if let event = book.resolve(key(ofRoomAt: slot), as: .recovered, at: now, evidence: [evidence]) {
                decision.events.append(event)
            }
        case .place(let place):
            scopes[place]?.recovered(at: now)
        }
        standings[slot] = Standing()
        signIns[rooms[slot].account] = nil
        noteReturn(of: rooms[slot].account, at: now, into: &decision)
    }

    /// The incident that speaks for a room.
    func incident(of voice: Standing.Voice, slot: Int) -> UniqueID? {
        switch voice {
        case .none: nil
        case .own: book.incidents[key(ofRoomAt: slot)]?.id
        case .place(let place): book.incidents[key(of: place)]?.id
        }
    }

    /// The page that would be written about a room now.
    mutating func page(ofRoomAt slot: Int, at now: Moment) -> RoomIncident {
        let room = rooms[slot]
        let isBookable = bookable.contains(building: room.building, at: now.wall, in: site.hours)
        let agenda = agendas[room.account]
        let booking = agenda?.current(at: now) ?? agenda?.next(after: now)
        return RoomIncident(
            room: room, track: tracks[slot], isBookable: isBookable, facts: facts[slot],
            meeting: booking.map { Incident.Meeting(startsAt: $0.startsAt, endsAt: $0.endsAt) },
            isNeeded: agenda?.isBookedNowOrWithin(at: now) ?? false, overdue: overdue(ofRoomAt: slot, at: now),
            gap: standings[slot].gap, findings: accountFindings[room.account] ?? [], signIns: signIns[room.account],
            tried: commandBook.attempts(in: room.account), now: now.wall)
    }

    /// The room of an account on the list.
    public func room(of account: AccountID) -> Room? { index[account].map { rooms[$0] } }

    func key(ofRoomAt slot: Int) -> DedupKey {
        DedupKey(tenant: tenant, condition: .roomOffline, subject: .room(rooms[slot].account))
    }

    func key(of place: Place) -> DedupKey {
        DedupKey(tenant: tenant, condition: place.condition, subject: place.subject)
    }

    func record(ofRoomAt slot: Int) -> TrackRecord {
        let track = tracks[slot]
        return TrackRecord(
            tenant: tenant, account: rooms[slot].account, presence: StateRecord(track.presence.state),
            device: StateRecord(track.device), lastGood: track.presence.lastGood?.wall,
            lastUsable: track.presence.lastUsable?.wall, lastGoodProvedUse: track.presence.lastGoodProvedUse,
            inUseAtFirstBad: track.presence.inUseAtFirstBad, firstBadAfter: track.presence.firstBadAfter?.wall,
            onset: standings[slot].onset?.wall,
            voice: voiceText(of: standings[slot].voice), flap: flaps[rooms[slot].account]?.record)
    }

    private func voiceText(of voice: Standing.Voice) -> String? {
        switch voice {
        case .none: nil
        case .own: TrackRecord.ownVoice
        case .place(let place): key(of: place).text
        }
    }

    /// One line that tells a person why the phase changed.
    private static func reason(_ change: PhaseChange, track: RoomTrack, rules: DetectionRules) -> String {
        let presence = track.presence.reading?.text ?? "nothing"
        switch (change.from, change.to) {
        case (_, .pending): return "presence said \(presence) for the first time"
        case (.pending, .clear): return "presence said \(presence) before the streak was long enough"
        case (.recovering, .firing): return "presence said \(presence) again before the recovery was believed"
        case (_, .firing):
            if track.presence.state.phase == .firing {
                return "presence said \(presence) \(rules.offline.badCount) times or more over at least "
                    + "\(rules.offline.badHold.seconds) s"
            }
            return "the main device's record said offline in \(rules.weakDevice.badCount) reads at least "
                + "\(rules.weakDevice.badHold.seconds) s apart while another device keeps the account online"
        case (_, .recovering): return "presence said \(presence)"
        case (_, .clear): return "good for at least \(rules.offline.goodHold.seconds) s"
        }
    }
}

/// Bookable hours, worked out once a minute and building: calendar arithmetic for 20,000 rooms that fail at once would
/// cost more than judging them.
struct BookableMinute: Sendable {
    private var minute = Int.min
    private var byBuilding: [String?: Bool] = [:]

    mutating func contains(building: String?, at wall: Date, in hours: HoursTable) -> Bool {
        let current = Int((wall.timeIntervalSince1970 / 60).rounded(.down))
        if current != minute {
            minute = current
            byBuilding.removeAll(keepingCapacity: true)
        }
        if let known = byBuilding[building] { return known }
        let answer = hours.isBookable(building: building, at: wall)
        byBuilding[building] = answer
        return answer
    }
}
