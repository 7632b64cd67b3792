// Plays a story to a fleet and demands after each happening what must always hold (Design, Proof). The book it
// keeps is its own: it believes only what the decisions say, as the store and the receivers do.

@testable import FleetCore
import Foundation
import Timekeeping

struct Playthrough {
    /// What was broken, and after which happening; `nil` when nothing was.
    private(set) var broken: String?
    private(set) var opened = 0

    private var now = at(0)
    private var fleet: TenantFleet
    private var held: [(page: PresencePage, words: [Int: Happening.Word], due: Int)] = []
    private var place = 0
    private var checkpoint: Date?

    // The store, as the decisions wrote it.
    private var stored: [StoredRoom] = []
    private var tracks: [AccountID: TrackRecord] = [:]
    private var conditions: [DedupKey: ConditionRecord] = [:]
    private var incidents: [UniqueID: Incident] = [:]
    // The log, folded.
    private var phases: [String: ConditionState.Phase] = [:]
    private var current: [DedupKey: UniqueID] = [:]
    private var resolvedAt: [DedupKey: Moment] = [:]
    // What each room was heard to say, in the order of asking.
    private var heard: [AccountID: [(asked: Moment, isBad: Bool)]] = [:]
    private var newestHeard: [AccountID: Moment] = [:]
    private var recordSaid: [AccountID: [(asked: Moment, isBad: Bool)]] = [:]

    /// Incidents that somebody heard of since they opened last.
    private var told: Set<UniqueID> = []
    private var quiet = QuietRules()
    private var generator = SeededGenerator(seed: 1)

    init() { fleet = Self.fleet(since: at(0), incidents: []) }

    private static func fleet(since: Moment, incidents: [Incident]) -> TenantFleet {
        TenantFleet(
            tenant: Watch.tenant, rules: DetectionRules(), site: SiteRules(windows: []), watchedSince: since,
            generator: SeededGenerator(seed: 7), incidents: incidents)
    }

    /// Plays the whole story, or up to the first thing that must not happen.
    static func of(_ story: [Happening]) -> Playthrough {
        var play = Playthrough()
        for happening in story where play.broken == nil {
            play.place += 1
            play.happen(happening)
            play.deliverHeld()
            play.checkStanding(after: happening)
        }
        if play.broken == nil { play.demandThatEverybodyIsTold(story) }
        return play
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .wait(let seconds):
            now = now.advanced(by: .milliseconds(Int(seconds * 1000)))
        case .page(let lane, let words, let arrival):
            now = now.advanced(by: .milliseconds(10))
            guard let (page, answers) = page(lane, words) else { return }
            if arrival == .late {
                held.append((page, answers, place + 3))
            } else {
                deliver(page, answers)
                if arrival == .twice { deliver(page, answers, isRepetition: true) }
            }
        case .endOfSweep(let outcome):
            if outcome == .complete { checkpoint = now.wall }
            take(fleet.judgeSight(at: now, sweep: outcome), "end of sweep")
        case .tick:
            take(fleet.judgeSight(at: now, sweep: nil), "tick")
            take(fleet.tick(at: now), "tick")
        case .inventory(let present, let weak, let excluded):
            refresh(present, weak, excluded)
        case .device(let room, let isOffline):
            let reading = isOffline.map { $0 ? DeviceReading.offline(asked: now) : .healthy(asked: now) }
            if let isOffline { recordSaid[account(room), default: []].append((now, isOffline)) }
            let decision = fleet.accept(reading ?? .failed(asked: now), of: account(room), decided: now)
            if reading == nil, !decision.transitions.isEmpty { fail("a failed read of a device moved something") }
            take(decision, "device")
        case .booking(let room, let after):
            let begins = now.wall.addingTimeInterval(after)
            let booking = Booking(startsAt: begins, endsAt: begins.addingTimeInterval(1800), status: .busy)
            let agenda = Agenda(
                [booking].compactMap(\.self), from: now.wall, until: now.wall.addingTimeInterval(7200), readAt: now)
            take(fleet.accept([account(room): agenda], at: now), "calendar")
        case .quiet(let kind, let building, let seconds):
            beQuiet(kind, building, until: now.wall.addingTimeInterval(seconds))
        case .acknowledgement(let room):
            for key in [key(of: room), fleet.key(of: .building(Happening.home(room)?.building ?? "A"))] {
                guard let event = fleet.book.acknowledge(key, by: "desk", at: now) else { continue }
                var decision = FleetDecision()
                decision.events = [event]
                take(decision, "acknowledgement")
            }
        case .restart(let seconds):
            restart(after: seconds)
        }
    }

    private func key(of room: Int) -> DedupKey {
        DedupKey(tenant: Watch.tenant, condition: .roomOffline, subject: .room(account(room)))
    }

    private mutating func beQuiet(_ kind: Happening.Quiet, _ building: String, until: Date) {
        let id = UniqueID(at: now.wall, using: &generator)
        switch kind {
        case .silence:
            guard let matchers = try? Matchers(parsing: "building=\(building)"),
                let silence = try? Silence(
                    id: id, matchers: matchers, author: "desk", reason: "test", endsAt: until, createdAt: now)
            else { return fail("a silence was refused") }
            quiet.silences.append(silence)
        case .window, .expectedAbsence:
            guard
                let plan = try? PlannedInterval(
                    id: id, startsAt: now.wall, endsAt: until, author: "desk", reason: "test")
            else { return fail("a window was refused") }
            quiet.planned.append(
                MaintenanceWindow(
                    name: "works", schedule: .once(plan), match: PlaceMatch(buildings: [building]),
                    returnWithin: kind == .window ? nil : .seconds(300)))
        }
        fleet.adopt(quiet: quiet)
        take(fleet.tick(at: now), "quiet")
    }

    // MARK: Presence

    private func page(
        _ lane: TenantFleet.Lane, _ words: [Happening.Word]
    ) -> (PresencePage, [Int: Happening.Word])? {
        guard let planned = fleet.pages(of: lane).first else { return nil }
        var request = SweepPage(generation: planned.generation, slots: [], accounts: [])
        var answers: [PresenceAnswer] = []
        var said: [Int: Happening.Word] = [:]
        for (slot, account) in zip(planned.slots, planned.accounts) {
            guard let number = Int(account.text.dropFirst(5)), words.indices.contains(number) else { continue }
            guard let answer = words[number].answer else { continue }
            request.slots.append(slot)
            request.accounts.append(account)
            answers.append(answer)
            said[number] = words[number]
        }
        return (PresencePage(request: request, answers: answers, asked: now, received: now), said)
    }

    private mutating func deliverHeld() {
        for late in held where late.due <= place { deliver(late.page, late.words) }
        held.removeAll { $0.due <= place }
    }

    private mutating func deliver(
        _ page: PresencePage, _ words: [Int: Happening.Word], isRepetition: Bool = false
    ) {
        var page = page
        page.received = now
        let old = page.request.generation != fleet.generation
        for (number, word) in words where word != .failed {
            let room = account(number)
            guard fleet.index[room] != nil, newestHeard[room].map({ $0.steady < page.asked.steady }) ?? true else {
                continue
            }
            newestHeard[room] = page.asked
            switch word {
            case .good, .inUse: heard[room, default: []].append((page.asked, false))
            case .bad: heard[room, default: []].append((page.asked, true))
            case .saidUnknown, .missing, .failed, .unasked: break
            }
        }
        let decision = fleet.accept(page)
        let saidSomething = words.values.contains { $0 == .good || $0 == .inUse || $0 == .bad }
        if !saidSomething, !decision.transitions.isEmpty || !decision.events.isEmpty {
            fail("a page that says nothing moved something")
        }
        if isRepetition, !old, !decision.transitions.isEmpty || !decision.events.isEmpty || decision.isUrgent {
            fail("a repeated page moved something")
        }
        take(decision, "page")
    }

    // MARK: Inventory and restart

    private mutating func refresh(_ present: [Bool], _ weak: [Bool], _ excluded: [Bool]) {
        let numbers = present.indices.filter { present[$0] }
        let devices = numbers.flatMap { number in
            FleetCoreTests.devices(of: number, kinds: weak[number] ? [.teamsRoom, .panel] : [.teamsRoom], at: now)
        }
        let before = Set(fleet.rooms.map(\.account))
        let places = numbers.map { number in
            PlaceRecord(
                email: "room\(number)@contoso.com", building: Happening.home(number)?.building,
                floor: Happening.home(number)?.floor)
        }
        let scope = InventoryScope(exclude: excluded.indices.filter { excluded[$0] }.map { "room-\($0)" })
        let outcome = fleet.accept(
            inventory(numbers.map { record($0) }, devices: devices, places: places, at: now), scope: scope,
            decided: now)
        if let list = outcome.list { stored = list }
        take(outcome.decision, "inventory")
        let after = Set(fleet.rooms.map(\.account))
        for gone in before.subtracting(after) {
            heard[gone] = nil
            newestHeard[gone] = nil
            recordSaid[gone] = nil
            tracks[gone] = nil
            for key in current.keys where key.text.hasSuffix(":\(gone.text)") {
                fail("\(key) is still open although the room left the list")
            }
            for (name, phase) in phases where name.hasSuffix(" \(gone.text)") && phase != .clear {
                fail("the log leaves \(name) \(phase.rawValue) although the room left the list")
            }
        }
        for event in outcome.decision.events where event.incident.resolution == .removed {
            if case .resolved(let incident) = event, let room = incident.rooms.first, after.contains(room.id) {
                fail("\(incident.key) was resolved as removed although the room is still on the list")
            }
        }
    }

    private mutating func restart(after seconds: Double) {
        let phasesBefore = fleet.tracks.map { [$0.presence.state.phase, $0.device.phase] }
        let blindBefore = fleet.isBlind
        let voicesBefore = voices
        let downBefore = fleet.scopes.mapValues(\.down)
        now = now.advanced(by: .milliseconds(Int(seconds * 1000)))
        held = []
        // The store loads what is open and what resolved lately.
        let known = incidents.values.filter { incident in
            incident.status != .resolved
                || resolvedAt[incident.key].map { $0.elapsed(until: now) <= .seconds(600) } ?? true
        }
        var next = Self.fleet(since: now, incidents: Array(known))
        let remarks = next.restore(
            rooms: stored, tracks: Array(tracks.values), conditions: Array(conditions.values),
            seenUntil: checkpoint, at: now)
        if !remarks.isEmpty { fail("restoring remarked \(remarks)") }
        if next.tracks.map({ [$0.presence.state.phase, $0.device.phase] }) != phasesBefore {
            fail("a restart changed the state of a room")
        }
        if next.isBlind != blindBefore { fail("a restart changed the tenant's sight") }
        next.adopt(quiet: quiet)
        fleet = next
        if voices != voicesBefore { fail("a restart changed who speaks: \(voicesBefore) became \(voices)") }
        if fleet.scopes.mapValues(\.down) != downBefore {
            fail("a restart changed the places: \(downBefore) became \(fleet.scopes.mapValues(\.down))")
        }
    }

    private var voices: [String: Standing.Voice] {
        var voices: [String: Standing.Voice] = [:]
        for slot in fleet.rooms.indices where fleet.standings[slot].voice != .none {
            voices[fleet.rooms[slot].account.text] = fleet.standings[slot].voice
        }
        return voices
    }

    // MARK: What must hold

    private mutating func fail(_ what: String) {
        broken = broken ?? "\(what) (happening \(place), second \(now.steady.seconds - at(0).steady.seconds))"
    }

    private mutating func take(_ decision: FleetDecision, _ cause: String) {
        for track in decision.tracks { tracks[track.account] = track }
        for condition in decision.conditions { conditions[condition.key] = condition }
        takeEvents(of: decision)
        for transition in decision.transitions {
            let name = "\(transition.condition.rawValue) \(transition.subject)"
            if phases[name] ?? .clear != transition.from {
                fail("the log says \(name) was \(phases[name] ?? .clear), the transition \(transition.from)")
            }
            phases[name] = transition.to
            if transition.condition == .roomOffline,
                !decision.tracks.contains(where: { $0.account.text == transition.subject })
            {
                fail("\(name) changed its phase without a row to store")
            }
        }
    }

    private mutating func takeEvents(of decision: FleetDecision) {
        for event in decision.events {
            let incident = event.incident
            let key = incident.key
            let known = incidents[incident.id]
            switch event {
            case .opened:
                opened += 1
                if known != nil { fail("\(key) opened twice under one id") }
                if current[key] != nil { fail("\(key) opened while it was open") }
                current[key] = incident.id
                checkGrounds(of: incident)
            case .reopened:
                if current[key] != nil { fail("\(key) reopened while it was open") }
                if known?.status != .resolved { fail("\(key) reopened an incident that was not resolved") }
                if let resolved = resolvedAt[key], resolved.elapsed(until: now) > .seconds(600.5) {
                    fail("\(key) reopened after \(resolved.elapsed(until: now).seconds) s")
                }
                current[key] = incident.id
                checkGrounds(of: incident)
            case .updated, .raised, .released, .acknowledged, .noted:
                if current[key] != incident.id { fail("\(key) was updated while it was not open") }
                if let known, incident.severity < known.severity { fail("\(key) fell from \(known.severity)") }
            case .resolved, .merged:
                if current[key] != incident.id { fail("\(key) resolved while it was not open") }
                current[key] = nil
                resolvedAt[key] = now
                if incident.resolution == .recovered { checkRecovery(of: incident) }
            }
            if let known, incident != known, incident.revision <= known.revision {
                fail("\(key) changed and kept its revision \(known.revision)")
            }
            incidents[incident.id] = incident
            switch event {
            case .opened, .reopened:
                if incident.suppression == nil { told.insert(incident.id) } else { told.remove(incident.id) }
            case .released: told.insert(incident.id)
            case .updated, .raised, .acknowledged, .noted, .resolved, .merged: break
            }
        }
    }

    /// A page about a room needs an unbroken bad streak of one of its two witnesses.
    private mutating func checkGrounds(of incident: Incident) {
        guard incident.condition == .roomOffline, let room = incident.rooms.first?.id else { return }
        // Who was down already had its grounds; now its excuse or its place's incident is over.
        if phases["room.offline \(room.text)"]?.isWrong ?? false { return }
        let streak = (heard[room] ?? []).reversed().prefix(while: \.isBad)
        let records = (recordSaid[room] ?? []).reversed().prefix(while: \.isBad)
        let isHeard = streak.count >= 3 && span(streak) >= .seconds(10)
        let isRecorded = records.count >= 2 && span(records) >= .seconds(60)
        if !isHeard && !isRecorded { fail("\(incident.key) opened without an unbroken streak") }
    }

    /// A recovery needs at least one good word of a witness, and none of them may still say bad.
    private mutating func checkRecovery(of incident: Incident) {
        guard incident.condition == .roomOffline, let room = incident.rooms.first?.id else { return }
        let streak = (heard[room] ?? []).reversed().prefix { !$0.isBad }
        if (heard[room] ?? []).last?.isBad == true, fleet.tracks[fleet.index[room] ?? 0].presence.state.phase.isWrong {
            fail("\(incident.key) recovered while presence says bad")
        }
        let isHeard = streak.count >= 2 && span(streak) >= .seconds(30)
        let isRecorded =
            recordSaid[room]?.last?.isBad == false || !(fleet.index[room].map { fleet.rooms[$0].isWeak } ?? false)
        if !isHeard && !isRecorded { fail("\(incident.key) recovered without good answers") }
    }

    private func span(_ streak: some Collection<(asked: Moment, isBad: Bool)>) -> Duration {
        let times = streak.map(\.asked.steady)
        guard let first = times.min(), let last = times.max() else { return .zero }
        return last - first
    }

    /// What must hold whenever nothing is in motion.
    private mutating func checkStanding(after happening: Happening) {
        for (slot, track) in fleet.tracks.enumerated() {
            let room = fleet.rooms[slot].account
            if phases["room.offline \(room.text)"] ?? .clear != track.phase {
                fail(
                    "the folded log says \(phases["room.offline \(room.text)"] ?? .clear) of \(room), the fleet \(track.phase)"
                )
            }
            checkVoice(ofRoomAt: slot, after: happening)
            checkStored(track, of: room)
        }
        checkPlaces()
        let open = Set(fleet.book.allOpen.map(\.id))
        if open != Set(current.values) { fail("the book and the events disagree about what is open") }
        for (key, state) in fleet.conditions where conditions[key]?.state != StateRecord(state) {
            fail("\(key) is not stored as it is")
        }
    }

    /// Exactly one incident speaks for a room that is down, unless it is excused, unseen, or waits after the end of its
    /// place's incident.
    private mutating func checkVoice(ofRoomAt slot: Int, after happening: Happening) {
        let room = fleet.rooms[slot].account
        let standing = fleet.standings[slot]
        let phase = fleet.tracks[slot].phase
        let own = current[fleet.key(ofRoomAt: slot)] != nil
        if own != (standing.voice == .own) {
            fail("\(room)'s own incident is open: \(own); its voice \(standing.voice)")
        }
        if !phase.isWrong, standing.voice != .none { fail("\(room) is \(phase) and \(standing.voice) speaks for it") }
        if phase == .pending || phase == .firing, standing.onset == nil { fail("\(room) is \(phase) since never") }
        if case .place(let place) = standing.voice {
            guard let scope = fleet.scopes[place] else {
                return fail("\(place) speaks for \(room) and is not remembered")
            }
            if scope.isOver == (current[fleet.key(of: place)] != nil) {
                fail("\(place) is over: \(scope.isOver), but not")
            }
            if !scope.members.contains(room) { fail("\(room) is no member of \(place)") }
        }
        if tracks[room]?.voice != fleet.record(ofRoomAt: slot).voice, standing.voice != .none {
            fail("the voice of \(room) is not stored")
        }
        // Time alone ends excuses; only a tick can tell.
        guard case .tick = happening, phase == .firing, standing.voice == .none else { return }
        var copy = fleet
        if fleet.isSeenDown(slot: slot, at: now), copy.excuse(ofRoomAt: slot, at: now) == nil {
            fail("nobody speaks for \(room), which is down")
        }
    }

    private mutating func checkPlaces() {
        for (place, scope) in fleet.scopes {
            let speaksFor = fleet.standings.count { $0.voice == .place(place) }
            if scope.down != speaksFor { fail("\(place) counts \(scope.down) and speaks for \(speaksFor)") }
            if scope.isOver, current[fleet.key(of: place)] != nil { fail("\(place) is over and its incident open") }
        }
        for incident in fleet.book.allOpen {
            guard let place = Place(incident.scope, of: incident.condition) else { continue }
            if fleet.scopes[place]?.isOver ?? true { fail("\(incident.key) is open and nobody counts its rooms") }
        }
    }

    /// Two hours in which the weather stays as it is and Graph answers: whoever is down then is known to somebody.
    private mutating func demandThatEverybodyIsTold(_ story: [Happening]) {
        var words = [Happening.Word](repeating: .good, count: Happening.rooms)
        for room in words.indices {
            guard let slot = fleet.index[account(room)] else { continue }
            if fleet.tracks[slot].presence.state.phase != .clear { words[room] = .bad }
        }
        for _ in 0..<120 where broken == nil {
            for happening in [
                Happening.wait(59), .page(.steady, words, .atOnce), .page(.suspect, words, .atOnce),
                .endOfSweep(.complete), .wait(1), .tick,
            ] {
                place += 1
                happen(happening)
                deliverHeld()
                checkStanding(after: happening)
            }
        }
        for slot in fleet.tracks.indices where fleet.tracks[slot].phase == .firing && broken == nil {
            let room = fleet.rooms[slot].account
            guard let id = fleet.incident(of: fleet.standings[slot].voice, slot: slot), let incident = incidents[id],
                incident.status != .resolved
            else {
                fail("after two hours nobody speaks for \(room)")
                continue
            }
            if incident.suppression != nil { fail("after two hours \(incident.key) is still held back") }
            if !told.contains(id) { fail("after two hours nobody has heard of \(incident.key)") }
        }
    }

    /// The row in the store leads back to the state that decisions are made from.
    private mutating func checkStored(_ track: RoomTrack, of room: AccountID) {
        for (name, state, row) in [
            ("presence", track.presence.state, tracks[room]?.presence), ("device", track.device, tracks[room]?.device),
        ] {
            let row = row ?? StateRecord(.clear)
            let live = StateRecord(state)
            // Counts of a streak may lag behind; they only ever delay.
            if row.phase != live.phase || row.firstBad != live.firstBad || row.streakFirst != live.streakFirst {
                fail("\(name) of \(room) is \(live) but stored as \(row)")
            }
        }
    }
}

extension Happening.Word {
    var answer: PresenceAnswer? {
        switch self {
        case .good: PresenceAnswer(.good)
        case .inUse: PresenceAnswer(.inUse)
        case .bad: PresenceAnswer(.bad)
        case .saidUnknown: PresenceAnswer(.saidUnknown)
        case .missing: PresenceAnswer(.missing)
        case .failed: PresenceAnswer(.failed)
        case .unasked: nil
        }
    }
}
