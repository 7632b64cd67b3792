// Not seen is not down. These rules say when we are blind: to a tenant, to one room, or to a source; none of them ever
// concludes anything about a room being offline.

public import Timekeeping

/// How much of a tenant was seen lately.
public struct SightCount: Sendable, Hashable {
    /// Rooms that count: those ever seen, or all while none has been.
    public var expected: Int
    /// Of those, rooms with a usable presence observation within `blind_after`.
    public var seen: Int

    public init(expected: Int, seen: Int) {
        self.expected = expected
        self.seen = seen
    }

    /// Whether fewer than half were seen (Detection, Blindness).
    public var isBlind: Bool { expected > 0 && seen * 2 < expected }
}

public enum Sight {
    /// Counts who was seen.
    ///
    /// Rooms about which Graph never said more than "unknown" (their accounts are not enabled for Teams, say) do not
    /// count as long as some room has been seen: they have a condition of their own, and a tenant with many of them is
    /// not blind. Rooms whose every request failed do count: about them nothing is known at all.
    public static func count(
        _ tracks: some Sequence<RoomTrack>, at now: Moment, rules: DetectionRules
    ) -> SightCount {
        var all = 0
        var everSeen = 0
        var unheard = 0
        var seen = 0
        let window = rules.sightWindow
        for track in tracks {
            all += 1
            guard let usable = track.presence.lastUsable else {
                if track.presence.reading == nil { unheard += 1 }
                continue
            }
            everSeen += 1
            if usable.elapsed(until: now) < window { seen += 1 }
        }
        return SightCount(expected: everSeen > 0 ? everSeen + unheard : all, seen: seen)
    }

    /// The signal for `tenant.blind`.
    ///
    /// - Parameters:
    ///   - sweepCompleted: whether this evaluation ends a complete sweep; only such a one is good evidence.
    ///   - isYoung: whether this run of the monitor has not looked for long enough to call anybody unseen. It proves
    ///     neither sight nor blindness: the time before it is our own absence.
    public static func signal(_ count: SightCount, sweepCompleted: Bool, isYoung: Bool) -> Signal {
        if count.isBlind { return isYoung ? .unknown : .bad }
        return sweepCompleted ? .good : .unknown
    }

    /// Blindness is an error, and critical once it lasted ``DetectionRules/blindCritical`` in bookable hours.
    public static func severity(
        blindSince: Moment, at now: Moment, anyBuildingBookable: Bool, rules: DetectionRules
    ) -> Severity {
        anyBuildingBookable && blindSince.elapsed(until: now) >= rules.blindCritical ? .critical : .error
    }

    /// What one room's silence amounts to while its tenant is seen.
    public enum RoomSilence: Sendable, Hashable {
        case none
        /// Not heard of, but we have not listened for long enough: what was open stays open, nothing opens.
        case undecided
        /// Seen before, silent for ``DetectionRules/unseenWarning``.
        case unseen(since: Moment)
        /// Never seen, listed for ``DetectionRules/neverSeenWarning``.
        case neverSeen(listedSince: Moment)
    }

    /// Judges one room's silence. Not asked while the tenant is blind: then every room is silent.
    ///
    /// - Parameter watchedSince: since when we have been able to see: the start of this run of the monitor, or the end
    ///   of the tenant's last blindness.
    public static func silence(
        of track: RoomTrack, at now: Moment, watchedSince: Moment, rules: DetectionRules
    ) -> RoomSilence {
        guard let usable = track.presence.lastUsable else {
            let isLate = track.listedSince.elapsed(until: now) >= rules.neverSeenWarning
            // A monitor that was itself away for a day has not looked for a day.
            let hasLooked = watchedSince.elapsed(until: now) >= rules.unseenWarning
            return isLate && hasLooked ? .neverSeen(listedSince: track.listedSince) : .undecided
        }
        // Only an answer of our own time ends a silence; the moments that the store restores are estimates.
        if usable.steady > watchedSince.steady, usable.elapsed(until: now) < rules.unseenWarning { return .none }
        let silent = track.presence.unseenFor(at: now, watchedSince: watchedSince)
        return silent >= rules.unseenWarning ? .unseen(since: usable) : .undecided
    }

    /// How long a slowly read source may fail before it counts as stalled: three of its intervals, a quarter of an hour
    /// at least, so that one throttled refresh says nothing.
    public static func stalledAfter(interval: Duration) -> Duration { max(interval * 3, .seconds(15 * 60)) }
}
