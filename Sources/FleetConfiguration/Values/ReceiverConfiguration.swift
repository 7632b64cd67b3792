// Where notifications go. A receiver is exactly one channel; the kinds that this version knows are the cases below.

import FleetCore

/// One entry of `receivers`.
public struct ReceiverConfiguration: Sendable, Hashable {
    /// At most 64 of `A-Z a-z 0-9 . _ -`, so it fits a dedup key and a metric label.
    public var name: ReceiverName
    public var channel: Channel
    /// Takes over when the channel is down; never part of a circle.
    public var fallback: ReceiverName?
    /// Whether it hears reminders although it keeps acknowledgements itself.
    public var escalates: Bool

    public init(name: ReceiverName, channel: Channel, fallback: ReceiverName? = nil, escalates: Bool = false) {
        self.name = name
        self.channel = channel
        self.fallback = fallback
        self.escalates = escalates
    }

    public enum Channel: Sendable, Hashable {
        /// Standard Webhooks; `secret` names the file with the signing secret.
        case webhook(url: String, secret: SecretReference)
        /// Events API v2; `url` is the base without a slash at its end, `/v2/enqueue` is appended.
        case pagerDuty(url: String, routingKey: SecretReference)
        /// Alertmanager's API v2; the base of each replica without a slash at its end, `/api/v2/alerts` is appended.
        case alertmanager(urls: [String])
        /// A Workflows webhook of Microsoft Teams; `url` names the file with its URL.
        case teams(url: SecretReference)
        /// An incoming webhook of Slack; `url` names the file with its URL.
        case slack(url: SecretReference)
        case email(EmailConfiguration)
    }

    /// PagerDuty's service region for the United States; `https://events.eu.pagerduty.com` is the other.
    public static let defaultPagerDutyURL = "https://events.pagerduty.com"

    /// What the planner must know of it.
    public var profile: ReceiverProfile {
        ReceiverProfile(
            name: name, isPaging: isPaging, fallback: fallback, ownsAcknowledgement: ownsAcknowledgement,
            escalates: escalates)
    }

    /// PagerDuty and Alertmanager keep acknowledgements, reminders and escalation themselves (Telling, Grouping).
    var ownsAcknowledgement: Bool {
        switch channel {
        case .pagerDuty, .alertmanager: true
        case .webhook, .teams, .slack, .email: false
        }
    }

    /// Paging kinds wake people, ledger kinds record everything in order (Telling, Order).
    private var isPaging: Bool {
        switch channel {
        case .webhook, .alertmanager: false
        case .pagerDuty, .teams, .slack, .email: true
        }
    }

    /// The file of the channel's secret; `nil` for a channel without one.
    public var secret: SecretReference? {
        switch channel {
        case .webhook(_, let secret): secret
        case .pagerDuty(_, let routingKey): routingKey
        case .teams(let url), .slack(let url): url
        case .email(let email): email.password
        case .alertmanager: nil
        }
    }
}

/// `email` of a receiver.
public struct EmailConfiguration: Sendable, Hashable {
    /// How the connection to the server is protected.
    public enum Security: String, Sendable, Hashable {
        /// `smtps://`, TLS from the first byte.
        case tls
        /// `smtp://`, where the server must offer STARTTLS.
        case startTLS
        /// `smtp://` to this machine with `starttls: none`.
        case plain
    }

    /// Name or address, an IPv6 address in brackets.
    public var host: String
    public var port: Int
    public var security: Security
    /// Both or neither.
    public var user: String?
    public var password: SecretReference?
    public var from: String
    /// At least one, at most ``maximumRecipients``.
    public var to: [String]

    /// A page for more people than this belongs on a distribution list.
    public static let maximumRecipients = 50

    public init(
        host: String, port: Int, security: Security, user: String? = nil, password: SecretReference? = nil,
        from: String, to: [String]
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.from = from
        self.to = to
    }
}
