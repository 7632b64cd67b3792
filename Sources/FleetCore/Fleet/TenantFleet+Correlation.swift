// One cause, one page: everybody who fell lately is looked at together, and who is not part of a larger trouble gets an
// incident of its own. It runs once at the end of every input that stirred something.

import struct Foundation.Date
import Timekeeping

extension TenantFleet {
    /// Decides which incident speaks for each room that fell.
    mutating func correlate(at now: Moment, into decision: inout FleetDecision) {
        guard isStirred else { return }
        isStirred = false
        if let settlesAt, now.steady > settlesAt.steady { self.settlesAt = nil }
        if settlesAt != nil { markFoundAfterGap() }
        endScopes(at: now, into: &decision)
        let (fallen, waiting) = whoFell(at: now, into: &decision)
        if !fallen.isEmpty {
            for collapse in collapses(of: fallen, at: now) { take(collapse, at: now, into: &decision) }
        }
        takeReleasedTogether(fallen, at: now, into: &decision)
        for slot in waiting where standings[slot].voice == .none { open(slot: slot, at: now, into: &decision) }
        tellJoined(at: now, into: &decision)
        nameIncidents(in: &decision)
    }

    /// Rooms whose onset is recent enough to share a cause, and those that have nobody to speak for them.
    private mutating func whoFell(
        at now: Moment, into decision: inout FleetDecision
    ) -> (fallen: [FallenRoom], waiting: [Int]) {
        var fallen: [FallenRoom] = []
        var waiting: [Int] = []
        hasExcused = false
        hasUnseenWaiting = false
        for slot in tracks.indices where tracks[slot].isDown {
            let phase = tracks[slot].phase
            guard phase == .pending || phase == .firing, let onset = standings[slot].onset else { continue }
            let isRecent = onset.elapsed(until: now) <= rules.correlation.window
            // Who has somebody to speak for it and fell long ago is no news; with a dark tenant that is nearly everybody.
            if standings[slot].voice != .none, !isRecent { continue }
            // Nothing is wider than the tenant.
            if standings[slot].voice == .place(.tenant) { continue }
            if case .place(let place) = standings[slot].voice, scopes[place]?.isOver ?? true || isClosed(place) {
                continue
            }
            if let excuse = excuse(ofRoomAt: slot, at: now) {
                hasExcused = true
                if phase == .firing, standings[slot].voice == .none {
                    note(excuse, ofRoomAt: slot, at: now, into: &decision)
                }
                continue
            }
            guard isSeenDown(slot: slot, at: now) else {
                if phase == .firing, standings[slot].voice == .none {
                    // Nobody is paged of what we cannot see; it falls, as far as sharing a cause goes, when it is seen.
                    hasUnseenWaiting = true
                    standings[slot].onset = now
                }
                continue
            }
            if phase == .firing, standings[slot].voice == .none { waiting.append(slot) }
            guard isRecent else { continue }
            fallen.append(
                FallenRoom(
                    slot: slot, building: rooms[slot].building, floor: rooms[slot].floor, isFiring: phase == .firing))
        }
        return (fallen, waiting)
    }

    private func isSeen(slot: Int, at now: Moment) -> Bool {
        !tracks[slot].presence.isUnseen(at: now, watchedSince: watchedSince, rules: rules)
    }

    /// Whether a room that is down was itself seen so lately, and in this run: somebody is told of it now. The main
    /// device's record is sight of its own.
    func isSeenDown(slot: Int, at now: Moment) -> Bool {
        if tracks[slot].device.phase.isWrong, tracks[slot].deviceReading != nil { return true }
        guard let usable = tracks[slot].presence.lastUsable, usable.steady > watchedSince.steady else { return false }
        return usable.elapsed(until: now) < rules.unseenAfter
    }

    private mutating func collapses(of fallen: [FallenRoom], at now: Moment) -> [Collapse] {
        // The common case: a single room falls, and nothing is open that it could belong to.
        let open = scopes.filter { $0.value.takesRooms(at: now, rules: rules.correlation) && !isClosed($0.key) }
        if fallen.count < CorrelationRules.pair, open.isEmpty { return [] }
        // With a tenant that falls at once these save the whole work for nearly every page of a sweep.
        if open[.tenant] != nil {
            return [Collapse(place: .tenant, slots: fallen.map(\.slot), isPartial: false, reason: Collapse.joined)]
        }
        if open.isEmpty, fallen.lazy.filter(\.isFiring).prefix(CorrelationRules.pair).count < CorrelationRules.pair {
            return []
        }
        let populations = populations(fallen, at: now)
        let correlator = Correlator(
            rules: rules.correlation, population: { populations[$0] ?? 0 }, isOpen: { open[$0] != nil })
        return correlator.collapses(of: fallen)
    }

    /// Whether somebody closed the incident of a place by hand while its rooms are still down. They stay with it and nobody
    /// hears of them again, but it speaks for nobody who falls later: that person knew of those rooms and no others.
    private func isClosed(_ place: Place) -> Bool {
        scopes[place].map { !$0.isOver } ?? false && book.open(key(of: place)) == nil
    }

    /// How many rooms of each place could have fallen: those that are up, and those that fell just now.
    private mutating func populations(_ fallen: [FallenRoom], at now: Moment) -> [Place: Int] {
        var isConcerned = [Bool](repeating: false, count: rooms.count)
        for room in fallen { isConcerned[room.slot] = true }
        var wanted: Set<String> = []
        for room in fallen { if let building = room.building { wanted.insert(building) } }
        var counts: [Place: Int] = [:]
        for slot in rooms.indices {
            if !isConcerned[slot] {
                guard !tracks[slot].isDown, isSeen(slot: slot, at: now), !isUnderMaintenance(slot: slot, at: now) else {
                    continue
                }
            }
            counts[.tenant, default: 0] += 1
            guard let building = rooms[slot].building, wanted.contains(building) else { continue }
            counts[.building(building), default: 0] += 1
            if let floor = rooms[slot].floor { counts[.floor(building: building, floor: floor), default: 0] += 1 }
        }
        return counts
    }

    // MARK: Taking rooms

    /// Lets the incident of a place speak for rooms; opens it when there is none.
    private mutating func take(_ collapse: Collapse, at now: Moment, into decision: inout FleetDecision) {
        if let wider = widerSpeaker(of: collapse) {
            take(
                Collapse(place: wider, slots: collapse.slots, isPartial: false, reason: Collapse.joined), at: now,
                into: &decision)
            return
        }
        let place = collapse.place
        let wasClosed = isClosed(place)
        let isFresh = wasClosed || scopes[place]?.isOver ?? true
        var scope = scopes[place] ?? ScopeTrack(place: place, isPartial: collapse.isPartial, population: 0, at: now)
        if isFresh {
            scope = ScopeTrack(place: place, isPartial: collapse.isPartial, population: 0, at: now)
            let counted = collapse.slots.map { slot in
                FallenRoom(slot: slot, building: rooms[slot].building, floor: rooms[slot].floor, isFiring: true)
            }
            scope.population = populations(counted, at: now)[place] ?? 0
        }
        var slots = collapse.slots.filter {
            tracks[$0].phase == .firing && standings[$0].voice != .place(place)
        }
        // Members of a narrower incident, and those who still waited for the end of an earlier one, come along.
        let narrower = scopes.keys.filter { place.encloses($0) }.sorted { $0.subject.text < $1.subject.text }
        if isFresh || !narrower.isEmpty {
            let moving = Set(narrower)
            for slot in tracks.indices where tracks[slot].phase.isWrong {
                guard case .place(let other) = standings[slot].voice,
                    moving.contains(other) || (isFresh && other == place)
                else { continue }
                slots.append(slot)
            }
        }
        var seen: Set<Int> = []
        slots = slots.filter { seen.insert($0).inserted }.sorted()
        guard !slots.isEmpty else {
            if !isFresh { scopes[place] = scope }
            return
        }
        let pages = slots.map { page(ofRoomAt: $0, at: now) }
        for page in pages { scope.join(page, at: now) }
        // What began as a burst has become the place.
        if scope.isPartial, scope.down >= rules.correlation.shareThreshold(of: scope.population) {
            scope.isPartial = false
        }
        scopes[place] = scope
        if wasClosed { finish(place, reason: "closed by hand, and further rooms fell", at: now, into: &decision) }
        if isFresh {
            begin(scope, pages, reason: collapse.reason, at: now, into: &decision)
        } else {
            extend(scope, pages, at: now, into: &decision)
        }
        let speaker = book.open(key(of: place))
        for slot in slots {
            merge(slot: slot, into: speaker, at: now, into: &decision)
            standings[slot].voice = .place(place)
            touched.append(slot)
        }
        for other in narrower { mergeScope(other, into: speaker, at: now, into: &decision) }
    }

    /// The open trouble of a wider place that speaks for some of the rooms already. They do not fall out of it again when
    /// a change of the counts makes a narrower place fit as well, and who falls beside them joins them.
    private func widerSpeaker(of collapse: Collapse) -> Place? {
        for slot in collapse.slots {
            guard case .place(let other) = standings[slot].voice, other.encloses(collapse.place),
                scopes[other]?.isOver == false, !isClosed(other)
            else { continue }
            return other
        }
        return nil
    }

    private mutating func begin(
        _ scope: ScopeTrack, _ pages: [RoomIncident], reason: String, at now: Moment, into decision: inout FleetDecision
    ) {
        scopes[scope.place]?.isNews = false
        var fresh = ScopeIncident(scope: scope, members: pages)
            .opened(id: UniqueID(at: now.wall, using: &generator), tenant: tenant, at: now)
        let votes = Dictionary(pages.map { ($0.cause, 1) }, uniquingKeysWith: +)
        let judged = cause(of: scope.place, members: votes, onset: now, at: now)
        fresh.cause = judged.cause
        fresh.restate(judged.evidence)
        fresh.suppression = suppression(of: fresh, at: now)
        if let event = book.fire(fresh, at: now, reopenWithin: rules.reopenWithin, isUrgent: true) {
            decision.events.append(event)
        }
        record(scope.place, at: now, into: &decision)
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: scope.place.condition, subject: scope.place.subject.text, from: .clear,
                to: .firing, at: now.wall, decidedAt: now.wall, reason: reason,
                incident: book.open(key(of: scope.place))?.id))
    }

    private mutating func extend(
        _ scope: ScopeTrack, _ pages: [RoomIncident], at now: Moment, into decision: inout FleetDecision
    ) {
        let addition = ScopeIncident(scope: scope, members: pages)
        let event = book.amend(key(of: scope.place)) { addition.describe(&$0) }
        if let event { decision.events.append(event) }
        raise(key(of: scope.place), to: addition.severity, at: now, into: &decision)
    }

    /// A room's own incident ends because a larger one speaks for it.
    private mutating func merge(
        slot: Int, into speaker: Incident?, at now: Moment, into decision: inout FleetDecision
    ) {
        guard standings[slot].voice == .own, let speaker else { return }
        guard case .resolved(let merged) = book.resolve(key(ofRoomAt: slot), as: .merged, at: now) else { return }
        decision.events.append(.merged(merged, into: speaker.id))
        // It fell with the others; a building whose network comes and goes makes none of its rooms flap.
        if let fired = tracks[slot].outage?.fired, fired.elapsed(until: now) <= rules.correlation.window {
            flaps[rooms[slot].account]?.forgive(at: now, rule: rules.flapping)
        }
    }

    private mutating func mergeScope(
        _ place: Place, into speaker: Incident?, at now: Moment, into decision: inout FleetDecision
    ) {
        let was = scopes.removeValue(forKey: place)
        guard let was, !was.isOver else { return }
        finish(place, reason: "part of a larger trouble", at: now, into: &decision)
        guard let speaker, case .resolved(let merged) = book.resolve(key(of: place), as: .merged, at: now) else {
            return
        }
        decision.events.append(.merged(merged, into: speaker.id))
    }

    /// Rooms that the clock released together share a page for each building, however few they are: a person who begins
    /// work, or a monitor that looks again, meets them all at once.
    private mutating func takeReleasedTogether(
        _ fallen: [FallenRoom], at now: Moment, into decision: inout FleetDecision
    ) {
        var groups: [String: [Int]] = [:]
        for room in fallen where standings[room.slot].isReleasedTogether {
            // While the first sweeps go on, more of them may follow.
            if settlesAt == nil { standings[room.slot].isReleasedTogether = false }
            guard room.isFiring, let building = room.building else { continue }
            if case .place = standings[room.slot].voice { continue }
            groups[building, default: []].append(room.slot)
        }
        for (building, slots) in groups.sorted(by: { $0.key < $1.key }) where slots.count >= CorrelationRules.pair {
            take(
                Collapse(
                    place: .building(building), slots: slots, isPartial: true,
                    reason: "\(slots.count) rooms of one building were found down at once"), at: now, into: &decision)
        }
    }

    /// Opens the room's own incident.
    private mutating func open(slot: Int, at now: Moment, into decision: inout FleetDecision) {
        let page = page(ofRoomAt: slot, at: now)
        guard var fresh = page.opened(id: UniqueID(at: now.wall, using: &generator), tenant: tenant, at: now) else {
            return
        }
        standings[slot].voice = .own
        touched.append(slot)
        countFiring(slot: slot, at: now, into: &decision)
        fresh.restate(check.issueEvidence(for: fresh.firstBadAt, at: now))
        fresh.suppression = suppression(of: fresh, at: now)
        let isUrgent = page.isUrgent && !hasPendingSibling(slot: slot)
        if let event = book.fire(fresh, at: now, reopenWithin: rules.reopenWithin, isUrgent: isUrgent) {
            decision.events.append(event)
        }
    }

    /// Whether another room of the building is suspected: then even an urgent page waits for what becomes of it.
    func hasPendingSibling(slot: Int) -> Bool {
        guard let building = rooms[slot].building else { return false }
        return tracks.indices.contains { other in
            other != slot && tracks[other].isDown && rooms[other].building == building
                && tracks[other].phase == .pending
        }
    }

    /// Transitions are written before it is known which incident they belong to.
    private func nameIncidents(in decision: inout FleetDecision) {
        for place in decision.transitions.indices {
            let transition = decision.transitions[place]
            guard transition.condition == .roomOffline, transition.to == .firing, transition.incident == nil,
                let slot = index[AccountID(transition.subject)]
            else { continue }
            decision.transitions[place].incident = incident(of: standings[slot].voice, slot: slot)
        }
    }

    // MARK: Ending

    /// Ends incidents of places that came back.
    private mutating func endScopes(at now: Moment, into decision: inout FleetDecision) {
        for place in scopes.keys.sorted(by: { $0.subject.text < $1.subject.text }) {
            guard let before = scopes[place], !before.isOver else { continue }
            if scopes[place]?.end(at: now, rules: rules.correlation) ?? false {
                if let event = book.resolve(key(of: place), as: .recovered, at: now) { decision.events.append(event) }
                finish(place, reason: "most of its rooms are back", at: now, into: &decision)
                if scopes[place]?.down == 0 { scopes[place] = nil }
            } else if before.isPhaseNews {
                scopes[place]?.isPhaseNews = false
                record(place, at: now, into: &decision)
            }
        }
    }

    /// Looks again at members who stayed down after the incident of their place was over.
    mutating func releaseMembers(at now: Moment) {
        var releases: [Place: Moment] = [:]
        for (place, scope) in scopes { if case .over(let release) = scope.phase { releases[place] = release } }
        guard !releases.isEmpty else { return }
        var waiting: Set<Place> = []
        for slot in tracks.indices where tracks[slot].isDown {
            guard case .place(let place) = standings[slot].voice, let release = releases[place] else { continue }
            let isDue = now.steady >= release.steady
            guard isDue || agendas[rooms[slot].account]?.isBookedNowOrWithin(at: now) ?? false else {
                waiting.insert(place)
                continue
            }
            scopes[place]?.down -= 1
            standings[slot].voice = .none
            standings[slot].onset = now
            touched.append(slot)
            isStirred = true
        }
        for place in releases.keys where !waiting.contains(place) { scopes[place] = nil }
    }

    /// Tells receivers how many rooms joined, not more often than once a minute.
    mutating func tellJoined(at now: Moment, into decision: inout FleetDecision) {
        for (place, scope) in scopes.sorted(by: { $0.key.subject.text < $1.key.subject.text })
        where scope.isNews && !scope.isOver && scope.lastTold.elapsed(until: now) >= rules.correlation.updateInterval {
            scopes[place]?.isNews = false
            scopes[place]?.lastTold = now
            if let incident = book.open(key(of: place)) { decision.events.append(.updated(incident)) }
        }
    }

    /// Rooms that were found down in the first sweeps of this run were not seen falling.
    private mutating func markFoundAfterGap() {
        guard let monitorGap else { return }
        for slot in tracks.indices where tracks[slot].isDown {
            guard tracks[slot].phase == .firing, standings[slot].voice == .none else { continue }
            standings[slot].isReleasedTogether = true
            standings[slot].gap = monitorGap
        }
    }

    // MARK: Rows

    /// The state of a place's condition, as a restart needs it.
    private func record(_ place: Place, at now: Moment, into decision: inout FleetDecision) {
        guard let scope = scopes[place] else { return }
        let outage = Outage(firstBad: scope.opened, fired: scope.opened)
        var state = ConditionState.firing(outage)
        if case .recovering(let since) = scope.phase { state = .recovering(outage, Streak(first: since, count: 1)) }
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: place.condition, subject: place.subject, state: state))
    }

    private func finish(_ place: Place, reason: String, at now: Moment, into decision: inout FleetDecision) {
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: place.condition, subject: place.subject, state: .clear))
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: place.condition, subject: place.subject.text, from: .firing, to: .clear,
                at: now.wall, decidedAt: now.wall, reason: reason, incident: book.incidents[key(of: place)]?.id))
    }
}

extension Place {
    /// Whether the other place lies within this one.
    func encloses(_ other: Place) -> Bool {
        switch (self, other) {
        case (.tenant, .building), (.tenant, .floor): true
        case (.building(let mine), .floor(let theirs, _)): mine == theirs
        case (.tenant, .tenant), (.building, _), (.floor, _): false
        }
    }
}

extension Collapse {
    /// The reason of rooms that belong to what is open.
    static let joined = "joined"
}
