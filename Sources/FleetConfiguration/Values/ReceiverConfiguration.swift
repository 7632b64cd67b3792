// Where notifications go. A receiver is exactly one channel; the kinds that this version knows are the cases below.

import FleetCore

/// One entry of `receivers`.
public struct ReceiverConfiguration: Sendable, Hashable {
    /// At most 64 of `A-Z a-z 0-9 . _ -`, so it fits a dedup key and a metric label.
    public var name: ReceiverName
    public var channel: Channel
    /// Takes over when the channel is down; never part of a circle.
    public var fallback: ReceiverName?

    public enum Channel: Sendable, Hashable {
        /// Standard Webhooks; `secret` names the file with the signing secret.
        case webhook(url: String, secret: SecretReference)
        /// Events API v2; `url` is the base without a slash at its end, `/v2/enqueue` is appended.
        case pagerDuty(url: String, routingKey: SecretReference)
    }

    /// PagerDuty's service region for the United States; `https://events.eu.pagerduty.com` is the other.
    public static let defaultPagerDutyURL = "https://events.pagerduty.com"

    /// What the planner must know of it.
    public var profile: ReceiverProfile {
        ReceiverProfile(name: name, isPaging: isPaging, fallback: fallback)
    }

    /// Paging kinds wake people, ledger kinds record everything in order (Telling, Order).
    private var isPaging: Bool {
        switch channel {
        case .webhook: false
        case .pagerDuty: true
        }
    }

    /// The file of the channel's secret.
    public var secret: SecretReference {
        switch channel {
        case .webhook(_, let secret): secret
        case .pagerDuty(_, let routingKey): routingKey
        }
    }
}
