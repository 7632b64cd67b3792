// The generic receiver: a JSON message by POST, signed after Standard Webhooks 1.0.0.

import FleetAPI
public import FleetCore
public import HTTPExchange
import HTTPTypes
public import Timekeeping

import struct Foundation.Date

/// Tells a webhook (config `receivers[].webhook`).
public struct WebhookChannel: Channel {
    public let receiver: ReceiverName
    public var rate: DeliveryRate { ChannelKind.webhook.rate }
    private let address: ReceiverAddress
    private let signer: WebhookSigner
    private let sender: SenderIdentity
    private let transport: any HTTPTransport

    /// - Parameters:
    ///   - url: where to post; it may hold a token, so it is treated as a secret beyond its host.
    ///   - secret: the content of `secret_file`: one `whsec_<base64>` secret, or several divided by white space while
    ///     they are being changed.
    /// - Throws: ``ChannelConfigurationError`` when the URL or a secret can never work.
    public init(
        receiver: ReceiverName, url: Secret, secret: Secret, sender: SenderIdentity,
        transport: any HTTPTransport
    ) throws(ChannelConfigurationError) {
        self.receiver = receiver
        self.address = try ReceiverAddress(url, receiver: receiver)
        self.signer = try WebhookSigner(secret, receiver: receiver)
        self.sender = sender
        self.transport = transport
    }

    public func deliver(_ notification: Notification, at now: Moment) async -> DeliveryResult {
        if notification.event == .test {
            return await post(id: notification.id, at: now) {
                let incident = try IncidentBody(notification, from: sender).bounded()
                return try WireJSON.bytes(of: test(at: notification.decidedAt, incident: incident))
            }
        }
        let event = IncidentEvent(notification, from: sender)
        return await post(id: notification.id, at: now) { try event.bytes() }
    }

    /// Sends a `monitor.test` or `monitor.heartbeat` message.
    ///
    /// - Parameter id: what the receiver recognises a repetition by.
    public func deliver(_ type: EventType, id: UniqueID, at now: Moment) async -> DeliveryResult {
        let event = MonitorEvent(
            type: type, timestamp: Timestamp(now.wall),
            monitor: MonitorEvent.Monitor(version: sender.version, receiver: receiver.text))
        return await post(id: id, at: now) { try WireJSON.bytes(of: event) }
    }

    /// A test has the same shape as the other messages in which Roomwatch speaks of itself, and the incident beside it.
    private func test(at instant: Date, incident: IncidentBody) -> MonitorEvent {
        MonitorEvent(
            type: .monitorTest, timestamp: Timestamp(instant),
            monitor: MonitorEvent.Monitor(version: sender.version, receiver: receiver.text), incident: incident)
    }

    private func post(id: UniqueID, at now: Moment, body: () throws -> [UInt8]) async -> DeliveryResult {
        let bytes: [UInt8]
        do { bytes = try body() } catch { return .unwritable(id, for: address) }
        // Whole seconds of the attempt, not of the message: receivers refuse old timestamps as replays.
        let timestamp = Timestamp(now.wall).milliseconds / 1000
        let fields = HTTPFields(texts: [
            ("content-type", "application/json"), ("user-agent", sender.userAgent), ("webhook-id", id.text),
            ("webhook-timestamp", String(timestamp)),
            ("webhook-signature", signer.signatures(id: id.text, timestamp: timestamp, body: bytes)),
        ])
        do {
            let answer = try await transport.send(.attempt(address, fields, bytes))
            return .judging(answer, from: address, at: now)
        } catch {
            return .judging(error, from: address)
        }
    }
}

extension WebhookChannel: CustomStringConvertible, CustomReflectable {
    public var description: String { "webhook \(address)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
