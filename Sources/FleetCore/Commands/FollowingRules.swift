// When operations are looked at, and how long anybody waits for what becomes of them. Nothing is followed for ever.

/// The times of following (Commands, Following).
public struct FollowingRules: Sendable, Hashable {
    /// The waits between looks; the last one repeats (Graph facts, Devices).
    public var looks: [Duration] = [.seconds(5), .seconds(10), .seconds(20), .seconds(30), .seconds(60)]
    /// An accepted operation that Graph does not say is over by then is settled as unknown.
    public var patience: Duration = .seconds(30 * 60)
    /// An update takes longer than its room may be away.
    public var updatePatience: Duration = .seconds(90 * 60)
    /// A request without an answer that Graph lists nowhere by then is settled as unknown.
    public var unconfirmedPatience: Duration = .seconds(10 * 60)
    /// A request of which nobody reported how it ended counts as unanswered; far longer than any request may take.
    public var submissionPatience: Duration = .seconds(5 * 60)
    /// While no look is answered nothing is concluded, but not for ever.
    public var blindPatience: Duration = .seconds(24 * 3600)
    /// The wait after an answer that says nothing was done, where it names none.
    public var retryDelay: Duration = .seconds(30)
    /// After Graph says that it is over a room that was not seen to go may still be about to: presence tells late.
    public var presenceLag: Duration = .seconds(120)
    /// A room that nobody sees for so long after it should have been back is not waited for any more.
    public var unseenPatience: Duration = .seconds(3600)

    public init() {}

    /// The wait before the next look.
    func wait(afterLooks count: Int) -> Duration {
        looks.isEmpty ? .seconds(60) : looks[max(0, min(count, looks.count - 1))]
    }

    func patience(for action: DeviceAction) -> Duration {
        if case .updateSoftware = action { updatePatience } else { patience }
    }
}
