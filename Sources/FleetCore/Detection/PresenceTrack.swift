// What we remember about one room's presence, and what one more answer makes of it. All of the acceptance rules of
// the article Detection meet here: late answers, sequence numbers, unseen gaps, then the state machine.

public import Timekeeping

/// One answer about one room: what presence claimed, when we asked and when it came.
public struct PresenceObservation: Sendable, Hashable {
    public var reading: Reading<Presence>
    /// When the request left; holds are measured between these.
    public var asked: Moment
    /// When the answer was here.
    public var received: Moment
    /// Graph's lexicographically sortable version stamp of the answer (Graph facts, Presence request).
    public var sequenceNumber: String?

    public init(reading: Reading<Presence>, asked: Moment, received: Moment, sequenceNumber: String? = nil) {
        self.reading = reading
        self.asked = asked
        self.received = received
        self.sequenceNumber = sequenceNumber
    }
}

/// The presence side of one room.
public struct PresenceTrack: Sendable, Hashable {
    public var state: ConditionState = .clear
    /// When the newest accepted answer was asked.
    public var newestAsked: Moment?
    /// When the newest answer that said something was asked.
    public var lastUsable: Moment?
    public var lastGood: Moment?
    /// Whether the newest good answer proved that the room was in use.
    public var lastGoodProvedUse = false
    /// Whether it did when the present streak of bad answers began.
    public var inUseAtFirstBad = false
    /// The last good answer before the present streak of bad ones, when sight was lost between the two: the trouble
    /// began somewhere in that span. `nil` while a good answer stood directly before the first bad one.
    public var firstBadAfter: Moment?
    /// What the source last said of the room, `PresenceUnknown` included; `nil` before the first answer.
    public var reading: Reading<Presence>?
    /// The highest accepted version stamp.
    public var sequence: String?
    /// Since when lower stamps have been arriving.
    public var sequenceLowerSince: Moment?

    public init() {}

    /// What one answer changed.
    public struct Step: Sendable, Hashable {
        /// The states before and after, when they differ in phase.
        public var change: PhaseChange?
        /// Whether a pending streak ended with a good answer: a blip, counted and told to nobody.
        public var isBlip = false
        /// Why the answer was not used, when it was not.
        public var ignored: IgnoredReason?
        /// Whether the reading differs from the one before, so that a new run of observations begins.
        public var beginsRun = false
        /// Whether the stored row no longer leads back to this track: the phase changed, a streak began anew after an
        /// unseen time, or the room was seen for the first time.
        public var mustBeStored = false
        /// Whether the answer was one, of whatever content; a failed request is none.
        public var isStatement = false
        /// Whether the answer said anything about the room.
        public var isUsable = false
    }

    /// Why an answer was not used.
    public enum IgnoredReason: String, Sendable, Hashable {
        case late
    }

    /// Takes one answer.
    ///
    /// A lower `sequenceNumber` counts as unknown for at most ``DetectionRules/sequenceDistrust``, then it is accepted
    /// as the new baseline; an answer asked before the newest accepted one is ignored (Detection, Observations).
    public mutating func accept(_ observation: PresenceObservation, rules: DetectionRules) -> Step {
        var step = Step()
        // The same page heard twice was asked at the same instant, and counts once.
        if let newestAsked, observation.asked.steady <= newestAsked.steady {
            step.ignored = .late
            return step
        }
        let accepted = distrusted(observation, rules: rules)
        // A failed request or an outdated answer is not a statement about this room: the sweep's gap row tells of it,
        // and it neither belongs to a run nor makes an answer that was asked before it late.
        switch accepted {
        case .unknown(.failed), .unknown(.outdated): return step
        case .unknown(.missing), .unknown(.saidUnknown), .value: break
        }
        newestAsked = observation.asked
        step.isStatement = true
        step.beginsRun = accepted != reading
        reading = accepted

        guard case .value(let presence) = accepted else { return step }
        step.isUsable = true
        let before = state
        step.mustBeStored = lastUsable == nil
        var wasUnseen = false
        if let lastUsable {
            let gap = lastUsable.elapsed(until: observation.asked)
            wasUnseen = gap >= rules.unseenAfter
            if wasUnseen {
                state = state.resumed(afterGap: gap)
                step.mustBeStored = state != before
            }
        }
        lastUsable = observation.asked
        let isBad = presence.meaning == .offline
        if isBad, state == .clear {
            inUseAtFirstBad = lastGoodProvedUse
            firstBadAfter = wasUnseen ? lastGood : nil
        }
        state = state.stepped(by: isBad ? .bad : .good, asked: observation.asked, rule: rules.offline)
        if !isBad {
            lastGood = observation.asked
            lastGoodProvedUse = presence.meaning == .inUse
        }
        step.isBlip = before.phase == .pending && !isBad
        if before.phase != state.phase {
            step.change = PhaseChange(from: before.phase, to: state.phase)
            step.mustBeStored = true
        }
        return step
    }

    /// Whether nothing usable has been heard for so long that the room counts as unseen.
    ///
    /// - Parameter watchedSince: when this run of the monitor began; our own downtime is not the room's.
    public func isUnseen(at now: Moment, watchedSince: Moment, rules: DetectionRules) -> Bool {
        unseenFor(at: now, watchedSince: watchedSince) >= rules.unseenAfter
    }

    /// For how long nothing usable has been heard while the monitor was running.
    public func unseenFor(at now: Moment, watchedSince: Moment) -> Duration {
        guard let lastUsable, lastUsable.steady > watchedSince.steady else { return watchedSince.elapsed(until: now) }
        return lastUsable.elapsed(until: now)
    }

    /// Whether the room is asked every second: while its fate is undecided in either direction.
    public var belongsOnFastLane: Bool {
        switch state {
        case .pending, .recovering: true
        case .clear, .firing: false
        }
    }

    private mutating func distrusted(_ observation: PresenceObservation, rules: DetectionRules) -> Reading<Presence> {
        guard case .value = observation.reading, let stamp = observation.sequenceNumber else {
            return observation.reading
        }
        guard let baseline = sequence, stamp < baseline else {
            sequence = stamp
            sequenceLowerSince = nil
            return observation.reading
        }
        let since = sequenceLowerSince ?? observation.asked
        if since.elapsed(until: observation.asked) > rules.sequenceDistrust {
            sequence = stamp
            sequenceLowerSince = nil
            return observation.reading
        }
        sequenceLowerSince = since
        return .unknown(.outdated)
    }
}

/// A change of phase.
public struct PhaseChange: Sendable, Hashable {
    public var from: ConditionState.Phase
    public var to: ConditionState.Phase

    public init(from: ConditionState.Phase, to: ConditionState.Phase) {
        self.from = from
        self.to = to
    }
}
