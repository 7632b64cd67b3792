// Slack through an incoming webhook of an app. The webhook belongs to one channel and its URL is the only secret.

import FleetAPI
public import FleetCore
public import HTTPExchange
import HTTPTypes
public import Timekeeping

/// Tells a Slack channel (config `receivers[].slack`).
public struct SlackChannel: Channel {
    public let receiver: ReceiverName
    public var rate: DeliveryRate { ChannelKind.slack.rate }
    private let post: MessagePost

    /// - Parameter url: the content of `url_file`, the webhook's URL as Slack shows it.
    /// - Throws: ``ChannelConfigurationError`` when the URL can never work.
    public init(
        receiver: ReceiverName, url: Secret, sender: SenderIdentity, transport: any HTTPTransport
    ) throws(ChannelConfigurationError) {
        self.receiver = receiver
        let address = try ReceiverAddress(secret: url, receiver: receiver)
        self.post = MessagePost(address: address, sender: sender, transport: transport)
    }

    public func deliver(_ notification: Notification, at now: Moment) async -> DeliveryResult {
        await post.send(
            notification.id, message: { SlackMessage(notification, from: post.sender) }, judge: { judge($0, at: now) })
    }

    /// Slack says `ok` in plain text, or one word about what is wrong.
    private func judge(_ answer: HTTPAnswer, at now: Moment) -> DeliveryResult {
        let address = post.address
        let word = String(decoding: answer.body.prefix(ChannelLimits.answerBytes), as: UTF8.self).oneLine(64)
        let said = address.quotable(word)
        if let advice = Self.final[word] { return .refused(reason: "\(address) answered \(word); \(advice)") }
        let result = DeliveryResult.judging(answer, from: address, at: now, said: said.isEmpty ? nil : said)
        switch result {
        case .accepted where word.lowercased() != "ok" && !word.isEmpty:
            // A proxy's friendly 200 must not swallow a page.
            return .retry(reason: "\(address) answered \(answer.status) without Slack's ok: \(said)", retryAfter: nil)
        case .retry(let reason, nil) where answer.status == 429:
            return .retry(reason: reason, retryAfter: Self.throttledPause)
        default:
            return result
        }
    }

    /// The pause after a 429 that names none; Slack's windows are seconds long.
    public static let throttledPause: Duration = .seconds(30)

    /// What no repetition heals (docs.slack.dev, "Sending messages using incoming webhooks", handling errors; and the
    /// changelog of 17 May 2016), whatever the status.
    private static let final: [String: String] = [
        "invalid_payload": "it does not understand the message; please report this as a bug",
        "no_text": "it found no text in the message; please report this as a bug",
        "invalid_blocks": "it does not understand the layout; please report this as a bug",
        "invalid_blocks_format": "it does not understand the layout; please report this as a bug",
        "too_many_attachments": "it finds the message too large; please report this as a bug",
        "user_not_found": "the user of the webhook is gone; make a new webhook",
        "channel_not_found": "the channel of the webhook is gone; make a new webhook",
        "channel_is_archived": "restore the channel, or make a webhook for another one",
        "action_prohibited": "an administrator forbids the webhook; ask the workspace's administrators",
        "posting_to_general_channel_denied": "the workspace forbids this channel; make a webhook for another one",
        "invalid_token": "the webhook is not valid any more; make a new one",
        "no_service": "the webhook is removed or disabled; make a new one",
        "no_service_id": "the url is incomplete; copy it from Slack again",
        "no_active_hooks": "the webhook is disabled; make a new one",
        "no_team": "the workspace is gone; make a webhook in another one",
        "team_disabled": "the workspace is disabled; make a webhook in another one",
    ]
}

extension SlackChannel: CustomStringConvertible, CustomReflectable {
    public var description: String { "slack \(post.address)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
