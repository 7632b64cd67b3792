// What is remembered about an incident of a place while it lasts, and for a while after: its members, who of them is
// still down, and when those who stay down are looked at again.

public import Timekeeping

/// An open trouble of a place, or one that is over while some members still wait to be looked at again.
public struct ScopeTrack: Sendable, Hashable {
    public let place: Place
    /// Everybody who ever belonged to it.
    public var members: Set<AccountID> = []
    /// Members for whom the incident speaks now.
    public var down = 0
    public var opened: Moment
    public var lastJoined: Moment
    /// When receivers last heard how many are affected.
    public var lastTold: Moment
    /// Whether members joined since ``lastTold``.
    public var isNews = false
    public var isPartial: Bool
    /// How many rooms the place had when it fell, as far as they were expected to work.
    public var population: Int
    /// Members that were in use, booked, or very important when they joined.
    public var needed = 0
    /// For how long the monitor had not looked when it found the rooms down.
    public var gap: Duration?
    /// How many belonged to it in an earlier run, of whom only those still down are known by name.
    var membersBefore = 0
    public var phase: Phase = .dark
    /// Whether the stored row does not know yet that members have come back.
    var isPhaseNews = false

    /// How far the place has come back.
    public enum Phase: Sendable, Hashable {
        /// No member has recovered.
        case dark
        case recovering(since: Moment)
        /// The incident is over; who is still down is released at `release`.
        case over(release: Moment)
    }

    public init(place: Place, isPartial: Bool, population: Int, at now: Moment) {
        self.place = place
        self.isPartial = isPartial
        self.population = population
        opened = now
        lastJoined = now
        lastTold = now
    }

    public var isOver: Bool { if case .over = phase { true } else { false } }

    /// Whether a room that falls now belongs to it.
    ///
    /// A partial incident takes rooms only while they keep falling: one that fails hours later in the same building has
    /// a cause of its own.
    public func takesRooms(at now: Moment, rules: CorrelationRules) -> Bool {
        !isOver && (!isPartial || lastJoined.elapsed(until: now) <= rules.window)
    }

    /// How many rooms it has ever affected.
    public var total: Int { max(membersBefore, members.count) }

    /// Takes a room that is down.
    public mutating func join(_ room: RoomIncident, at now: Moment) {
        if members.insert(room.room.account).inserted, room.isUrgent { needed += 1 }
        down += 1
        lastJoined = now
        isNews = true
        gap = gap ?? room.gap
    }

    /// Notes that a member came back.
    public mutating func recovered(at now: Moment) {
        down -= 1
        guard phase == .dark else { return }
        phase = .recovering(since: now)
        isPhaseNews = true
    }

    /// Notes that a member is not watched any more.
    mutating func left(_ account: AccountID) {
        if members.remove(account) != nil, membersBefore > 0 { membersBefore -= 1 }
        down -= 1
    }

    /// Ends the incident when enough members are clear.
    ///
    /// - Returns: whether it ended now.
    public mutating func end(at now: Moment, rules: CorrelationRules) -> Bool {
        guard !isOver, Double(total - down) >= rules.clearShare * Double(total) else { return false }
        var first = now
        if case .recovering(let since) = phase { first = since }
        let byRecovery = first.advanced(by: rules.patienceAfterRecovery)
        let byClearing = now.advanced(by: rules.patienceAfterClearing)
        phase = .over(release: byRecovery.steady > byClearing.steady ? byRecovery : byClearing)
        return true
    }
}
