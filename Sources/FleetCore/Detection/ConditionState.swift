// The one state machine of the house (Detection): clear → pending → firing → recovering → clear. Rooms, tenants
// and sources all use it, with other counts and holds. It is a value: a step takes a signal and the moment that the
// question was asked, and answers what changed. No timer ever advances it.

public import Timekeeping

/// Our verdict on one reading for one condition.
public enum Signal: Sendable, Hashable {
    case good
    case bad
    case unknown
}

/// Where a condition stands. Every state carries exactly the facts that its next step needs.
public enum ConditionState: Sendable, Hashable {
    case clear
    /// Bad, but not for long enough to wake anybody.
    case pending(Streak)
    /// Wrong since `Outage.firstBad`.
    case firing(Outage)
    /// Good again, but not for long enough to believe it.
    case recovering(Outage, Streak)

    /// The word of the state, for tables, logs and metrics.
    public var phase: Phase {
        switch self {
        case .clear: .clear
        case .pending: .pending
        case .firing: .firing
        case .recovering: .recovering
        }
    }

    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        case clear
        case pending
        case firing
        case recovering

        /// Whether an incident is open in this phase.
        public var isWrong: Bool { self == .firing || self == .recovering }
    }
}

/// Consecutive observations that said the same.
public struct Streak: Sendable, Hashable {
    /// When the first of them was asked.
    public var first: Moment
    public var count: Int

    public init(first: Moment, count: Int) {
        self.first = first
        self.count = count
    }
}

/// A trouble that was confirmed.
public struct Outage: Sendable, Hashable {
    /// When the first bad observation of the streak that confirmed it was asked.
    public var firstBad: Moment
    /// When the observation that confirmed it was asked.
    public var fired: Moment

    public init(firstBad: Moment, fired: Moment) {
        self.firstBad = firstBad
        self.fired = fired
    }
}

/// How many observations over how long it takes to believe a change.
public struct ConditionRule: Sendable, Hashable {
    public var badCount: Int
    public var badHold: Duration
    public var goodCount: Int
    public var goodHold: Duration

    /// True at once and over at once.
    static let atOnce = ConditionRule(badCount: 1, badHold: .zero, goodCount: 1, goodHold: .zero)

    public init(badCount: Int, badHold: Duration, goodCount: Int, goodHold: Duration) {
        self.badCount = badCount
        self.badHold = badHold
        self.goodCount = goodCount
        self.goodHold = goodHold
    }
}

extension ConditionState {
    /// The state after one more observation.
    ///
    /// - Parameters:
    ///   - signal: our verdict; `unknown` neither advances nor resets a streak.
    ///   - asked: when the question was asked; the holds are measured between such moments on the steady clock.
    public func stepped(by signal: Signal, asked: Moment, rule: ConditionRule) -> ConditionState {
        switch (self, signal) {
        case (_, .unknown):
            return self
        case (.clear, .good):
            return .clear
        case (.clear, .bad):
            return Self.confirmedBad(Streak(first: asked, count: 1), asked: asked, rule: rule)
        case (.pending, .good):
            return .clear
        case (.pending(let streak), .bad):
            return Self.confirmedBad(streak.extended, asked: asked, rule: rule)
        case (.firing, .bad):
            return self
        case (.firing(let outage), .good):
            return Self.confirmedGood(outage, Streak(first: asked, count: 1), asked: asked, rule: rule)
        case (.recovering(let outage, _), .bad):
            return .firing(outage)
        case (.recovering(let outage, let streak), .good):
            return Self.confirmedGood(outage, streak.extended, asked: asked, rule: rule)
        }
    }

    /// The state when sight returns after nothing usable was seen for `gap`.
    ///
    /// A pending streak starts again at one with the next bad reading, because the unseen time proves nothing; the hold
    /// of a recovery is moved by the gap, so that unseen time does not count as good time (Detection, rule 5).
    public func resumed(afterGap gap: Duration) -> ConditionState {
        switch self {
        case .clear, .firing: self
        case .pending: .clear
        case .recovering(let outage, let streak):
            .recovering(outage, Streak(first: streak.first.advanced(by: gap), count: streak.count))
        }
    }

    private static func confirmedBad(_ streak: Streak, asked: Moment, rule: ConditionRule) -> ConditionState {
        guard streak.count >= rule.badCount, streak.first.elapsed(until: asked) >= rule.badHold else {
            return .pending(streak)
        }
        return .firing(Outage(firstBad: streak.first, fired: asked))
    }

    private static func confirmedGood(
        _ outage: Outage, _ streak: Streak, asked: Moment, rule: ConditionRule
    ) -> ConditionState {
        guard streak.count >= rule.goodCount, streak.first.elapsed(until: asked) >= rule.goodHold else {
            return .recovering(outage, streak)
        }
        return .clear
    }
}

extension Streak {
    fileprivate var extended: Streak { Streak(first: first, count: count + 1) }
}
