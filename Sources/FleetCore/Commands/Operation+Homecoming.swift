// Whether the room came back. Graph's word for an operation and what becomes of the room are two things: a restart may
// succeed and the room stay dark, and it may be back before Graph says that anything happened.

public import Timekeeping

extension Operation {
    /// What is seen of the room at a moment after the request left.
    public enum RoomSight: Sendable, Hashable {
        case up
        /// It has just come back from an outage.
        case returned
        /// An outage that was confirmed is going on.
        case down(since: Moment)
        /// Nobody knows: it is unseen, or whether it is down is not decided yet.
        case unsure
    }

    /// Takes what is seen of the room.
    public mutating func see(_ sight: RoomSight, at now: Moment, rules: FollowingRules) {
        switch homecoming {
        case .notAwaited, .missing:
            return
        case .back:
            // An update restarts the room more than once, and presence may tell late of a restart that Graph says is done:
            // the outage is ours, and the room did not return from it.
            guard case .down(let since) = sight, let submittedAt, let excusedUntil, now.steady >= excusedUntil.steady,
                since.steady >= submittedAt.steady, since.steady < excusedUntil.steady
            else { return }
            homecoming = .missing(now)
        case .awaited(_, let until):
            switch sight {
            case .returned: homecoming = .back(now)
            case .up where now.steady >= until.steady || isDone(at: now, rules: rules): homecoming = .back(now)
            case .down where now.steady >= until.steady: homecoming = .missing(now)
            case .unsure where until.elapsed(until: now) >= rules.unseenPatience: homecoming = .missing(now)
            case .up, .down, .unsure: break
            }
        }
    }

    /// The room is not watched any more, so nobody will see it return.
    public mutating func forgetRoom() {
        if case .awaited = homecoming { homecoming = .notAwaited }
    }

    /// Whether Graph has said for a while that it is over: a room that was not seen to go is not waited for any longer.
    private func isDone(at now: Moment, rules: FollowingRules) -> Bool {
        switch state {
        case .settled(.succeeded, let at), .settled(.failed, let at): at.elapsed(until: now) >= rules.presenceLag
        case .settled, .waiting, .submitting, .unconfirmed, .accepted: false
        }
    }

    /// The room may be away until then, from the moment the request left.
    mutating func expectAway(until: Moment) {
        guard let submittedAt else { return }
        excusedUntil = until
        switch homecoming {
        case .notAwaited, .awaited: homecoming = .awaited(since: submittedAt, until: until)
        case .back, .missing: break
        }
    }

    /// The room has no reason to be away, or none that is ours.
    mutating func expectNothing() {
        homecoming = .notAwaited
        excusedUntil = nil
    }

    /// The absence that excuses the room (Commands, Rooms that are away).
    ///
    /// - Parameter reason: for people: `restart by ada`.
    func absence(reason: String) -> ExpectedAbsence? {
        guard let submittedAt, let excusedUntil else { return nil }
        return ExpectedAbsence(
            from: submittedAt, allowance: submittedAt.elapsed(until: excusedUntil), reason: reason, source: .command(id)
        )
    }
}

extension Operation.Homecoming {
    /// The word of it as a step; `nil` for what the step before says already.
    var step: String? {
        switch self {
        case .notAwaited, .awaited: nil
        case .back: "back"
        case .missing: "missing"
        }
    }
}
