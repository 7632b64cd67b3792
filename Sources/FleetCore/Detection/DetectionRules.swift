// Every number of detection, with the defaults that the article Detection promises. The configuration overrides them;
// tests and replays pass their own.

/// The numbers of detection (Detection; config `detection` and `poll`).
public struct DetectionRules: Sendable, Hashable {
    /// `detection.offline_after` and `detection.offline_hold`, `detection.online_after` and `detection.online_hold`.
    public var offline = ConditionRule(
        badCount: 3, badHold: .seconds(10), goodCount: 2, goodHold: .seconds(30))
    /// `detection.blind_after`.
    public var blindAfter: Duration = .seconds(120)
    /// `poll.presence`.
    public var sweepInterval: Duration = .seconds(5)
    /// `poll.suspect`: the fast lane.
    public var suspectInterval: Duration = .seconds(1)
    /// A weak room's device record must say offline twice, this far apart.
    public var weakDevice = ConditionRule(badCount: 2, badHold: .seconds(60), goodCount: 1, goodHold: .zero)
    /// Complete sweeps that end a tenant's blindness, and over how long.
    public var sight = ConditionRule(badCount: 1, badHold: .zero, goodCount: 2, goodHold: .seconds(30))
    /// A room unseen for this long, while the tenant is seen, is a warning.
    public var unseenWarning: Duration = .seconds(15 * 60)
    /// A room that was never seen for this long after it was first listed is a warning.
    public var neverSeenWarning: Duration = .seconds(24 * 3600)
    /// Blindness of this length in bookable hours is critical.
    public var blindCritical: Duration = .seconds(15 * 60)
    /// An incident that fires again within this time of clearing is reopened.
    public var reopenWithin: Duration = .seconds(10 * 60)
    /// For how long a lower `sequenceNumber` counts as unknown before it is the new baseline.
    public var sequenceDistrust: Duration = .seconds(60)

    /// `correlation`.
    public var correlation = CorrelationRules()
    public var flapping = FlapRule()
    public var flapInhibition = FlapInhibition()

    public init() {}

    /// At most this many rooms are asked on the fast lane; the rest stay on the slow one (two requests of 650).
    public static let fastLaneCapacity = 1_300

    /// A room counts as seen for this long: `blind_after`, but three sweeps at least, because a tenant that is swept
    /// every five minutes is not blind between two sweeps.
    public var sightWindow: Duration { max(blindAfter, sweepInterval * 3) }

    /// How long a room may lack a usable observation before it counts as unseen: the longer of `blind_after` and ten
    /// sweeps (Detection, rule 5).
    public var unseenAfter: Duration { max(blindAfter, sweepInterval * 10) }
}
