// PagerDuty through its Events API v2. PagerDuty itself keeps acknowledgements, escalation and the on-call plan;
// Roomwatch opens, updates and closes the alert of a key.
//
// Not here: a severity that rises above the acknowledged one must page again, and a trigger on an acknowledged key
// notifies nobody, so it takes a resolve and a trigger (Telling, Acknowledgement). The planner decides that; it
// needs two notifications, not a cleverer channel.

import FleetAPI
public import FleetCore
public import HTTPExchange
import HTTPTypes
public import Timekeeping

/// Tells PagerDuty (config `receivers[].pagerduty`).
public struct PagerDutyChannel: Channel {
    /// The base of PagerDuty's service region US; the EU has `https://events.eu.pagerduty.com`.
    public static let defaultBase = "https://events.pagerduty.com"
    /// The pause after a 429 without Retry-After: PagerDuty counts events by the minute.
    public static let throttledPause: Duration = .seconds(30)

    public let receiver: ReceiverName
    public var rate: DeliveryRate { ChannelKind.pagerduty.rate }
    private let post: MessagePost
    private let routingKey: Secret

    /// - Parameters:
    ///   - base: the base URL, to which `/v2/enqueue` is appended.
    ///   - routingKey: the content of `routing_key_file`, the integration key of an Events API v2 integration.
    /// - Throws: ``ChannelConfigurationError`` when the URL or the key can never work.
    public init(
        receiver: ReceiverName, base: String = PagerDutyChannel.defaultBase, routingKey: Secret,
        sender: SenderIdentity, transport: any HTTPTransport
    ) throws(ChannelConfigurationError) {
        let routingKey = routingKey.trimmed
        guard !routingKey.isEmpty, !routingKey.withRevealed({ $0.contains(where: \.isWhitespace) }) else {
            throw ChannelConfigurationError(
                receiver, "its routing key file must hold exactly one key; copy the integration key into it")
        }
        self.receiver = receiver
        let address = try ReceiverAddress(
            Secret(base), receiver: receiver, appending: "/v2/enqueue", secrets: [routingKey])
        self.post = MessagePost(
            address: address, sender: sender, transport: transport, contentType: "application/json")
        self.routingKey = routingKey
    }

    public func deliver(_ notification: Notification, at now: Moment) async -> DeliveryResult {
        let result = await send(notification, at: now) { $0 }
        // A test leaves no alert behind. Until its end is accepted the test is not, and both are sent again.
        guard notification.event == .test, case .accepted = result else { return result }
        return await send(notification, at: now, as: \.end)
    }

    private func send(
        _ notification: Notification, at now: Moment, as form: (PagerDutyEvent) -> PagerDutyEvent
    ) async -> DeliveryResult {
        await post.send(
            notification.id,
            message: { form(try PagerDutyEvent(notification, routingKey: routingKey, from: post.sender)) },
            judge: { judge($0, at: now) })
    }

    private func judge(_ answer: HTTPAnswer, at now: Moment) -> DeliveryResult {
        let address = post.address
        let reply = try? WireJSON.value(Reply.self, from: answer.body)
        let said = reply.map { address.quotable($0.text) }
        let result = DeliveryResult.judging(answer, from: address, at: now, said: said)
        switch (result, answer.status) {
        case (.accepted, 202) where reply?.isSuccess ?? true:
            return result
        case (.accepted, _) where reply?.isSuccess ?? false:
            return result
        case (.accepted, let status):
            // A page must not be lost to a proxy's friendly 200, nor to an answer that denies its own status. A
            // repeated event is harmless, because the key is the same.
            let words = said.map { ": \($0)" } ?? ""
            return .retry(reason: "\(address) answered \(status) without PagerDuty's success\(words)", retryAfter: nil)
        case (.retry(let reason, nil), 429):
            return .retry(reason: reason, retryAfter: Self.throttledPause)
        default:
            return result
        }
    }

    /// What PagerDuty says about an event; every field may be missing.
    private struct Reply: Decodable {
        var status: String?
        var message: String?
        var errors: [String]?

        var isSuccess: Bool { status?.lowercased() == "success" }
        var text: String {
            ([status, message].compactMap(\.self) + (errors ?? [])).filter { !$0.isEmpty }.joined(separator: "; ")
        }
    }
}

extension PagerDutyChannel: CustomStringConvertible, CustomReflectable {
    public var description: String { "pagerduty \(post.address)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
