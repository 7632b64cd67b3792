// How many commands may leave: so many in an hour, and so many rooms of one building away at once. A mistake then costs a
// few rooms, and whoever made it has time to take the rest back.

public import Timekeeping

/// What is left of the budget of a tenant at a moment.
public struct CommandBudget: Sendable, Hashable {
    public let rules: CommandRules
    /// When the requests of the last hour left, oldest first.
    public private(set) var left: [Moment]
    /// How many rooms of each building are away because of us, or about to be.
    public private(set) var away: [String?: Int]

    static let hour: Duration = .seconds(3600)

    public init(rules: CommandRules, left: [Moment], away: [String?: Int], at now: Moment) {
        self.rules = rules
        self.left = left.filter { $0.elapsed(until: now) < Self.hour }.sorted { $0.steady < $1.steady }
        self.away = away
    }

    /// Why there is no place now; `nil` when there is.
    public func refusal(of action: DeviceAction, in building: String?, at now: Moment) -> GuardFacts.BudgetRefusal? {
        if action.allowance != nil, (away[building] ?? 0) >= rules.perBuilding {
            let place = building ?? "the rooms without a building"
            return GuardFacts.BudgetRefusal(
                why: "of \(place) at most \(rules.perBuilding) may be away at once; it goes when one is back",
                nextPlace: nil)
        }
        guard left.count >= rules.perHour else { return nil }
        // With more than the budget allows, because some were forced, the one that makes the count right.
        let place = left.count - rules.perHour
        let next = place < left.count ? left[place].advanced(by: Self.hour) : now.advanced(by: Self.hour)
        return GuardFacts.BudgetRefusal(
            why: "the budget of \(rules.perHour) commands an hour is used up", nextPlace: next)
    }

    /// One leaves.
    public mutating func take(_ action: DeviceAction, in building: String?, at now: Moment) {
        left.append(now)
        if action.allowance != nil { away[building, default: 0] += 1 }
    }

    /// How long operations of one action take from now on, by the budget and the usual pace.
    ///
    /// - Parameter waiting: how many of them each building has.
    public func estimate(_ action: DeviceAction, waiting: [String?: Int], at now: Moment) -> Duration {
        let total = waiting.values.reduce(0, +)
        guard total > 0 else { return .zero }
        var longest = action.usualTime
        if action.allowance != nil {
            for (building, count) in waiting {
                let rounds = (count + (away[building] ?? 0) + rules.perBuilding - 1) / max(1, rules.perBuilding)
                longest = max(longest, action.usualTime * rounds)
            }
        }
        return max(longest, lastPlace(of: total, at: now) + action.usualTime)
    }

    /// How long it takes until the last of so many has a place in the hour.
    private func lastPlace(of count: Int, at now: Moment) -> Duration {
        let late = count - max(0, rules.perHour - left.count)
        guard late > 0 else { return .zero }
        guard rules.perHour > 0 else { return CommandRules.longestWait }
        // Those that left give their places back in their order; after them whole hours.
        if late <= left.count { return max(.zero, now.elapsed(until: left[late - 1].advanced(by: Self.hour))) }
        return Self.hour * ((late + rules.perHour - 1) / rules.perHour)
    }
}

extension DeviceAction {
    /// How long one usually takes, for estimates alone; no promise and no limit.
    var usualTime: Duration {
        switch self {
        case .restart: .seconds(5 * 60)
        case .updateSoftware: .seconds(20 * 60)
        case .runDiagnostics: .seconds(2 * 60)
        }
    }
}
