// Every number of scope collapse, with the defaults that the operator is promised.

import Timekeeping

/// When rooms that fall together are one trouble (config `correlation`).
public struct CorrelationRules: Sendable, Hashable {
    /// `correlation.window`: rooms whose onsets lie this close together may share a cause.
    public var window: Duration = .seconds(5 * 60)
    /// `correlation.share`: the part of a place's rooms that makes it a trouble of the place.
    public var share = 0.5
    /// `correlation.burst`: so many rooms of one building are one trouble however large it is; 0 switches it off.
    public var burst = 5
    /// A place within a place that holds this part of the fallen rooms is the narrower description of the trouble.
    public var narrowing = 0.9
    /// An incident of a place is over when this part of its members is clear.
    public var clearShare = 0.8
    /// Members that stay down are looked at again this long after the first one recovered: slow booters need it ...
    public var patienceAfterRecovery: Duration = .seconds(10 * 60)
    /// ... and not sooner than this after the incident of their place was over.
    public var patienceAfterClearing: Duration = .seconds(120)
    /// A partial incident takes further rooms only while they keep falling: a room that fails hours later in the same
    /// building has a cause of its own.
    public var updateInterval: Duration = .seconds(60)

    public init() {}

    /// Fewer rooms than this never share a cause, except for all rooms of a place with two.
    static let smallestCrowd = 3
    static let pair = 2

    /// How many fallen rooms make it a trouble of a place with `population` rooms, by the share rule.
    func shareThreshold(of population: Int) -> Int {
        if population == Self.pair { return Self.pair }
        return max(Self.smallestCrowd, Int((Double(population) * share).rounded(.up)))
    }

    /// How many of the fallen rooms must be firing, and not only pending, before somebody is woken.
    static func firingNeeded(threshold: Int) -> Int { max(2, (threshold + 2) / 3) }
}
