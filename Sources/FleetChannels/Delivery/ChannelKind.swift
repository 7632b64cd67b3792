// The kinds of receivers and how fast each may be written to. The rates are what the publishers say; where a publisher
// says nothing they are modest, because a receiver that blocks us hears nothing at all.

/// The word of the configuration under which a receiver is described.
public enum ChannelKind: String, Sendable, Hashable, CaseIterable {
    case webhook
    case pagerduty
    case alertmanager
    case teams
    case slack
    case email

    /// How fast receivers of this kind may be written to.
    public var rate: DeliveryRate {
        switch self {
        case .webhook, .alertmanager:
            // The operator's own machine; the bound only keeps a fault of ours from becoming a flood.
            DeliveryRate(interval: .milliseconds(10), burst: 500)
        case .pagerduty:
            // 120 events a minute for each integration key (PagerDuty's support, community.pagerduty.com; the
            // reference promises only a 429): half of them at once, the others one a second.
            DeliveryRate(interval: .seconds(1), burst: 60)
        case .teams:
            // Microsoft's "Rate limiting for connectors": 4 requests in a second, 60 in 30 s. The bounds by the hour
            // (100) and day are left to the answers, because in an outage the first hundred pages must not wait.
            DeliveryRate(interval: .seconds(1), burst: 4)
        case .slack:
            // Slack's "Rate limits": posting messages and incoming webhooks, 1 per second, short bursts allowed.
            DeliveryRate(interval: .seconds(1), burst: 3)
        case .email:
            // Submission servers count by the minute and mailbox (Exchange Online: 30); a burst is a bad hour.
            DeliveryRate(interval: .seconds(2), burst: 10)
        }
    }
}

/// How fast a receiver may be written to.
public struct DeliveryRate: Sendable, Hashable {
    /// Time per message in the long run.
    public var interval: Duration
    /// Messages that may go at once after a pause.
    public var burst: Int

    public init(interval: Duration, burst: Int) {
        self.interval = interval
        self.burst = burst
    }

    /// A bucket that is full.
    public var bucket: TokenBucket { TokenBucket(interval: interval, burst: burst) }
}
