// One message, one channel: a channel makes exactly one attempt and says what became of it. When to try again, when to
// give up and whom to tell instead is decided above, with the values of RetrySchedule and TokenBucket.

public import FleetCore
public import Timekeeping

/// A receiver of the configuration, ready to be told of incidents.
public protocol Channel: Sendable {
    var receiver: ReceiverName { get }
    /// How fast the receiver may be written to; whoever delivers keeps to it.
    var rate: DeliveryRate { get }

    /// Makes one attempt; never longer than ``ChannelLimits/attempt``, or ``ChannelLimits/mailAttempt`` for mail.
    ///
    /// The body of a notification is the same on every attempt, so a receiver can recognise a repetition.
    ///
    /// - Parameter now: when the attempt begins; signatures and Retry-After dates are counted from its wall time.
    func deliver(_ notification: Notification, at now: Moment) async -> DeliveryResult
}

/// What became of one attempt (Telling, Retries). The texts name the receiver and its host; never a path, a query or a
/// secret.
public enum DeliveryResult: Sendable, Hashable {
    /// The receiver took it over.
    case accepted(detail: String)
    /// It may work later, and not before `retryAfter` when the receiver asked for that much patience.
    case retry(reason: String, retryAfter: Duration?)
    /// It will not heal by itself: the receiver is down until somebody changes something.
    case refused(reason: String)
}

/// The bounds of one attempt.
public enum ChannelLimits {
    /// From the call to the last byte of the answer. A page that waits longer is better tried again.
    public static let attempt: Duration = .seconds(10)
    /// The same for mail: servers greet late on purpose and look into a message before they accept it.
    public static let mailAttempt: Duration = .seconds(25)
    /// Name resolution, TCP and TLS together.
    public static let connect: Duration = .seconds(5)
    /// Receivers answer with a line or two. An answer beyond this counts as none, so that the bound is generous: a
    /// receiver that takes a message and answers with a whole page of HTML must not be told again and again.
    public static let answerBytes = 1024 * 1024
    /// Characters of a receiver's own words that are quoted in a reason.
    public static let quotedCharacters = 200
    /// A Retry-After beyond this is not believed: an hour without a page is long enough.
    public static let retryAfter: Duration = .seconds(3600)
}

/// How Roomwatch introduces itself to receivers.
public struct SenderIdentity: Sendable, Hashable {
    /// The version of the daemon, `1.0.0`.
    public var version: String
    /// `api.external_url`: where people and scripts reach this daemon; `nil` when it is not configured.
    public var externalURL: String?
    /// `runbook_url`: where people read what to do, with `{condition}` in place of the condition's name.
    public var runbookURL: String?

    public init(version: String, externalURL: String? = nil, runbookURL: String? = nil) {
        self.version = version
        self.externalURL = externalURL
        self.runbookURL = runbookURL
    }

    /// What to do about a condition; `nil` when no runbook is configured.
    func runbook(for condition: Condition) -> String? {
        guard let parts = runbookURL?.split(separator: "{condition}", omittingEmptySubsequences: false) else {
            return nil
        }
        return parts.joined(separator: condition.rawValue)
    }

    var userAgent: String { "Roomwatch/\(version)" }

    /// The base without a slash at its end, so that a path can follow.
    private var base: Substring? {
        guard let externalURL, !externalURL.isEmpty else { return nil }
        return externalURL[...].trimmingSlashes
    }

    /// The incident in the API, for scripts.
    func resource(of incident: UniqueID) -> String? { base.map { "\($0)/api/v1/incidents/\(incident)" } }
    /// The incident's page, for people.
    func page(of incident: UniqueID) -> String? { base.map { "\($0)/incidents/\(incident)" } }
    /// The first page, for people.
    var home: String? { base.map { "\($0)/" } }
}

extension Substring {
    var trimmingSlashes: Substring {
        var rest = self
        while rest.last == "/" { rest.removeLast() }
        return rest
    }
}

/// A receiver that the configuration describes in a way that can never work. The text is for the operator and holds no
/// secret.
public struct ChannelConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    public let receiver: ReceiverName
    /// What is wrong and what to do.
    public let reason: String

    init(_ receiver: ReceiverName, _ reason: String) {
        self.receiver = receiver
        self.reason = reason
    }

    public var description: String { "receiver \(receiver): \(reason)" }
}
