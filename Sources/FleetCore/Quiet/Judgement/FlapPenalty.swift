// A room that comes and goes all day teaches people to ignore its page. The penalty is the one that routers put on a
// flapping prefix (RFC 2439): a sum for each firing that halves in a fixed time, with one threshold to begin and a lower
// one to end.

public import struct Foundation.Date
public import Timekeeping

/// The numbers of `room.flapping` (Detection, Flapping).
public struct FlapRule: Sendable, Hashable {
    public var perFiring: Double = 1_000
    /// Of time in which the room was seen.
    public var halfLife: Duration = .seconds(30 * 60)
    /// At or above it the room begins to flap.
    public var on: Double = 2_500
    /// At or below it the room has stopped.
    public var off: Double = 1_000
    public var cap: Double = 5_000

    public init() {}
}

/// How much one room has flapped lately.
///
/// Only seen time heals: while the room is unseen nothing shows that it has become stable.
public struct FlapPenalty: Sendable, Hashable {
    /// The penalty as of `since`.
    private var penalty: Double
    /// From when it decays; while frozen, when it was frozen.
    private var since: Moment
    public private(set) var isFrozen: Bool
    public private(set) var isFlapping: Bool

    /// A room without a past.
    public init(at now: Moment) {
        penalty = 0
        since = now
        isFrozen = false
        isFlapping = false
    }

    public enum Change: Sendable, Hashable {
        case began
        case ended
    }

    /// The penalty at a moment.
    public func value(at now: Moment, rule: FlapRule = FlapRule()) -> Double {
        guard !isFrozen else { return penalty }
        return HalfLife(duration: rule.halfLife).remainder(of: penalty, after: since.elapsed(until: now))
    }

    /// The room fired. A firing rests on observations, so the room is seen now.
    public mutating func fired(at now: Moment, rule: FlapRule = FlapRule()) -> Change? {
        thaw(at: now)
        settle(at: now, rule: rule)
        penalty = min(rule.cap, penalty + rule.perFiring)
        return judge(rule)
    }

    /// The firing of just now was that of a larger trouble, which says nothing about the room.
    public mutating func forgive(at now: Moment, rule: FlapRule = FlapRule()) {
        settle(at: now, rule: rule)
        penalty = max(0, penalty - rule.perFiring)
    }

    /// Time has passed: decides whether the flapping has ended.
    public mutating func tick(at now: Moment, rule: FlapRule = FlapRule()) -> Change? {
        settle(at: now, rule: rule)
        return judge(rule)
    }

    /// The room is not seen any more; the decay stands still.
    ///
    /// - Parameter moment: the last moment at which it was seen.
    public mutating func freeze(at moment: Moment, rule: FlapRule = FlapRule()) {
        settle(at: moment, rule: rule)
        isFrozen = true
    }

    /// The room is seen again.
    public mutating func thaw(at now: Moment) {
        guard isFrozen else { return }
        since = now
        isFrozen = false
    }

    /// When a room that flaps will have stopped, if it stays seen and does not fire again; `nil` when it does not flap or
    /// is frozen.
    public func endsFlapping(rule: FlapRule = FlapRule()) -> Moment? {
        guard isFlapping, !isFrozen else { return nil }
        return since.advanced(by: HalfLife(duration: rule.halfLife).time(from: penalty, to: rule.off))
    }

    private mutating func settle(at now: Moment, rule: FlapRule) {
        guard !isFrozen, since.elapsed(until: now) > .zero else { return }
        penalty = value(at: now, rule: rule)
        since = now
    }

    private mutating func judge(_ rule: FlapRule) -> Change? {
        if !isFlapping, penalty >= rule.on {
            isFlapping = true
            return .began
        }
        if isFlapping, penalty <= rule.off {
            isFlapping = false
            return .ended
        }
        return nil
    }
}

extension FlapPenalty {
    /// The penalty as it survives a restart.
    public struct Record: Sendable, Hashable, Codable {
        public var penalty: Double
        /// The wall time as of which it is that much.
        public var at: Date
        public var isFrozen: Bool
        public var isFlapping: Bool

        public init(penalty: Double, at: Date, isFrozen: Bool, isFlapping: Bool) {
            self.penalty = penalty
            self.at = at
            self.isFrozen = isFrozen
            self.isFlapping = isFlapping
        }
    }

    public var record: Record { Record(penalty: penalty, at: since.wall, isFrozen: isFrozen, isFlapping: isFlapping) }

    /// A penalty read back from the store.
    ///
    /// - Parameters:
    ///   - seenUntil: until when the earlier run saw the room; up to then it decayed, while nobody looked it did not.
    ///   - now: the room counts as seen from here on; freeze it when it is not.
    public init(restoring record: Record, seenUntil: Date?, at now: Moment, rule: FlapRule = FlapRule()) {
        let sound = record.penalty.isFinite ? max(0, min(rule.cap, record.penalty)) : 0
        let seen = record.isFrozen ? 0 : max(0, seenUntil?.timeIntervalSince(record.at) ?? 0)
        penalty = HalfLife(duration: rule.halfLife).remainder(of: sound, after: .seconds(seen))
        since = now
        isFrozen = false
        isFlapping = record.isFlapping
    }
}
