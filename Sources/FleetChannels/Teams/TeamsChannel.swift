// Microsoft Teams through the webhook of a workflow ("Post to a channel when a webhook request is received"). It
// answers 202 before the card is posted; the older connectors answer 200 even when the card is refused, with the
// refusal in the body.

import FleetAPI
public import FleetCore
public import HTTPExchange
import HTTPTypes
public import Timekeeping

/// Tells a Teams channel or chat (config `receivers[].teams`).
public struct TeamsChannel: Channel {
    public let receiver: ReceiverName
    public var rate: DeliveryRate { ChannelKind.teams.rate }
    private let post: MessagePost

    /// - Parameter url: the content of `url_file`, the webhook's URL as Teams shows it; its signature is in the query.
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
            notification.id, message: { TeamsMessage(notification, from: post.sender) }, judge: { judge($0, at: now) })
    }

    private func judge(_ answer: HTTPAnswer, at now: Moment) -> DeliveryResult {
        let address = post.address
        let words = String(decoding: answer.body, as: UTF8.self).oneLine(ChannelLimits.quotedCharacters)
        let said = words.isEmpty || words == "1" ? nil : address.quotable(words)
        let result = DeliveryResult.judging(answer, from: address, at: now, said: said)
        switch result {
        case .accepted:
            guard let said, Self.soundsLikeFailure(words) else { return result }
            // Microsoft: "response body needs to be extracted and read as Connectors do not throw 429s".
            switch Self.quotedStatus(in: words) {
            case 429: return .retry(reason: "\(address) is throttled: \(said)", retryAfter: Self.throttledPause)
            case let status? where [400, 401, 403, 404, 410, 413].contains(status):
                return .refused(reason: "\(address) did not post it: \(said); check the workflow and its url")
            default:
                return .retry(reason: "\(address) answered \(answer.status), but \(said)", retryAfter: nil)
            }
        case .retry(let reason, nil) where answer.status == 429:
            return .retry(reason: reason, retryAfter: Self.throttledPause)
        default:
            return result
        }
    }

    /// The pause after being throttled without a Retry-After: the window that Microsoft counts 60 requests in.
    public static let throttledPause: Duration = .seconds(30)

    /// A workflow may answer whatever its author likes; only words of failure and pages of proxies count against it.
    private static func soundsLikeFailure(_ words: String) -> Bool {
        let lower = words.lowercased()
        return lower.hasPrefix("<") || ["error", "failed", "throttl"].contains { lower.contains($0) }
    }

    /// The status in `… returned HTTP error 429 with ContextId …`.
    private static func quotedStatus(in words: String) -> Int? {
        guard let range = words.firstRange(of: "HTTP error ") else { return nil }
        return Int(words[range.upperBound...].prefix(3))
    }
}

extension TeamsChannel: CustomStringConvertible, CustomReflectable {
    public var description: String { "teams \(post.address)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
